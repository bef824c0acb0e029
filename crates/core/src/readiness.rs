//! A trial: a policy's controls and probes on a machine where nobody sits, and what it shows of an exam's chances.
//!
//! Invariant: nothing of a trial is recorded, and nothing that it finds lowers or raises anything later. An exam finds
//! out for itself.

use crate::{
    policy::{Control, Holding, Level, Policy, Probe, Reaction},
    sitting::{ControlReport, Observation, Wanted},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};
use ts_rs::TS;

/// Controls that nothing proves say so at once; a window manager takes a moment to follow. What is only asked for after
/// this long stays so.
const ASKED_MS: u64 = 1_000;
/// What is denied, or has not said a word, after this long stays so.
const SETTLED_MS: u64 = 4_000;
/// How long a person has to answer a question of the desktop.
const ANSWER_MS: u64 = 60_000;
/// Probes that look only when something happens. They say nothing as long as nothing does.
const BY_EVENTS: [Probe; 2] = [Probe::Focus, Probe::Clipboard];

/// The desktop that a person sits at, as far as it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Desktop {
    /// What it calls itself: `GNOME`, `KDE`; empty where nothing says.
    pub name: String,
    /// How windows come to the screen.
    pub display: Display,
    /// The program that shows them: a compositor, or under X11 the window manager; empty where nothing says.
    pub shown_by: String,
}

/// How windows come to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Display {
    /// By an X server of its own.
    X11,
    /// By a Wayland compositor.
    Wayland,
    /// Not at all.
    None,
}

impl Desktop {
    /// Whether it asks before it gives an application its shortcuts. GNOME's compositor does, and keeps the answer; the
    /// others that are known do not.
    pub fn consent(&self) -> Consent {
        let gnome = self.name.split(':').any(|name| name.eq_ignore_ascii_case("gnome"));
        if gnome && self.display == Display::Wayland { Consent::Asked } else { Consent::NotAsked }
    }
}

impl fmt::Display for Desktop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let display = match self.display {
            Display::X11 => "X11",
            Display::Wayland => "Wayland",
            Display::None => "no display",
        };
        let parts = [self.name.as_str(), display, self.shown_by.as_str()];
        let mut said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        f.write_str(&said.join(", "))
    }
}

/// Whether the desktop asks its user before it gives an application its shortcuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// It decides by itself.
    NotAsked,
    /// It asks once, and a person has to answer.
    Asked,
}

/// A trial that is going on.
#[derive(Debug, Clone)]
pub struct Trial {
    policy: Policy,
    consent: Consent,
    controls: Vec<ControlReport>,
    sights: BTreeMap<Probe, Sight>,
    ended: bool,
}

#[derive(Debug, Clone, Default)]
struct Sight {
    looked: bool,
    sees: Vec<String>,
    blind: Option<String>,
}

/// What one probe showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProbeReport {
    /// Which.
    pub probe: Probe,
    /// What would follow in the exam if it saw something.
    pub reaction: Reaction,
    /// How it went.
    pub state: Seeing,
    /// What it sees: names of programs, outputs, devices, or signs.
    pub sees: Vec<String>,
    /// Why it cannot look, or not everywhere; empty where it can.
    pub why: String,
}

/// How a probe looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Seeing {
    /// It sees something now.
    Sees,
    /// It looked and sees nothing.
    Nothing,
    /// It cannot look on this system.
    Blind,
    /// It gave no answer while the trial lasted.
    Silent,
}

impl Trial {
    /// A trial of this policy that begins now. `consent` says what the desktop is known to do.
    pub fn new(policy: Policy, consent: Consent) -> Self {
        Self { policy, consent, controls: Vec::new(), sights: BTreeMap::new(), ended: false }
    }

    /// What must be true of the machine while the trial lasts.
    pub fn wanted(&self) -> Wanted {
        if self.ended { Wanted::default() } else { self.policy.wanted() }
    }

    /// The policy that is tried.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Ends it: from now on nothing is wanted, and what it has shown stays.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Whether it was ended.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes what the controls show now.
    pub fn report(&mut self, controls: &[ControlReport]) {
        if !self.ended {
            self.controls = controls.to_vec();
        }
    }

    /// Takes what a probe shows. Anything else that was observed says nothing about the machine's chances.
    pub fn observe(&mut self, observation: &Observation) {
        match observation {
            Observation::Probed { probe, sees } => {
                let sight = self.sights.entry(*probe).or_default();
                *sight = Sight { looked: true, sees: sees.clone(), blind: None };
            }
            Observation::Blind { probe, why } => {
                self.sights.entry(*probe).or_default().blind = Some(why.clone());
            }
            Observation::ClockJumped { .. }
            | Observation::Suspended { .. }
            | Observation::EnvironmentScrubbed { .. }
            | Observation::Surveyed { .. }
            | Observation::Looked { .. }
            | Observation::PageFailed
            | Observation::GuardLost => {}
        }
    }

