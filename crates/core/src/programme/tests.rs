//! The rules of a programme as tables.

use super::{angoff::Angoff, blueprint::*, *};
use crate::{
    grading::{MarksPolicy, Score},
    ids::{CompetencyId, ItemId, PartId},
    time::Wall,
};
use serde_json::json;

fn exam(id: &str) -> ExamSummary {
    ExamSummary {
        id: id.parse().unwrap(),
        title: String::new(),
        file: String::new(),
        minutes: 30,
        items: 25,
        pass_percent: 70,
        weight: 1,
        item_marks: MarksPolicy::Stated,
        angoff: None,
    }
}

fn certification(id: &str, needs: &[&str]) -> Certification {
    Certification {
        id: id.parse().unwrap(),
        title: String::new(),
        tier: String::new(),
        status: CertificationStatus::Open,
        summary: String::new(),
        description: String::new(),
        prerequisites: Prerequisites {
            certifications: needs.iter().map(|id| id.parse().unwrap()).collect(),
            open: vec![],
        },
        about: About::default(),
        requirements: Some(Requirements {
            exams: vec![exam("a"), exam("b")],
            parts: vec![],
            valid_months: 24,
            tries_max: 3,
            cool_down_days: vec![],
            within_months: 0,
            recertification: None,
            blueprint: Blueprint::default(),
            badge: Badge { title: String::new(), description: String::new() },
        }),
    }
}

/// A certification with changed requirements.
fn with(change: impl FnOnce(&mut Requirements)) -> Certification {
    let mut certification = certification("c", &[]);
    change(certification.requirements.as_mut().unwrap());
    certification
}

fn part(id: &str, weight: u32) -> Part {
    Part { id: id.parse().unwrap(), title: String::new(), description: String::new(), pass_percent: 70, weight }
}

fn day(n: i64) -> Wall {
    Wall::from_unix_ms(n * 86_400_000)
}

fn attempt(exam: &str, began: i64, passed: Option<bool>) -> Try {
    Try { exam: exam.parse().unwrap(), began: day(began), passed }
}

const FAILED: Option<bool> = Some(false);
const PASSED: Option<bool> = Some(true);

#[test]
fn an_exam_is_open_until_passed_pending_or_out_of_tries() {
    let certification = with(|r| r.cool_down_days = vec![1]);
    for (tries, expected) in [
        (vec![], ExamState::Open),
        (vec![attempt("a", 9, None)], ExamState::Pending),
        (vec![attempt("a", 1, FAILED)], ExamState::Open),
        (vec![attempt("a", 10, FAILED)], ExamState::CoolingDown { until: day(11) }),
        (vec![attempt("a", 1, FAILED), attempt("a", 2, PASSED)], ExamState::Passed),
        (vec![attempt("a", 1, FAILED), attempt("a", 2, FAILED), attempt("a", 3, FAILED)], ExamState::NoTriesLeft),
    ] {
        let standing = certification.standing(&History { tries: &tries, ..History::default() }, day(10)).unwrap();
        assert_eq!(standing.exams[0].state, expected, "{tries:?}");
        assert_eq!(standing.exams[1].state, ExamState::Open);
        assert_eq!((standing.passed, standing.of), (u32::from(expected == ExamState::Passed), 2));
    }
}

#[test]
fn the_wait_grows_with_the_failures_and_then_stays() {
    for (days, failures, expected) in [
        (&[][..], 2, 0),
        (&[14], 0, 0),
        (&[14], 1, 14),
        (&[14], 5, 14),
        (&[14, 30], 1, 14),
        (&[14, 30], 2, 30),
        (&[14, 30], 9, 30),
    ] {
        let certification = with(|r| {
            r.cool_down_days = days.to_vec();
            r.tries_max = 0;
        });
        let requirements = certification.requirements.as_ref().unwrap();
        assert_eq!(requirements.cool_down_after(failures), expected, "{days:?} after {failures}");
        let tries: Vec<Try> = (0..failures).map(|n| attempt("a", i64::try_from(n).unwrap(), FAILED)).collect();
        let last = i64::try_from(failures).unwrap() - 1;
        let state =
            |at| certification.standing(&History { tries: &tries, ..History::default() }, at).unwrap().exams[0].state;
        let until = day(last + i64::from(expected));
        assert_eq!(state(until), ExamState::Open, "{days:?} after {failures}");
        if 0 < expected {
            assert_eq!(state(until.minus_ms(1)), ExamState::CoolingDown { until });
        }
    }
}

