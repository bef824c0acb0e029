//! What must be true of the machine now. Levels, not edges: after a crash the shell reads it again and reconciles.

use super::{GRACE_MS, HoldReason, Phase, Sitting};
use crate::{policy::Control, time::Moment};
use std::collections::BTreeSet;

/// The longest stretch without a record, in milliseconds.
pub const HEARTBEAT_MS: u64 = 30_000;

/// What the shell brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// Controls that must be engaged; every other is released.
    pub controls: BTreeSet<Control>,
    /// When to send `Wake`, in milliseconds from now; `None` = never.
    pub wake_ms: Option<u64>,
}

impl Sitting {
    /// The posture at `at`.
    pub fn posture(&self, at: &Moment) -> Posture {
        let controls = match self.phase {
            // While checking, so that the report before the start is of controls that really hold.
            Phase::Checking | Phase::Underway | Phase::Held | Phase::Paused => self.policy.controls.clone(),
            Phase::Admitted | Phase::Away | Phase::Closed | Phase::Refused => BTreeSet::new(),
        };
        Posture { controls, wake_ms: self.wake_ms(at) }
    }

    fn wake_ms(&self, at: &Moment) -> Option<u64> {
        if !self.alive() {
            return None;
        }
        let quiet = self.last.map_or(0, |last| at.since_ms(&last));
        let heartbeat = HEARTBEAT_MS.saturating_sub(quiet);
        let left = self.clock.remaining_ms(at).filter(|_| self.clock.running());
        let time_up = left.map(|left| left.saturating_add(GRACE_MS).saturating_sub(self.clock.overrun_ms(at)));
        [Some(heartbeat), time_up, self.hold_left_ms(at)].into_iter().flatten().min()
    }

    /// When the present hold ends by itself, in milliseconds from `at`; `None` when it does not, or there is none.
    pub fn hold_left_ms(&self, at: &Moment) -> Option<u64> {
        match (self.phase, self.hold) {
            (Phase::Held, Some((HoldReason::ControlLost, since))) => {
                Some(self.policy.hold_unanswered_ms.saturating_sub(at.since_ms(&since)))
            }
            _ => None,
        }
    }

    pub(super) fn alive(&self) -> bool {
        match self.phase {
            Phase::Underway | Phase::Held | Phase::Paused | Phase::Away => true,
            Phase::Admitted | Phase::Checking | Phase::Closed | Phase::Refused => false,
        }
    }
}
