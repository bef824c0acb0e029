//! What an administration asks of the machine and what follows when it cannot be had.

use crate::{digest::Digest, sitting::Wanted};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::RangeInclusive,
};
use ts_rs::TS;

/// How much the system guarantees about a sitting. Computed from controls that were proven, recorded, only ever
/// lowered while a sitting lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub enum Level {
    /// Practice: nothing is enforced.
    L0,
    /// An ordinary desktop on which every control the policy names is engaged.
    L1,
    /// A login session that runs nothing but the exam.
    L2,
    /// A known, read-only system image.
    L3,
}

/// Something that can be engaged, proven and released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// Every key goes to the exam window.
    Keyboard,
    /// The exam window covers its screen.
    Fullscreen,
    /// Every other screen is covered, also one that is plugged in later.
    Covers,
    /// The exam window cannot be closed by accident.
    Close,
    /// What was copied outside the exam cannot be pasted into it, and the other way round.
    Clipboard,
    /// The page has no menu, print, find, drop or second window that leads out of it.
    Page,
    /// The machine does not fall asleep or blank its screen by itself.
    Awake,
}

impl Control {
    /// Every control.
    pub const ALL: [Self; 7] =
        [Self::Keyboard, Self::Fullscreen, Self::Covers, Self::Close, Self::Clipboard, Self::Page, Self::Awake];

    /// The word for it in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyboard => "keyboard",
            Self::Fullscreen => "fullscreen",
            Self::Covers => "covers",
            Self::Close => "close",
            Self::Clipboard => "clipboard",
            Self::Page => "page",
            Self::Awake => "awake",
        }
    }

    /// Whether a sitting without it is less assured. A machine that may fall asleep harms the candidate alone.
    pub fn assures(self) -> bool {
        match self {
            Self::Keyboard | Self::Fullscreen | Self::Covers | Self::Close | Self::Clipboard | Self::Page => true,
            Self::Awake => false,
        }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Something that only looks. What it sees is evidence for a person, never a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// Another application has the keyboard focus. It sees the application's name, where the system tells it.
    Focus,
    /// There is more than one output. It sees the names of the others.
    Outputs,
    /// Another virtual terminal or login session is in front.
    Terminal,
    /// The screen is locked.
    LockScreen,
    /// The session, or another one on this machine, comes from another machine.
    RemoteLogin,
    /// A program records or shares the screen.
    ScreenShare,
    /// Another program put something into the clipboard.
    Clipboard,
    /// Keys come from a program instead of a keyboard.
    InjectedInput,
    /// Another process traces this one.
    Debugger,
    /// Several signs say that the machine is not a real one. It sees the signs.
    VirtualMachine,
    /// A program that the policy names is running.
    Programs,
    /// A keyboard was plugged in.
    Keyboards,
}

impl Probe {
    /// Every probe.
    pub const ALL: [Self; 12] = [
        Self::Focus,
        Self::Outputs,
        Self::Terminal,
        Self::LockScreen,
        Self::RemoteLogin,
        Self::ScreenShare,
        Self::Clipboard,
        Self::InjectedInput,
        Self::Debugger,
        Self::VirtualMachine,
        Self::Programs,
        Self::Keyboards,
    ];

    /// The word for it in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Outputs => "outputs",
            Self::Terminal => "terminal",
            Self::LockScreen => "lock-screen",
            Self::RemoteLogin => "remote-login",
            Self::ScreenShare => "screen-share",
            Self::Clipboard => "clipboard",
            Self::InjectedInput => "injected-input",
            Self::Debugger => "debugger",
            Self::VirtualMachine => "virtual-machine",
            Self::Programs => "programs",
            Self::Keyboards => "keyboards",
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A program that [`Probe::Programs`] looks for, by what its file is and not by what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Program {
    /// Its name, for people.
    pub name: String,
    /// The name of its executable file.
    pub file: String,
    /// The SHA-256 of that file, which finds it under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// How far a control holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "state", deny_unknown_fields)]
pub enum Holding {
    /// It holds, shown by a signal that is independent of our own call.
    Enforced,
    /// The system was asked and does not tell whether it obeys.
    Requested {
        /// What is known.
        why: String,
    },
    /// The system or the user said no.
    Denied {
        /// What is known.
        why: String,
    },
    /// This system has no such control.
    Unsupported {
        /// What is known.
        why: String,
    },
    /// Not engaged now.
    Released,
}

impl Holding {
    /// Whether it counts for a level: enforced, or requested of a system that does not tell.
    pub fn counts(&self) -> bool {
        match self {
            Self::Enforced | Self::Requested { .. } => true,
            Self::Denied { .. } | Self::Unsupported { .. } | Self::Released => false,
        }
    }
}

/// What follows when a control is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// It is recorded.
    Log,
    /// It is recorded and the candidate is told.
    Warn,
    /// The sitting is held and its clock stops until the control is back.
    Hold,
    /// The sitting does not start.
    Refuse,
}

/// Pictures of the screen that an administration asks for. They are sealed to its issuer's evidence key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pictures {
    /// The mean time between two looks at the screen, in milliseconds, within [`Pictures::EVERY_MS`].
    #[ts(type = "number")]
    pub every_ms: u64,
    /// The most that the sealed pictures of a sitting weigh together, in bytes.
    #[ts(type = "number")]
    pub quota_bytes: u64,
    /// How long the issuer keeps them after its receipt, in days.
    pub keep_days: u32,
}