    /// Whether more waiting would show nothing more, `lasted_ms` after the beginning.
    pub fn settled(&self, lasted_ms: u64) -> bool {
        let control = |control: &Control| match self.holding(*control) {
            Some(Holding::Enforced | Holding::Unsupported { .. }) => true,
            Some(Holding::Requested { .. }) if self.waits_for_an_answer(*control) => ANSWER_MS <= lasted_ms,
            Some(Holding::Requested { .. }) => ASKED_MS <= lasted_ms,
            Some(Holding::Denied { .. } | Holding::Released) | None => SETTLED_MS <= lasted_ms,
        };
        let probe = |probe: &Probe| {
            let told = self.sights.get(probe).is_some_and(|sight| sight.looked || sight.blind.is_some());
            told || BY_EVENTS.contains(probe) || SETTLED_MS <= lasted_ms
        };
        self.policy.controls.iter().all(control) && self.policy.probes.keys().all(probe)
    }

    fn waits_for_an_answer(&self, control: Control) -> bool {
        control == Control::Keyboard && self.consent == Consent::Asked
    }

    fn holding(&self, control: Control) -> Option<&Holding> {
        ControlReport::of(&self.controls, control)
    }

    /// What each control of the policy showed last, in the policy's order.
    pub fn controls(&self) -> Vec<ControlReport> {
        let report = |control: &Control| {
            let silent = || Holding::Unsupported { why: "nothing was heard of it".to_owned() };
            ControlReport { control: *control, holding: self.holding(*control).cloned().unwrap_or_else(silent) }
        };
        self.policy.controls.iter().map(report).collect()
    }

    /// What each probe of the policy showed last, in the policy's order.
    pub fn probes(&self) -> Vec<ProbeReport> {
        let report = |(probe, reaction): (&Probe, &Reaction)| {
            let Sight { looked, sees, blind } = self.sights.get(probe).cloned().unwrap_or_default();
            let state = match (sees.is_empty(), &blind) {
                (false, _) => Seeing::Sees,
                (true, Some(_)) => Seeing::Blind,
                (true, None) if looked || BY_EVENTS.contains(probe) => Seeing::Nothing,
                (true, None) => Seeing::Silent,
            };
            ProbeReport { probe: *probe, reaction: *reaction, state, sees, why: blind.unwrap_or_default() }
        };
        self.policy.probes.iter().map(report).collect()
    }

    /// The level that the controls amount to.
    pub fn level(&self) -> Level {
        self.policy.level(|control| self.holding(control))
    }

