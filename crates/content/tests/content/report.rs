//! The three forms of a report, and which files a check looks at.

use expect_test::expect;
use invigil_content::check::{Report, check_paths, render_human, render_json, render_sarif};
use std::{fs, path::Path};

const GOOD: &str = "---\ntitle: T\ntype: test\nquestions:\n- {id: q1, text: Why?, type: singe-answer, marks: 1, options: [{id: a, text: A, \
                    isCorrect: true}, {id: b, text: B}], explanation: E, references: [r], competency: c}\n\
                    competencies: [{id: c, title: C}]\n---\n";

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn without_place(text: &str, folder: &Path) -> String {
    text.replace(folder.to_str().unwrap(), "/F")
}

fn rendered(render: fn(&Report) -> String) -> String {
    let folder = tree(&[("a b.md", GOOD)]);
    without_place(&render(&check_paths(&[folder.path()])), folder.path())
}

#[test]
fn people_read_findings_by_file() {
    expect![[r#"
        /F/a b.md
          warning  Question q1 has the misspelt type “singe-answer”; it is read as “single-answer”.  [misspelt-type]
                   Write “type: single-answer”.
        1 question in 1 file: 0 errors, 1 warning, 0 notes.
    "#]]
    .assert_eq(&rendered(render_human));
}

#[test]
fn programs_read_json() {
    expect![[r#"
        {
          "questions": 1,
          "findings": [
            {
              "code": "misspelt-type",
              "severity": "warning",
              "file": "/F/a b.md",
              "item": "q1",
              "message": "Question q1 has the misspelt type “singe-answer”; it is read as “single-answer”.",
              "remedy": "Write “type: single-answer”."
            }
          ]
        }
    "#]]
    .assert_eq(&rendered(render_json));
}

#[test]
fn code_hosts_read_sarif() {
    expect![[r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "level": "warning",
                  "locations": [
                    {
                      "logicalLocations": [
                        {
                          "kind": "element",
                          "name": "q1"
                        }
                      ],
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "file:///F/a%20b.md"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "Question q1 has the misspelt type “singe-answer”; it is read as “single-answer”. Write “type: single-answer”."
                  },
                  "ruleId": "misspelt-type",
                  "ruleIndex": 0
                }
              ],
              "tool": {
                "driver": {
                  "name": "invigil",
                  "rules": [
                    {
                      "id": "misspelt-type",
                      "name": "misspelt-type"
                    }
                  ],
                  "version": "0.1.0"
                }
              }
            }
          ],
          "version": "2.1.0"
        }
    "#]].assert_eq(&rendered(render_sarif));
}

#[test]
fn a_folder_gives_its_exams_and_what_might_be_one() {
    let page = "---\ntype: certification\ntitle: C\n---\n";
    let folder = tree(&[
        ("a.md", GOOD),
        ("b.MD", &GOOD.replace("type: test", "type: Test")),
        ("c/_index.md", page),
        ("c/d.md", GOOD),
        ("c/exam", GOOD),
        ("c/layout.md", &GOOD.replace("type: test", "layout: test")),
        ("README.md", "# Read me\n"),
        ("post.md", "---\ntitle: Post\n---\n"),
        ("broken.md", "---\na: b: c\n---\n"),
        (".git/e.md", GOOD),
    ]);
    let at = |name: &str| folder.path().join(name);
    for (paths, files, questions, found) in [
        (vec![folder.path().to_owned()], 5, 4, 5),
        (vec![at("c")], 2, 2, 2),
        (vec![at("c/exam")], 1, 1, 1),
        (vec![at("a.md"), at("c/d.md")], 2, 2, 2),
        (vec![at("README.md")], 1, 0, 1),
        (vec![at("none.md")], 0, 0, 1),
    ] {
        let report = check_paths(&paths);
        let odd = report.findings.iter().filter(|finding| finding.code != "not-a-test").count();
        assert_eq!((report.files, report.questions, odd), (files, questions, found), "{paths:?} {report:#?}");
    }
    assert!(check_paths(&[at("none.md")]).has_errors());
    assert!(!check_paths(&[at("a.md")]).has_errors());
}

#[test]
fn files_that_are_no_text_or_too_large_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, code) in [(vec![0xff, 0xfe, b'-'], "unreadable"), (vec![b'-'; (4 << 20) + 1], "file-too-large")] {
        let path = folder.path().join("f.md");
        fs::write(&path, bytes).unwrap();
        let report = check_paths(&[&path]);
        assert_eq!(report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [code]);
    }
}
