//! Programmes and their certifications.

use crate::{codes, root};
use invigil_content::programme::{Reading, read};
use invigil_core::programme::{CertificationStatus, Fee};
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
    assert_eq!((requirements.valid_months, requirements.tries_max, &requirements.cool_down_days), (12, 3, &vec![14]));
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

/// The sound programme with more members on its page, and more files.
fn with_page(more: &str, exams: &str, files: &[(&str, &str)]) -> Reading {
    let page = PAGE.replacen("exams: [one.md]", &format!("exams: {exams}\n{more}"), 1);
    let mut all = vec![("programme.yaml", PROGRAMME), ("c1/_index.md", page.as_str()), ("c1/one.md", EXAM)];
    all.extend(files);
    programme(&all)
}

#[test]
fn a_page_says_everything_about_its_certification() {
    let more = "parts:\n  - {id: cap, title: Capstone, description: Build *it*., passPercentage: 60, weight: 40}\n\
        recertification: {by: delta, exam: delta.md, fromDays: 90}\n\
        prerequisites: {certifications: [c2], open: [Some practice]}\n\
        audience: Everybody\nfocus: [this, that]\nformat: [multiple-choice, capstone]\nfee: {amount: 99.50, currency: EUR}\n\
        prerequisite_knowledge: [{title: Read, children: [{title: Page, link: 'https://example.org/a'}]}]\n\
        competencies:\n  - {title: All, percentage: 60, exam: one, items: [x]}\n  - {title: Work, percentage: 40, part: cap}\n";
    let delta = EXAM.replace("id: one", "id: delta");
    let reading = with_page(more, "[{file: one.md, weight: 60}]", &[("c1/delta.md", &delta)]);
    assert_eq!(codes(&reading.findings), Vec::<String>::new());
    let programme = reading.programme.unwrap();
    let certification = &programme.tracks[0].certifications[0];
    let about = &certification.about;
    assert_eq!((about.audience.as_str(), about.focus.len(), about.format.len()), ("Everybody", 2, 2));
    assert_eq!(about.fee, Fee::Amount { amount: "99.50".into(), currency: "EUR".into() });
    assert_eq!(about.preparation[0].links[0].url, "https://example.org/a");
    assert_eq!(certification.prerequisites.certifications[0].as_str(), "c2");
    let requirements = certification.requirements.as_ref().unwrap();
    assert_eq!((requirements.exams[0].weight, requirements.parts[0].weight), (60, 40));
    assert_eq!(requirements.parts[0].description, "<p>Build <em>it</em>.</p>");
    assert_eq!(requirements.blueprint.areas.len(), 2);
    let (owner, exam) = programme.exam(&"delta".parse().unwrap()).unwrap();
    assert_eq!((owner.id.as_str(), exam.file.as_str()), ("c1", "delta.md"));
    assert_eq!(requirements.exams.len(), 1, "the exam that renews is none of those that certify");
}

