//! What probes lead to, and what they do not.

use super::*;
use crate::policy::Probe;

/// What a probe sees, when, and what follows: the hold's reason while it is held, and how many records were written.
#[test]
fn a_probe_stops_a_sitting_only_where_the_policy_says_so_and_only_for_something_new() {
    use Probe::{Focus, Outputs, ScreenShare, Terminal};
    let (seen, lost, open) = (Some(HoldReason::Seen), Some(HoldReason::ControlLost), None);
    let controls = |holding: fn() -> Holding| report(holding());
    let enforced = || Holding::Enforced;
    let wake = || C::Wake { checkpoint: None };
    // Strict holds for another terminal and for a shared screen, and warns of another window.
    type Step = (Command, u64, Option<HoldReason>, usize);
    let stories: [(&str, &[Step]); 6] = [
        (
            "strict",
            &[
                (sees(Focus, &["xterm"]), 1, open, 1),
                (sees(Focus, &["xterm"]), 2, open, 0),
                (sees(Focus, &[]), 3, open, 1),
            ],
        ),
        ("moderate", &[(sees(Terminal, &["tty3"]), 1, open, 1), (sees(ScreenShare, &["a"]), 2, open, 1)]),
        (
            "strict",
            &[
                (sees(Terminal, &["tty3"]), 1, seen, 2),
                (sees(ScreenShare, &["obs"]), 2, seen, 1),
                (sees(Outputs, &["HDMI-1"]), 3, seen, 1),
                (sees(Terminal, &[]), 4, seen, 1),
                (sees(ScreenShare, &[]), 5, open, 2),
            ],
        ),
        (
            // Nobody answers, it stays, and stops nothing again; something new does.
            "strict",
            &[
                (sees(Terminal, &["tty3"]), 0, seen, 2),
                (wake(), 179, seen, 1),
                (wake(), 180, open, 1),
                (sees(Terminal, &["tty3"]), 181, open, 0),
                (sees(Terminal, &["tty3", "tty4"]), 182, seen, 2),
                (sees(Terminal, &["tty4"]), 183, seen, 1),
                (C::Release, 184, open, 1),
            ],
        ),
        (
            // One hold after the other.
            "strict",
            &[
                (controls(denied), 1, lost, 2),
                (sees(ScreenShare, &["obs"]), 2, lost, 1),
                (controls(enforced), 3, seen, 3),
                (controls(denied), 4, seen, 1),
                (sees(ScreenShare, &[]), 5, lost, 3),
                (controls(enforced), 6, open, 2),
            ],
        ),
        (
            // Who left has the machine to themselves. After a restart the first look says what still lasts.
            "strict",
            &[
                (sees(ScreenShare, &["obs"]), 1, seen, 2),
                (C::Resume { server: None }, 2, seen, 1),
                (sees(ScreenShare, &["obs"]), 3, seen, 0),
                (C::Leave, 4, seen, 1),
                (sees(ScreenShare, &["obs", "more"]), 5, seen, 0),
                (C::AllowReturn, 6, seen, 1),
                (C::Return, 7, seen, 1),
                (controls(enforced), 8, seen, 1),
                (sees(ScreenShare, &[]), 9, open, 2),
            ],
        ),
    ];
    for (policy, steps) in stories {
        let mut bench = Bench::underway(policy);
        for (command, seconds, reason, records) in steps {
            assert_eq!(bench.ok(command.clone(), *seconds).len(), *records, "{policy}: {command:?}");
            assert_eq!(bench.sitting.hold().map(|(reason, _)| reason), *reason, "{policy}: {command:?}");
        }
    }
}

#[test]
fn a_probe_that_cannot_look_is_on_record_until_it_can() {
    let mut bench = Bench::underway("strict");
    let blind = |why: &str| {
        let observation = Observation::Blind { probe: Probe::Terminal, why: why.to_owned() };
        C::Observe { observation }
    };
    for (command, records, blind) in [
        (blind("no login service"), 1, Some("no login service")),
        (blind("no login service"), 0, Some("no login service")),
        (blind("it does not answer"), 1, Some("it does not answer")),
        (sees(Probe::Terminal, &[]), 1, None),
        (sees(Probe::Terminal, &[]), 0, None),
        (blind("it does not answer"), 1, Some("it does not answer")),
        (C::Leave, 1, Some("it does not answer")),
        (blind("nobody looks"), 0, Some("it does not answer")),
    ] {
        assert_eq!(bench.ok(command.clone(), 1).len(), records, "{command:?}");
        let why = bench.sitting.blind().get(&Probe::Terminal).map(String::as_str);
        assert_eq!(why, blind, "{command:?}");
    }
}

#[test]
fn an_exam_does_not_begin_while_a_probe_sees_what_would_stop_it() {
    let mut bench = Bench::new("strict");
    for (command, seconds) in [(admit(), 0), (C::Acknowledge { notice: Digest::of("n") }, 0)] {
        bench.ok(command, seconds);
    }
    bench.ok(report(Holding::Enforced), 0);
    bench.sitting.lay_out(form());
    let begin = || C::Begin { start: Some((at(0).wall, Digest::of("s"))), deadline: Some(at(600).wall) };
    bench.ok(sees(Probe::RemoteLogin, &["ssh"]), 0);
    assert_eq!(bench.give(begin(), &Actor::Candidate, at(1)), Err(Refusal::NotReady));
    bench.ok(sees(Probe::RemoteLogin, &[]), 1);
    bench.ok(sees(Probe::Outputs, &["HDMI-1"]), 1);
    bench.ok(begin(), 2);
}

#[test]
fn the_check_is_recorded_while_it_is_made_and_never_too_long() {
    let mut bench = Bench::new("strict");
    bench.ok(admit(), 0);
    let long = "x".repeat(500);
    let surveyed = |checks: &[&str]| {
        let checks = checks.iter().map(|check| (*check).to_owned()).collect();
        C::Observe { observation: Observation::Surveyed { desktop: long.clone(), checks } }
    };
    assert_eq!(bench.give(surveyed(&[]), &Actor::Client, at(0)), Err(Refusal::WrongPhase));
    bench.ok(C::Acknowledge { notice: Digest::of("n") }, 0);
    let events = bench.ok(surveyed(&["guard-absent", "clock-behind", "guard-absent"]), 1);
    let [Event::Observed { observation: Observation::Surveyed { desktop, checks } }] = &events[..] else {
        panic!("one record: {events:?}")
    };
    assert_eq!((desktop.chars().count(), checks.join(" ").as_str()), (120, "clock-behind guard-absent"));
}

#[test]
fn a_machine_that_may_fall_asleep_lowers_no_level() {
    let policy = admission("strict").policy.clone();
    let (yes, no) = (Holding::Enforced, denied());
    for missing in Control::ALL {
        let level = policy.level(|control| Some(if control == missing { &no } else { &yes }));
        assert_eq!(level == Level::L1, missing == Control::Awake, "{missing}");
    }
}

fn sees(probe: Probe, names: &[&str]) -> Command {
    let sees = names.iter().map(|name| (*name).to_owned()).collect();
    C::Observe { observation: Observation::Probed { probe, sees } }
}
