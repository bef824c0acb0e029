//! What the reader makes of exam files.

use crate::codes;
use expect_test::expect;
use invigil_content::academy::{Reading, read};
use invigil_core::{
    grading::Rule,
    item::{Interaction, Shuffle},
};

fn file(front_matter: &str) -> Reading {
    read("exams/p/c/demo.md", &format!("---\n{front_matter}\n---\nAbout *it*.\n"))
}

fn questions(list: &str) -> Reading {
    file(&format!("title: T\ntype: test\nquestions:\n{list}"))
}

/// One question with the members of `members`, written in flow style.
fn question(members: &str) -> Reading {
    questions(&format!("- {{id: q1, text: Why?, marks: 1, {members}}}"))
}

const OPTIONS: &str = "options: [{id: a, text: A, isCorrect: true}, {id: b, text: B}]";

fn rule(reading: &Reading) -> String {
    let Some(bank) = &reading.bank else { return "no bank".into() };
    match &bank.marks.keys.values().next().unwrap().rule {
        Rule::Choices { correct } => correct.iter().cloned().collect::<Vec<_>>().join(","),
        Rule::Text { accepted, case_sensitive } => {
            format!("{}{}", accepted.join("|"), if *case_sensitive { " exactly" } else { "" })
        }
        Rule::Map { choices } => {
            choices.iter().map(|(id, marks)| format!("{id}={marks}")).collect::<Vec<_>>().join(",")
        }
        Rule::Marker => "marker".into(),
    }
}

fn whole_file() -> Reading {
    read(
        "/somewhere/content/certifications/org/cert/demo.md",
        "---\ntitle: Demo\nid: demo\ntype: test\npassPercentage: 60\ntimeLimit: \"25\"\nmaxAttempts: 3\nnumberOfQuestions: 1\n\
         shuffle: options\nlanguage: de\npublic: true\ncompetencies:\n  - {id: c1, title: One}\nquestions:\n  - id: q1\n    \
         text: \"What is `make`?\"\n    type: single-answer\n    marks: 2\n    competency: c1\n    difficulty: easy\n    \
         explanation: It is *this*.\n    references: [https://x.example]\n    instructions: Think.\n    review: {by: me, at: 1.10}\n    \
         options:\n      - {id: true, text: Yes, is_correct: true}\n      - {id: False, text: 1.10}\n---\n\nAbout *it*.\n",
    )
}