#[test]
fn every_defect_of_a_page_has_its_finding() {
    let part = "parts: [{id: p, title: P, description: D, passPercentage: 70";
    for (more, exams, expected) in [
        (format!("{part}}}]"), "[one.md]", vec![]),
        (format!("{part}, weight: 50}}]"), "[{file: one.md, weight: 50}]", vec![]),
        (format!("{part}, weight: 50}}]"), "[one.md]", vec!["error weights-partial exams"]),
        (format!("{part}, weight: 50}}]"), "[{file: one.md, weight: 60}]", vec!["error weights-sum exams"]),
        (format!("{part}}}, {{id: p}}]"), "[one.md]", vec!["error duplicate-part-id parts"]),
        ("parts: [{id: p, title: P, description: D}]".into(), "[one.md]", vec!["warning part-pass-mark-missing parts"]),
        ("parts: {id: p}".into(), "[one.md]", vec!["error not-a-list the page"]),
        (String::new(), "[{weight: 100}]", vec!["error member-missing exams"]),
        (String::new(), "[{file: one.md, weight: 0}]", vec!["error number-invalid"]),
        (String::new(), "[{file: one.md, wait: 1}]", vec!["note unknown-key an exam of the page"]),
        ("fee: cheap".into(), "[one.md]", vec!["error fee-invalid fee"]),
        ("fee: {amount: 1e9, currency: EUR}".into(), "[one.md]", vec!["error fee-invalid fee"]),
        ("fee: {amount: 10, currency: Euro}".into(), "[one.md]", vec!["error fee-invalid fee"]),
        ("cost: free".into(), "[one.md]", vec![]),
        ("format: [multiple-choice, dance]".into(), "[one.md]", vec!["error format-unknown format"]),
        ("focus: [a, [b]]".into(), "[one.md]", vec!["error not-a-text the page"]),
        ("focus: a".into(), "[one.md]", vec!["error not-a-list the page"]),
        ("prerequisites: c2".into(), "[one.md]", vec!["error prerequisites-invalid prerequisites"]),
        ("prerequisites: {certifications: [c9]}".into(), "[one.md]", vec!["error prerequisite-unknown c1"]),
        ("prerequisites: {certifications: [a b]}".into(), "[one.md]", vec!["error prerequisite-unknown prerequisites"]),
        ("prerequisites: {certifications: [c1]}".into(), "[one.md]", vec!["error prerequisite-cycle c1"]),
        ("itemMarks: equal".into(), "[one.md]", vec!["warning item-marks-differ itemMarks"]),
        ("itemMarks: many".into(), "[one.md]", vec!["error item-marks-unknown"]),
        (
            "competencies: [{title: A, percentage: 60}, {title: B, percentage: 30}]".into(),
            "[one.md]",
            vec!["error blueprint-sum competencies"],
        ),
        (
            "competencies: [{title: A, percentage: 100, exam: two}]".into(),
            "[one.md]",
            vec!["error blueprint-unknown competencies"],
        ),
        (
            "competencies: [{title: A, percentage: 100, competency: none}]".into(),
            "[one.md]",
            vec!["error blueprint-unknown competencies"],
        ),
        (
            "competencies: [{title: A, percentage: 60, exam: one}, {title: B, percentage: 40}]".into(),
            "[{file: one.md, weight: 100}]",
            vec!["warning blueprint-weight-differs competencies"],
        ),
        (
            "recertification: {by: delta, fromDays: 9}".into(),
            "[one.md]",
            vec!["error recertification-invalid recertification"],
        ),
        ("recertification: {by: retake}".into(), "[one.md]", vec!["error recertification-invalid recertification"]),
        ("recertification: {by: retake, fromDays: 9}".into(), "[one.md]", vec![]),
        ("recertification: {by: delta, exam: no.md, fromDays: 9}".into(), "[one.md]", vec!["error unreadable"]),
        (
            "preparation: [{title: T, links: [{title: L, url: 'javascript:x'}]}]".into(),
            "[one.md]",
            vec!["error url-invalid"],
        ),
    ] {
        assert_eq!(codes(&with_page(&more, exams, &[]).findings), expected, "{more} / {exams}");
    }
    for (days, read, expected) in [
        ("14", vec![14], vec![]),
        ("0", vec![], vec![]),
        ("[14, 30]", vec![14, 30], vec![]),
        ("[14, -1]", vec![], vec!["error number-invalid"]),
        ("{a: 1}", vec![], vec!["error number-invalid"]),
    ] {
        let reading = changed("c1/_index.md", "coolDownDays: 14", &format!("coolDownDays: {days}"));
        assert_eq!(codes(&reading.findings), expected, "{days}");
        let programme = reading.programme.unwrap();
        assert_eq!(programme.tracks[0].certifications[0].requirements.as_ref().unwrap().cool_down_days, read, "{days}");
    }
}

#[test]
fn a_bank_that_leaves_its_blueprint_is_told() {
    let bank = |areas: [usize; 2], per_try: usize| {
        let mut text = format!(
            "---\ntitle: Two\nid: two\ntype: test\nmaxAttempts: 3\nnumberOfQuestions: {per_try}\n\
             competencies: [{{id: a, title: A}}, {{id: b, title: B}}]\nquestions:\n"
        );
        for (competency, n) in ["a", "b"].into_iter().zip(areas) {
            for q in 0..n {
                text += &format!(
                    "- {{id: {competency}{q}, text: 'Is {competency} {q}?', type: true-false, marks: 1, correctAnswer: true, \
                     competency: {competency}}}\n"
                );
            }
        }
        text + "---\n"
    };
    let areas = "competencies: [{title: A, percentage: 25, competency: a}, {title: B, percentage: 75, competency: b}]";
    for (counts, per_try, tolerance, off) in [
        ([2, 6], 8, "", 0),
        ([1, 7], 8, "", 0),
        ([0, 8], 8, "", 2),
        ([1, 7], 8, "\nblueprintTolerance: 0", 2),
        // Two sets of eight: the first has all of A.
        ([4, 12], 8, "", 4),
    ] {
        let reading = with_page(&format!("{areas}{tolerance}"), "[two.md]", &[("c1/two.md", &bank(counts, per_try))]);
        let found = codes(&reading.findings).into_iter().filter(|code| code == "warning blueprint-off two").count();
        assert_eq!(found, off, "{counts:?} by {per_try}{tolerance}: {:?}", reading.findings);
    }
}

