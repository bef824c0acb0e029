//! The rules as tables: what a command leads to in each phase, and where the time goes.

use super::*;
use crate::{
    Digest, Value,
    envelope::Signed,
    log::{Actor, Record, Tail},
    policy::{Control, Holding},
    submission::Client,
    testing::{admission, at, form},
    time::Moment,
};
use Command as C;

mod pictures;
mod probes;

struct Bench {
    admission: Signed<Admission>,
    sitting: Sitting,
    tail: Tail,
    before: Option<Record>,
}

impl Bench {
    fn new(policy: &str) -> Self {
        let admission = admission(policy);
        let sitting = Sitting::new(&admission);
        let tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        Self { admission, sitting, tail, before: None }
    }

    fn give(&mut self, command: Command, by: &Actor, at: Moment) -> Result<Vec<Event>, Refusal> {
        let events = self.sitting.decide(command, by, &at)?;
        for event in &events {
            let (record, line) = self.tail.append(at, by.clone(), event.clone());
            assert_eq!(Record::parse(&line).as_ref(), Ok(&record));
            let one = std::slice::from_ref(&record);
            let objection = objection(&self.sitting, self.before.as_ref(), one, &self.admission);
            assert!(objection.is_none() || matches!(by, Actor::Proctor(_)), "{objection:?}: {event:?}");
            self.sitting.apply(&record);
            self.before = Some(record);
        }
        Ok(events)
    }

    fn ok(&mut self, command: Command, seconds: u64) -> Vec<Event> {
        let by = proctor_or_candidate(&command);
        self.give(command, &by, at(seconds)).unwrap()
    }

    fn underway(policy: &str) -> Self {
        let mut bench = Self::new(policy);
        bench.ok(admit(), 0);
        bench.ok(C::Acknowledge { notice: Digest::of("n") }, 0);
        bench.ok(report(Holding::Enforced), 0);
        bench.sitting.lay_out(form());
        bench.ok(C::Begin { start: Some((at(0).wall, Digest::of("s"))), deadline: Some(at(600).wall) }, 0);
        bench
    }

    fn left_s(&self, seconds: u64) -> u64 {
        self.sitting.clock().remaining_ms(&at(seconds)).unwrap() / 1_000
    }
}

fn proctor_or_candidate(command: &Command) -> Actor {
    match command {
        C::Pause | C::Continue | C::Release | C::Grant { .. } | C::AllowReturn | C::Terminate => {
            Actor::Proctor("p".parse().unwrap())
        }
        _ => Actor::Candidate,
    }
}

fn admit() -> Command {
    C::Admit { lease: Digest::of("l"), client: Client { name: "t".into(), version: "0".into() } }
}

fn report(holding: Holding) -> Command {
    let controls = Control::ALL;
    C::Report { controls: controls.map(|control| ControlReport { control, holding: holding.clone() }).to_vec() }
}

fn respond(item: &str, value: Value) -> Command {
    C::Respond { item: item.parse().unwrap(), value: Some(value), commitment: Digest::of("c") }
}

fn denied() -> Holding {
    Holding::Denied { why: "test".into() }
}

#[test]
fn a_sitting_goes_its_way() {
    let mut bench = Bench::underway("open");
    assert_eq!(bench.sitting.phase(), Phase::Underway);
    for (command, phase) in [
        (respond("q1", Value::choice("a")), Phase::Underway),
        (C::Pause, Phase::Paused),
        (C::Continue, Phase::Underway),
        (C::Leave, Phase::Away),
        (C::Return, Phase::Underway),
        (C::Submit, Phase::Closed),
    ] {
        bench.ok(command.clone(), 10);
        assert_eq!(bench.sitting.phase(), phase, "{command:?}");
    }
    assert_eq!(bench.sitting.posture(&at(10)), Posture { wanted: Wanted::default(), looking: None, wake_ms: None });
}

