//! The window's contract: what it may ask, do and show. TypeScript gets the same types in `ui/src/shared/contract.ts`.
//!
//! Three calls carry it. `lobby` answers an [`Ask`] with a [`Reply`]; `dispatch` carries out an [`Act`] and answers with
//! the new [`View`]; `subscribe` pushes every later [`View`]. A view holds identifiers and state; an item's content is
//! asked for once. Every failure is a [`Problem`] with a stable code that the window translates.

mod lobby;
mod readiness;
mod rehearsal;

pub use lobby::*;
pub use readiness::*;
pub use rehearsal::*;

use invigil_core::{
    ItemId, SittingId, Value, Wall,
    exchange::CredentialLink,
    grading::{CompetencyScore, Score},
    policy::{Level, Probe},
    programme::Standing,
    sitting::{Closing, ControlReport, Phase, Screen, Withdrawal},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What the candidate does in a sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "act", deny_unknown_fields)]
pub enum Act {
    /// Accept the notice.
    Acknowledge,
    /// Do not accept it. The try is not used.
    Decline,
    /// Show the first item.
    Begin {
        /// The proctor's start code, when the issuer is out of reach.
        code: Option<String>,
    },
    /// Answer an item; `null` clears the answer.
    Respond {
        /// The item.
        item: ItemId,
        /// The answer. It must be said: a missing one does not clear an answer.
        #[serde(deserialize_with = "Option::deserialize")]
        value: Option<Value>,
    },
    /// Go to another screen.
    Visit {
        /// Which.
        screen: Screen,
    },
    /// Set or take away a flag.
    Flag {
        /// The item.
        item: ItemId,
        /// Whether it is to be flagged.
        flagged: bool,
    },
    /// Practice only: show whether the answer is right, and why.
    Reveal {
        /// The item.
        item: ItemId,
    },
    /// Practice only: forget this item's answer and feedback and try it again.
    Again {
        /// The item.
        item: ItemId,
    },
    /// Leave the exam. The machine is free at once.
    Leave,
    /// Come back.
    Return,
    /// End a hold by the proctor's resume code.
    Unlock {
        /// The code.
        code: String,
    },
    /// Hand in.
    Submit,
    /// The shown time has run out, or the window woke up: bring the view up to date.
    Refresh,
}

/// Something did not work. The window shows the texts of `problem-CODE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{code}")]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// What the texts name: a host, a size, a time.
    pub args: BTreeMap<String, String>,
}

impl Problem {
    /// A problem that needs no further facts.
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), args: BTreeMap::new() }
    }

    /// The same problem with one more fact for its texts.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Whether a sitting's database may hold something else than memory does.
    pub fn is_of_storage(&self) -> bool {
        ["disk-full", "storage-failed", "storage-damaged"].contains(&self.code.as_str())
    }
}

/// What the window shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Grows with every view; an older one that arrives late is dropped.
    #[ts(type = "number")]
    pub revision: u64,
    /// The open sitting; `null` = the lobby.
    pub sitting: Option<SittingView>,
    /// The admission link that was handed over last, until it is redeemed.
    pub link: Option<HandedLink>,
    /// A rehearsal of a failure that goes on, or what it found.
    pub rehearsal: Option<Rehearsal>,
}

/// An admission link that the desktop, or whoever started the application, handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandedLink {
    /// The link.
    pub link: String,
    /// How many were handed over before it, so that the same one again is news.
    pub nth: u32,
}

/// The open sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SittingView {
    /// The sitting.
    pub id: SittingId,
    /// Whether it is practice: no clock, no lockdown, feedback at hand.
    pub practice: bool,
    /// Title of the exam.
    pub exam: String,
    /// Title of the certification.
    pub certification: String,
    /// The candidate's name; empty in practice.
    pub candidate: String,
    /// Where the sitting is.
    pub phase: Phase,
    /// The screen the candidate was on.
    pub screen: Option<Screen>,
    /// The items in the order shown; empty before the exam begins.
    pub items: Vec<ItemView>,
    /// The clock.
    pub time: TimeView,
    /// Records that are durable here.
    #[ts(type = "number")]
    pub saved: u64,
    /// Whether the issuer is in reach.
    pub link: LinkView,
    /// The assurance level; `null` before the first check.
    pub level: Option<Level>,
    /// The controls as last proven.
    pub controls: Vec<ControlReport>,
    /// What probes see that stops the sitting.
    pub alarms: Vec<Alarm>,
    /// Things to tell the candidate, newest last.
    pub notes: Vec<Problem>,
    /// Why the sitting is stopped: `control-lost`, `seen`, `reboot-gap`, `paused` or `seat-moved`.
    pub stopped: Option<String>,
    /// Whether text may be copied and pasted inside the exam.
    pub copying: bool,
    /// Whether the screen is being photographed; `null` when the exam does not ask for it at this point.
    pub recording: Option<Recording>,
    /// When the present hold ends by itself, in milliseconds; `null` when it does not, or there is none.
    #[ts(type = "number | null")]
    pub hold_left_ms: Option<u64>,
    /// Whether a candidate who left may come back without a proctor.
    pub may_return: bool,
    /// Why it never began.
    pub withdrawal: Option<Withdrawal>,
    /// The end, and what became of it.
    pub closing: Option<ClosingView>,
    /// Sixteen characters that a proctor may note.
    pub paper_code: Option<String>,
}