#[test]
fn a_judges_record_is_checked_by_arithmetic() {
    let record =
        "type: angoff\nexam: one\njudges: 6\nrounds: 2\nheld: 2026-03-01\nmark: 70.25\nitems: {q1: 72.5, q2: 68}\n";
    let read =
        |record: &str| with_page("", "[{file: one.md, angoff: one.angoff.yaml}]", &[("c1/one.angoff.yaml", record)]);
    let programme = read(record).programme.unwrap();
    let exam = programme.exam(&"one".parse().unwrap()).unwrap().1;
    assert_eq!(exam.angoff.as_ref().map(|record| (record.judges, record.mark_hundredths)), Some((6, 7_025)));
    for (from, to, expected) in [
        ("", "", vec![]),
        ("type: angoff", "type: other", vec!["error not-angoff"]),
        ("exam: one", "exam: two", vec!["error angoff-other-exam exam"]),
        ("judges: 6\n", "", vec!["error member-missing judges"]),
        ("rounds: 2", "rounds: 0", vec!["error number-invalid"]),
        ("held: 2026-03-01", "held: March", vec!["error date-invalid held"]),
        ("mark: 70.25", "mark: 70.26", vec!["error angoff-mark-differs mark"]),
        ("mark: 70.25", "mark: 101", vec!["error angoff-share-invalid mark"]),
        ("q2: 68", "q2: 600", vec!["error angoff-share-invalid items"]),
        ("q2: 68", "q3: 68", vec!["error angoff-items-differ items"]),
        ("{q1: 72.5, q2: 68}", "none", vec!["error member-missing items"]),
        ("mark: 70.25\nitems: {q1: 72.5", "mark: 71.5\nitems: {q1: 75", vec!["warning angoff-pass-mark-differs mark"]),
    ] {
        assert!(record.contains(from), "{from}");
        assert_eq!(codes(&read(&record.replacen(from, to, 1)).findings), expected, "{from} → {to}");
    }
    let outside = with_page("", "[{file: one.md, angoff: ../one.yaml}]", &[("one.yaml", record)]);
    assert_eq!(codes(&outside.findings), ["error path-outside"]);
}

#[test]
fn a_partner_is_one_file() {
    let partner = "type: partner\nid: example\nname: Example\nurl: https://example.org\nsummary: Prepares.\nsince: 2026-01\n\
        roles: [training, training, issues]\n";
    let read = |files: &[(&str, &str)]| with_page("", "[one.md]", files);
    let reading = read(&[("partners/example.yaml", partner), ("partners/README.md", "Hello")]);
    assert_eq!(codes(&reading.findings), Vec::<String>::new());
    let programme = reading.programme.unwrap();
    assert_eq!((programme.partners.len(), programme.partners[0].roles.len()), (1, 2));
    let deep = format!("a: {}", "[".repeat(5_000));
    let long = format!("type: partner\n# {}\n", "x".repeat(4 << 20));
    for (name, from, to, expected) in [
        ("other.yaml", "", "", vec!["error partner-id-differs id"]),
        ("example.txt", "", "", vec!["warning partner-file-ignored"]),
        ("a b.yaml", "id: example", "id: a b", vec!["error id-missing id"]),
        ("example.yaml", partner, "type: programme", vec!["error not-a-partner"]),
        ("example.yaml", partner, "- a\n- b", vec!["error not-a-partner"]),
        ("example.yaml", partner, "", vec!["error not-a-partner"]),
        ("example.yaml", partner, &deep, vec!["error yaml-invalid"]),
        ("example.yaml", partner, &long, vec!["error file-too-large"]),
        ("example.yaml", "name: Example\n", "", vec!["error member-missing"]),
        ("example.yaml", "https://example.org", "ftp://example.org", vec!["error url-invalid"]),
        ("example.yaml", "since: 2026-01", "since: lately", vec!["error date-invalid since"]),
        ("example.yaml", "issues]", "rules]", vec!["error role-unknown roles"]),
        ("example.yaml", "roles: [training, training, issues]", "", vec!["error member-missing roles"]),
        ("example.yaml", "since", "logo: x.png\nsince", vec!["note unknown-key the partner"]),
    ] {
        let text = partner.replacen(from, to, 1);
        let path = format!("partners/{name}");
        let reading = read(&[(&path, &text)]);
        assert_eq!(codes(&reading.findings), expected, "{name}: {from:.30} → {to:.30}");
        assert!(reading.programme.is_some(), "one bad partner spoils nothing else");
    }
}

