//! Programmes and their certifications.

use crate::{codes, root};
use invigil_content::programme::{Reading, read};
use invigil_core::programme::CertificationStatus;
use std::fs;

const PROGRAMME: &str = "type: programme\nid: demo\norganisation: {id: o1, name: Org, url: https://org.example}\ntitle: Demo\nnotice: N\n\
    tracks:\n  - id: t1\n    title: Track\n    summary: S\n    certifications:\n      - {id: c1, title: Cert, tier: one, status: open, summary: S, folder: c1}\n\
    \x20     - {id: c2, title: Later, tier: two, status: announced, summary: S}\n";
const PAGE: &str = "---\ntype: certification\nid: a2852b8b-4c68-4897-8e5a-5b5c1a470b17\ntitle: Cert\ncertificate: {title: C, expiresIn: 12}\n\
    badge: {title: Badge, description: D}\nexams: [one.md]\npassPercentage: 70\nretakes: {tries: 3, coolDownDays: 14}\n---\n## For whom\n\nFor *all*.\n";
const EXAM: &str = "---\ntitle: One\nid: one\ntype: test\ntimeLimit: 9\nmaxAttempts: 3\nnumberOfQuestions: 1\nquestions:\n\
    - {id: q1, text: A?, type: true-false, marks: 1, correctAnswer: true}\n\
    - {id: q2, text: B?, type: true-false, marks: 1, correctAnswer: true}\n---\n";

fn programme(files: &[(&str, &str)]) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    read(folder.path())
}

/// A sound programme with one of its files changed.
fn changed(file: &str, from: &str, to: &str) -> Reading {
    let files = [("programme.yaml", PROGRAMME), ("c1/_index.md", PAGE), ("c1/one.md", EXAM)];
    let edited = files.map(|(name, text)| {
        let hit = name == file;
        assert!(!hit || text.contains(from), "{from} is not in {name}");
        (name, if hit { text.replacen(from, to, 1) } else { text.to_owned() })
    });
    programme(&edited.each_ref().map(|(name, text)| (*name, text.as_str())))
}

#[test]
fn a_folder_becomes_a_programme() {
    let reading = changed("", "", "");
    assert_eq!(codes(&reading.findings), Vec::<String>::new());
    let programme = reading.programme.unwrap();
    assert_eq!(
        (programme.id.as_str(), programme.organisation.name.as_str(), programme.notice.as_str()),
        ("demo", "Org", "N")
    );
    let [open, later] = programme.tracks[0].certifications.as_slice() else { panic!("two certifications") };
    assert_eq!((later.status, later.requirements.is_none()), (CertificationStatus::Announced, true));
    assert_eq!(
        (open.status, open.description.as_str()),
        (CertificationStatus::Open, "<h3>For whom</h3>\n<p>For <em>all</em>.</p>")
    );
    let requirements = open.requirements.as_ref().unwrap();
    assert_eq!((requirements.valid_months, requirements.tries_max, requirements.cool_down_days), (12, 3, 14));
    assert_eq!((requirements.badge.title.as_str(), requirements.badge.description.as_str()), ("Badge", "D"));
    let exam = &requirements.exams[0];
    assert_eq!(
        (exam.id.as_str(), exam.file.as_str(), exam.minutes, exam.items, exam.pass_percent),
        ("one", "one.md", 9, 1, 70)
    );
    assert_eq!(reading.academy_ids["c1"], "a2852b8b-4c68-4897-8e5a-5b5c1a470b17");
    let file = &reading.exams["one"];
    assert_eq!((file.bank.exam.items.len(), file.certification.as_str(), reading.questions), (2, "c1", 2));
    assert!(file.path.ends_with("c1/one.md"));
}

