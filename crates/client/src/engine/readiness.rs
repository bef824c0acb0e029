//! Readiness: what this machine can do for the open sitting, found out before it begins.

use super::{Engine, State};
use crate::{
    clock, random,
    store::{Slot, Store, StoreError},
    uplink::Uplink,
    view::{Check, CheckState, Problem, Readiness},
};
use invigil_core::{
    Wall,
    admission::{Admission, InWindow},
    policy::{Holding, Level, Probe, Reaction},
    sitting::{Phase, Sight, Sitting},
};
use std::{collections::BTreeMap, time::Duration};

/// A calendar further off than this is worth a word.
const CLOCK_OFF_MS: i64 = 120_000;
/// Room that an exam asks for on the disk.
const ROOM_BYTES: u64 = 64 * 1024 * 1024;

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
        let card = Uplink::new(&admission.issuer.origin).card().await;
        let server = card.as_ref().ok().map(|card| card.time);
        let issuer = match &card {
            Ok(card) if card.issuer.signing != admission.issuer.signing => {
                missing("issuer", "key-changed").with("host", &admission.issuer.name)
            }
            Ok(_) => fine("issuer"),
            Err(_) => note("issuer", "unreachable").with("host", &admission.issuer.name),
        };
        let pack = match self.fetch_pack(&admission).await {
            Ok(()) => fine("pack"),
            Err(problem) => missing("pack", &problem.code),
        };
        self.controls_settled(&admission).await;
        if admission.policy.pictures.is_some() {
            self.looked_anew().await;
        }
        Ok(self.lock().readiness_of(&admission, vec![issuer, pack], server))
    }
}

