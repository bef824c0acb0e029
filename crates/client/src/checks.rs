//! One check each of what an exam needs of this machine: how it went, and the code whose texts tell it to a person.

use crate::{
    uplink::{Uplink, UplinkError},
    view::{Check, CheckState, Keeping},
};
use invigil_core::{
    PublicKey, Wall,
    admission::{InWindow, Window},
    exchange::IssuerCard,
    policy::{Control, Holding, Policy, Probe, Reaction},
    readiness::{ProbeReport, Seeing},
    sitting::{ControlReport, Sight},
};
use std::{collections::BTreeMap, path::Path};

/// A calendar further off than this is worth a word.
const CLOCK_OFF_MS: i64 = 120_000;
/// Room that an exam asks for on the disk.
const ROOM_BYTES: u64 = 64 * 1024 * 1024;

/// The issuer at `origin`, asked who it is.
pub async fn ask_issuer(origin: &str) -> Result<IssuerCard, UplinkError> {
    Uplink::new(origin).card().await
}

/// Whether the issuer answered, and with the key that it should have.
pub fn issuer(card: &Result<IssuerCard, UplinkError>, name: &str, signing: &PublicKey) -> Check {
    match card {
        Ok(card) if card.issuer.signing != *signing => missing("issuer", "key-changed").with("host", name),
        Ok(_) => fine("issuer"),
        Err(_) => note("issuer", "unreachable").with("host", name),
    }
}

/// Whether the exam's window is open.
pub fn window(window: &Window, now: Wall) -> Check {
    match window.place(now) {
        InWindow::Within => fine("window"),
        InWindow::Before => missing("window", "before").with("opens", window.opens),
        InWindow::After => missing("window", "after").with("closes", window.closes),
    }
}

/// This machine's calendar against the issuer's.
pub fn calendar(server: Option<Wall>, here: Wall) -> Check {
    let Some(server) = server else { return note("clock", "unknown") };
    let off_ms = here.unix_ms().saturating_sub(server.unix_ms());
    if off_ms.abs() <= CLOCK_OFF_MS {
        fine("clock")
    } else {
        let code = if off_ms < 0 { "behind" } else { "ahead" };
        note("clock", code).with("minutes", off_ms.abs() / 60_000)
    }
}

/// The room on the disk of a folder, and whether a trial write worked.
pub fn storage(folder: &Path, written: Result<(), impl ToString>) -> Check {
    let room = rustix::fs::statvfs(folder).map(|fs| fs.f_bavail * fs.f_frsize);
    match (written, room) {
        (Err(why), _) => missing("storage", "failed").with("why", why),
        (Ok(()), Ok(bytes)) if bytes < ROOM_BYTES => missing("storage", "full").with("megabytes", bytes / 1_000_000),
        (Ok(()), Ok(_) | Err(_)) => fine("storage"),
    }
}

/// How the device keeps its keys, where an exam is to begin at once.
pub fn keys(keeping: Keeping) -> Check {
    match keeping {
        Keeping::SecretStore => fine("keys"),
        Keeping::Passphrase => note("keys", "passphrase"),
        Keeping::Locked | Keeping::StoreSilent | Keeping::Nowhere => missing("keys", "locked"),
    }
}

/// The same where the exam is still to come: a passphrase can be given, or chosen, until then.
pub fn keys_ahead(keeping: Keeping) -> Check {
    match keeping {
        Keeping::SecretStore => fine("keys"),
        Keeping::Passphrase | Keeping::Locked => note("keys", "passphrase"),
        Keeping::StoreSilent => missing("keys", "silent"),
        Keeping::Nowhere => note("keys", "none"),
    }
}

/// Whether the guard is there.
pub fn guard(alive: bool) -> Check {
    if alive { fine("guard") } else { note("guard", "absent") }
}

/// Whether the exam's pack is here.
pub fn pack(outcome: Result<(), &str>) -> Check {
    match outcome {
        Ok(()) => fine("pack"),
        Err(code) => missing("pack", code),
    }
}

