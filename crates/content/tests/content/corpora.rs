//! The reader on real material: the exams in this repository, and public exam files that nobody here wrote.

use crate::{Random, codes, root};
use invigil_content::{
    academy::{Reading, read},
    check::{Severity, check_paths},
};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

const CMC: &str = "content/certifications/c5ada327-8a58-4c8a-b9fa-51b95696488c/certified-meshery-contributor";

/// The corpora beside the project; `None`, said aloud, when they are not there.
fn corpora() -> Option<PathBuf> {
    let folder = root().join("../shared/corpora");
    if folder.is_dir() {
        return Some(folder);
    }
    // Past the test's captured output, so that it is seen.
    let _ = writeln!(io::stderr(), "skipped: {} is not there", folder.display());
    None
}

fn exam(path: &Path) -> Reading {
    read(&path.to_string_lossy(), &fs::read_to_string(path).unwrap())
}

fn cmc(name: &str) -> Option<Reading> {
    Some(exam(&corpora()?.join("meshery-academy").join(CMC).join(name)))
}

#[test]
fn the_five_live_exams_are_read_whole() {
    for (file, questions, minutes, per_try) in [
        ("meshery-server.md", 75, 30, 25),
        ("meshery-cli.md", 75, 30, 25),
        ("meshery-ui.md", 75, 30, 25),
        ("meshery-models.md", 50, 25, 25),
        ("meshery-extensibility.md", 50, 30, 25),
    ] {
        let Some(reading) = cmc(file) else { return };
        let bank = reading.bank.unwrap();
        let exam = &bank.exam;
        assert_eq!(
            (reading.questions, exam.items.len(), bank.marks.keys.len()),
            (questions, questions, questions),
            "{file}"
        );
        assert_eq!(
            (exam.minutes, exam.items_per_try, exam.tries_max, exam.pass_percent),
            (minutes, per_try, 3, 70),
            "{file}"
        );
        assert!(bank.faults.is_empty(), "{file}: {:?}", bank.faults);
    }
}

#[test]
fn their_known_defects_are_found_by_name() {
    for (file, found) in [
        ("meshery-cli.md", vec!["warning misspelt-type q66", "warning position-bias", "warning longest-is-key"]),
        ("meshery-ui.md", vec!["warning position-bias", "warning longest-is-key"]),
        ("meshery-server.md", vec!["warning unequal-sets", "warning position-bias", "warning longest-is-key"]),
        (
            "meshery-models.md",
            vec![
                "warning contradictory-key q24",
                "warning every-option-correct q40",
                "warning unequal-sets",
                "warning equal-questions q29",
            ],
        ),
        ("meshery-extensibility.md", vec!["warning unequal-sets", "warning position-bias"]),
    ] {
        let Some(reading) = cmc(file) else { return };
        let codes = codes(&reading.findings);
        for expected in found {
            assert!(codes.iter().any(|code| code == expected), "{file} lacks {expected}: {codes:?}");
        }
    }
    let Some(reading) = cmc("meshery-ui.md") else { return };
    let all_correct = reading.findings.iter().filter(|finding| finding.code == "every-option-correct").count();
    assert_eq!(all_correct, 20);
}

#[test]
fn identifiers_are_those_of_the_academy() {
    let Some(reading) = cmc("meshery-server.md") else { return };
    assert_eq!(reading.bank.unwrap().exam.items[0].canonical_id, "ac349d65-0ab3-595b-8227-001adab8a6bb");
}

#[test]
fn whole_trees_are_read_without_a_crash() {
    let Some(corpora) = corpora() else { return };
    let named = |name: &str| corpora.join("meshery-academy/content/certifications").join(name);
    for (paths, files, questions) in [
        (vec![corpora.join("meshery-academy")], 12, 375),
        (vec![corpora.join("academy-example")], 6, 16),
        (vec![named("sample-test-format-cli")], 1, 3),
        (vec![named("sample-test-format-server")], 1, 0),
        (vec![corpora.join("meshery-academy").join(CMC).join("meshery-extensibility-draft-questions")], 1, 25),
    ] {
        let report = check_paths(&paths);
        assert_eq!((report.files, report.questions), (files, questions), "{paths:?}");
    }
    // Nothing here is an exam in this format, and saying so must not take it down either.
    for folder in ["gift", "qti12-instructure", "qti3-kennisnet", "jcs", "w3c-vc-di-eddsa"] {
        for path in files_below(&corpora.join(folder)) {
            let bytes = fs::read(&path).unwrap();
            let reading = read(&path.to_string_lossy(), &String::from_utf8_lossy(&bytes));
            assert_eq!((reading.bank, reading.questions), (None, 0), "{}", path.display());
            assert_eq!(reading.findings.len(), 1, "{}", path.display());
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

#[test]
fn the_projects_own_exams_have_no_errors() {
    let report = check_paths(&[root().join("exams")]);
    let errors: Vec<_> = report.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(0 < report.questions, "exams/ holds no exam");
}

#[test]
fn damaged_files_never_crash_the_reader() {
    let mut sources = vec![root().join("exams/sample/first-steps/first-steps.md")];
    if let Some(corpora) = corpora() {
        let tree = corpora.join("meshery-academy").join(CMC);
        sources.extend(["meshery-models.md", "meshery-extensibility-draft-questions"].map(|name| tree.join(name)));
    }
    let hostile = [
        "---\n", "- ", ": ", "\"", "'", "[", "{", "&a ", "*a", "|\n", ">-\n", "#", "\t", "\0", "!!", "<<: ", "$", "`",
        "<", "\u{2028}", "é", "%", "? ",
    ];
    for source in sources {
        let whole: Vec<char> = fs::read_to_string(&source).unwrap().chars().collect();
        // The first questions take the same paths as the rest and leave time for more mutations.
        let text = &whole[..whole.len().min(6_000)];
        let mut random = Random(0x1234_5678_9abc_def1);
        for round in 0..250 {
            let mut mutant = text.to_vec();
            for _ in 0..=random.below(4) {
                let at = random.below(mutant.len());
                let to = (at + random.below(40)).min(mutant.len());
                match random.below(4) {
                    0 => mutant.truncate(at.max(1)),
                    1 => drop(mutant.drain(at..to)),
                    2 => drop(mutant.splice(at..at, hostile[random.below(hostile.len())].chars())),
                    _ => {
                        let copy = mutant[at..to].to_vec();
                        drop(mutant.splice(at..at, copy));
                    }
                }
                if mutant.is_empty() {
                    mutant.push('-');
                }
            }
            let mutant: String = mutant.into_iter().collect();
            let read = std::panic::catch_unwind(|| read("f.md", &mutant));
            let reading = read.unwrap_or_else(|_| panic!("{} round {round} crashes:\n{mutant}", source.display()));
            let usable = reading.bank.map_or(0, |bank| bank.exam.items.len());
            assert!(usable <= reading.questions, "round {round}: more items than questions");
        }
    }
}
