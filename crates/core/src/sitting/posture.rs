//! What must be true of the machine now. Levels, not edges: after a crash the shell reads it again and reconciles.

use super::{GRACE_MS, HoldReason, Phase, Sitting};
use crate::{
    policy::{Control, Pictures, Probe, Program},
    time::Moment,
};
use std::collections::BTreeSet;

/// The longest stretch without a record, in milliseconds.
pub const HEARTBEAT_MS: u64 = 30_000;

/// What must be true of the machine. The shell brings it about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Controls that must be engaged; every other is released.
    pub controls: BTreeSet<Control>,
    /// Probes that must look; every other looks away.
    pub probes: BTreeSet<Probe>,
    /// What [`Probe::Programs`] looks for.
    pub programs: Vec<Program>,
    /// Whether text may be copied and pasted inside the exam.
    pub copying: bool,
}

/// How the screen is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// What the policy asks for.
    pub pictures: Pictures,
    /// Whether pictures are kept. Before the exam begins the screen is looked at only to know whether it can be.
    pub keeping: bool,
    /// What the pictures of the sitting weigh so far, in bytes.
    pub used_bytes: u64,
    /// How many things happened so far that are worth a picture of their own.
    pub occasions: u64,
}

/// What must be true now, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// What must be true of the machine.
    pub wanted: Wanted,
    /// Whether the screen is looked at, and how.
    pub looking: Option<Looking>,
    /// When to send `Wake`, in milliseconds from now; `None` = never.
    pub wake_ms: Option<u64>,
}

impl Sitting {
    /// The posture at `at`.
    pub fn posture(&self, at: &Moment) -> Posture {
        let wanted = if self.watched() { self.policy.wanted() } else { Wanted::default() };
        let looking = self.policy.pictures.filter(|_| self.looks()).map(|pictures| Looking {
            pictures,
            keeping: self.alive(),
            used_bytes: self.evidence.values().sum(),
            occasions: self.occasions,
        });
        Posture { wanted, looking, wake_ms: self.wake_ms(at) }
    }

    /// Whether controls hold and probes look. Also while checking, so that the report before the start is of controls
    /// that really hold. Who left has the machine to themselves.
    pub(super) fn watched(&self) -> bool {
        match self.phase {
            Phase::Checking | Phase::Underway | Phase::Held | Phase::Paused => true,
            Phase::Admitted | Phase::Away | Phase::Closed | Phase::Refused => false,
        }
    }

    /// Whether the screen may be looked at: nobody is photographed in a pause.
    pub(super) fn looks(&self) -> bool {
        self.watched() && self.phase != Phase::Paused
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
            (Phase::Held, Some((HoldReason::ControlLost | HoldReason::Seen, since))) => {
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