#[test]
fn what_is_not_possible_is_refused_and_changes_nothing() {
    let fresh = || Bench::new("open");
    let underway = || Bench::underway("open");
    let paused = || {
        let mut bench = underway();
        bench.ok(C::Pause, 1);
        bench
    };
    let closed = || {
        let mut bench = underway();
        bench.ok(C::Submit, 1);
        bench
    };
    for (mut bench, command, refusal) in [
        (fresh(), C::Submit, Refusal::WrongPhase),
        (fresh(), C::Acknowledge { notice: Digest::of("n") }, Refusal::WrongPhase),
        (underway(), admit(), Refusal::AlreadyAdmitted),
        (underway(), C::Decline, Refusal::WrongPhase),
        (underway(), respond("q9", Value::choice("a")), Refusal::UnknownItem),
        (underway(), respond("q1", Value::choice("z")), Refusal::WrongType),
        (underway(), respond("q1", Value::text("a")), Refusal::WrongType),
        (underway(), respond("q1", Value::choices(["a"])), Refusal::WrongType),
        (underway(), respond("q2", Value::text("123456")), Refusal::TooLong),
        (underway(), respond("q2", Value::text("x".repeat(1_000_000))), Refusal::TooLong),
        (paused(), respond("q1", Value::choice("a")), Refusal::Stopped),
        (paused(), C::Submit, Refusal::Stopped),
        (closed(), respond("q1", Value::choice("a")), Refusal::Over),
        (closed(), C::Leave, Refusal::Over),
    ] {
        let before = bench.tail.clone();
        assert_eq!(bench.give(command.clone(), &Actor::Candidate, at(2)), Err(refusal), "{command:?}");
        assert_eq!(bench.tail, before);
    }
    for command in [C::Pause, C::Grant { ms: 1 }, C::Terminate] {
        assert_eq!(underway().give(command, &Actor::Candidate, at(2)), Err(Refusal::NotAllowed));
    }
}

#[test]
fn time_runs_and_stands_as_the_table_says() {
    // The budget is 600 s. Each row: what happens from second 100 to 160, and what is left at 200.
    let left = |from: Command, to: Command| {
        let mut bench = Bench::underway("open");
        bench.ok(from, 100);
        bench.ok(to, 160);
        bench.left_s(200)
    };
    assert_eq!(left(C::Leave, C::Return), 400, "away: the clock runs");
    assert_eq!(left(C::Pause, C::Continue), 460, "paused: the clock stands");
    assert_eq!(left(C::Grant { ms: 30_000 }, C::Wake { checkpoint: None }), 430, "a grant adds");
}

#[test]
fn who_leaves_a_stopped_sitting_finds_it_stopped() {
    let control_lost = |bench: &mut Bench| bench.ok(report(denied()), 100);
    let reboot_gap = |bench: &mut Bench| {
        let later = Moment { boot: 1, elapsed: 0, ..at(100 + 901) };
        bench.ok(C::Grant { ms: 601_000 }, 100); // and 300 s from the allowance
        bench.give(C::Resume { server: None }, &Actor::Client, later).unwrap()
    };
    let pause = |bench: &mut Bench| bench.ok(C::Pause, 100);
    type Stop<'a> = &'a dyn Fn(&mut Bench) -> Vec<Event>;
    for (name, stop, phase, go_on, by_itself) in [
        ("a control is lost", &control_lost as Stop, Phase::Held, C::Release, true),
        ("a reboot took too long", &reboot_gap, Phase::Held, C::Release, false),
        ("a proctor pauses", &pause, Phase::Paused, C::Continue, false),
    ] {
        let mut bench = Bench::underway("strict");
        stop(&mut bench);
        let Moment { wall, elapsed, boot } = bench.sitting.last().unwrap();
        // Seconds since the sitting stopped with 500 s left.
        let after = |s: u64| Moment { wall: wall.plus_ms(s * 1_000), elapsed: elapsed + s * 1_000, boot };
        let left = |bench: &Bench, s: u64| bench.sitting.clock().remaining_ms(&after(s)).unwrap() / 1_000;
        let mut act = |command: Command, s: u64, expected: Phase| {
            let by = proctor_or_candidate(&command);
            bench.give(command.clone(), &by, after(s)).unwrap();
            assert_eq!(bench.sitting.phase(), expected, "{name}: {command:?} at {s}");
            left(&bench, s)
        };
        assert_eq!(act(C::Leave, 10, Phase::Away), 500, "{name}: stopped, the clock stands");
        assert_eq!(act(C::Wake { checkpoint: None }, 200, Phase::Away), 310, "{name}: away, it runs, nothing ends");
        act(C::AllowReturn, 210, Phase::Away);
        assert_eq!(act(C::Return, 210, phase), 300, "{name}: back, it is still stopped");
        assert_eq!(act(C::Wake { checkpoint: None }, 389, phase), 300, "{name}: and the clock stands");
        let then = if by_itself { Phase::Underway } else { phase };
        assert_eq!(act(C::Wake { checkpoint: None }, 390, then), 300, "{name}: three minutes from the return");
        if !by_itself {
            act(go_on, 390, Phase::Underway);
        }
        assert_eq!(act(C::Wake { checkpoint: None }, 430, Phase::Underway), 260, "{name}: on it goes");
    }
}