#[test]
fn a_try_has_as_many_items_as_it_serves() {
    for (per_try, items) in [("1", 1), ("2", 2), ("9", 2)] {
        let reading = changed("c1/one.md", "numberOfQuestions: 1", &format!("numberOfQuestions: {per_try}"));
        assert_eq!(reading.programme.unwrap().exam(&"one".parse().unwrap()).unwrap().1.items, items, "{per_try}");
    }
    let all = changed("c1/one.md", "numberOfQuestions: 1\n", "");
    assert_eq!(all.programme.unwrap().exam(&"one".parse().unwrap()).unwrap().1.items, 2);
}

#[test]
fn every_defect_has_its_finding() {
    let (own, page, exam) = ("programme.yaml", "c1/_index.md", "c1/one.md");
    for (file, from, to, expected) in [
        (own, "type: programme\n", "", vec!["error not-a-programme"]),
        (own, "id: demo", "id: a b", vec!["error id-missing"]),
        (own, "title: Demo", "", vec!["error member-missing"]),
        (own, "title: Demo", "title: [", vec!["error yaml-invalid"]),
        (own, "url: https://org.example", "url: javascript:x", vec!["error url-invalid"]),
        (own, "organisation: {id: o1, name: Org, url: https://org.example}", "", vec!["error organisation-missing"]),
        (own, "id: c2", "id: c1", vec!["error duplicate-certification-id"]),
        (own, "folder: c1", "folder: ../c1", vec!["error path-outside"]),
        (own, "folder: c1", "folder: /etc", vec!["error path-outside"]),
        (own, "folder: c1", "folder: none", vec!["error unreadable"]),
        (own, ", folder: c1", "", vec![]),
        (own, "status: announced", "status: soon", vec!["error status-unknown"]),
        (own, "  - id: t1", "  - nonsense\n  - id: t1", vec!["error entry-not-a-mapping"]),
        (page, "type: certification\n", "", vec!["warning not-a-certification"]),
        (page, "exams: [one.md]", "", vec!["error exams-missing"]),
        (page, "exams: [one.md]", "exams: [two.md]", vec!["error unreadable"]),
        (page, "exams: [one.md]", "exams: [one.md, ../one.md]", vec!["error path-outside"]),
        (page, "exams: [one.md]", "exams: [one.md, one.md]", vec!["error duplicate-exam-id"]),
        (page, ", expiresIn: 12", "", vec!["warning validity-missing"]),
        (page, "expiresIn: 12", "expiresIn: forever", vec!["error number-invalid", "warning validity-missing"]),
        (page, "tries: 3", "tries: 2", vec!["warning tries-differ"]),
        (page, "passPercentage: 70", "passPercentage: 80", vec!["warning pass-mark-differs"]),
        (page, "badge: {title: Badge, description: D}\n", "", vec![]),
        (exam, "marks: 1", "marks: 0", vec!["error marks-invalid q1"]),
        (exam, "questions:", "queries:", vec!["error questions-missing", "note unknown-key"]),
    ] {
        assert_eq!(codes(&changed(file, from, to).findings), expected, "{file}: {from} → {to}");
    }
    assert_eq!(codes(&programme(&[]).findings), ["error unreadable"]);
}

#[test]
fn a_certification_without_readable_exams_is_only_announced() {
    for reading in [changed("c1/_index.md", "one.md", "two.md"), changed("c1/one.md", "questions:", "queries:")] {
        assert!(reading.has_errors());
        let certification = &reading.programme.unwrap().tracks[0].certifications[0];
        assert_eq!(
            (certification.status, certification.requirements.is_none()),
            (CertificationStatus::Announced, true)
        );
    }
}

#[test]
fn the_projects_own_programmes_have_no_errors() {
    for (name, exams) in [("meshery", 5), ("sample", 1)] {
        let reading = read(&root().join("exams").join(name));
        assert!(!reading.has_errors(), "{name}: {:#?}", reading.findings);
        assert_eq!(reading.exams.len(), exams, "{name}");
        assert_eq!(reading.programme.unwrap().id.as_str(), name);
    }
}