#[test]
fn nothing_is_taken_before_the_prerequisites_are_held() {
    let certification = certification("c", &["x", "y"]);
    let ids: Vec<CertificationId> = ["x", "y", "z"].map(|id| id.parse().unwrap()).into();
    let tries = [attempt("a", 1, PASSED), attempt("b", 1, None)];
    for (holds, tries, missing, states) in [
        (&ids[..0], &tries[..0], 2, [ExamState::PrerequisitesMissing; 2]),
        (&ids[..1], &tries[..0], 1, [ExamState::PrerequisitesMissing; 2]),
        (&ids[..2], &tries[..0], 0, [ExamState::Open; 2]),
        (&ids[..], &tries[..0], 0, [ExamState::Open; 2]),
        (&ids[..0], &tries[..], 2, [ExamState::Passed, ExamState::Pending]),
    ] {
        let standing = certification.standing(&History { holds, tries, ..History::default() }, day(5)).unwrap();
        assert_eq!(standing.prerequisites_missing.len(), missing, "{holds:?}");
        assert_eq!([standing.exams[0].state, standing.exams[1].state], states, "{holds:?}");
        assert!(!standing.is_complete());
    }
}

#[test]
fn parts_are_outstanding_until_a_person_passes_them() {
    let certification = with(|r| {
        r.exams.truncate(1);
        r.parts = vec![part("capstone", 1)];
    });
    let tries = [attempt("a", 1, PASSED)];
    let handed = |at: i64, passed| PartRecord { part: "capstone".parse().unwrap(), at: day(at), passed };
    for (parts, expected) in [
        (vec![], PartState::Outstanding),
        (vec![handed(2, None)], PartState::Pending),
        (vec![handed(2, FAILED)], PartState::Failed),
        (vec![handed(2, FAILED), handed(3, None)], PartState::Pending),
        (vec![handed(2, FAILED), handed(3, PASSED)], PartState::Passed),
    ] {
        let history = History { tries: &tries, parts: &parts, ..History::default() };
        let standing = certification.standing(&history, day(10)).unwrap();
        assert_eq!(standing.parts[0].state, expected, "{parts:?}");
        assert_eq!(standing.is_complete(), expected == PartState::Passed, "{parts:?}");
    }
}

#[test]
fn a_pass_lapses_when_the_others_come_too_late() {
    // 1970-01-01 is day 0, so twelve months from day n end on day n + 365 in 1970 and 1971.
    let certification = with(|r| {
        r.within_months = 12;
        r.tries_max = 2;
    });
    let (a0, b300, b364) = (attempt("a", 0, PASSED), attempt("b", 300, PASSED), attempt("b", 364, PASSED));
    let late = |t: &Try| attempt(t.exam.as_str(), 365, PASSED);
    use ExamState::{NoTriesLeft, Open, Passed};
    for (tries, at, states, complete_by) in [
        (vec![], 0, [Open, Open], None),
        (vec![a0.clone()], 100, [Passed, Open], Some(365)),
        (vec![a0.clone()], 364, [Passed, Open], Some(365)),
        (vec![a0.clone()], 365, [Open, Open], None),
        (vec![a0.clone(), b364.clone()], 900, [Passed, Passed], None),
        (vec![a0.clone(), late(&b364)], 365, [Open, Passed], Some(730)),
        (vec![a0.clone(), b300.clone()], 900, [Passed, Passed], None),
        // The tries up to the lapsed pass are forgotten with it; later ones are not.
        (vec![attempt("a", -1, FAILED), a0.clone()], 365, [Open, Open], None),
        (vec![attempt("a", -1, FAILED), a0.clone(), attempt("a", 370, FAILED)], 380, [Open, Open], None),
        (vec![a0.clone(), attempt("a", 370, FAILED), attempt("a", 371, FAILED)], 380, [NoTriesLeft, Open], None),
        (vec![a0, attempt("a", 370, PASSED), attempt("b", 400, PASSED)], 900, [Passed, Passed], None),
    ] {
        let standing = certification.standing(&History { tries: &tries, ..History::default() }, day(at)).unwrap();
        assert_eq!([standing.exams[0].state, standing.exams[1].state], states, "{tries:?} on day {at}");
        assert_eq!(standing.complete_by, complete_by.map(day), "{tries:?} on day {at}");
    }
}

