//! The window's contract: what it may ask, do and show. TypeScript gets the same types in `ui/src/shared/contract.ts`.
//!
//! Three calls carry it. `lobby` answers an [`Ask`] with a [`Reply`]; `dispatch` carries out an [`Act`] and answers with
//! the new [`View`]; `subscribe` pushes every later [`View`]. A view holds identifiers and state; an item's content is
//! asked for once. Every failure is a [`Problem`] with a stable code that the window translates.

use invigil_core::{
    CompetencyId, ExamId, ItemId, SittingId, Value, Wall,
    exchange::{CandidateStanding, CredentialLink},
    grading::{CompetencyScore, Score},
    item::Item,
    policy::Level,
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
        /// The answer.
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

/// What the window asks outside the exam itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "ask", deny_unknown_fields)]
pub enum Ask {
    /// The home screen.
    Home,
    /// The home screen, after asking every issuer again.
    RefreshHome,
    /// Open, or set up, the passphrase that protects this device's keys where there is no secret store.
    Unlock {
        /// The passphrase.
        passphrase: String,
    },
    /// Who issues the admission behind a link. Nothing is sent to them but the question.
    LookUp {
        /// `invigil://HOST/CODE`.
        link: String,
    },
    /// Fetch the admission behind a link.
    Admit {
        /// `invigil://HOST/CODE`.
        link: String,
    },
    /// Go to an admitted sitting. From now on a view shows it.
    Open {
        /// Which.
        sitting: SittingId,
    },
    /// The admission of the open sitting.
    Admission,
    /// Check this machine for the open sitting.
    Readiness,
    /// An item of the open sitting.
    Item {
        /// Which.
        item: ItemId,
    },
    /// Everything recorded about the candidate in the open sitting.
    Record,
    /// Go to a practice pack.
    Practice {
        /// Digest of the pack.
        pack: String,
    },
    /// Leave a sitting that is closed, refused or practice, and go home.
    Leave,
    /// Change how the window looks.
    Settings {
        /// The new settings.
        settings: Settings,
    },
    /// End the application. Refused while a sitting holds the machine.
    Quit,
}

/// The answer to an [`Ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "reply")]
#[expect(clippy::large_enum_variant, reason = "a reply is made once, sent and dropped")]
pub enum Reply {
    /// To `home`, `refreshHome`, `unlock` and `settings`.
    Home(Home),
    /// To `lookUp`.
    Offer(Offer),
    /// To `admit` and `admission`.
    Admission(AdmissionView),
    /// To `readiness`.
    Readiness(Readiness),
    /// To `item`.
    Item {
        /// The item.
        item: Item,
    },
    /// To `record`.
    Record(RecordView),
    /// To `open`, `practice` and `leave`.
    View(View),
    /// To `quit`.
    Done,
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
    /// Things to tell the candidate, newest last.
    pub notes: Vec<Problem>,
    /// Why the sitting is stopped: `control-lost`, `reboot-gap` or `paused`.
    pub stopped: Option<String>,
    /// Whether a candidate who left may come back without a proctor.
    pub may_return: bool,
    /// Why it never began.
    pub withdrawal: Option<Withdrawal>,
    /// The end, and what became of it.
    pub closing: Option<ClosingView>,
    /// Sixteen characters that a proctor may note.
    pub paper_code: Option<String>,
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
    /// Given back after restarts.
    #[ts(type = "number")]
    pub given_back_ms: u64,
    /// Granted by proctors.
    #[ts(type = "number")]
    pub granted_ms: u64,
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

/// The home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Home {
    /// How this device keeps its keys.
    pub keeping: Keeping,
    /// The sittings this device is admitted to, soonest first.
    pub sittings: Vec<SittingCard>,
    /// Where the candidate stands, by issuer.
    pub standings: Vec<IssuerStanding>,
    /// The practice packs on this device.
    pub practice: Vec<PracticeCard>,
    /// How the window looks.
    pub settings: Settings,
    /// A link the application was opened with and nobody has looked at yet.
    pub link: Option<String>,
    /// Version of the application.
    pub version: String,
}

/// How this device keeps its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Keeping {
    /// In the system's secret store.
    SecretStore,
    /// In a file sealed by a passphrase, which is open now.
    Passphrase,
    /// In a file sealed by a passphrase that has not been given.
    Locked,
    /// Nowhere: there is no secret store and no passphrase yet. Practice is not kept; an exam needs one.
    Nowhere,
}

/// A sitting on the home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SittingCard {
    /// The sitting.
    pub id: SittingId,
    /// Title of the exam.
    pub exam: String,
    /// Title of the certification.
    pub certification: String,
    /// The issuer's name.
    pub issuer: String,
    /// When it may start.
    pub opens: Wall,
    /// Until when.
    pub closes: Wall,
    /// Minutes; 0 = untimed.
    pub minutes: u32,
    /// What can be done with it.
    pub state: CardState,
}