#[test]
fn a_hold_by_a_lost_control_releases_itself() {
    let mut bench = Bench::underway("strict");
    bench.ok(report(denied()), 100);
    assert_eq!(bench.sitting.phase(), Phase::Held);
    bench.ok(report(Holding::Enforced), 130);
    assert_eq!((bench.sitting.phase(), bench.left_s(130)), (Phase::Underway, 500));
    bench.ok(report(denied()), 140);
    bench.ok(C::Wake { checkpoint: None }, 140 + 179);
    assert_eq!(bench.sitting.phase(), Phase::Held);
    assert_eq!(bench.sitting.posture(&at(140 + 179)).wake_ms, Some(1_000), "woken for the end of the hold");
    bench.ok(C::Wake { checkpoint: None }, 140 + 180);
    assert_eq!((bench.sitting.phase(), bench.left_s(320)), (Phase::Underway, 490));
    assert_eq!(bench.sitting.level(), Some(Level::L0), "a level that was lost does not come back");
}

#[test]
fn a_lost_guard_lowers_the_level_for_good_and_stops_nothing() {
    let mut bench = Bench::underway("moderate");
    bench.ok(report(Holding::Enforced), 100);
    assert_eq!(bench.sitting.level(), Some(Level::L1));
    bench.ok(C::Observe { observation: Observation::GuardLost }, 110);
    assert_eq!((bench.sitting.level(), bench.sitting.phase()), (Some(Level::L0), Phase::Underway));
    bench.ok(report(denied()), 120);
    bench.ok(report(Holding::Enforced), 130);
    assert_eq!(bench.sitting.level(), Some(Level::L0), "a level that was lost does not come back");
}

#[test]
fn restarts_cost_no_more_than_the_policy_says() {
    let boot = |boot, wall_s: i64, elapsed_s: u64| Moment {
        wall: Wall::from_unix_ms(wall_s * 1_000),
        elapsed: elapsed_s * 1_000,
        boot,
    };
    let underway = |_: &mut Bench| {};
    let away = |bench: &mut Bench| drop(bench.ok(C::Leave, 100));
    let paused = |bench: &mut Bench| drop(bench.ok(C::Pause, 100));
    let held = |bench: &mut Bench| drop(bench.ok(report(denied()), 100));
    let mended = |bench: &mut Bench| {
        held(bench);
        bench.ok(report(Holding::Enforced), 100);
    };
    type Before<'a> = &'a dyn Fn(&mut Bench);
    // Last record at 100 s. Allowance 300 s in all, longest reboot 900 s.
    for (name, before, resumed, server, left_s, phase) in [
        ("crash, same boot", &underway as Before, boot(0, 130, 130), None, 500, Phase::Underway),
        ("crash after a hold", &mended, boot(0, 130, 130), None, 500, Phase::Underway),
        ("crash beyond the allowance", &underway, boot(0, 500, 500), None, 400, Phase::Underway),
        ("the calendar does not count within a boot", &underway, boot(0, 9_999, 130), None, 500, Phase::Underway),
        ("reboot offline", &underway, boot(1, 160, 0), None, 500, Phase::Underway),
        ("reboot offline, calendar set back", &underway, boot(1, 40, 0), None, 500, Phase::Held),
        ("reboot offline, too long", &underway, boot(1, 1_100, 0), None, 0, Phase::Held),
        ("reboot online, calendar wrong", &underway, boot(1, 40, 0), Some(180), 500, Phase::Underway),
        ("crash while away", &away, boot(0, 130, 130), None, 470, Phase::Away),
        ("reboot offline while away", &away, boot(1, 160, 0), None, 440, Phase::Away),
        ("reboot online while away", &away, boot(1, 40, 0), Some(180), 420, Phase::Away),
        ("reboot while away, calendar set back", &away, boot(1, 40, 0), None, 469, Phase::Away),
        ("crash while held", &held, boot(0, 130, 130), None, 500, Phase::Held),
        ("reboot while held, calendar set back", &held, boot(1, 40, 0), None, 500, Phase::Held),
        ("crash while paused", &paused, boot(0, 130, 130), None, 500, Phase::Paused),
        ("reboot while paused, too long", &paused, boot(1, 1_100, 0), None, 500, Phase::Paused),
    ] {
        let mut bench = Bench::underway("strict");
        bench.ok(respond("q1", Value::choice("a")), 100);
        before(&mut bench);
        let server = server.map(|s| Wall::from_unix_ms(s * 1_000));
        bench.give(C::Resume { server }, &Actor::Client, resumed).unwrap();
        let left = bench.sitting.clock().remaining_ms(&resumed).unwrap() / 1_000;
        assert_eq!((left, bench.sitting.phase()), (left_s, phase), "{name}");
    }
}

