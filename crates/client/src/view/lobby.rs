//! What the window asks outside the exam itself, and the answers: home, admission, practice, settings.

use super::{Problem, Readiness, Report, View};
use invigil_core::{
    CompetencyId, Digest, ExamId, ItemId, SittingId, Wall,
    exchange::CandidateStanding,
    item::Item,
    policy::{Control, Level, Pictures, Probe, Reaction},
    readiness::{Consent, Desktop},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

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
    /// Try what an exam asks for on this machine, days before if need be: its controls are engaged for a few seconds and
    /// given back. Nothing of it is recorded. Only from the home screen.
    Trial {
        /// Whose rules are tried; `null` = those of the strict preset.
        sitting: Option<SittingId>,
        /// Whether to name the aids that run, and to hold on for a while so that one can be tried.
        aid: bool,
    },
    /// Rehearse a failure in the practice on the screen: cut the network, kill the application, and come back. Refused
    /// beside an exam that counts.
    Rehearse,
    /// Call a rehearsal off, or close what it found.
    RehearsalOver,
    /// End a trial at once and give everything back.
    TrialOver,
    /// Open a sitting whose key is not at hand by the proctor's resume code.
    OpenByCode {
        /// Which.
        sitting: SittingId,
        /// The code.
        code: String,
    },
    /// Write the hand-in file of a sitting: everything the issuer has to have, sealed to it, for any channel.
    HandInFile {
        /// Which.
        sitting: SittingId,
    },
    /// An item of the open sitting.
    Item {
        /// Which.
        item: ItemId,
    },
    /// Everything recorded about the candidate in the open sitting.
    Record,
    /// A picture of the screen that was taken in the sitting on the screen.
    Picture {
        /// SHA-256 of the sealed bytes, as the record has it.
        sha256: Digest,
    },
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
    /// Tell screen readers something that nobody looks at just now.
    Say {
        /// What, at most [`SAY_CHARS_MAX`] characters of it.
        text: String,
    },
    /// End the application. Refused while a sitting holds the machine.
    Quit,
}

/// The most characters that are said at once. More is not listened to.
pub const SAY_CHARS_MAX: usize = 2_000;

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
    /// To `trial`.
    Trial(Report),
    /// To `item`.
    Item {
        /// The item.
        item: Item,
    },
    /// To `record`.
    Record(RecordView),
    /// To `picture`.
    Picture {
        /// A JPEG in base 64.
        jpeg: String,
    },
    /// To `open`, `openByCode`, `practice` and `leave`.
    View(View),
    /// To `handInFile`.
    File {
        /// Where it lies.
        path: String,
    },
    /// To `trialOver`, `rehearse` and `rehearsalOver`.
    Over,
    /// To `say`. The shell says it.
    Said {
        /// What.
        text: String,
    },
    /// To `quit`.
    Done,
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
    /// Whether the guard starts the application again when it fails.
    pub guarded: bool,
    /// The desktop.
    pub desktop: Desktop,
    /// Whether it asks its user before a trial can show whether its shortcuts are held.
    pub consent: Consent,
    /// Sittings that lie on this device and cannot be opened.
    pub unreadable: Vec<Unreadable>,
    /// What is left of sittings whose time on this device is over.
    pub past: Vec<PastSitting>,
    /// Version of the application.
    pub version: String,
}

/// A sitting that lies on this device and cannot be opened. Nothing of it is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Unreadable {
    /// The sitting.
    pub id: SittingId,
    /// Title of the exam; empty when it is not known.
    pub exam: String,
    /// Why: `keys-locked` and `key-missing` are answered by the proctor's resume code.
    pub problem: Problem,
}

/// What is left of a sitting that was destroyed on this device: its answers are with the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastSitting {
    /// The sitting.
    pub id: SittingId,
    /// Title of the exam.
    pub exam: String,
    /// Title of the certification.
    pub certification: String,
    /// The issuer's name.
    pub issuer: String,
    /// When the issuer received the submission; `null` when it never began.
    pub received: Option<Wall>,
    /// Whether it passed, when there was a result.
    pub passed: Option<bool>,
    /// When it was destroyed here.
    pub destroyed: Wall,
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
    /// In the system's secret store, which does not give them: the login keyring is locked, or the service is off.
    StoreSilent,
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
    /// It goes on at another computer.
    Moved,
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
    /// Days this device keeps the answers after the receipt.
    pub keep_days: u32,
    /// What is engaged while the exam is underway.
    pub controls: Vec<Control>,
    /// What follows when one of them is lost.
    pub on_loss: Reaction,
    /// Whether text can be copied and pasted inside the exam.
    pub copying: bool,
    /// Whether pictures of the screen are taken, and how.
    pub pictures: Option<Pictures>,
    /// What is looked at while the exam is underway.
    pub probes: Vec<Watch>,
    /// Names of the programs that are looked for.
    pub programs: Vec<String>,
    /// What is recorded, as keys of the texts `recorded-KEY`: what always is, then the probes that may see something, then
    /// `pictures`.
    pub recorded: Vec<String>,
}

/// A probe of the policy, and what follows when it sees something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Watch {
    /// The probe.
    pub probe: Probe,
    /// What follows.
    pub reaction: Reaction,
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