/// Whether the exam's pack is here, where it can still be fetched.
pub fn pack_ahead(here: bool) -> Check {
    if here { fine("pack") } else { note("pack", "absent") }
}

/// What the controls of a policy show. `reached` says whether the level that they amount to is enough.
pub fn controls(policy: &Policy, reports: &[ControlReport], reached: bool) -> Vec<Check> {
    let check = |control: &Control| {
        // What lowers no level keeps nobody from an exam.
        let bad = if !reached && control.assures() { missing } else { note };
        let id = control.to_string();
        match ControlReport::of(reports, *control) {
            Some(Holding::Enforced) => fine(&id),
            Some(Holding::Requested { why }) => note(&id, "requested").with("why", why),
            Some(Holding::Denied { why }) => bad(&id, "denied").with("why", why),
            Some(Holding::Unsupported { why }) => bad(&id, "unsupported").with("why", why),
            Some(Holding::Released) | None => bad(&id, "unsupported"),
        }
    };
    policy.controls.iter().map(check).collect()
}

/// What a probe sees: only what would stop the exam keeps it from beginning.
pub fn seen(probe: Probe, reaction: Reaction, sees: &[String]) -> Check {
    let state = if Reaction::Hold <= reaction { missing } else { note };
    state(&id(probe), "seen").with("what", sees.join(", ")).with("count", sees.len())
}

/// Some probes are called as a control is.
fn id(probe: Probe) -> String {
    format!("probe-{probe}")
}

/// How each probe looked in a trial.
pub fn probes(reports: &[ProbeReport]) -> Vec<Check> {
    let check = |report: &ProbeReport| match report.state {
        Seeing::Sees => seen(report.probe, report.reaction, &report.sees),
        Seeing::Nothing => fine(&id(report.probe)),
        Seeing::Blind => note(&id(report.probe), "blind").with("why", &report.why),
        Seeing::Silent => note(&id(report.probe), "silent"),
    };
    reports.iter().map(check).collect()
}

/// Whether pictures can be taken that a policy asks for, by what came of looking at each monitor. That they cannot keeps
/// nobody from an exam.
pub fn pictures(sights: &BTreeMap<Option<String>, Sight>) -> Check {
    match sights.values().find(|sight| **sight != Sight::Clear) {
        None if sights.is_empty() => note("pictures", "unanswered"),
        None => fine("pictures"),
        Some(Sight::Failed { why }) => note("pictures", "failed").with("why", why),
        Some(_) => note("pictures", "blank"),
    }
}

/// Whether any of these keeps an exam from beginning.
pub fn any_missing(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.state == CheckState::Missing)
}

/// What of these is not fine, for the record.
pub fn codes(checks: &[Check]) -> Vec<String> {
    let found = checks.iter().filter(|check| check.state != CheckState::Fine);
    found.map(|check| format!("{}-{}", check.id, check.code)).collect()
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

    /// The same, where it need not be mended now.
    #[must_use]
    pub fn noted(mut self) -> Self {
        if self.state == CheckState::Missing {
            self.state = CheckState::Note;
        }
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

    #[test]
    fn a_probe_that_cannot_look_is_named_and_keeps_nobody_from_an_exam() {
        let report = |state, reaction, sees: &[&str]| ProbeReport {
            probe: Probe::Outputs,
            reaction,
            state,
            sees: sees.iter().map(|seen| (*seen).to_owned()).collect(),
            why: "dark".to_owned(),
        };
        for (state, reaction, sees, expected) in [
            (Seeing::Nothing, Reaction::Hold, &[][..], (CheckState::Fine, "")),
            (Seeing::Blind, Reaction::Hold, &[], (CheckState::Note, "blind")),
            (Seeing::Silent, Reaction::Hold, &[], (CheckState::Note, "silent")),
            (Seeing::Sees, Reaction::Warn, &["a"], (CheckState::Note, "seen")),
            (Seeing::Sees, Reaction::Hold, &["a"], (CheckState::Missing, "seen")),
        ] {
            let check = probes(&[report(state, reaction, sees)]).remove(0);
            assert_eq!((check.state, check.code.as_str()), expected);
        }
    }
}