#[test]
fn a_whole_file_becomes_an_exam() {
    let reading = whole_file();
    assert_eq!(codes(&reading.findings), Vec::<String>::new());
    let bank = reading.bank.unwrap();
    expect![[r#"
        {
          "id": "demo",
          "title": "Demo",
          "description": "<p>About <em>it</em>.</p>",
          "language": "de",
          "minutes": 25,
          "passPercent": 60,
          "itemsPerTry": 1,
          "triesMax": 3,
          "shuffle": {
            "items": false,
            "choices": true
          },
          "competencies": [
            {
              "id": "c1",
              "title": "One"
            }
          ],
          "items": [
            {
              "id": "q1",
              "canonicalId": "f4a35db6-4089-516a-9b1a-529054b3f4fd",
              "prompt": "<p>What is <code>make</code>?</p>",
              "instructions": "Think.",
              "interaction": {
                "kind": "choice",
                "maxChoices": 1,
                "choices": [
                  {
                    "id": "true",
                    "content": "Yes"
                  },
                  {
                    "id": "False",
                    "content": "1.10"
                  }
                ]
              },
              "marks": 2,
              "competency": "c1"
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&bank.exam).unwrap());
    assert_eq!((bank.public, bank.scope.as_str()), (true, "certifications/org/cert/demo.md"));
}

#[test]
fn what_candidates_must_not_see_is_kept_apart() {
    let bank = whole_file().bank.unwrap();
    expect![[r#"
        {
          "exam": "demo",
          "keys": {
            "q1": {
              "marks": 2,
              "competency": "c1",
              "rule": {
                "kind": "choices",
                "correct": [
                  "true"
                ]
              },
              "explanation": "<p>It is <em>this</em>.</p>",
              "references": [
                "https://x.example"
              ]
            }
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&bank.marks).unwrap());
    let authoring = &bank.authoring["q1"];
    assert_eq!(authoring.difficulty.as_deref(), Some("easy"));
    assert_eq!(authoring.review, Some(serde_json::json!({ "by": "me", "at": "1.10" })));
}

#[test]
fn both_dialects_give_the_same_exam() {
    let camel = "title: T\ntype: test\npassPercentage: 50\ntimeLimit: 9\nmaxAttempts: 2\nnumberOfQuestions: 1\nquestions:\n- {id: q, text: X, \
                 type: short-answer, marks: 1, correctAnswer: A, caseSensitive: true}\n- {id: r, text: Y, type: \
                 single-answer, marks: 1, options: [{id: a, text: A, isCorrect: true}, {id: b, text: B}]}";
    let snake = camel
        .replace("passPercentage", "pass_percentage")
        .replace("timeLimit", "time_limit")
        .replace("maxAttempts", "max_attempts")
        .replace("numberOfQuestions", "number_of_questions")
        .replace("correctAnswer", "correct_answer")
        .replace("caseSensitive", "case_sensitive")
        .replace("isCorrect", "is_correct");
    let (camel, snake) = (file(camel), file(&snake));
    let (one, other) = (camel.bank.unwrap(), snake.bank.unwrap());
    assert_eq!((one.exam, one.marks), (other.exam, other.marks));
    assert_eq!(camel.findings, snake.findings);
}

#[test]
fn keys_are_read_from_flags_answers_and_lists() {
    for (members, expected) in [
        (format!("type: single-answer, {OPTIONS}"), "a"),
        ("type: single-answer, correctAnswer: b, options: [{id: a, text: A}, {id: b, text: B}]".into(), "b"),
        ("type: single-answer, correctAnswer: B, options: [{id: a, text: A}, {id: b, text: C}]".into(), "b"),
        ("type: multiple-answers, correctAnswer: 'a, c', options: [{id: a, text: A}, {id: b, text: B}, {id: c, text: C}]".into(), "a,c"),
        ("type: multiple-answers, correctAnswer: [a, c], options: [{id: a, text: A}, {id: b, text: B}, {id: c, text: C}]".into(), "a,c"),
        ("type: single-answer, correctAnswer: 'Yes, all', options: [{id: a, text: 'Yes, all'}, {id: b, text: B}]".into(), "a"),
        ("type: single-answer, correctAnswer: yes, options: [{id: yes, text: Yes}, {id: no, text: No}]".into(), "yes"),
        ("type: true-false, correctAnswer: true".into(), "true"),
        ("type: true-false, correctAnswer: False".into(), "false"),
        ("type: true_false, options: [{id: 'true', text: T}, {id: 'false', text: F, isCorrect: true}]".into(), "false"),
        ("type: single-answer, options: [{text: A}, {text: B, isCorrect: yes}]".into(), "option-2"),
        ("type: short-answer, correctAnswer: 1.10".into(), "1.10"),
        ("type: short-answer, correctAnswer: ' Tab ', accepted: [Tab, tab key]".into(), "Tab|tab key"),
        ("type: short-answer, accepted: one, case_sensitive: true".into(), "one exactly"),
        ("type: short-answer, options: [{id: a, text: word, isCorrect: true}]".into(), "word"),
        ("type: essay".into(), "marker"),
    ] {
        assert_eq!(rule(&question(&members)), expected, "{members}");
    }
}

fn check(rows: Vec<(String, Vec<&str>)>) {
    for (members, expected) in rows {
        assert_eq!(codes(&question(&members).findings), expected, "{members}");
    }
}

#[test]
fn every_defect_of_a_choice_has_its_finding() {
    check(vec![
        (format!("type: single-answer, {OPTIONS}"), vec![]),
        (format!("type: singe-answer, {OPTIONS}"), vec!["warning misspelt-type q1"]),
        (format!("type: mutiple-answers, {OPTIONS}"), vec!["warning misspelt-type q1", "warning one-key-only q1"]),
        (format!("type: Single_Answer, {OPTIONS}"), vec!["note misspelt-type q1"]),
        (format!("type: matching, {OPTIONS}"), vec!["error unknown-type q1"]),
        (OPTIONS.to_owned(), vec!["warning type-missing q1"]),
        (format!("type: multiple-answers, {OPTIONS}"), vec!["warning one-key-only q1"]),
        (
            "type: multiple-answers, options: [{id: a, text: A, isCorrect: true}, {id: b, text: B, isCorrect: true}]".into(),
            vec!["warning every-option-correct q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, {id: b, text: B, isCorrect: true}, {id: c, text: C}]".into(),
            vec!["error several-keys q1"],
        ),
        ("type: single-answer, options: [{id: a, text: A}, {id: b, text: B}]".into(), vec!["error no-key q1"]),
        (
            "type: single-answer, correctAnswer: z, options: [{id: a, text: A}, {id: b, text: B}]".into(),
            vec!["error key-names-no-option q1", "error no-key q1"],
        ),
        (format!("type: single-answer, correctAnswer: b, {OPTIONS}"), vec!["error contradictory-key q1"]),
        (format!("type: single-answer, correctAnswer: z, {OPTIONS}"), vec!["warning contradictory-key q1"]),
        (format!("type: single-answer, correctAnswer: a, {OPTIONS}"), vec![]),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, {id: a, text: B}]".into(),
            vec!["error duplicate-option-id q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, {id: b, text: A}]".into(),
            vec!["error equal-options q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, {id: b, text: B}, {id: c, text: B}]".into(),
            vec!["warning equal-options q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: GET, isCorrect: true}, {id: b, text: Get}]".into(),
            vec![],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, {id: b}]".into(),
            vec!["error option-empty q1", "error options-missing q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: true}, null, {id: c, text: '![](x.png)'}]".into(),
            vec!["error option-empty q1", "warning image-removed q1", "error option-empty q1"],
        ),
        (
            "type: single-answer, options: [{id: a, text: A, isCorrect: sure}, {id: b, text: B, isCorrect: true}]".into(),
            vec!["error flag-unclear q1"],
        ),
        ("type: single-answer".into(), vec!["error no-key q1", "error options-missing q1"]),
    ]);
}

#[test]
fn every_defect_of_a_text_has_its_finding() {
    check(vec![
        ("type: short-answer".into(), vec!["error no-key q1"]),
        ("type: short-answer, correctAnswer: {a: b}".into(), vec!["error key-not-text q1", "error no-key q1"]),
        ("type: short-answer, correctAnswer: one".into(), vec!["note accepted-single q1"]),
        ("type: short-answer, accepted: [a b c d e, f g h i j k]".into(), vec!["warning accepted-wordy q1"]),
        (format!("type: short-answer, accepted: [a, {}]", "x".repeat(501)), vec!["error accepted-too-long q1"]),
        ("type: short-answer, accepted: [a, b], caseSensitive: perhaps".into(), vec!["warning case-unclear q1"]),
        ("type: essay".into(), vec!["note essay-needs-marker q1"]),
        (format!("type: single-answer, competency: c9, {OPTIONS}"), vec!["warning competency-undeclared q1"]),
        (format!("type: single-answer, hint: x, {OPTIONS}"), vec!["note unknown-key"]),
        (format!("type: single-answer, marks: 2, {OPTIONS}"), vec!["error duplicate-key q1"]),
        (format!("type: single-answer, marks: 1, {OPTIONS}"), vec![]),
        (format!("type: single-answer, explanation: a <div> b, {OPTIONS}"), vec!["warning markup-as-text q1"]),
        (format!("type: single-answer, explanation: $\\frac$, {OPTIONS}"), vec!["warning formula-as-code q1"]),
        (
            format!("type: single-answer, explanation: {}, {OPTIONS}", "x".repeat(10_001)),
            vec!["error text-too-long q1"],
        ),
    ]);
}

#[test]
fn entries_that_are_no_questions_are_counted_unless_they_are_empty() {
    let good = |id: &str, marks: &str| {
        format!("- {{id: {id}, text: T {id}, type: single-answer, marks: {marks}, {OPTIONS}}}\n")
    };
    for (list, counted, usable, expected) in [
        (good("a", "1"), 1, 1, vec![]),
        (good("a", "1") + "-\n", 1, 1, vec!["error null-question"]),
        (good("a", "1") + "- just text\n", 2, 1, vec!["error question-not-a-mapping"]),
        (good("a", "1") + &good("a", "1"), 2, 2, vec!["error duplicate-question-id a", "warning equal-questions a"]),
        (good("a", "0"), 1, 1, vec!["error marks-invalid a"]),
        (good("a", "-1"), 1, 1, vec!["error marks-invalid a"]),
        (good("a", "1.5"), 1, 1, vec!["error marks-invalid a"]),
        (good("a", "two"), 1, 1, vec!["error marks-invalid a"]),
        (good("a", "1001"), 1, 1, vec!["error marks-invalid a"]),
        (good("a", "'2'"), 1, 1, vec![]),
        (good("'a b'", "1"), 1, 1, vec!["warning id-invalid a b"]),
        (good("''", "1"), 1, 1, vec![]),
        (
            "- {text: T, type: essay, marks: 1}\n".into(),
            1,
            1,
            vec!["note id-missing question-1", "note essay-needs-marker question-1"],
        ),
        ("- {id: a, text: null, type: essay, marks: 1}\n".into(), 1, 0, vec!["error text-missing a"]),
        ("- {id: a, text: '<!-- -->', type: essay, marks: 1}\n".into(), 1, 0, vec!["error text-missing a"]),
        ("".into(), 0, 0, vec!["error questions-missing"]),
    ] {
        let reading = questions(&list);
        let items = reading.bank.as_ref().map_or(0, |bank| bank.exam.items.len());
        let keys = reading.bank.as_ref().map_or(0, |bank| bank.marks.keys.len());
        assert_eq!((reading.questions, items, keys), (counted, usable, usable), "{list}");
        assert_eq!(codes(&reading.findings), expected, "{list}");
    }
}

#[test]
fn every_defect_of_an_exam_has_its_finding() {
    let list = |marks: &[u32]| {
        let entries = marks.iter().enumerate();
        entries
            .map(|(n, m)| format!("- {{id: q{n}, text: T{n}, type: single-answer, marks: {m}, {OPTIONS}}}\n"))
            .collect::<String>()
    };
    let base = "title: T\ntype: test\n";
    for (members, marks, expected) in [
        ("", vec![1], vec![]),
        ("numberOfQuestions: 2\n", vec![1, 2, 2, 1], vec![]),
        ("numberOfQuestions: 2\n", vec![1, 2, 2, 2], vec!["warning unequal-sets"]),
        ("numberOfQuestions: 2\n", vec![1, 2, 1], vec!["warning bank-not-multiple"]),
        ("numberOfQuestions: 5\n", vec![1, 2], vec!["note bank-smaller-than-set"]),
        ("numberOfQuestions: 0\n", vec![1], vec!["error set-size-invalid"]),
        ("numberOfQuestions: few\n", vec![1], vec!["error set-size-invalid"]),
        ("maxAttempts: many\n", vec![1], vec!["warning tries-invalid"]),
        ("passPercentage: 101\n", vec![1], vec!["error pass-mark-invalid"]),
        ("passPercentage: 70%\n", vec![1], vec!["error pass-mark-invalid"]),
        ("timeLimit: a while\n", vec![1], vec!["warning time-limit-unknown"]),
        ("timeLimit: infinite\n", vec![1], vec![]),
        ("timeLimit: 5\ntime_limit: 6\n", vec![1], vec!["error duplicate-key"]),
        ("final: true\nis_optional: true\n", vec![1], vec!["warning final-optional"]),
        ("is_optional: true\n", vec![1], vec!["note optional-exam"]),
        ("draft: true\n", vec![1], vec!["note draft"]),
        ("colour: red\n", vec![1], vec!["note unknown-key"]),
        ("id: a b\n", vec![1], vec!["warning id-invalid"]),
        ("language: Plain English\n", vec![1], vec!["warning language-invalid"]),
        ("shuffle: cards\n", vec![1], vec!["warning shuffle-unknown"]),
        ("public: perhaps\n", vec![1], vec!["warning public-unclear"]),
        ("competencies: [{id: a, title: A}, {id: a, title: B}]\n", vec![1], vec!["warning competency-invalid"]),
    ] {
        let reading = file(&format!("{base}{members}questions:\n{}", list(&marks)));
        assert_eq!(codes(&reading.findings), expected, "{members} {marks:?}");
    }
    for (text, expected) in [
        ("", vec!["error front-matter-missing"]),
        ("# A page\n", vec!["error front-matter-missing"]),
        ("---\na: b: c\n---\n", vec!["error yaml-invalid"]),
        ("---\n- a\n---\n", vec!["error front-matter-not-a-mapping"]),
        ("---\ntitle: T\ntype: test\nquestions: none\n---\n", vec!["error questions-missing"]),
        ("---\ntype: Test\n---\n", vec!["warning title-missing", "error questions-missing"]),
        ("---\ntitle: T\n---\n", vec!["warning not-a-test", "error questions-missing"]),
        ("---\ntitle: T\ntype: test\n", vec!["warning front-matter-unclosed", "error questions-missing"]),
    ] {
        let reading = read("f.md", text);
        assert_eq!(
            (codes(&reading.findings), reading.questions),
            (expected.iter().map(|s| s.to_string()).collect(), 0),
            "{text}"
        );
        assert!(reading.bank.is_none(), "{text}");
    }
}

#[test]
fn a_line_of_a_yaml_mistake_is_the_line_in_the_file() {
    let reading = read("f.md", "---\ntitle: T\ntext: a: b\n---\n");
    assert!(reading.findings[0].message.contains("line 3"), "{}", reading.findings[0].message);
}

#[test]
fn sets_and_tries_follow_the_academys_defaults() {
    for (members, total, per_try, tries) in [
        ("", 4, 0, 0),
        ("numberOfQuestions: 2\n", 4, 2, 2),
        ("numberOfQuestions: 2\nmaxAttempts: 5\n", 4, 2, 5),
        ("numberOfQuestions: 4\n", 4, 4, 0),
        ("numberOfQuestions: 9\n", 4, 9, 0),
        ("maxAttempts: 3\n", 4, 0, 3),
    ] {
        let list: String = (0..total)
            .map(|n| format!("- {{id: q{n}, text: T{n}, type: single-answer, marks: 1, {OPTIONS}}}\n"))
            .collect();
        let exam = file(&format!("title: T\ntype: test\n{members}questions:\n{list}")).bank.unwrap().exam;
        assert_eq!((exam.items_per_try, exam.tries_max), (per_try, tries), "{members}");
    }
}

#[test]
fn what_is_shuffled_is_said_in_words() {
    for (written, items, choices) in [
        ("options", false, true),
        ("items", true, false),
        ("all", true, true),
        ("[items, options]", true, true),
        ("[]", false, false),
        ("none", false, false),
    ] {
        let reading = file(&format!(
            "title: T\ntype: test\nshuffle: {written}\nquestions:\n- {{id: q, text: T, type: essay, marks: 1}}"
        ));
        assert_eq!(reading.bank.unwrap().exam.shuffle, Shuffle { items, choices }, "{written}");
    }
}

#[test]
fn the_exam_is_named_by_its_identifier_or_its_file() {
    for (name, members, id) in [
        ("a/meshery-server.md", "", "meshery-server"),
        ("a/meshery-server.md", "id: cmc-server\n", "cmc-server"),
        ("a/module/_index.md", "", "module"),
        ("a/How to.md", "", "How-to"),
        ("", "", "unnamed"),
    ] {
        let text = format!("---\ntype: test\n{members}questions:\n- {{id: q, text: T, type: essay, marks: 1}}\n---\n");
        assert_eq!(read(name, &text).bank.unwrap().exam.id.as_str(), id, "{name}");
    }
}

#[test]
fn near_duplicates_are_found_within_a_set_only() {
    let text = |last: &str| format!("Which of the following commands starts the Meshery server in a local {last}?");
    let entry = |id: &str, last: &str| format!("- {{id: {id}, text: '{}', type: essay, marks: 1}}\n", text(last));
    for (members, list, expected) in [
        ("", entry("a", "cluster") + &entry("b", "container"), vec!["warning near-duplicate b"]),
        ("numberOfQuestions: 1\n", entry("a", "cluster") + &entry("b", "container"), vec![]),
        ("numberOfQuestions: 1\n", entry("a", "cluster") + &entry("b", "Cluster"), vec!["warning equal-questions b"]),
    ] {
        let reading = file(&format!("title: T\ntype: test\n{members}questions:\n{list}"));
        let found: Vec<_> = codes(&reading.findings).into_iter().filter(|code| !code.contains("essay")).collect();
        assert_eq!(found, expected, "{list}");
    }
}

#[test]
fn a_short_answer_and_an_essay_have_the_papers_limits() {
    for (members, expected) in [
        ("type: short-answer, correctAnswer: a", Interaction::TextEntry { chars_max: 500 }),
        ("type: essay", Interaction::ExtendedText { chars_max: 20_000 }),
    ] {
        assert_eq!(question(members).bank.unwrap().exam.items[0].interaction, expected);
    }
}

#[test]
fn partial_credit_has_to_add_up() {
    let several = |marks: u32, options: &str, more: &str| {
        questions(&format!(
            "- {{id: q1, text: Why?, marks: {marks}, type: multiple-answers, options: [{options}]{more}}}"
        ))
    };
    let yes = ", partialCredit: true";
    let sound = "{id: a, text: A, isCorrect: true, marks: 2}, {id: b, text: B, isCorrect: true, marks: 1}, \
                 {id: c, text: C, marks: -1}, {id: d, text: D}";
    for (marks, options, more, expected, read) in [
        (3, sound, yes, vec![], "a=2,b=1,c=-1"),
        (3, sound, "", vec!["warning option-marks-unused q1"], "a,b"),
        (2, sound, yes, vec!["error partial-marks-off q1"], "a=2,b=1,c=-1"),
        (4, sound, yes, vec!["error partial-marks-off q1"], "a=2,b=1,c=-1"),
        (
            2,
            "{id: a, text: A, marks: 2, isCorrect: true}, {id: b, text: B}",
            yes,
            vec!["warning every-option-gains q1"],
            "a=2",
        ),
        (
            2,
            "{id: a, text: A, marks: 2}, {id: b, text: B, isCorrect: true, marks: -1}",
            yes,
            vec!["error contradictory-key q1"],
            "a=2,b=-1",
        ),
        (
            2,
            "{id: a, text: A, marks: 2}, {id: b, text: B, marks: -9999}",
            yes,
            vec!["error marks-invalid q1", "warning every-option-gains q1"],
            "a=2",
        ),
        (
            1,
            "{id: a, text: A}, {id: b, text: B}",
            yes,
            vec!["error partial-marks-off q1", "warning every-option-gains q1"],
            "",
        ),
        (3, sound, ", partialCredit: perhaps", vec!["error flag-unclear q1", "warning option-marks-unused q1"], "a,b"),
    ] {
        let reading = several(marks, options, more);
        assert_eq!(
            (codes(&reading.findings), rule(&reading)),
            (expected.into_iter().map(str::to_owned).collect(), read.to_owned()),
            "{marks} of {options}{more}"
        );
    }
    let one = "- {id: q1, text: Why?, marks: 2, type: single-answer, partialCredit: true, \
               options: [{id: a, text: A, marks: 2, isCorrect: true}, {id: b, text: B, marks: 1}]}";
    assert_eq!((codes(&questions(one).findings), rule(&questions(one))), (vec![], "a=2,b=1".to_owned()));
    let text = question("type: short-answer, correctAnswer: a, accepted: [b], partialCredit: true");
    assert_eq!(codes(&text.findings), ["warning partial-credit-unused q1"]);
}

#[test]
fn an_exam_says_how_its_items_get_their_marks() {
    let marks = |policy: &str, questions: &str| {
        let reading =
            read("demo.md", &format!("---\ntitle: T\nid: demo\ntype: test\n{policy}questions:\n{questions}---\n"));
        let bank = reading.bank.unwrap();
        let of_key: Vec<u32> = bank.marks.keys.values().map(|key| key.marks).collect();
        let of_item: Vec<u32> = bank.exam.items.iter().map(|item| item.marks).collect();
        assert_eq!(of_key, of_item, "candidates see what is marked");
        (of_item, codes(&reading.findings))
    };
    let q = |n: u32, more: &str| {
        format!("- {{id: q{n}, text: 'Is it {n}?', type: true-false, correctAnswer: true{more}}}\n")
    };
    let plain = q(1, "") + &q(2, "");
    let stated = q(1, ", marks: 4") + &q(2, ", marks: 3");
    let half = q(1, ", marks: 4") + &q(2, "");
    let hard = q(1, ", difficulty: hard") + &q(2, ", difficulty: easy");
    for (policy, questions, expected, findings) in [
        ("", &plain, vec![1, 1], vec![]),
        ("", &stated, vec![4, 3], vec![]),
        ("", &half, vec![4, 1], vec!["error marks-invalid q2"]),
        ("itemMarks: equal\n", &plain, vec![1, 1], vec![]),
        ("itemMarks: two\n", &plain, vec![2, 2], vec![]),
        ("item_marks: two\n", &stated, vec![2, 2], vec!["warning marks-differ q1", "warning marks-differ q2"]),
        ("itemMarks: stated\n", &plain, vec![1, 1], vec!["error marks-invalid q1", "error marks-invalid q2"]),
        ("itemMarks: {easy: 1, hard: 3}\n", &hard, vec![3, 1], vec![]),
        ("itemMarks: {easy: 1}\n", &hard, vec![1, 1], vec!["error difficulty-unknown q1"]),
        ("itemMarks: {easy: 0}\n", &stated, vec![4, 3], vec!["error item-marks-unknown"]),
        ("itemMarks: {}\n", &stated, vec![4, 3], vec!["error item-marks-unknown"]),
    ] {
        let findings: Vec<String> = findings.into_iter().map(str::to_owned).collect();
        assert_eq!(marks(policy, questions), (expected, findings), "{policy}{questions}");
    }
}
