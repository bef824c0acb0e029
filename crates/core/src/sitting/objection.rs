//! What a device may say of its own sitting. This version has no commands of proctors, so nobody gave time, paused the
//! sitting or ended it. The other rules say what stops the clock, what ends that, and what may happen meanwhile: each
//! refuses only what an unchanged client never writes. What they cannot see is in `docs/security.md`.

use crate::{
    admission::Admission,
    exchange::EVIDENCE_BYTES_MAX,
    log::{Actor, Record},
    policy::Reaction,
    sitting::{Closing, Event, HoldReason, Phase, Sitting},
};

/// Why `record` cannot follow `before` in the sitting that `fold` is up to there; `None` when it can.
pub fn objection(
    fold: &Sitting,
    before: Option<&Record>,
    record: &Record,
    admission: &Admission,
) -> Option<&'static str> {
    let unless = |fits: bool, why| (!fits).then_some(why);
    let policy = &admission.policy;
    let phase = fold.phase();
    match &record.event {
        Event::Resumed { gap_ms, given_back_ms: ms, .. } => {
            let same_boot = before.filter(|before| before.at.boot == record.at.boot);
            let stopped_ms = same_boot.map_or(0, |before| record.at.since_ms(&before.at)).saturating_add(*gap_ms);
            let in_all_ms = fold.clock().given_back_ms().saturating_add(*ms);
            unless(in_all_ms <= policy.restart_allowance_ms, "more time is given back than the admission allows")
                .or(unless(*ms <= stopped_ms, "more time is given back than the restart took"))
                .or(unless(*ms == 0 || phase == Phase::Underway, "time is given back that nobody could work in"))
        }
        Event::Held { reason: HoldReason::ControlLost } => {
            let lost = policy.on_loss == Reaction::Hold && fold.controls_lost();
            unless(phase == Phase::Underway && lost, "nothing that the admission names stops the sitting")
        }
        Event::Held { reason: HoldReason::RebootGap } => {
            let restarted = before.is_some_and(|before| matches!(before.event, Event::Resumed { .. }));
            let open = matches!(phase, Phase::Underway | Phase::Away);
            unless(restarted && open, "nothing that the admission names stops the sitting")
        }
        Event::Released => {
            let answered = match fold.hold().map(|(reason, _)| reason) {
                Some(HoldReason::ControlLost) => !fold.controls_lost() || fold.hold_left_ms(&record.at) == Some(0),
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
        Event::Captured { size, .. } => unless(
            fold.try_used() && *size <= EVIDENCE_BYTES_MAX,
            "the exam does not go on at this point, or the evidence is too large",
        ),
        Event::Admitted { .. }
        | Event::Moved { .. }
        | Event::Acknowledged { .. }
        | Event::Checked { .. }
        | Event::Withdrawn { .. }
        | Event::Began { .. }
        | Event::Left
        | Event::Observed { .. }
        | Event::Closed { cause: Closing::Submitted | Closing::TimeUp } => None,
    }
}
