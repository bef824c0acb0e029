//! Readiness: what this machine can do for the open sitting, found out before it begins, and recorded with it.

use super::{Engine, State};
use crate::{
    checks, clock, random,
    store::{Slot, Store, StoreError},
    view::{Check, Problem, Readiness},
};
use invigil_core::{
    Wall,
    admission::Admission,
    log::Actor,
    policy::{Holding, Level, Reaction},
    sitting::{Command, ControlReport, Observation, Phase, Sitting},
};
use std::time::Duration;

impl Engine {
    pub(super) async fn readiness(&self) -> Result<Readiness, Problem> {
        let admission = {
            let mut state = self.lock();
            let open = state.current_or_problem()?;
            let papers = open.session.papers().ok_or_else(|| Problem::new("no-sitting"))?;
            if open.session.sitting().phase() != Phase::Checking {
                return Err(Problem::new("wrong-phase"));
            }
            papers.admission.clone()
        };
        let (found, server) = self.asked_elsewhere(&admission).await;
        self.controls_settled(&admission).await;
        if admission.policy.pictures.is_some() {
            self.looked_anew().await;
        }
        Ok(self.lock().readiness_of(&admission, found, server))
    }

    /// What others have to answer for: whether the issuer is in reach, with its time, and whether the pack is here.
    pub(super) async fn asked_elsewhere(&self, admission: &Admission) -> (Vec<Check>, Option<Wall>) {
        let issuer = &admission.issuer;
        let card = checks::ask_issuer(&issuer.origin).await;
        let pack = self.fetch_pack(admission).await;
        let found = [
            checks::issuer(&card, &issuer.name, &issuer.signing),
            checks::pack(pack.as_ref().copied().map_err(|problem| problem.code.as_str())),
        ];
        (found.into(), card.ok().map(|card| card.time))
    }

    /// Has the screen looked at once more. The candidate may have to answer the desktop's question first, which can take
    /// longer than this waits.
    async fn looked_anew(&self) {
        const WAITS: u32 = 40;
        const WAIT: Duration = Duration::from_millis(100);
        let before = {
            let mut state = self.lock();
            state.look_anew = true;
            state.looks
        };
        for _ in 0..WAITS {
            if before < self.lock().looks {
                return;
            }
            tokio::time::sleep(WAIT).await;
        }
    }

    /// The shell engages the controls when the posture asks for them, and a window manager takes a moment to follow. What
    /// is not reported, or denied, after a few seconds is judged as it is.
    async fn controls_settled(&self, admission: &Admission) {
        const LOOKS: u32 = 40;
        const LOOK: Duration = Duration::from_millis(100);
        for look in 0..LOOKS {
            let reported = |control| {
                let state = self.lock();
                match ControlReport::of(&state.controls, control) {
                    Some(Holding::Enforced | Holding::Unsupported { .. }) => true,
                    // Some systems never say more than that they were asked.
                    Some(Holding::Requested { .. }) => LOOKS / 4 < look,
                    Some(Holding::Released | Holding::Denied { .. }) | None => false,
                }
            };
            if admission.policy.controls.iter().all(|control| reported(*control)) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl State {
    fn readiness_of(&mut self, admission: &Admission, mut found: Vec<Check>, server: Option<Wall>) -> Readiness {
        found.push(checks::window(&admission.window, server.unwrap_or_else(clock::wall)));
        found.extend(self.machine_checks(checks::keys(self.keeping()), server));
        found.extend(self.current_session().and_then(|session| {
            session.sitting().policy().pictures.map(|_| checks::pictures(session.sitting().sights()))
        }));
        self.record_survey(&found);
        let level = self.report_controls(admission);
        found.extend(checks::controls(&admission.policy, &self.controls, admission.policy.lets_begin(level)));
        found.extend(self.current_session().map(|session| seen(session.sitting())).unwrap_or_default());
        let may = !checks::any_missing(&found);
        Readiness {
            may_begin: may && server.is_some(),
            may_begin_by_code: may && admission.start_sealed.is_some(),
            level,
            checks: found,
        }
    }

    /// What this machine answers for, controls and probes aside.
    pub(super) fn machine_checks(&self, keys: Check, server: Option<Wall>) -> Vec<Check> {
        vec![
            checks::storage(self.folder.root(), self.try_a_write()),
            keys,
            checks::calendar(server, clock::wall()),
            checks::guard(self.guard_alive),
        ]
    }

    /// Writes down what the check found, once, so that a proctor has the same report. A failure is met again by what is
    /// recorded next.
    fn record_survey(&mut self, found: &[Check]) {
        let Some(id) = self.current.clone() else { return };
        let (desktop, checks) = (self.surroundings.desktop.to_string(), checks::codes(found));
        let survey = (id, Observation::Surveyed { desktop, checks });
        if self.surveyed.as_ref() == Some(&survey) {
            return;
        }
        let command = Command::Observe { observation: survey.1.clone() };
        if self.carry_out(command, &Actor::Client).is_ok() {
            self.surveyed = Some(survey);
        }
    }

    /// Writes down what the shell last proved, so that the report before the start is in the log.
    fn report_controls(&mut self, admission: &Admission) -> Level {
        let controls = self.controls.clone();
        let level = admission.policy.level(|control| ControlReport::of(&controls, control));
        let _ = self.carry_out(Command::Report { controls }, &Actor::Client);
        self.current_session().and_then(|session| session.sitting().level()).unwrap_or(level)
    }

    /// Proves that the disk takes a durable write, with a database of its own.
    pub(super) fn try_a_write(&self) -> Result<(), StoreError> {
        let path = self.folder.root().join("readiness.db");
        let key = random::bytes::<32>();
        let written = Store::open(&path, &key).and_then(|mut store| store.put(Slot::Token, b"readiness"));
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.root().join(format!("readiness.db{ending}")));
        }
        written
    }
}

/// The probes that see something.
fn seen(sitting: &Sitting) -> Vec<Check> {
    let reaction =
        |probe| if sitting.alarms(Reaction::Hold).any(|alarm| alarm == probe) { Reaction::Hold } else { Reaction::Log };
    sitting.alarms(Reaction::Log).map(|probe| checks::seen(probe, reaction(probe), sitting.sees(probe))).collect()
}
