//! One candidate's pass through one exam.
//!
//! `decide` holds the rules and may change between versions. `apply` is a fold over decided facts and may not: a log
//! written last year replays to the same state. `posture` says what must be true of the machine now; the shell
//! reconciles. None of them reads a clock.

mod clock;
mod decide;
mod event;
mod keeping;
mod objection;
mod posture;

pub use clock::ExamClock;
pub use decide::{Command, GRACE_MS, Refusal};
pub use event::{Closing, ControlReport, Event, HoldReason, Observation, Occasion, Picture, Screen, Sight, Withdrawal};
pub use keeping::kept_until;
pub use objection::objection;
pub use posture::{HEARTBEAT_MS, Looking, Posture, Wanted};

use crate::{
    admission::{Admission, Window},
    digest::Digest,
    form::Form,
    ids::{ItemId, SittingId},
    log::Record,
    policy::{Control, Holding, Level, Policy, Probe, Reaction},
    time::{Moment, Wall},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// Where a sitting is.
///
/// ```text
///  Admitted ─► Checking ─► Underway ◄─► Held | Paused | Away ─► Closed
///                  └─► Refused            any of them ────────► Closed
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The notice has not been answered.
    Admitted,
    /// The machine is being checked.
    Checking,
    /// The candidate works; the clock runs.
    Underway,
    /// Stopped by a control or a probe; the clock stands.
    Held,
    /// Stopped by a proctor or a break; the clock stands.
    Paused,
    /// The candidate left; the machine is free; the clock runs.
    Away,
    /// Over.
    Closed,
    /// It never began; the try is not used.
    Refused,
}

/// What is known of the response to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// The record that holds its commitment.
    pub seq: u64,
    /// The commitment.
    pub commitment: Digest,
    /// How often the item was answered, from 1.
    pub revision: u32,
    /// Whether it says anything; a cleared answer does not.
    pub answered: bool,
}

/// The state of a sitting: the fold of its log, and the form once the pack is open.
#[derive(Debug, Clone)]
pub struct Sitting {
    id: SittingId,
    policy: Policy,
    minutes: u32,
    window: Window,
    form: Option<Form>,
    phase: Phase,
    last: Option<Moment>,
    /// What the issuer's clock said at the last record: its own word, and this machine's clocks since.
    reckoned: Option<Reckoned>,
    clock: ExamClock,
    served: Vec<ItemId>,
    responses: BTreeMap<ItemId, Response>,
    flagged: BTreeSet<ItemId>,
    seen: BTreeSet<ItemId>,
    screen: Option<Screen>,
    holdings: BTreeMap<Control, Holding>,
    sees: BTreeMap<Probe, Vec<String>>,
    blind: BTreeMap<Probe, String>,
    level: Option<Level>,
    hold: Option<(HoldReason, Moment)>,
    paused: bool,
    may_return: bool,
    withdrawal: Option<Withdrawal>,
    closing: Option<(Closing, Moment)>,
    evidence: BTreeMap<Digest, u64>,
    sights: BTreeMap<Option<String>, Sight>,
    occasions: u64,
}

/// The issuer's time as this machine has carried it on.
#[derive(Debug, Clone, Copy)]
struct Reckoned {
    at: Wall,
    /// Whether a calendar had a part in it.
    by_calendar: bool,
}

impl Reckoned {
    fn exactly(at: Wall) -> Self {
        Self { at, by_calendar: false }
    }

    fn plus_ms(self, ms: u64) -> Self {
        Self { at: self.at.plus_ms(ms), ..self }
    }
}

impl Sitting {
    /// A sitting with an empty log.
    pub fn new(admission: &Admission) -> Self {
        Self {
            id: admission.sitting.clone(),
            policy: admission.policy.clone(),
            minutes: admission.minutes,
            window: admission.window,
            form: None,
            phase: Phase::Admitted,
            last: None,
            reckoned: None,
            clock: ExamClock::default(),
            served: Vec::new(),
            responses: BTreeMap::new(),
            flagged: BTreeSet::new(),
            seen: BTreeSet::new(),
            screen: None,
            holdings: BTreeMap::new(),
            sees: BTreeMap::new(),
            blind: BTreeMap::new(),
            level: None,
            hold: None,
            paused: false,
            may_return: admission.policy.return_from_away,
            withdrawal: None,
            closing: None,
            evidence: BTreeMap::new(),
            sights: BTreeMap::new(),
            occasions: 0,
        }
    }

