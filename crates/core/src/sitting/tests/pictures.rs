//! When the screen is looked at, what is kept of it, and what is recorded of the rest.

use super::*;

#[test]
fn evidence_belongs_to_an_exam_that_has_begun() {
    let picture = || Picture { monitor: "eDP-1".into(), occasion: Occasion::Interval, unchanged: 0, stretch: 1 };
    let capture = || C::Capture { sha256: Digest::of("e"), size: 3, picture: picture() };
    let refused = Err(Refusal::WrongPhase);
    assert_eq!(Bench::new("pictures").give(capture(), &Actor::Client, at(0)), refused);
    assert_eq!(Bench::underway("open").give(capture(), &Actor::Client, at(1)), refused, "not asked for");
    let mut bench = Bench::underway("pictures");
    bench.ok(capture(), 1);
    assert_eq!(bench.sitting.evidence().get(&Digest::of("e")), Some(&3));
}

#[test]
fn the_screen_is_looked_at_while_somebody_sits_before_it() {
    let looking = |bench: &Bench, second| bench.sitting.posture(&at(second)).looking;
    assert_eq!(looking(&Bench::underway("strict"), 0), None, "not asked for");
    let mut bench = Bench::new("pictures");
    assert_eq!(looking(&bench, 0), None, "the notice is not answered");
    bench.ok(admit(), 0);
    bench.ok(C::Acknowledge { notice: Digest::of("notice") }, 0);
    let tried = looking(&bench, 0).unwrap();
    assert!(!tried.keeping, "only whether it can be seen");
    let mut bench = Bench::underway("pictures");
    let before = looking(&bench, 0).unwrap();
    assert_eq!((before.keeping, before.used_bytes, before.pictures.every_ms), (true, 0, 10_000));
    let picture = Picture { monitor: "eDP-1".into(), occasion: Occasion::Interval, unchanged: 0, stretch: 1 };
    bench.ok(C::Capture { sha256: Digest::of("e"), size: 3, picture }, 1);
    let sees = |sees: &[&str]| Observation::Probed {
        probe: Probe::Outputs,
        sees: sees.iter().map(|seen| (*seen).to_owned()).collect(),
    };
    let observed = |bench: &mut Bench, observation, second| bench.ok(C::Observe { observation }, second);
    observed(&mut bench, sees(&["HDMI-1"]), 2);
    let after = looking(&bench, 2).unwrap();
    assert_eq!((after.used_bytes, after.occasions), (3, before.occasions + 1), "a sight is worth a picture");
    observed(&mut bench, sees(&[]), 3);
    assert_eq!(looking(&bench, 3).unwrap().occasions, after.occasions, "its end is not");
    bench.ok(C::Pause, 4);
    assert_eq!(looking(&bench, 4), None, "a pause is nobody's business");
    bench.ok(C::Continue, 5);
    bench.ok(C::Leave, 6);
    assert_eq!(looking(&bench, 6), None, "who left has the machine to themselves");
    bench.ok(C::Return, 7);
    assert_eq!(looking(&bench, 7).unwrap().occasions, after.occasions + 1);
}

#[test]
fn what_came_of_a_look_is_recorded_when_it_changes() {
    let looked = |monitor: Option<&str>, sight| C::Observe {
        observation: Observation::Looked { monitor: monitor.map(str::to_owned), sight },
    };
    let mut bench = Bench::underway("open");
    assert!(bench.ok(looked(None, Sight::Blank), 1).is_empty(), "not asked for");
    let mut bench = Bench::underway("pictures");
    for (second, monitor, sight, news) in [
        (1, Some("eDP-1"), Sight::Clear, true),
        (2, Some("eDP-1"), Sight::Clear, false),
        (3, Some("eDP-1"), Sight::Blank, true),
        (4, None, Sight::Failed { why: "x".repeat(500) }, true),
        (5, None, Sight::Failed { why: "x".repeat(300) }, false),
        (6, None, Sight::Clear, true),
    ] {
        assert_eq!(bench.ok(looked(monitor, sight), second).len(), usize::from(news), "{second}");
    }
    assert_eq!(bench.sitting.sights().get(&Some("eDP-1".to_owned())), Some(&Sight::Blank));
    bench.ok(C::Resume { server: None }, 7);
    assert!(bench.sitting.sights().is_empty(), "looked at anew after a restart");
}