    /// Whether an exam under the policy could begin on this machine as it is: by the rule of [`Sitting::decide`].
    ///
    /// [`Sitting::decide`]: crate::sitting::Sitting::decide
    pub fn may_begin(&self) -> bool {
        let stopped = self.probes().iter().any(|report| !report.sees.is_empty() && Reaction::Hold <= report.reaction);
        self.policy.lets_begin(self.level()) && !stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(consent: Consent, controls: &[(Control, Holding)]) -> Trial {
        let mut trial = Trial::new(Policy::preset("strict").unwrap(), consent);
        let changed = |control| controls.iter().find(|(name, _)| *name == control).map(|(_, holding)| holding.clone());
        let report = |control| ControlReport { control, holding: changed(control).unwrap_or(Holding::Enforced) };
        trial.report(&Control::ALL.map(report));
        trial
    }

    fn why() -> String {
        "w".to_owned()
    }

    fn see(trial: &mut Trial, probe: Probe, sees: &[&str]) {
        trial.observe(&Observation::Probed { probe, sees: sees.iter().map(|s| (*s).to_owned()).collect() });
    }

    #[test]
    fn what_keeps_an_exam_from_beginning_keeps_a_trial_from_saying_that_it_could() {
        for (control, holding, level, may) in [
            (Control::Keyboard, Holding::Enforced, Level::L1, true),
            (Control::Keyboard, Holding::Requested { why: why() }, Level::L1, true),
            (Control::Keyboard, Holding::Denied { why: why() }, Level::L0, false),
            (Control::Covers, Holding::Unsupported { why: why() }, Level::L0, false),
            (Control::Covers, Holding::Released, Level::L0, false),
            // It harms the candidate alone.
            (Control::Awake, Holding::Unsupported { why: why() }, Level::L1, true),
        ] {
            let trial = trial(Consent::NotAsked, &[(control, holding.clone())]);
            assert_eq!((trial.level(), trial.may_begin()), (level, may), "{control} {holding:?}");
        }
        for (probe, may) in [(Probe::RemoteLogin, false), (Probe::Outputs, true), (Probe::VirtualMachine, true)] {
            let mut trial = trial(Consent::NotAsked, &[]);
            see(&mut trial, probe, &["x"]);
            assert_eq!(trial.may_begin(), may, "{probe}");
            see(&mut trial, probe, &[]);
            assert!(trial.may_begin(), "{probe} sees nothing any more");
        }
        let mut open = Trial::new(Policy::preset("open").unwrap(), Consent::NotAsked);
        assert!(open.may_begin(), "an open exam asks for nothing");
        see(&mut open, Probe::RemoteLogin, &["x"]);
        assert!(open.may_begin());
    }

    #[test]
    fn a_trial_waits_for_what_may_still_come() {
        let mut trial = trial(Consent::NotAsked, &[(Control::Close, Holding::Requested { why: why() })]);
        assert!(!trial.settled(ASKED_MS), "the probes have not looked");
        Probe::ALL.iter().filter(|probe| !BY_EVENTS.contains(probe)).for_each(|probe| see(&mut trial, *probe, &[]));
        assert_eq!([0, ASKED_MS].map(|ms| trial.settled(ms)), [false, true]);
        let held = |state| vec![ControlReport { control: Control::Keyboard, holding: state }];
        for (consent, holding, until_ms) in [
            (Consent::NotAsked, Holding::Requested { why: why() }, ASKED_MS),
            (Consent::Asked, Holding::Requested { why: why() }, ANSWER_MS),
            (Consent::Asked, Holding::Denied { why: why() }, SETTLED_MS),
            (Consent::Asked, Holding::Enforced, 0),
        ] {
            let mut one = trial.clone();
            one.consent = consent;
            one.policy.controls = [Control::Keyboard].into();
            one.report(&held(holding));
            assert!(one.settled(until_ms) && (until_ms == 0 || !one.settled(until_ms - 1)), "{:?}", one.controls);
        }
        let mut silent = Trial::new(Policy::preset("strict").unwrap(), Consent::Asked);
        assert!(!silent.settled(SETTLED_MS - 1) && silent.settled(SETTLED_MS));
        silent.policy.controls.clear();
        assert!(silent.settled(SETTLED_MS));
    }

    #[test]
    fn what_is_given_back_at_the_end_was_held_all_the_same() {
        let mut trial = trial(Consent::NotAsked, &[]);
        assert!(!trial.wanted().controls.is_empty());
        trial.end();
        assert_eq!(trial.wanted(), Wanted::default());
        trial.report(&Control::ALL.map(|control| ControlReport { control, holding: Holding::Released }));
        assert_eq!(trial.level(), Level::L1);
    }

    #[test]
    fn only_gnome_under_wayland_asks() {
        for (name, display, shown_by, asks, said) in [
            ("GNOME", Display::Wayland, "gnome-shell", true, "GNOME, Wayland, gnome-shell"),
            ("ubuntu:GNOME", Display::Wayland, "", true, "ubuntu:GNOME, Wayland"),
            ("GNOME", Display::X11, "", false, "GNOME, X11"),
            ("KDE", Display::Wayland, "kwin_wayland", false, "KDE, Wayland, kwin_wayland"),
            ("", Display::Wayland, "sway", false, "Wayland, sway"),
            ("GNOME-Flashback:X", Display::Wayland, "", false, "GNOME-Flashback:X, Wayland"),
            ("", Display::None, "", false, "no display"),
        ] {
            let desktop = Desktop { name: name.into(), display, shown_by: shown_by.into() };
            assert_eq!((desktop.consent() == Consent::Asked, desktop.to_string().as_str()), (asks, said));
        }
    }

    #[test]
    fn each_probe_says_whether_it_looked() {
        let mut trial = trial(Consent::NotAsked, &[]);
        see(&mut trial, Probe::Outputs, &["HDMI-1"]);
        see(&mut trial, Probe::Keyboards, &[]);
        trial.observe(&Observation::Blind { probe: Probe::Outputs, why: "half".into() });
        trial.observe(&Observation::Blind { probe: Probe::Terminal, why: "dark".into() });
        trial.observe(&Observation::PageFailed);
        let reports = trial.probes();
        assert_eq!(reports.len(), Probe::ALL.len());
        for (probe, state, why) in [
            (Probe::Outputs, Seeing::Sees, "half"),
            (Probe::Keyboards, Seeing::Nothing, ""),
            (Probe::Terminal, Seeing::Blind, "dark"),
            (Probe::Clipboard, Seeing::Nothing, ""),
            (Probe::Debugger, Seeing::Silent, ""),
        ] {
            let report = reports.iter().find(|report| report.probe == probe).unwrap();
            assert_eq!((report.state, report.why.as_str()), (state, why), "{probe}");
        }
    }
}