#[test]
fn badges_are_read_one_by_one() {
    let badges = "type: badges\nbadges:\n  - {label: first-design, category: achievement, name: N, description: D, criteria: C, \
        given: [operator, csv, webhook, {certification: c1}]}\n";
    let read = |text: &str| with_page("", "[one.md]", &[("badges.yaml", text)]);
    let programme = read(badges).programme.unwrap();
    let followed: Vec<_> = programme.recognitions_for(&programme.tracks[0].certifications[0].id).collect();
    assert_eq!((followed.len(), followed[0].given_by.len()), (1, 4));
    for (from, to, expected) in [
        ("", "", vec![]),
        ("type: badges", "type: list", vec!["error not-badges"]),
        ("label: first-design", "label: First Design", vec!["error label-invalid"]),
        ("category: achievement", "category: best", vec!["error category-unknown first-design"]),
        ("criteria: C", "criteria: ''", vec!["error member-missing"]),
        ("certification: c1", "certification: c9", vec!["error given-unknown badge first-design"]),
        ("webhook", "post", vec!["error given-unknown badge first-design"]),
        ("[operator, csv, webhook, {certification: c1}]", "[]", vec!["error given-missing first-design"]),
        ("badges:\n", "badges:\n  - nonsense\n", vec!["error entry-not-a-mapping"]),
    ] {
        assert!(badges.contains(from), "{from}");
        assert_eq!(codes(&read(&badges.replacen(from, to, 1)).findings), expected, "{from} → {to}");
    }
    let twice = format!("{badges}{}", badges.split_once("badges:\n").unwrap().1);
    assert_eq!(codes(&read(&twice).findings), ["error duplicate-label first-design"]);
}

#[test]
fn tiers_and_circles_are_seen_over_the_whole_programme() {
    let tiers = "summary: S\n    tiers: [{id: one, title: One}, {id: two, title: Two}]\n    certifications";
    let with_tiers =
        |more: &str| PROGRAMME.replacen("summary: S\n    certifications", tiers, 1).replacen("tier: two", more, 1);
    let read = |text: &str| programme(&[("programme.yaml", text), ("c1/_index.md", PAGE), ("c1/one.md", EXAM)]);
    for (more, expected) in [
        ("tier: two", vec![]),
        ("tier: three", vec!["error tier-unknown c2"]),
        ("tier: two, prerequisites: {certifications: [c2]}", vec!["error prerequisite-cycle c2"]),
        ("tier: two, prerequisites: {certifications: [c1]}", vec![]),
        ("tier: two, color: red", vec!["note unknown-key certification c2"]),
    ] {
        assert_eq!(codes(&read(&with_tiers(more)).findings), expected, "{more}");
    }
    let doubled = with_tiers("tier: two").replacen("id: two", "id: one", 1);
    assert_eq!(codes(&read(&doubled).findings), ["error duplicate-tier-id tiers", "error tier-unknown c2"]);
}

#[test]
fn hostile_programmes_are_read_to_their_limits() {
    let many = |n: usize| {
        let entry = |n| {
            format!(
                "      - {{id: m{n}, title: T, tier: t, status: announced, prerequisites: {{certifications: [m{}]}}}}\n",
                (n + 1) % 200
            )
        };
        (0..n).map(entry).collect::<String>()
    };
    let own = |certifications: &str| {
        PROGRAMME.split_once("      - {id: c1").map(|(head, _)| format!("{head}{certifications}")).unwrap()
    };
    let reading = programme(&[("programme.yaml", &own(&many(300)))]);
    assert_eq!(codes(&reading.findings), ["error too-many-entries track t1", "error prerequisite-cycle m0"]);
    assert_eq!(reading.programme.unwrap().tracks[0].certifications.len(), 200);
    let deep = format!("type: programme\nid: p\ntracks: {}", "[".repeat(10_000));
    assert_eq!(codes(&programme(&[("programme.yaml", &deep)]).findings), ["error yaml-invalid"]);
    let bomb = format!("a: &a [{}]\nb: &b [{}]\ntracks: [{}]\n", "x,".repeat(99), "*a,".repeat(99), "*b,".repeat(99));
    assert_eq!(codes(&programme(&[("programme.yaml", &bomb)]).findings), ["error yaml-invalid"]);
    let long = format!("type: programme\n# {}\n", "x".repeat(4 << 20));
    assert_eq!(codes(&programme(&[("programme.yaml", &long)]).findings), ["error file-too-large"]);
}