    /// Lays the opened paper before the sitting. It is no fact of the log: responses are checked against it.
    pub fn lay_out(&mut self, form: Form) {
        self.form = Some(form);
    }

    /// Moves the state over one more record of the log.
    pub fn apply(&mut self, record: &Record) {
        let at = record.at;
        self.occasions += u64::from(self.worth_a_picture(&record.event));
        let before = self.last.replace(at);
        self.clock.advance(&at);
        let here_ms = before.filter(|before| before.boot == at.boot).map_or(0, |before| at.since_ms(&before));
        self.reckoned = self.reckoned.map(|then| then.plus_ms(here_ms));
        match &record.event {
            Event::Admitted { .. } => self.phase = Phase::Admitted,
            // What another machine's controls did says nothing about this one's.
            Event::Moved { .. } => {
                self.holdings.clear();
                self.sights.clear();
            }
            Event::Acknowledged { .. } => self.phase = Phase::Checking,
            Event::Checked { level, controls } => {
                // What was not engaged yet while checking is no loss; once the exam has begun the level only falls.
                let before = self.level.filter(|_| self.try_used());
                self.level = Some(before.map_or(*level, |before| before.min(*level)));
                self.holdings = controls.iter().map(|c| (c.control, c.holding.clone())).collect();
            }
            Event::Withdrawn { why } => {
                self.phase = Phase::Refused;
                self.withdrawal = Some(*why);
            }
            Event::Began { items, budget_ms, server, .. } => {
                self.phase = Phase::Underway;
                self.served.clone_from(items);
                self.screen = items.first().cloned().map(|item| Screen::Item { item });
                self.seen.extend(items.first().cloned());
                self.reckoned = server.map(Reckoned::exactly);
                self.clock.begin(*budget_ms, at);
            }
            Event::Visited { screen } => {
                if let Screen::Item { item } = screen {
                    self.seen.insert(item.clone());
                }
                self.screen = Some(screen.clone());
            }
            Event::Flagged { item, flagged: true } => {
                self.flagged.insert(item.clone());
            }
            Event::Flagged { item, flagged: false } => {
                self.flagged.remove(item);
            }
            Event::Responded { item, revision, commitment, answered } => {
                let response =
                    Response { seq: record.seq, commitment: *commitment, revision: *revision, answered: *answered };
                self.responses.insert(item.clone(), response);
            }
            Event::Resumed { gap_ms, given_back_ms, server } => {
                self.clock.resume(*gap_ms, here_ms, *given_back_ms, at);
                self.holdings.clear();
                self.sights.clear();
                let carried = self
                    .reckoned
                    .map(|then| Reckoned { by_calendar: then.by_calendar || 0 < *gap_ms, ..then.plus_ms(*gap_ms) });
                self.reckoned = server.map(Reckoned::exactly).or(carried);
            }
            Event::Held { reason } => {
                self.phase = Phase::Held;
                self.hold = Some((*reason, at));
                self.clock.stop();
            }
            Event::Paused => {
                self.phase = Phase::Paused;
                self.paused = true;
                self.clock.stop();
            }
            Event::Released | Event::Continued => {
                self.phase = Phase::Underway;
                self.hold = None;
                self.paused = false;
                self.clock.start();
            }
            Event::Left => {
                self.phase = Phase::Away;
                self.may_return = self.policy.return_from_away;
                self.clock.start();
            }
            Event::ReturnAllowed => self.may_return = true,
            Event::Returned => self.come_back(at),
            Event::Granted { ms } => self.clock.grant(*ms),
            Event::Captured { sha256, size, .. } => {
                self.evidence.insert(*sha256, *size);
            }
            Event::Observed { observation: Observation::Probed { probe, sees } } => {
                self.sees.insert(*probe, sees.clone());
                self.blind.remove(probe);
            }
            Event::Observed { observation: Observation::Blind { probe, why } } => {
                self.blind.insert(*probe, why.clone());
            }
            Event::Observed { observation: Observation::Looked { monitor, sight } } => {
                self.sights.insert(monitor.clone(), sight.clone());
            }
            // Without its guard a frozen interface would keep the machine, so nothing above L0 can be said.
            Event::Observed { observation: Observation::GuardLost } => self.level = Some(Level::L0),
            Event::Heartbeat { .. } | Event::Observed { .. } => {}
            Event::Closed { cause } => {
                self.phase = Phase::Closed;
                self.closing = Some((*cause, at));
                self.hold = None;
                self.clock.stop();
            }
        }
    }