impl Pictures {
    /// How often a screen may be looked at on average, in milliseconds.
    pub const EVERY_MS: RangeInclusive<u64> = 2_000..=3_600_000;
}

/// When a candidate sees the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// As soon as it is graded.
    AtOnce,
    /// After a person has decided every incident.
    AfterReview,
}

/// The rules of one administration, signed in each admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// The preset it came from, for people.
    pub name: String,
    /// The least level to start at.
    pub assurance_min: Level,
    /// What is engaged while the exam is underway.
    pub controls: BTreeSet<Control>,
    /// What follows when one of them is lost or missing.
    pub on_loss: Reaction,
    /// What is looked at while the exam is underway, and what follows when it sees something.
    pub probes: BTreeMap<Probe, Reaction>,
    /// Programs that [`Probe::Programs`] looks for.
    pub programs: Vec<Program>,
    /// Whether text can be copied and pasted inside the exam.
    pub copying: bool,
    /// Whether pictures of the screen are taken, and how. No preset asks for them.
    pub pictures: Option<Pictures>,
    /// Whether the exam may start without the issuer, by the proctor's start code.
    pub offline_start: bool,
    /// Whether a candidate who left may return without a proctor.
    pub return_from_away: bool,
    /// Time given back in all for restarts of the application or the machine, in milliseconds.
    pub restart_allowance_ms: u64,
    /// The longest reboot without the issuer that goes on by itself, in milliseconds.
    pub reboot_gap_max_ms: u64,
    /// How long a hold that nobody answers lasts, in milliseconds.
    pub hold_unanswered_ms: u64,
    /// When results are shown.
    pub results: Release,
    /// How long the candidate's device keeps the answers after the issuer's receipt, in days.
    pub keep_days: u32,
}

impl Policy {
    /// Names of the presets.
    pub const PRESETS: [&str; 3] = ["open", "moderate", "strict"];

    /// A preset by name: `open` records and never stops anybody; `moderate` asks for L1 and warns; `strict` asks for
    /// L1 and holds, which needs a proctor on duty. What the machine cannot know for sure is recorded and no more.
    pub fn preset(name: &str) -> Option<Self> {
        const MINUTE_MS: u64 = 60_000;
        let probes = |told: Reaction, stopped: Reaction| {
            BTreeMap::from([
                (Probe::Focus, told),
                (Probe::Outputs, told),
                (Probe::Terminal, stopped),
                (Probe::LockScreen, Reaction::Log),
                (Probe::RemoteLogin, stopped),
                (Probe::ScreenShare, stopped),
                (Probe::Clipboard, told),
                (Probe::InjectedInput, told),
                (Probe::Debugger, Reaction::Log),
                (Probe::VirtualMachine, Reaction::Log),
                (Probe::Programs, told),
                (Probe::Keyboards, Reaction::Log),
            ])
        };
        let open = Self {
            name: name.to_owned(),
            assurance_min: Level::L0,
            controls: Control::ALL.into(),
            on_loss: Reaction::Log,
            probes: probes(Reaction::Log, Reaction::Log),
            programs: vec![],
            copying: true,
            pictures: None,
            offline_start: true,
            return_from_away: true,
            restart_allowance_ms: 5 * MINUTE_MS,
            reboot_gap_max_ms: 15 * MINUTE_MS,
            hold_unanswered_ms: 3 * MINUTE_MS,
            results: Release::AtOnce,
            keep_days: 30,
        };
        match name {
            "open" => Some(open),
            "moderate" => Some(Self {
                assurance_min: Level::L1,
                on_loss: Reaction::Warn,
                probes: probes(Reaction::Warn, Reaction::Warn),
                ..open
            }),
            "strict" => Some(Self {
                assurance_min: Level::L1,
                on_loss: Reaction::Hold,
                probes: probes(Reaction::Warn, Reaction::Hold),
                return_from_away: false,
                results: Release::AfterReview,
                ..open
            }),
            _ => None,
        }
    }

    /// Practice: no controls, no limits, nothing reported to anybody.
    pub fn practice() -> Self {
        Self {
            name: "practice".to_owned(),
            assurance_min: Level::L0,
            controls: BTreeSet::new(),
            on_loss: Reaction::Log,
            probes: BTreeMap::new(),
            programs: vec![],
            copying: true,
            pictures: None,
            offline_start: true,
            return_from_away: true,
            restart_allowance_ms: 0,
            reboot_gap_max_ms: u64::MAX >> 11,
            hold_unanswered_ms: 0,
            results: Release::AtOnce,
            keep_days: 0,
        }
    }

    /// What must be true of the machine while these rules hold it.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            controls: self.controls.clone(),
            probes: self.probes.keys().copied().collect(),
            programs: self.programs.clone(),
            copying: self.copying,
        }
    }

    /// Whether an exam may begin at this level.
    pub fn lets_begin(&self, level: Level) -> bool {
        self.assurance_min <= level
    }

    /// The level that these holdings amount to on an ordinary desktop. Controls that an accommodation relaxes are
    /// left out of the policy's list before it is signed, so they never lower the level.
    pub fn level<'a>(&self, holding: impl Fn(Control) -> Option<&'a Holding>) -> Level {
        let mut assuring = self.controls.iter().filter(|control| control.assures());
        let all = assuring.all(|control| holding(*control).is_some_and(Holding::counts));
        if all && !self.controls.is_empty() { Level::L1 } else { Level::L0 }
    }
}