/// What can be done with a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CardState {
    /// Its window is not open yet.
    TooEarly,
    /// It can start.
    Ready,
    /// Its window is over and it never began.
    TooLate,
    /// It has begun and goes on.
    Underway,
    /// It is closed and waits to be handed in.
    Sending,
    /// It is handed in and waits for its result.
    HandedIn,
    /// Its result is there.
    Graded,
    /// It never began.
    Withdrawn,
}

/// Where the candidate stands with one issuer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IssuerStanding {
    /// The issuer's name.
    pub issuer: String,
    /// When the issuer said so.
    pub asked: Wall,
    /// Whether it could not be asked again this time.
    pub stale: bool,
    /// The standing.
    pub standing: CandidateStanding,
}

/// A practice pack on the home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeCard {
    /// Digest of the pack.
    pub pack: String,
    /// The exam.
    pub exam: ExamId,
    /// Its title.
    pub title: String,
    /// Items in the pack.
    pub items: u32,
    /// Items answered so far.
    pub answered: u32,
    /// Of those, revealed as right.
    pub right: u32,
    /// Competencies the pack covers.
    pub competencies: Vec<CompetencyId>,
    /// Fingerprint of the key that signed the pack.
    pub author: String,
}

/// Who issues an admission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The link asked about.
    pub link: String,
    /// The issuer's name, as it says itself.
    pub issuer: String,
    /// The host that answered.
    pub host: String,
    /// Its `did:web` identifier.
    pub did: String,
    /// Fingerprint of its key.
    pub fingerprint: String,
    /// Whether this device has met it before.
    pub known: bool,
    /// Whether the exchange is protected on its way (TLS, or this machine itself).
    pub protected: bool,
}

/// An admission as the candidate should read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionView {
    /// The sitting.
    pub sitting: SittingId,
    /// The issuer's name.
    pub issuer: String,
    /// Fingerprint of its key.
    pub fingerprint: String,
    /// The candidate's name.
    pub candidate: String,
    /// Title of the programme.
    pub programme: String,
    /// Title of the certification.
    pub certification: String,
    /// Title of the exam.
    pub exam: String,
    /// Which try this is, from 1.
    pub try_number: u32,
    /// Tries allowed; 0 = unlimited.
    pub tries_max: u32,
    /// Minutes, accommodations included; 0 = untimed.
    pub minutes: u32,
    /// Minutes of those that come from accommodations.
    pub extra_minutes: u32,
    /// Items in this try.
    pub items: u32,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// When it may start.
    pub opens: Wall,
    /// Until when.
    pub closes: Wall,
    /// The policy's name: `open`, `moderate` or `strict`.
    pub policy: String,
    /// The least level the policy asks for.
    pub assurance_min: Level,
    /// Whether a candidate who left may come back without a proctor.
    pub return_from_away: bool,
    /// Minutes given back in all after a crash or restart.
    pub restart_minutes: u32,
    /// Whether the result is shown at once.
    pub results_at_once: bool,
    /// What is recorded, as keys of the texts `recorded-KEY`.
    pub recorded: Vec<String>,
}

/// What this machine can do for the open sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Each check, in the order shown.
    pub checks: Vec<Check>,
    /// Whether the exam may begin now.
    pub may_begin: bool,
    /// Whether it may begin with the proctor's start code instead.
    pub may_begin_by_code: bool,
    /// The level the controls amount to.
    pub level: Level,
}

/// One check. The window shows the texts of `check-ID` and, unless it is fine, of `check-ID-CODE`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// `issuer`, `window`, `pack`, `storage`, `keys`, `clock`, `guard`, or a control's name.
    pub id: String,
    /// How it went.
    pub state: CheckState,
    /// What is the matter; empty when it is fine.
    pub code: String,
    /// What the texts name.
    pub args: BTreeMap<String, String>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Fine.
    Fine,
    /// Good to know; the exam may begin.
    Note,
    /// The exam may not begin until it is mended.
    Missing,
}

/// Everything recorded about the candidate in a sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// The lines, oldest first.
    pub lines: Vec<RecordLine>,
    /// The folder on this machine where the sitting lies.
    pub folder: String,
}

/// One record. The window shows the text of `record-KIND`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordLine {
    /// Position in the log.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, by this machine's calendar.
    pub at: Wall,
    /// Who caused it.
    pub by: String,
    /// The event's kind.
    pub kind: String,
    /// The event's other members, written out.
    pub args: BTreeMap<String, String>,
}

/// How the window looks. Kept on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// `system`, `light`, `dark` or `contrast`.
    pub theme: Theme,
    /// Size of everything, in percent: 80 to 200.
    pub zoom: u16,
    /// Whether the time left is unfolded.
    pub timer: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, zoom: 100, timer: true }
    }
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the desktop asks.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// The strongest contrast.
    Contrast,
}