#[test]
fn a_doubtful_reboot_while_away_is_asked_about_on_return() {
    // The calendar before the reboot says 100 s, and the longest reboot is 900 s.
    for (name, wall_s, expected) in [("short", 160, Phase::Underway), ("set back", 40, Phase::Held)] {
        let mut bench = Bench::underway("open");
        bench.ok(C::Leave, 100);
        let rebooted = Moment { wall: at(wall_s).wall, elapsed: 0, boot: 1 };
        bench.give(C::Resume { server: None }, &Actor::Client, rebooted).unwrap();
        assert_eq!(bench.sitting.posture(&rebooted).wanted, Wanted::default(), "{name}: the machine is free");
        bench.give(C::Return, &Actor::Candidate, rebooted).unwrap();
        assert_eq!(bench.sitting.phase(), expected, "{name}");
    }
}

#[test]
fn the_answer_under_the_hands_is_taken_when_time_runs_out() {
    let soon = |ms: u64| Moment { wall: at(600).wall.plus_ms(ms), elapsed: 600_000 + ms, boot: 0 };
    let heartbeat = Event::Heartbeat { checkpoint: None };
    let flag = || C::Flag { item: "q1".parse().unwrap(), flagged: true };
    let lost = || C::Observe { observation: Observation::PageFailed };
    let (open, time_up) = (None, Some(Closing::TimeUp));
    // What comes between the end of the time and the answer, when, and whether it closes the sitting.
    for (between, ms, closing) in [
        (C::Wake { checkpoint: None }, 0, open),
        (C::Wake { checkpoint: None }, 999, open),
        (C::Wake { checkpoint: None }, 1_000, time_up),
        (C::Visit { screen: Screen::Review }, 500, open),
        (C::Visit { screen: Screen::Review }, 1_000, time_up),
        (flag(), 500, open),
        (flag(), 1_000, time_up),
        (lost(), 500, open),
        (lost(), 1_000, time_up),
        (respond("q1", Value::choice("b")), 999, open),
        (respond("q1", Value::choice("b")), 1_000, time_up),
        (C::Submit, 0, time_up),
    ] {
        let mut bench = Bench::underway("open");
        // The last record is so old that a heartbeat is due.
        let events = bench.give(between.clone(), &Actor::Candidate, soon(ms)).unwrap();
        assert_eq!(bench.sitting.closing().map(|(cause, _)| cause), closing, "{between:?} {ms} ms late");
        assert_eq!(bench.sitting.clock().remaining_ms(&soon(ms)), Some(0));
        assert!(!matches!(between, C::Wake { .. }) || ms == 1_000 || events == [heartbeat.clone()]);
        let answer = bench.give(respond("q1", Value::choice("a")), &Actor::Candidate, soon(ms));
        assert_eq!(answer.is_ok(), closing == open, "{between:?} {ms} ms late");
    }
}

