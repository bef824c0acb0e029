//! What a device may say of its own sitting. This version has no commands of proctors, so nobody gave time, paused the
//! sitting or ended it. The other rules say what stops the clock, what ends that, and what may happen meanwhile: each
//! refuses only what an unchanged client never writes. `docs/formats/log.md` lists them; what they cannot see is in
//! `docs/security.md`.

use std::borrow::Cow;

use crate::{
    admission::Admission,
    exchange::EVIDENCE_BYTES_MAX,
    log::{Actor, Record},
    policy::{Level, Reaction},
    sitting::{Closing, ControlReport, Event, HoldReason, Observation, Phase, Sitting},
};

/// Which of `records` cannot follow in the sitting that `fold` is up to there, `before` being its last record, and why;
/// `None` when all can.
pub fn objection(
    fold: &Sitting,
    before: Option<&Record>,
    records: &[Record],
    admission: &Admission,
) -> Option<(u64, &'static str)> {
    let mut fold = Cow::Borrowed(fold);
    let mut before = before;
    for (place, record) in records.iter().enumerate() {
        if let Some(why) = to(&fold, before, record, admission) {
            return Some((record.seq, why));
        }
        if place + 1 < records.len() {
            fold.to_mut().apply(record);
        }
        before = Some(record);
    }
    None
}