/// Whether pictures of the screen come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Recording {
    /// They do.
    Taking,
    /// They are wanted, and the system gives none.
    Failing,
}

/// What a probe sees, where the rules stop the exam for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Alarm {
    /// The probe.
    pub probe: Probe,
    /// What it sees: names of programs, outputs, devices, or signs.
    pub sees: Vec<String>,
}

/// One item's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// The item.
    pub id: ItemId,
    /// Whether it has been on the screen.
    pub seen: bool,
    /// Whether it has an answer that says something.
    pub answered: bool,
    /// Whether it is flagged.
    pub flagged: bool,
    /// The durable answer.
    pub response: Option<Value>,
    /// Practice only, once revealed.
    pub feedback: Option<Feedback>,
}

/// What practice tells about an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// Whether it is right; `null` = a person would have to say.
    pub right: Option<bool>,
    /// The right choices.
    pub choices: Vec<String>,
    /// The accepted texts.
    pub accepted: Vec<String>,
    /// Why, as safe HTML; may be empty.
    pub explanation: String,
    /// Where to read more.
    pub references: Vec<String>,
}

/// The clock at the moment the view was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimeView {
    /// Time left in milliseconds; `null` = untimed or not begun.
    #[ts(type = "number | null")]
    pub remaining_ms: Option<u64>,
    /// Whether it runs down.
    pub running: bool,
    /// The time allowed at the start.
    #[ts(type = "number | null")]
    pub budget_ms: Option<u64>,
    /// Why it is as much as it is, in the order of reading; empty when untimed or not begun.
    pub parts: Vec<TimePart>,
}

/// One reason for the time left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimePart {
    /// Which.
    pub kind: TimeKind,
    /// How much, in milliseconds.
    #[ts(type = "number")]
    pub ms: u64,
}

/// What added to the time left, or took from it. Time left = `allowed` + `accommodation` − `window-ends` + `granted` +
/// `given-back` − `worked` − `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TimeKind {
    /// The exam's own minutes.
    Allowed,
    /// Added by an accommodation.
    Accommodation,
    /// Cut off because the exam's window ends.
    WindowEnds,
    /// Added by a proctor.
    Granted,
    /// Given back for restarts.
    GivenBack,
    /// Gone while the exam was open.
    Worked,
    /// Gone while the application or the computer was off.
    Off,
    /// The clock stood: this has cost nothing.
    Stood,
}

/// Whether the issuer is in reach, and what it does not have yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// `none` in practice.
    pub state: LinkState,
    /// Records the issuer has not confirmed.
    #[ts(type = "number")]
    pub waiting: u64,
}

/// Whether the issuer is in reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// No issuer takes part.
    None,
    /// Nothing has been heard yet.
    Unknown,
    /// The last exchange worked.
    Online,
    /// The last exchange failed. Nothing is lost; it is tried again.
    Offline,
}

/// The end of a sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClosingView {
    /// How it ended.
    pub cause: Closing,
    /// When, by this machine's calendar.
    pub at: Wall,
    /// Questions answered.
    pub answered: u32,
    /// Questions in all.
    pub of: u32,
    /// The issuer's receipt.
    pub receipt: Option<ReceiptView>,
    /// The result, once it may be seen.
    pub result: Option<ResultView>,
    /// Whether the result waits for a person.
    pub under_review: bool,
}

/// The issuer's receipt, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    /// Digest of the submission.
    pub submission: String,
    /// When it was received.
    pub received: Wall,
}

/// A result, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultView {
    /// Marks.
    pub score: Score,
    /// The share in hundredths of a percent.
    pub percent_hundredths: u32,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// Whether it passed.
    pub passed: bool,
    /// By competency.
    pub competencies: Vec<CompetencyScore>,
    /// Where the candidate now stands in the certification.
    pub standing: Option<Standing>,
    /// The credential, when it is earned.
    pub credential: Option<CredentialLink>,
}
