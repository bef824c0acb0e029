//! The phases of a sitting that a kill can hit, and how each is waited for.

use super::wire::{Errand, Traffic, Wire};
use crate::candidate::{Candidate, count};
use invigil_tests::proof::Dice;
use std::{fmt, thread, time::Duration};

/// Long enough for a loaded machine; what is waited for comes long before.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two answers, in milliseconds.
pub const PACE_MS: u64 = 30;

/// What a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The application starts: it opens what there is, asks for the admission, begins.
    Start,
    /// Between two answers.
    Typing,
    /// An answer was given to the runtime and is not called saved yet.
    Commit,
    /// Records are on their way.
    Upload,
    /// The exam is closed and the submission not yet on its way.
    Closing,
    /// The submission is on its way.
    Submit,
    /// The receipt has come, the result has not.
    Receipt,
}

impl Phase {
    pub const ALL: [Self; 7] =
        [Self::Start, Self::Typing, Self::Commit, Self::Upload, Self::Closing, Self::Submit, Self::Receipt];

    /// The phases that the promise is about. The others are passed through on the way.
    pub fn must_be_hit(self) -> bool {
        !matches!(self, Self::Start | Self::Closing)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", format!("{self:?}").to_lowercase())
    }
}

/// What a phase is made of takes longer, so that it can be hit.
pub fn slow_down(wire: &Wire, aim: Phase) {
    let slow = match aim {
        Phase::Upload => Some(Errand::Records),
        Phase::Submit => Some(Errand::Submission),
        Phase::Receipt => Some(Errand::Status),
        Phase::Start | Phase::Typing | Phase::Commit | Phase::Closing => None,
    };
    wire.hold().delay_ms = slow.into_iter().map(|errand| (errand, 300)).collect();
}

/// Waits until the phase is there, and a random while. Where it does not come, what comes instead is hit.
pub fn await_phase(aim: Phase, candidate: &Candidate, wire: &Wire, dice: &mut Dice) {
    let wanted = 1 + dice.below(2);
    let come = |wanted: &dyn Fn(&Traffic) -> bool| {
        const STEP: Duration = Duration::from_millis(20);
        let ended = || candidate.wait(Duration::ZERO, |said| 0 < count(said, "result"));
        while !wire.wait(STEP, wanted) && !ended() {}
    };
    let flies = |traffic: &Traffic, errand| traffic.flying.values().any(|flying| *flying == errand);
    let most_us = match aim {
        Phase::Start => 700_000,
        Phase::Typing => {
            candidate.wait(PATIENCE, |said| wanted <= count(said, "saved") || 0 < count(said, "submitted"));
            usize::try_from(PACE_MS * 1_000).unwrap_or(0)
        }
        Phase::Commit => {
            candidate.wait(PATIENCE, |said| wanted <= count(said, "answering") || 0 < count(said, "submitted"));
            250
        }
        Phase::Upload => {
            come(&|traffic| {
                flies(traffic, Errand::Records) || traffic.receipt_delivered || flies(traffic, Errand::Status)
            });
            400_000
        }
        Phase::Submit => {
            come(&|traffic| flies(traffic, Errand::Submission) || flies(traffic, Errand::Status));
            400_000
        }
        Phase::Receipt => {
            come(&|traffic| traffic.receipt_delivered || flies(traffic, Errand::Status));
            300_000
        }
        Phase::Closing => 0,
    };
    thread::sleep(Duration::from_micros(dice.below(most_us + 1) as u64));
}
