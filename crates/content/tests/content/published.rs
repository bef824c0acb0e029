//! Whole programmes as they lie in this repository: the Meshery programme, and a second one by other rules.

use crate::root;
use invigil_content::{Severity, check::check_paths, programme::read};
use invigil_core::{
    Wall,
    programme::{ExamState, Fee, Format, Held, History, PartRecord, PartState, RecertificationState, Try},
    recognition::Category,
};
use std::collections::{BTreeMap, BTreeSet};

const DAY_MS: u64 = 86_400_000;

fn begin() -> Wall {
    "2026-01-01T09:00:00Z".parse().unwrap()
}

fn day(n: u64) -> Wall {
    begin().plus_ms(n * DAY_MS)
}

#[test]
fn the_meshery_programme_is_complete() {
    let reading = read(&root().join("exams/meshery"));
    let said: Vec<_> = reading.findings.iter().filter(|finding| finding.severity != Severity::Note).collect();
    assert!(said.is_empty(), "{said:#?}");
    let programme = reading.programme.unwrap();
    assert!(programme.notice.contains("not an official product"));
    let tracks: Vec<_> = programme
        .tracks
        .iter()
        .map(|track| {
            (
                track.id.as_str(),
                track.tiers.iter().map(|tier| tier.id.as_str()).collect::<Vec<_>>(),
                track.certifications.len(),
            )
        })
        .collect();
    assert_eq!(
        tracks,
        [
            ("administrators", vec!["associate", "professional", "expert"], 3),
            ("developers", vec!["contributor", "developer"], 2),
            ("community", vec![], 0),
        ]
    );
    let open: Vec<_> =
        programme.tracks.iter().flat_map(|track| &track.certifications).filter(|c| c.requirements.is_some()).collect();
    let [contributor] = open.as_slice() else { panic!("one certification has exams") };
    let requirements = contributor.requirements.as_ref().unwrap();
    let exams: Vec<_> = requirements.exams.iter().map(|exam| (exam.weight, exam.items, exam.pass_percent)).collect();
    assert_eq!(exams, [(20, 25, 70); 5]);
    assert_eq!((requirements.tries_max, requirements.cool_down_days.len(), requirements.within_months), (3, 0, 0));
    assert_eq!((requirements.valid_months, &contributor.about.fee), (24, &Fee::Free));
    let links = contributor.about.preparation.iter().flat_map(|preparation| &preparation.links);
    assert!(links.clone().all(|link| link.url.starts_with("https://docs.meshery.io/")));
    assert!(20 <= links.count());
    let mut badges: BTreeMap<Category, usize> = BTreeMap::new();
    for recognition in &programme.recognitions {
        *badges.entry(recognition.category).or_default() += 1;
    }
    let expected =
        [(Category::Special, 4), (Category::Achievement, 16), (Category::Project, 17), (Category::Certification, 4)];
    assert_eq!(badges, expected.into());
    let follows: Vec<_> = programme.recognitions_for(&contributor.id).map(|r| r.label.as_str()).collect();
    assert_eq!(follows, ["certified-meshery-contributor"]);
}

#[test]
fn another_organisations_rules_need_no_code() {
    let folder = root().join("tests/programmes/do-caie");
    let report = check_paths(&[&folder]);
    let said: Vec<_> = report.findings.iter().filter(|finding| finding.severity != Severity::Note).collect();
    assert!(said.is_empty(), "{said:#?}");
    let reading = read(&folder);
    let said: Vec<_> = reading.findings.iter().filter(|finding| finding.severity != Severity::Note).collect();
    assert!(said.is_empty(), "{said:#?}");
    let programme = reading.programme.unwrap();
    let certification = &programme.tracks[0].certifications[0];
    let requirements = certification.requirements.as_ref().unwrap();
    let percents: Vec<_> = requirements.blueprint.areas.iter().map(|area| area.percent).collect();
    assert_eq!(percents, [12, 14, 18, 14, 14, 16, 12]);
    let exam = &requirements.exams[0];
    assert_eq!((exam.items, exam.minutes, exam.pass_percent), (60, 90, 70));
    assert_eq!((requirements.valid_months, &requirements.cool_down_days), (24, &vec![14, 30]));
    assert_eq!(certification.about.format, [Format::MultipleChoice, Format::Capstone]);
    let bank = &reading.exams[&exam.id].bank;
    let options: BTreeSet<usize> = bank
        .exam
        .items
        .iter()
        .map(|item| match &item.interaction {
            invigil_core::item::Interaction::Choice { choices, .. } => choices.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(options, [4].into());
    assert!(!bank.exam.shuffle.choices, "the places of the keys are those of the file, and are checked");

    let attempt = |began, passed| Try { exam: exam.id.clone(), began: day(began), passed: Some(passed) };
    let capstone = |at, passed| PartRecord { part: requirements.parts[0].id.clone(), at: day(at), passed };
    let at = |tries: &[Try], parts: &[PartRecord], held: Option<Held>, n: u64| {
        let history = History { tries, parts, credential: held, ..History::default() };
        certification.standing(&history, day(n)).unwrap()
    };
    let state = |tries: &[Try], n: u64| at(tries, &[], None, n).exams[0].state;
    let failed = [attempt(0, false), attempt(14, false), attempt(44, false)];
    assert_eq!(state(&failed[..1], 13), ExamState::CoolingDown { until: day(14) });
    assert_eq!(state(&failed[..1], 14), ExamState::Open);
    assert_eq!(state(&failed[..2], 43), ExamState::CoolingDown { until: day(44) });
    assert_eq!(state(&failed[..2], 44), ExamState::Open);
    assert_eq!(state(&failed, 73), ExamState::CoolingDown { until: day(74) });
    let passed = [attempt(0, true)];
    let half = at(&passed, &[capstone(300, None)], None, 301);
    assert_eq!(
        (half.parts[0].state, half.complete_by, half.is_complete()),
        (PartState::Pending, Some(day(365)), false)
    );
    assert!(at(&passed, &[capstone(364, Some(true))], None, 700).is_complete(), "both within twelve months");
    let late = at(&passed, &[capstone(366, Some(true))], None, 700);
    assert_eq!((late.exams[0].state, late.parts[0].state), (ExamState::Open, PartState::Passed));
    let held = Some(Held { from: day(364), until: day(364).plus_months(24).unwrap() });
    let renewal = |n| at(&passed, &[capstone(364, Some(true))], held, n).recertification.unwrap();
    assert!(matches!(renewal(900).state, RecertificationState::NotYet { .. }));
    assert!(matches!(renewal(1_050).state, RecertificationState::Open { .. }));
    assert_eq!(renewal(1_050).exam.unwrap().state, ExamState::Open);
    assert_eq!(renewal(1_200).state, RecertificationState::Expired);
}
