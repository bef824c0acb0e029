//! A trial of this machine, days before an exam if need be: controls are engaged for a few seconds and given back, probes
//! look, and nothing of it is recorded anywhere.
//!
//! Invariant: a trial never runs beside a sitting. Whatever comes to the screen ends it.

use super::{Engine, State};
use crate::{
    checks, clock,
    view::{Check, Problem, REPORT_TYPE, Report},
};
use invigil_core::{
    SittingId, Wall,
    admission::Admission,
    envelope::Signed,
    policy::{Holding, Policy},
    readiness::{Consent, Desktop, Display, Trial},
};
use std::{sync::Arc, time::Duration};

/// How often it is asked whether a trial is over.
const LOOK: Duration = Duration::from_millis(100);
/// How long the controls hold on for somebody who wants to try an aid under them.
const AID_MS: u64 = 30_000;
/// What is not seen to be given back after this long is not given back.
const RELEASE_MS: u64 = 4_000;
/// The policy that is tried where no sitting names one.
const STRICTEST: &str = "strict";

/// What the shell knows of the machine around the window.
pub struct Surroundings {
    /// The desktop.
    pub desktop: Desktop,
    /// Names the aids that run. It may take seconds.
    pub aids: Aids,
    /// Kills the application as a failure would: nothing of it runs on. Only a rehearsal calls it.
    pub die: Die,
}

type Aids = Arc<dyn Fn() -> Vec<String> + Send + Sync>;
type Die = Arc<dyn Fn() + Send + Sync>;

impl Default for Surroundings {
    fn default() -> Self {
        let desktop = Desktop { name: String::new(), display: Display::None, shown_by: String::new() };
        Self { desktop, aids: Arc::new(Vec::new), die: Arc::new(|| ()) }
    }
}

impl Engine {
    /// Takes what the shell knows of the machine around the window. Until then it counts as one without a desktop.
    pub fn take_surroundings(&self, surroundings: Surroundings) {
        self.lock().surroundings = surroundings;
    }

    pub(super) async fn trial(&self, sitting: Option<SittingId>, aid: bool) -> Result<Report, Problem> {
        let (admission, aids, controls) = {
            let mut state = self.lock();
            if state.current.is_some() || state.trial.is_some() {
                return Err(Problem::new("wrong-phase"));
            }
            let admission = sitting.map(|id| state.admission_of(&id)).transpose()?;
            let policy = admission.as_ref().map(|admission| admission.policy.clone());
            let policy = policy.or_else(|| Policy::preset(STRICTEST)).ok_or_else(|| Problem::new("internal"))?;
            let controls = policy.controls.len();
            state.controls.clear();
            state.trial = Some(Trial::new(policy, state.surroundings.desktop.consent()));
            (admission, state.surroundings.aids.clone(), controls)
        };
        // Even if whoever asked is gone, nothing stays held.
        let held = Held { engine: self.clone() };
        let (found, server) = match &admission {
            Some(admission) => self.asked_elsewhere(admission).await,
            None => (vec![], None),
        };
        self.until_settled(if aid { AID_MS } else { 0 }).await;
        let aids = if aid { tokio::task::spawn_blocking(move || aids()).await.ok() } else { None };
        let mut report = self.lock().report_of_trial(admission.as_ref(), found, server);
        drop(held);
        report.aids = aids;
        report.released = controls == 0 || self.until_released().await;
        Ok(report)
    }

    /// Ends a trial. What it has shown until then is reported to whoever asked for it.
    pub(super) fn trial_over(&self) {
        if let Some(trial) = &mut self.lock().trial {
            trial.end();
        }
    }

    /// Waits until nothing more is to come, and `more_ms` from then on.
    async fn until_settled(&self, more_ms: u64) {
        let began_ms = clock::read().since_boot_ms;
        let mut settled_ms = None;
        loop {
            let now_ms = clock::read().since_boot_ms;
            let (settled, over) = match &self.lock().trial {
                Some(trial) => (trial.settled(now_ms.saturating_sub(began_ms)), trial.has_ended()),
                None => return,
            };
            if settled {
                settled_ms.get_or_insert(now_ms);
            }
            if over || settled_ms.is_some_and(|since| since.saturating_add(more_ms) <= now_ms) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the shell has seen that nothing is held any more. What it has said of the trial is the first that it
    /// said at all.
    async fn until_released(&self) -> bool {
        let began_ms = clock::read().since_boot_ms;
        loop {
            let free = {
                let state = self.lock();
                !state.controls.is_empty() && state.controls.iter().all(|report| report.holding == Holding::Released)
            };
            if free || RELEASE_MS <= clock::read().since_boot_ms.saturating_sub(began_ms) {
                return free;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The trial lasts as long as this.
struct Held {
    engine: Engine,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.engine.lock().trial = None;
    }
}

impl State {
    fn admission_of(&self, id: &SittingId) -> Result<Signed<Admission>, Problem> {
        let papers = self.sessions.get(id).and_then(|open| open.session.papers());
        Ok(papers.ok_or_else(|| Problem::new("no-sitting"))?.admission.clone())
    }

    fn report_of_trial(
        &self,
        admission: Option<&Signed<Admission>>,
        mut found: Vec<Check>,
        server: Option<Wall>,
    ) -> Report {
        let desktop = self.surroundings.desktop.clone();
        if let Some(admission) = admission {
            // Days before, neither the window nor the pack has to be there.
            found = found.into_iter().map(Check::noted).collect();
            found.push(checks::window(&admission.window, server.unwrap_or_else(clock::wall)).noted());
        }
        found.extend(self.machine_checks(checks::keys_ahead(self.keeping()), server));
        let trial = self.trial.clone();
        let sitting = admission.map(|admission| admission.sitting.clone());
        // Somebody went to a sitting meanwhile, which ends the trial with nothing to show.
        let nothing = || Trial::new(Policy::practice(), Consent::NotAsked);
        report(&trial.unwrap_or_else(nothing), desktop, sitting, found, clock::wall())
    }
}

/// The report of a trial. Whether its controls were given back is not known yet.
pub fn report(trial: &Trial, desktop: Desktop, sitting: Option<SittingId>, mut found: Vec<Check>, at: Wall) -> Report {
    let (policy, level) = (trial.policy(), trial.level());
    let (controls, probes) = (trial.controls(), trial.probes());
    let may_begin = trial.may_begin() && !checks::any_missing(&found);
    found.extend(checks::controls(policy, &controls, policy.lets_begin(level)));
    found.extend(checks::probes(&probes));
    Report {
        kind: REPORT_TYPE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at,
        consent: desktop.consent(),
        desktop,
        policy: policy.name.clone(),
        assurance_min: policy.assurance_min,
        sitting,
        level,
        may_begin,
        checks: found,
        controls,
        probes,
        aids: None,
        released: false,
    }
}