#[test]
fn a_credential_is_renewed_in_its_window_and_by_its_rule() {
    let tries = [attempt("a", 1, PASSED), attempt("b", 2, PASSED)];
    let renewed = [&tries[..], &[attempt("a", 950, PASSED)]].concat();
    let delta = [&tries[..], &[attempt("d", 950, FAILED), attempt("d", 960, None)]].concat();
    let held = Some(Held { from: day(3), until: day(1_000) });
    let rule = |by| Some(Recertification { by, from_days: 90 });
    let short = || RecertifyBy::Delta { exam: Box::new(exam("d")) };
    use ExamState::{Expired, NotYet, Open, Passed, Pending};
    let not_yet = RecertificationState::NotYet { until: day(910) };
    let open = RecertificationState::Open { until: day(1_000) };
    let expired = RecertificationState::Expired;
    for (by, tries, at, states, renewal, short_exam) in [
        (None, &tries[..], 999, [Passed, Passed], None, None),
        (None, &tries, 1_000, [Open, Open], None, None),
        (rule(RecertifyBy::Retake), &tries, 909, [Passed, Passed], Some(not_yet), None),
        (rule(RecertifyBy::Retake), &tries, 910, [Open, Open], Some(open), None),
        (rule(RecertifyBy::Retake), &renewed, 960, [Passed, Open], Some(open), None),
        (rule(RecertifyBy::Retake), &renewed, 1_001, [Passed, Open], Some(expired), None),
        (rule(short()), &tries, 500, [Passed, Passed], Some(not_yet), Some(NotYet { until: day(910) })),
        (rule(short()), &tries, 910, [Passed, Passed], Some(open), Some(Open)),
        (rule(short()), &delta, 960, [Passed, Passed], Some(open), Some(Pending)),
        (rule(short()), &delta, 1_001, [Open, Open], Some(expired), Some(Expired)),
    ] {
        let certification = with(|r| r.recertification = by.clone());
        let history = History { tries, credential: held, ..History::default() };
        let standing = certification.standing(&history, day(at)).unwrap();
        assert_eq!([standing.exams[0].state, standing.exams[1].state], states, "{by:?} on day {at}");
        assert_eq!(standing.recertification.as_ref().map(|r| r.state), renewal, "{by:?} on day {at}");
        let shown = standing.exam(&"d".parse().unwrap()).map(|exam| exam.state);
        assert_eq!(shown, short_exam, "{by:?} on day {at}");
        let never = certification.standing(&History { tries, ..History::default() }, day(at)).unwrap();
        assert_eq!(never.recertification, None, "without a credential there is nothing to renew");
    }
}

#[test]
fn the_composite_weighs_exams_and_parts() {
    let certification = with(|r| {
        r.exams[0].weight = 50;
        r.exams[1].weight = 20;
        r.parts = vec![part("p", 30)];
    });
    let requirements = certification.requirements.as_ref().unwrap();
    let (a, b, p) = ("a".parse().unwrap(), "b".parse().unwrap(), "p".parse().unwrap());
    let score = |given, of| Score { given, of };
    let exams: BTreeMap<_, _> = [(a, score(50, 50)), (b, score(1, 3))].into();
    let parts: BTreeMap<PartId, _> = [(p, score(3, 4))].into();
    // 100 × 50 + 33.33 × 20 + 75 × 30 = 7916.6 hundredths of 100.
    assert_eq!(requirements.composite(&exams, &parts), Some(7_916));
    assert_eq!(requirements.composite(&exams, &BTreeMap::new()), None);
    assert_eq!(requirements.composite(&BTreeMap::new(), &parts), None);
}