fn to(fold: &Sitting, before: Option<&Record>, record: &Record, admission: &Admission) -> Option<&'static str> {
    let unless = |fits: bool, why| (!fits).then_some(why);
    let policy = &admission.policy;
    let phase = fold.phase();
    let moved = before.is_some_and(|before| matches!(before.event, Event::Moved { .. }));
    let restarted = moved || before.is_some_and(|before| before.at.boot != record.at.boot);
    if restarted && fold.alive() && !matches!(record.event, Event::Resumed { .. } | Event::Moved { .. }) {
        return Some("nothing says how long the restart before it took");
    }
    match &record.event {
        Event::Resumed { gap_ms, given_back_ms: ms, server } => {
            let same_boot = before.filter(|before| before.at.boot == record.at.boot);
            let by_calendar_ms = before.map_or(0, |before| record.at.wall.since_ms(before.at.wall));
            let least_ms = if restarted { fold.gap_ms(*server, by_calendar_ms) } else { 0 };
            let stopped_ms = same_boot.map_or(0, |before| record.at.since_ms(&before.at)).saturating_add(*gap_ms);
            let in_all_ms = fold.clock().given_back_ms().saturating_add(*ms);
            unless(in_all_ms <= policy.restart_allowance_ms, "more time is given back than the admission allows")
                .or(unless(*ms <= stopped_ms, "more time is given back than the restart took"))
                .or(unless(*ms == 0 || phase == Phase::Underway, "time is given back that nobody could work in"))
                .or(unless(least_ms <= *gap_ms, "the restart took longer than it says"))
        }
        Event::Held { reason: HoldReason::ControlLost } => {
            let lost = policy.on_loss == Reaction::Hold && fold.controls_lost();
            unless(phase == Phase::Underway && lost, "nothing that the admission names stops the sitting")
        }
        Event::Held { reason: HoldReason::Seen } => {
            let seen = fold.alarms(Reaction::Hold).next().is_some();
            unless(phase == Phase::Underway && seen, "nothing that the admission names stops the sitting")
        }
        Event::Held { reason: HoldReason::RebootGap } => {
            let restarted = before.is_some_and(|before| matches!(before.event, Event::Resumed { .. }));
            let open = matches!(phase, Phase::Underway | Phase::Away);
            unless(restarted && open, "nothing that the admission names stops the sitting")
        }
        Event::Released => {
            let answered = match fold.hold().map(|(reason, _)| reason) {
                Some(HoldReason::ControlLost) => !fold.controls_lost() || fold.hold_left_ms(&record.at) == Some(0),
                Some(HoldReason::Seen) => {
                    fold.alarms(Reaction::Hold).next().is_none() || fold.hold_left_ms(&record.at) == Some(0)
                }
                Some(HoldReason::RebootGap) | None => false,
            };
            let by_proctor = matches!(record.by, Actor::Proctor(_));
            unless(phase == Phase::Held && (answered || by_proctor), "nothing has ended the hold")
        }
        Event::Heartbeat { .. } => {
            unless(fold.hold_left_ms(&record.at) != Some(0), "the hold stands longer than the admission allows")
        }
        Event::Visited { .. } | Event::Flagged { .. } | Event::Responded { .. } => {
            unless(phase == Phase::Underway, "the exam does not go on at this point")
        }
        Event::Returned => unless(phase == Phase::Away && fold.may_return(), "nobody let the candidate return"),
        Event::Granted { .. }
        | Event::Paused
        | Event::Continued
        | Event::ReturnAllowed
        | Event::Closed { cause: Closing::Terminated } => Some("no proctor gave this command"),
        Event::Captured { size, .. } => {
            let used = fold.evidence().values().sum::<u64>().saturating_add(*size);
            let room = policy.pictures.is_some_and(|pictures| used <= pictures.quota_bytes);
            unless(fold.alive() && policy.pictures.is_some(), "the admission asks for no picture at this point")
                .or(unless(room && *size <= EVIDENCE_BYTES_MAX, "the pictures weigh more than the admission allows"))
        }
        Event::Acknowledged { .. } => unless(phase == Phase::Admitted, "the notice was answered before"),
        Event::Checked { level, controls } => {
            let amounts_to = policy.level(|control| ControlReport::of(controls, control));
            unless(*level == amounts_to, "the level is not what the controls amount to")
                .or(unless(phase == Phase::Checking || fold.alive(), "no controls are engaged at this point"))
        }
        Event::Withdrawn { .. } => {
            unless(matches!(phase, Phase::Admitted | Phase::Checking), "the sitting is not before its beginning")
        }
        Event::Began { .. } => {
            let reached =
                policy.lets_begin(fold.level().unwrap_or(Level::L0)) && fold.alarms(Reaction::Hold).next().is_none();
            unless(phase == Phase::Checking, "the notice and the check come before the beginning")
                .or(unless(reached, "the computer does not give the exam what the admission asks for"))
        }
        Event::Left => unless(fold.alive() && phase != Phase::Away, "there is nothing to leave at this point"),
        Event::Closed { cause: Closing::Submitted | Closing::TimeUp } => {
            unless(matches!(phase, Phase::Underway | Phase::Away), "there is nothing to end at this point")
        }
        Event::Observed { observation: Observation::Probed { probe, .. } | Observation::Blind { probe, .. } } => {
            let named = policy.probes.contains_key(probe);
            unless(named && fold.watched(), "nothing that the admission names looks at this point")
        }
        Event::Observed { observation: Observation::Looked { .. } } => {
            let asked = policy.pictures.is_some() && fold.watched();
            unless(asked, "nothing that the admission names looks at this point")
        }
        Event::Observed { observation: Observation::Surveyed { .. } } => {
            unless(phase == Phase::Checking, "no check is made at this point")
        }
        Event::Admitted { .. } | Event::Moved { .. } | Event::Observed { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Digest, Moment, Wall,
        log::Tail,
        policy::{Control, Holding},
        sitting::{Observation, Screen, Withdrawal},
        submission::Client,
        testing,
    };

    /// What the issuer's tests do not reach: before the beginning, and after a move.
    #[test]
    fn a_sitting_begins_after_notice_and_check_and_goes_on_after_saying_how_long_a_move_took() {
        let client = || Client { name: "t".into(), version: "0".into() };
        let lease = || Digest::of("lease");
        let acknowledged = || Event::Acknowledged { notice: Digest::of("notice") };
        let controls = Control::ALL;
        let checked = |level: Level, holding: Holding| Event::Checked {
            level,
            controls: controls.map(|control| ControlReport { control, holding: holding.clone() }).into(),
        };
        let ready = || checked(Level::L1, Holding::Enforced);
        let server = |s: i64| Some(Wall::from_unix_ms(s * 1_000));
        let began =
            || Event::Began { items: vec!["q1".parse().unwrap()], budget_ms: None, server: server(0), start: None };
        let withdrawn = || Event::Withdrawn { why: Withdrawal::Declined };
        let moved = || Event::Moved { lease: lease(), client: client() };
        let resumed = |gap_s: u64, server| Event::Resumed { gap_ms: gap_s * 1_000, given_back_ms: 0, server };
        let visited = || Event::Visited { screen: Screen::Review };
        let closed = || Event::Closed { cause: Closing::TimeUp };
        let begun = |more: Vec<Event>| [vec![acknowledged(), ready(), began()], more].concat();
        let surveyed =
            || Event::Observed { observation: Observation::Surveyed { desktop: "d".into(), checks: vec![] } };
        let not_ready = "the computer does not give the exam what the admission asks for";
        let not_checked = "the notice and the check come before the beginning";
        let no_controls = "no controls are engaged at this point";
        let unsaid = "nothing says how long the restart before it took";
        let (too_short, nothing_to_end) =
            ("the restart took longer than it says", "there is nothing to end at this point");
        // The policy asks for L1. A `moved` comes in a new boot, and 40 s after the beginning by any clock.
        for (events, why) in [
            (begun(vec![]), None),
            (vec![began()], Some(not_checked)),
            (vec![ready()], Some(no_controls)),
            (vec![acknowledged(), began()], Some(not_ready)),
            (vec![acknowledged(), checked(Level::L0, Holding::Released), began()], Some(not_ready)),
            (begun(vec![began()]), Some(not_checked)),
            (vec![withdrawn()], None),
            (vec![acknowledged(), ready(), withdrawn()], None),
            (vec![withdrawn(), ready()], Some(no_controls)),
            (vec![withdrawn(), began()], Some(not_checked)),
            (vec![acknowledged(), ready(), Event::Left], Some("there is nothing to leave at this point")),
            (vec![acknowledged(), closed()], Some(nothing_to_end)),
            (begun(vec![closed()]), None),
            (vec![acknowledged(), surveyed()], None),
            (vec![surveyed()], Some("no check is made at this point")),
            (begun(vec![surveyed()]), Some("no check is made at this point")),
            (vec![moved(), acknowledged(), moved(), ready(), moved(), began()], None),
            (begun(vec![moved(), visited()]), Some(unsaid)),
            (begun(vec![moved(), Event::Observed { observation: Observation::PageFailed }]), Some(unsaid)),
            (begun(vec![moved(), moved()]), None),
            (begun(vec![moved(), resumed(31, None), visited()]), None),
            (begun(vec![moved(), resumed(30, None)]), Some(too_short)),
            (begun(vec![moved(), resumed(40, server(40))]), None),
            (begun(vec![moved(), resumed(39, server(40))]), Some(too_short)),
        ] {
            let admission = testing::admission("strict");
            let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
            let mut boot = 0;
            let admitted = Event::Admitted { lease: lease(), client: client() };
            let append = |event| {
                boot += u32::from(matches!(event, Event::Moved { .. }));
                let at = Moment { boot, ..testing::at(u64::from(boot) * 40) };
                tail.append(at, Actor::Client, event).0
            };
            let records: Vec<Record> = [vec![admitted], events.clone()].concat().into_iter().map(append).collect();
            let said = objection(&Sitting::new(&admission), None, &records, &admission);
            // Only the last is refused.
            assert_eq!(said, why.map(|why| (records.len() as u64 - 1, why)), "{events:?}");
        }
    }
}
