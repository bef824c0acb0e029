//! The facts a log can hold. Each variant is a format: it is never changed, only joined by another.

use crate::{
    digest::Digest,
    ids::ItemId,
    policy::{Control, Holding, Level, Probe},
    submission::Client,
    time::Wall,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One decided fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Event {
    /// The log begins on this device.
    Admitted {
        /// Digest of the lease.
        lease: Digest,
        /// The application.
        client: Client,
    },
    /// The log goes on on another device: the first record under a new lease.
    Moved {
        /// Digest of the lease.
        lease: Digest,
        /// The application.
        client: Client,
    },
    /// The candidate has read what is recorded.
    Acknowledged {
        /// Digest of the notice's text as it was shown.
        notice: Digest,
    },
    /// What the machine's controls do, at readiness and whenever it changes.
    Checked {
        /// The level they amount to.
        level: Level,
        /// Each control.
        controls: Vec<ControlReport>,
    },
    /// The sitting ended before the first item was shown. The try is not used.
    Withdrawn {
        /// Why.
        why: Withdrawal,
    },
    /// The first item is shown. The try is used.
    Began {
        /// The items served, in the order shown.
        items: Vec<ItemId>,
        /// The time allowed, in milliseconds; `None` = untimed.
        budget_ms: Option<u64>,
        /// The issuer's time; `None` = started offline by the proctor's code.
        server: Option<Wall>,
        /// Digest of the signed start; `None` = started offline.
        start: Option<Digest>,
    },
    /// The candidate went to another screen.
    Visited {
        /// Which.
        screen: Screen,
    },
    /// The candidate set or took away a flag.
    Flagged {
        /// The item.
        item: ItemId,
        /// Whether it is flagged now.
        flagged: bool,
    },
    /// The candidate answered. The opening of this record holds the value.
    Responded {
        /// The item.
        item: ItemId,
        /// How often the item was answered, from 1.
        revision: u32,
        /// The salted digest of the value.
        commitment: Digest,
        /// Whether it says anything; a cleared answer does not.
        answered: bool,
    },
    /// At least every 30 seconds, so that a silent stretch is one without records.
    Heartbeat {
        /// Digest of the last checkpoint received.
        checkpoint: Option<Digest>,
    },
    /// The application came back after it or the machine had stopped.
    Resumed {
        /// How long a reboot took, in milliseconds; zero within one boot, where the clock went on.
        gap_ms: u64,
        /// Time given back from the admission's restart allowance, in milliseconds.
        given_back_ms: u64,
        /// The issuer's time, when it was in reach.
        server: Option<Wall>,
    },
    /// The sitting stops and its content is covered.
    Held {
        /// Why.
        reason: HoldReason,
    },
    /// The hold is over.
    Released,
    /// A proctor or a break stops the sitting.
    Paused,
    /// The pause is over.
    Continued,
    /// The candidate left the exam. The machine is free.
    Left,
    /// A proctor lets the candidate return.
    ReturnAllowed,
    /// The candidate came back.
    Returned,
    /// Time was added.
    Granted {
        /// How much, in milliseconds.
        ms: u64,
    },
    /// The machine or the application saw something.
    Observed {
        /// What.
        observation: Observation,
    },
    /// A piece of evidence was kept, sealed to the issuer.
    Captured {
        /// SHA-256 of the sealed bytes.
        sha256: Digest,
        /// Their number.
        size: u64,
        /// What it shows, and why it was taken.
        picture: Picture,
    },
    /// The sitting is over.
    Closed {
        /// How.
        cause: Closing,
    },
}

/// The state of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlReport {
    /// Which.
    pub control: Control,
    /// How far it holds.
    pub holding: Holding,
}

impl ControlReport {
    /// What `reports` say of a control.
    pub fn of(reports: &[Self], control: Control) -> Option<&Holding> {
        reports.iter().find(|report| report.control == control).map(|report| &report.holding)
    }
}

/// Why a sitting never began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Withdrawal {
    /// The candidate did not accept the notice.
    Declined,
    /// The machine does not reach the policy's level.
    NotReady,
}

/// A place in the exam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "at", deny_unknown_fields)]
pub enum Screen {
    /// An item.
    Item {
        /// Which.
        item: ItemId,
    },
    /// The overview of unanswered and flagged items.
    Review,
}

/// Why a sitting is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// A control that the policy names no longer holds.
    ControlLost,
    /// A probe sees something that the policy stops for.
    Seen,
    /// The machine was off for longer than the policy lets pass, or its calendar went back.
    RebootGap,
}

/// A picture of one monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Picture {
    /// The monitor, as the system calls it.
    pub monitor: String,
    /// Why it was taken.
    pub occasion: Occasion,
    /// How often the monitor was looked at since the picture before, with nothing new to see.
    pub unchanged: u32,
    /// How many times as long as the policy says it is between two looks from here on, because the quota fills up.
    pub stretch: u32,
}

/// Why a picture is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// Its random time has come.
    Interval,
    /// A record just before it says that something happened.
    Trigger,
}

/// Whether pictures can be taken of a monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "state", deny_unknown_fields)]
pub enum Sight {
    /// It can be seen.
    Clear,
    /// It shows one colour and nothing else, as a screen does that gives itself to nobody.
    Blank,
    /// The quota has no room for the picture that would have been kept.
    NoRoom,
    /// The system gives no picture.
    Failed {
        /// What is known.
        why: String,
    },
}

/// Something seen by the machine. A person decides what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "what", deny_unknown_fields)]
pub enum Observation {
    /// The calendar was moved while the machine was on.
    ClockJumped {
        /// By how much, in milliseconds; negative = back.
        ms: i64,
    },
    /// The machine was asleep.
    Suspended {
        /// How long, in milliseconds.
        ms: u64,
    },
    /// The application started with variables that open it to other programs; they were removed.
    EnvironmentScrubbed {
        /// Their names.
        names: Vec<String>,
    },
    /// What a probe sees has changed.
    Probed {
        /// Which.
        probe: Probe,
        /// What it sees now, sorted: names of programs, outputs, devices, or signs. Empty = nothing any more.
        sees: Vec<String>,
    },
    /// A probe cannot look on this system, so that it sees nothing says nothing.
    Blind {
        /// Which.
        probe: Probe,
        /// What is known.
        why: String,
    },
    /// Whether pictures can be taken of a monitor has changed.
    Looked {
        /// Which, as the system calls it; `None` where it does not even tell which there are.
        monitor: Option<String>,
        /// What came of the look.
        sight: Sight,
    },
    /// The check before the start was made. What it found of controls and probes has records of its own.
    Surveyed {
        /// The desktop, in a few words.
        desktop: String,
        /// What else was not fine, sorted: each the check's name and its code, as in `clock-behind`.
        checks: Vec<String>,
    },
    /// The page of the exam window failed and was loaded again.
    PageFailed,
    /// The guard is gone.
    GuardLost,
}

/// How a sitting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// The candidate handed in.
    Submitted,
    /// Time was up.
    TimeUp,
    /// A proctor ended it.
    Terminated,
}