#[test]
fn time_up_is_woken_for_and_closes() {
    let mut bench = Bench::underway("open");
    bench.ok(C::Wake { checkpoint: None }, 590);
    assert_eq!(bench.sitting.posture(&at(590)).wake_ms, Some(11_000));
    assert_eq!(Bench::underway("open").sitting.posture(&at(0)).wake_ms, Some(30_000), "never longer than a heartbeat");
    for (ms, wake_ms) in [(600_000, 1_000), (600_400, 600), (601_000, 0), (602_000, 0)] {
        let posture = bench.sitting.posture(&Moment { elapsed: ms, ..at(600) });
        assert_eq!(posture.wake_ms, Some(wake_ms), "the grace is not waited for twice");
    }
    bench.ok(C::Wake { checkpoint: None }, 601);
    assert_eq!(bench.sitting.phase(), Phase::Closed);
}

#[test]
fn a_start_needs_what_the_policy_asks() {
    let ready = |policy: &str, holding: Holding, start: bool, deadline_s: u64| {
        let mut bench = Bench::new(policy);
        bench.ok(admit(), 0);
        bench.ok(C::Acknowledge { notice: Digest::of("n") }, 0);
        bench.ok(report(holding), 0);
        bench.sitting.lay_out(form());
        let start = start.then(|| (at(0).wall, Digest::of("s")));
        bench
            .give(C::Begin { start, deadline: Some(at(deadline_s).wall) }, &Actor::Candidate, at(0))
            .map(|_| bench.sitting.clock().budget_ms().unwrap() / 1_000)
    };
    for (policy, holding, online, deadline_s, expected) in [
        ("open", denied(), true, 600, Ok(600)),
        ("moderate", denied(), true, 600, Err(Refusal::NotReady)),
        ("moderate", Holding::Requested { why: "test".into() }, true, 600, Ok(600)),
        ("moderate", Holding::Enforced, false, 0, Ok(600)),
        ("moderate", Holding::Enforced, true, 90, Ok(90)),
        ("moderate", Holding::Enforced, true, 0, Err(Refusal::OutsideWindow)),
    ] {
        assert_eq!(ready(policy, holding.clone(), online, deadline_s), expected, "{policy} {holding:?} {deadline_s}");
    }
}

#[test]
fn an_offline_start_is_capped_by_the_window() {
    // Ten minutes; the window is open from second 1 000 to second 10 000.
    for (now_s, minutes, expected) in [
        (999, 10, Err(Refusal::OutsideWindow)),
        (1_000, 10, Ok(Some(600))),
        (9_400, 10, Ok(Some(600))),
        (9_401, 10, Ok(Some(599))),
        (9_999, 10, Ok(Some(1))),
        (10_000, 10, Err(Refusal::OutsideWindow)),
        (10_001, 10, Err(Refusal::OutsideWindow)),
        (10_000, 0, Ok(None)),
        (10_001, 0, Err(Refusal::OutsideWindow)),
    ] {
        let window = Window { opens: at(1_000).wall, closes: at(10_000).wall };
        let admission = admission("open");
        let mut bench = Bench::new("open");
        bench.sitting = Sitting::new(&Admission { window, minutes, ..(*admission).clone() });
        bench.ok(admit(), 0);
        bench.ok(C::Acknowledge { notice: Digest::of("n") }, 0);
        bench.sitting.lay_out(form());
        let begun = bench.give(C::Begin { start: None, deadline: None }, &Actor::Candidate, at(now_s));
        let budget_s = begun.map(|_| bench.sitting.clock().budget_ms().map(|ms| ms / 1_000));
        assert_eq!(budget_s, expected, "{minutes} minutes at {now_s}");
    }
}

#[test]
fn a_try_is_used_when_the_first_item_is_shown() {
    let mut bench = Bench::new("open");
    bench.ok(admit(), 0);
    bench.ok(C::Decline, 1);
    assert_eq!((bench.sitting.phase(), bench.sitting.try_used()), (Phase::Refused, false));
    assert!(Bench::underway("open").sitting.try_used());
}