#[test]
fn prerequisites_may_not_go_in_circles() {
    let long: Vec<(String, Vec<String>)> = (0..500).map(|n| (format!("c{n}"), vec![format!("c{}", n + 1)])).collect();
    let own = |list: &[(&str, &[&str])]| -> Vec<(String, Vec<String>)> {
        list.iter().map(|(id, needs)| ((*id).to_owned(), needs.iter().map(|n| (*n).to_owned()).collect())).collect()
    };
    for (list, cycle) in [
        (own(&[]), &[][..]),
        (own(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b", "a"])]), &[]),
        (own(&[("a", &["unknown"])]), &[]),
        (own(&[("a", &["a"])]), &["a"]),
        (own(&[("a", &["b"]), ("b", &["a"])]), &["a", "b"]),
        (own(&[("a", &["b"]), ("b", &["c"]), ("c", &["d"]), ("d", &["c"])]), &["c", "d"]),
        (long, &[]),
    ] {
        let certifications = list
            .iter()
            .map(|(id, needs)| certification(id, &needs.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        let programme = programme(certifications);
        let found = programme.prerequisite_cycle().map(CertificationId::as_str);
        assert_eq!(found.is_some(), !cycle.is_empty(), "{:?}", list.first());
        assert!(found.is_none_or(|id| cycle.contains(&id)), "{found:?} is in the circle");
    }
}

fn programme(certifications: Vec<Certification>) -> Programme {
    Programme {
        id: "p".parse().unwrap(),
        title: String::new(),
        organisation: Organisation { id: String::new(), name: String::new(), url: String::new() },
        notice: String::new(),
        tracks: vec![Track {
            id: String::new(),
            title: String::new(),
            summary: String::new(),
            tiers: vec![],
            certifications,
        }],
        partners: vec![],
        recognitions: vec![],
    }
}

#[test]
fn a_blueprint_is_kept_within_its_tolerance() {
    let area = |id: &str, percent| Area {
        title: id.to_owned(),
        percent,
        points: vec![],
        examined: Some(Examined::Competency(id.parse().unwrap())),
    };
    let apart = Area { examined: Some(Examined::Exam("e".parse().unwrap())), ..area("apart", 50) };
    let blueprint =
        |tolerance_items| Blueprint { areas: vec![area("a", 10), area("b", 40), apart.clone()], tolerance_items };
    assert_eq!(blueprint(1).percent_sum(), 100);
    // Of 20 items, 4 and 16: the area with its own exam asks for none here.
    for (a, b, tolerance, off) in
        [(4, 16, 0, &[][..]), (5, 15, 1, &[]), (5, 15, 0, &["a", "b"]), (2, 16, 1, &["a"]), (0, 20, 3, &["a", "b"])]
    {
        let counts: BTreeMap<CompetencyId, u32> = [("a", a), ("b", b)].map(|(id, n)| (id.parse().unwrap(), n)).into();
        let blueprint = blueprint(tolerance);
        let found: Vec<_> = blueprint.deviations(&counts, 20).iter().map(|d| d.area.title.as_str()).collect();
        assert_eq!(found, off, "{a} and {b}, tolerance {tolerance}");
    }
    let counts = [("a".parse().unwrap(), 1)].into();
    let blueprint = blueprint(1);
    let [deviation] = &blueprint.deviations(&counts, 3)[..] else { panic!("one area of one exam") };
    assert_eq!((deviation.items, deviation.wanted_hundredths), (1, 300));
}

#[test]
fn an_angoff_mark_follows_from_its_means() {
    let ids = |list: &[(&str, u32)]| -> BTreeMap<ItemId, u32> {
        list.iter().map(|(id, n)| (id.parse().unwrap(), *n)).collect()
    };
    let record = |means: &[(&str, u32)], mark_hundredths| Angoff {
        judges: 5,
        rounds: 2,
        held: "2026-03-01".into(),
        means: ids(means),
        mark_hundredths,
    };
    for (means, marks, computed) in [
        (&[("q1", 6_000), ("q2", 8_000)][..], &[("q1", 1), ("q2", 1)][..], Some(7_000)),
        (&[("q1", 6_000), ("q2", 8_000)], &[("q1", 1), ("q2", 3)], Some(7_500)),
        (&[("q1", 5_000), ("q2", 5_001)], &[("q1", 1), ("q2", 1)], Some(5_001)),
        (&[("q1", 5_000)], &[("q1", 1), ("q2", 1)], None),
        (&[("q1", 5_000), ("q3", 1)], &[("q1", 1), ("q2", 1)], None),
        (&[], &[], None),
    ] {
        assert_eq!(record(means, 0).computed(&ids(marks)), computed, "{means:?} {marks:?}");
    }
    for (mark, percent) in [(6_949, 69), (6_950, 70), (7_049, 70), (u32::MAX, u32::MAX / 100)] {
        assert_eq!(record(&[], mark).pass_percent(), percent, "{mark}");
    }
}

#[test]
fn a_programme_of_the_first_version_is_read() {
    let stored = |days: serde_json::Value| {
        json!({
            "id": "p", "title": "P", "organisation": {"id": "o", "name": "O", "url": "https://example.org"}, "notice": "",
            "tracks": [{"id": "t", "title": "T", "summary": "", "certifications": [{
                "id": "c", "title": "C", "tier": "one", "status": "open", "summary": "", "description": "",
                "requirements": {
                    "exams": [{"id": "a", "title": "A", "file": "a.md", "minutes": 30, "items": 25, "passPercent": 70}],
                    "validMonths": 24, "triesMax": 3, "coolDownDays": days,
                    "badge": {"title": "B", "description": ""}
                }
            }]}]
        })
    };
    for (days, read) in [(json!(0), vec![]), (json!(7), vec![7]), (json!([14, 30]), vec![14, 30])] {
        let programme: Programme = serde_json::from_value(stored(days)).unwrap();
        let requirements = programme.tracks[0].certifications[0].requirements.as_ref().unwrap();
        assert_eq!(requirements.cool_down_days, read);
        assert_eq!((requirements.exams[0].weight, &requirements.exams[0].item_marks), (1, &MarksPolicy::Stated));
        let again: Programme = serde_json::from_str(&serde_json::to_string(&programme).unwrap()).unwrap();
        assert_eq!(again, programme);
    }
    assert!(serde_json::from_value::<Programme>(stored(json!("soon"))).is_err());
}