    /// Whether a person who reads this record will want to see the screen as it was then.
    fn worth_a_picture(&self, event: &Event) -> bool {
        match event {
            Event::Observed { observation: Observation::Probed { sees, .. } } => !sees.is_empty(),
            Event::Checked { .. } => self.try_used(),
            Event::Held { .. } | Event::Returned => true,
            _ => false,
        }
    }

    /// Leaving answers neither a hold nor a pause: who comes back finds it as it was. The hold has its whole time again,
    /// so that the controls can be engaged before it ends by itself.
    fn come_back(&mut self, at: Moment) {
        self.phase = match (self.hold, self.paused) {
            (Some((reason, _)), _) => {
                self.hold = Some((reason, at));
                Phase::Held
            }
            (None, true) => Phase::Paused,
            (None, false) => Phase::Underway,
        };
        if self.phase != Phase::Underway {
            self.clock.stop();
        }
    }

    /// The sitting's identifier.
    pub fn id(&self) -> &SittingId {
        &self.id
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The rules it runs under.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The paper, once it is laid out.
    pub fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// The moment of the last record.
    pub fn last(&self) -> Option<Moment> {
        self.last
    }

    /// The exam clock.
    pub fn clock(&self) -> &ExamClock {
        &self.clock
    }

    /// The items served, in the order shown; empty before the exam begins.
    pub fn served(&self) -> &[ItemId] {
        &self.served
    }

    /// What is known of the responses, by item.
    pub fn responses(&self) -> &BTreeMap<ItemId, Response> {
        &self.responses
    }

    /// The items the candidate flagged.
    pub fn flagged(&self) -> &BTreeSet<ItemId> {
        &self.flagged
    }

    /// The items the candidate has had before their eyes.
    pub fn seen(&self) -> &BTreeSet<ItemId> {
        &self.seen
    }

    /// The screen the candidate was on.
    pub fn screen(&self) -> Option<&Screen> {
        self.screen.as_ref()
    }

    /// The last report on each control.
    pub fn holdings(&self) -> &BTreeMap<Control, Holding> {
        &self.holdings
    }

    /// What a probe saw last; empty when it saw nothing, or has not looked yet. A restart does not end it: the next look
    /// does.
    pub fn sees(&self, probe: Probe) -> &[String] {
        self.sees.get(&probe).map_or(&[], Vec::as_slice)
    }

    /// The probes that cannot look, and why.
    pub fn blind(&self) -> &BTreeMap<Probe, String> {
        &self.blind
    }

    /// The probes that see something to which the policy reacts with `least` or more.
    pub fn alarms(&self, least: Reaction) -> impl Iterator<Item = Probe> {
        let reacts = move |(_, reaction): &(&Probe, &Reaction)| least <= **reaction;
        let probes = self.policy.probes.iter().filter(reacts).map(|(probe, _)| *probe);
        probes.filter(|probe| !self.sees(*probe).is_empty())
    }

    /// Whether the last report says that a control which the policy names does not hold.
    pub fn controls_lost(&self) -> bool {
        !self.policy.controls.is_empty() && self.policy.level(|control| self.holdings.get(&control)) < Level::L1
    }

    /// The assurance level: the lowest that was reported, L0 once the guard was lost; `None` before the first report.
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// Why it is held and since when. A candidate who left a held sitting still has the hold to come back to.
    pub fn hold(&self) -> Option<(HoldReason, Moment)> {
        self.hold
    }

    /// Whether a candidate who left may come back by themselves.
    pub fn may_return(&self) -> bool {
        self.may_return
    }

    /// Why it never began.
    pub fn withdrawal(&self) -> Option<Withdrawal> {
        self.withdrawal
    }

    /// How and when it ended.
    pub fn closing(&self) -> Option<(Closing, Moment)> {
        self.closing
    }

    /// Whether pictures can be taken, by monitor. `None` stands for all, where the system does not tell which there are.
    pub fn sights(&self) -> &BTreeMap<Option<String>, Sight> {
        &self.sights
    }

    /// The evidence that was kept: the digest of the sealed bytes, and their number.
    pub fn evidence(&self) -> &BTreeMap<Digest, u64> {
        &self.evidence
    }

    /// Whether a try is used: the first item has been shown.
    pub fn try_used(&self) -> bool {
        !self.served.is_empty()
    }

    /// Whether the content may be on the screen.
    pub fn shows_content(&self) -> bool {
        self.phase == Phase::Underway
    }
}

#[cfg(test)]
mod tests;