#[test]
fn a_replayed_log_gives_the_same_state() {
    let mut bench = Bench::new("strict");
    let admission = admission("strict");
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut feed = |bench: &mut Bench, command: Command, seconds| {
        let by = proctor_or_candidate(&command);
        for event in bench.sitting.decide(command, &by, &at(seconds)).unwrap() {
            let (record, line) = bench.tail.append(at(seconds), by.clone(), event);
            bench.sitting.apply(&record);
            lines.push(line);
        }
    };
    bench.sitting.lay_out(form());
    for (command, seconds) in [
        (admit(), 0),
        (C::Acknowledge { notice: Digest::of("n") }, 1),
        (report(Holding::Enforced), 1),
        (C::Begin { start: Some((at(2).wall, Digest::of("s"))), deadline: None }, 2),
        (C::Visit { screen: Screen::Review }, 9),
        (C::Flag { item: "q2".parse().unwrap(), flagged: true }, 10),
        (respond("q1", Value::choice("a")), 20),
        (report(denied()), 30),
        (C::Release, 50),
        (C::Leave, 60),
        (C::AllowReturn, 61),
        (C::Return, 70),
        (C::Submit, 90),
    ] {
        feed(&mut bench, command, seconds);
    }
    let mut replayed = Sitting::new(&admission);
    let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
    for line in &lines {
        replayed.apply(&tail.follow(line).unwrap());
    }
    replayed.lay_out(form());
    assert_eq!(format!("{replayed:?}"), format!("{:?}", bench.sitting));
}

#[test]
fn another_device_goes_on_with_the_time_and_proves_its_own_controls() {
    let mut bench = Bench::underway("strict");
    let client = Client { name: "t".into(), version: "0".into() };
    let moved = C::Move { lease: Digest::of("l2"), client, server: Some(at(100).wall) };
    let elsewhere = |seconds: u64| Moment { elapsed: 0, boot: 1, ..at(seconds) };
    bench.tail.epoch = 1;
    bench.give(moved.clone(), &Actor::Client, elsewhere(100)).unwrap();
    assert_eq!(bench.sitting.phase(), Phase::Underway);
    assert!(bench.sitting.controls_lost(), "what the first device enforced says nothing about the second");
    let clock = bench.sitting.clock();
    assert_eq!((clock.used_at_ms(&elsewhere(100)), clock.interrupted_ms()), (100_000, 100_000));
    // A move is always taken, so that a sitting whose time ran out in between is closed by the device that has it.
    let mut bench = Bench::underway("strict");
    bench.give(moved.clone(), &Actor::Client, elsewhere(9_000)).unwrap();
    assert_eq!(Bench::new("strict").give(moved, &Actor::Client, at(0)), Err(Refusal::WrongPhase));
}

#[test]
fn the_parts_of_the_time_add_up() {
    let mut bench = Bench::underway("open");
    bench.ok(C::Pause, 10);
    bench.ok(C::Continue, 40);
    bench.ok(C::Resume { server: None }, 60);
    bench.ok(C::Leave, 65);
    bench.ok(C::Return, 70);
    let clock = bench.sitting.clock();
    // 70 s: 30 of them paused; 20 of the others the application was gone, which the allowance gives back.
    assert_eq!((clock.used_at_ms(&at(70)), clock.stood_at_ms(&at(70))), (40_000, 30_000));
    assert_eq!((clock.interrupted_ms(), clock.given_back_ms()), (20_000, 20_000));
    assert_eq!(bench.left_s(70), 600 - 40 + 20);
}

#[test]
fn the_issuers_clock_finds_what_a_calendar_set_back_has_hidden() {
    let mut bench = Bench::underway("open");
    let rebooted = |boot, wall| Moment { wall: at(wall).wall, elapsed: 0, boot };
    // 100 s go by in a reboot without the issuer, and the calendar says that it were 40.
    let events = bench.give(C::Resume { server: None }, &Actor::Client, rebooted(1, 40)).unwrap();
    assert_eq!(events[0], Event::Resumed { gap_ms: 40_000, given_back_ms: 40_000, server: None });
    // 20 s later the next one, with the issuer in reach.
    let server = Some(at(120).wall);
    let events = bench.give(C::Resume { server }, &Actor::Client, rebooted(2, 60)).unwrap();
    assert_eq!(events[0], Event::Resumed { gap_ms: 80_000, given_back_ms: 80_000, server });
    assert_eq!(bench.sitting.clock().used_at_ms(&rebooted(2, 60)), 120_000);
    // A calendar that says that no time went by is not believed: something was used that no record tells of.
    let mut bench = Bench::underway("open");
    let events = bench.give(C::Resume { server: None }, &Actor::Client, rebooted(1, 0)).unwrap();
    assert_eq!(events[0], Event::Resumed { gap_ms: 31_000, given_back_ms: 31_000, server: None });
}