impl Engine {
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
                let holding = state.controls.iter().find(|report| report.control == control).map(|r| &r.holding);
                match holding {
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
    fn readiness_of(&mut self, admission: &Admission, mut checks: Vec<Check>, server: Option<Wall>) -> Readiness {
        checks.push(window(admission, server.unwrap_or_else(clock::wall)));
        checks.push(self.storage());
        checks.push(self.keys());
        checks.push(calendar(server, clock::wall()));
        checks.push(if self.guard_alive { fine("guard") } else { note("guard", "absent") });
        let level = self.report_controls(admission);
        checks.extend(self.control_checks(admission, level));
        checks.extend(self.current_session().map(|session| probe_checks(session.sitting())).unwrap_or_default());
        checks.extend(self.current_session().and_then(|session| picture_check(session.sitting())));
        let blocked = |check: &Check| check.state == CheckState::Missing;
        let no_issuer = server.is_none();
        let may = !checks.iter().any(blocked);
        Readiness {
            may_begin: may && !no_issuer,
            may_begin_by_code: may && admission.start_sealed.is_some(),
            level,
            checks,
        }
    }

    /// Writes down what the shell last proved, so that the report before the start is in the log.
    fn report_controls(&mut self, admission: &Admission) -> Level {
        let controls = self.controls.clone();
        let level = admission
            .policy
            .level(|control| controls.iter().find(|report| report.control == control).map(|report| &report.holding));
        let command = invigil_core::sitting::Command::Report { controls };
        let _ = self.carry_out(command, &invigil_core::log::Actor::Client);
        self.current_session().and_then(|session| session.sitting().level()).unwrap_or(level)
    }

    fn control_checks(&self, admission: &Admission, level: Level) -> Vec<Check> {
        let demanded = level < admission.policy.assurance_min;
        let check = |control: &invigil_core::policy::Control| {
            // What lowers no level keeps nobody from an exam.
            let bad = if demanded && control.assures() { missing } else { note };
            let id = control.to_string();
            let holding = self.controls.iter().find(|report| report.control == *control).map(|r| &r.holding);
            match holding {
                Some(Holding::Enforced) => fine(&id),
                Some(Holding::Requested { why }) => note(&id, "requested").with("why", why),
                Some(Holding::Denied { why }) => bad(&id, "denied").with("why", why),
                Some(Holding::Unsupported { why }) => bad(&id, "unsupported").with("why", why),
                Some(Holding::Released) | None => bad(&id, "unsupported"),
            }
        };
        admission.policy.controls.iter().map(check).collect()
    }

    fn storage(&self) -> Check {
        let room = rustix::fs::statvfs(self.folder.root()).map(|fs| fs.f_bavail * fs.f_frsize);
        match (self.try_a_write(), room) {
            (Err(error), _) => missing("storage", "failed").with("why", error),
            (Ok(()), Ok(bytes)) if bytes < ROOM_BYTES => {
                missing("storage", "full").with("megabytes", bytes / 1_000_000)
            }
            (Ok(()), Ok(_) | Err(_)) => fine("storage"),
        }
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

    fn keys(&self) -> Check {
        match self.keeping() {
            crate::view::Keeping::SecretStore => fine("keys"),
            crate::view::Keeping::Passphrase => note("keys", "passphrase"),
            crate::view::Keeping::Locked | crate::view::Keeping::StoreSilent | crate::view::Keeping::Nowhere => {
                missing("keys", "locked")
            }
        }
    }
}

/// The probes that see something. Only what would stop the exam keeps it from beginning.
fn probe_checks(sitting: &Sitting) -> Vec<Check> {
    let check = |probe: Probe| {
        let stops = sitting.alarms(Reaction::Hold).any(|alarm| alarm == probe);
        let state = if stops { missing } else { note };
        let sees = sitting.sees(probe);
        state(probe.word(), "seen").with("what", sees.join(", ")).with("count", sees.len())
    };
    sitting.alarms(Reaction::Log).map(check).collect()
}

/// Whether pictures can be taken that the policy asks for. That they cannot keeps nobody from an exam.
fn picture_check(sitting: &Sitting) -> Option<Check> {
    sitting.policy().pictures?;
    let sights = sitting.sights();
    let worst = sights.values().find(|sight| **sight != Sight::Clear);
    Some(match worst {
        None if sights.is_empty() => note("pictures", "unanswered"),
        None => fine("pictures"),
        Some(Sight::Failed { why }) => note("pictures", "failed").with("why", why),
        Some(_) => note("pictures", "blank"),
    })
}

fn window(admission: &Admission, now: Wall) -> Check {
    match admission.window.place(now) {
        InWindow::Within => fine("window"),
        InWindow::Before => missing("window", "before").with("opens", admission.window.opens),
        InWindow::After => missing("window", "after").with("closes", admission.window.closes),
    }
}

fn calendar(server: Option<Wall>, here: Wall) -> Check {
    let Some(server) = server else { return note("clock", "unknown") };
    let off_ms = here.unix_ms().saturating_sub(server.unix_ms());
    if off_ms.abs() <= CLOCK_OFF_MS {
        fine("clock")
    } else {
        let code = if off_ms < 0 { "behind" } else { "ahead" };
        note("clock", code).with("minutes", off_ms.abs() / 60_000)
    }
}

fn fine(id: &str) -> Check {
    Check { id: id.to_owned(), state: CheckState::Fine, code: String::new(), args: BTreeMap::new() }
}

fn note(id: &str, code: &str) -> Check {
    Check { state: CheckState::Note, code: code.to_owned(), ..fine(id) }
}

fn missing(id: &str, code: &str) -> Check {
    Check { state: CheckState::Missing, code: code.to_owned(), ..fine(id) }
}

impl Check {
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_calendar_is_named_and_keeps_nobody_from_an_exam() {
        let server = Wall::from_unix_ms(1_800_000_000_000);
        for (off_minutes, code, minutes) in
            [(0, "", None), (1, "", None), (-1, "", None), (90, "ahead", Some("90")), (-1_440, "behind", Some("1440"))]
        {
            let check = calendar(Some(server), Wall::from_unix_ms(server.unix_ms() + off_minutes * 60_000));
            assert_eq!((check.code.as_str(), check.args.get("minutes").map(String::as_str)), (code, minutes));
            assert_ne!(check.state, CheckState::Missing, "{off_minutes}");
        }
        assert_eq!(calendar(None, server).code, "unknown");
    }
}
