//! Rehearses a failure in practice: cuts the application off, has it killed, and shows what was found when it came back.
//!
//! Everything in it is real: the requests that fail go to an address where nobody listens, the kill is the system's, and
//! the answers are compared by digest with what is read from the disk. What is to be compared is durable before the kill.

use super::{Engine, State};
use crate::{
    checks, clock,
    session::Session,
    uplink,
    view::{AnswerKept, NetworkCut, Outcome, Problem, Rehearsal},
};
use invigil_core::{
    Digest, ItemId, SittingId, Wall,
    envelope::canonical,
    rehearsal::{Exam, may_rehearse},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

/// How long it can be called off before the kill, and how often the window is told.
const WARNING_MS: u64 = 5_000;
const LOOK: Duration = Duration::from_millis(500);

/// What a rehearsal leaves on the disk until the candidate has read what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Left {
    sitting: SittingId,
    pack: Digest,
    killed: Wall,
    since_boot_ms: u64,
    boot_id: String,
    answers: BTreeMap<ItemId, Digest>,
    network: Option<NetworkCut>,
    /// Where the issuer answers, which a sealed sitting would not tell.
    origin: Option<String>,
    outcome: Option<Outcome>,
}

impl Engine {
    /// Begins a rehearsal in the practice on the screen, and does not come back unless it is called off.
    pub(super) async fn rehearse(&self) -> Result<(), Problem> {
        let (mut left, issuer) = {
            let state = self.lock();
            (state.about_to_rehearse()?, state.known_issuer())
        };
        let uncut = Uncut { engine: self.clone() };
        if let Some((name, origin)) = &issuer {
            let before = checks::ask_issuer(origin).await.is_ok();
            uplink::cut(true);
            let during = checks::ask_issuer(origin).await.is_ok();
            left.origin = Some(origin.clone());
            left.network = Some(NetworkCut { issuer: name.clone(), before, during, still: None, after: None });
        } else {
            uplink::cut(true);
        }
        let began_ms = clock::read().since_boot_ms;
        let mut shown = false;
        loop {
            let gone_ms = clock::read().since_boot_ms.saturating_sub(began_ms);
            let left_ms = WARNING_MS.saturating_sub(gone_ms);
            {
                let mut state = self.lock();
                if shown && state.rehearsal.is_none() {
                    return Ok(());
                }
                // Whatever has come in between, an exam that counts comes first.
                let now = state.about_to_rehearse()?;
                if left_ms == 0 {
                    left = Left { network: left.network, origin: left.origin, ..now };
                    state.folder.write(FILE, &left)?;
                    state.leave_key_with_guard(&left.pack);
                    let die = state.surroundings.die.clone();
                    drop(state);
                    die();
                    // Only without a shell does anything come after.
                    std::mem::forget(uncut);
                    return Ok(());
                }
                state.rehearsal = Some(Rehearsal::Cut { left_ms, network: left.network.clone() });
                self.show(&mut state);
                shown = true;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Calls a rehearsal off, or takes note that the candidate has read what was found.
    pub(super) fn rehearsal_over(&self) {
        let mut state = self.lock();
        state.rehearsal = None;
        uplink::cut(false);
        let _ = fs::remove_file(state.rehearsal_file());
        self.show(&mut state);
    }

    /// Finds out what is left after a rehearsed kill, as soon as the answers can be read.
    pub(super) async fn back_from_rehearsal(&self) {
        let mut left = {
            let mut state = self.lock();
            let Some(left) = state.folder.read::<Left>(FILE) else { return };
            if left.outcome.is_none() {
                // It comes back as it was killed: cut off.
                uplink::cut(true);
                if !state.opens_for(&left) {
                    state.rehearsal = Some(Rehearsal::Sealed);
                    self.show(&mut state);
                    return;
                }
            }
            left
        };
        let uncut = Uncut { engine: self.clone() };
        if left.outcome.is_none() {
            let outcome = self.lock().outcome_of(&left);
            if let (Some(origin), Some(network)) = (&left.origin, &mut left.network) {
                network.still = Some(checks::ask_issuer(origin).await.is_ok());
                uplink::cut(false);
                network.after = Some(checks::ask_issuer(origin).await.is_ok());
            }
            left.outcome = Some(Outcome { network: left.network.clone(), ..outcome });
        }
        drop(uncut);
        let mut state = self.lock();
        // It is read from there by whoever looks again; that it cannot be kept spoils nothing.
        let _ = state.folder.write(FILE, &left);
        if state.may_leave() && state.sessions.contains_key(&left.sitting) {
            state.make_current(&left.sitting);
        }
        state.rehearsal = left.outcome.map(Rehearsal::Back);
        self.show(&mut state);
    }
}

/// The network is let back whatever happens to the rehearsal.
struct Uncut {
    engine: Engine,
}

impl Drop for Uncut {
    fn drop(&mut self) {
        uplink::cut(false);
        let mut state = self.engine.lock();
        if matches!(state.rehearsal, Some(Rehearsal::Cut { .. })) {
            state.rehearsal = None;
            self.engine.show(&mut state);
        }
    }
}

/// The file in the state folder.
const FILE: &str = "rehearsal.json";

impl State {
    fn rehearsal_file(&self) -> PathBuf {
        self.folder.root().join(FILE)
    }

    /// What would be compared after a kill that came now.
    fn about_to_rehearse(&self) -> Result<Left, Problem> {
        let exams = self.sessions.values().filter(|open| open.session.papers().is_some());
        let exams =
            exams.map(|open| Exam { phase: open.session.sitting().phase(), delivered: open.session.is_delivered() });
        let session = self.current_session().filter(|session| session.papers().is_none());
        let session = session.ok_or_else(|| Problem::new("not-practice"))?;
        // What cannot be opened may be an exam that is underway.
        if !may_rehearse(exams) || !self.unreadable().is_empty() {
            return Err(Problem::new("rehearsal-exam"));
        }
        let answers = digests(session);
        if answers.is_empty() {
            return Err(Problem::new("rehearsal-empty"));
        }
        let pack = self.pack_of(session.id()).ok_or_else(|| Problem::new("no-sitting"))?;
        if !self.folder.progress(&pack).exists() {
            return Err(Problem::new("rehearsal-not-kept"));
        }
        let clock::Reading { wall, since_boot_ms, boot_id, .. } = clock::read();
        let sitting = session.id().clone();
        Ok(Left {
            sitting,
            pack,
            killed: wall,
            since_boot_ms,
            boot_id,
            answers,
            network: None,
            origin: None,
            outcome: None,
        })
    }

    /// An issuer that this device knows.
    fn known_issuer(&self) -> Option<(String, String)> {
        let papers = self.sessions.values().find_map(|open| open.session.papers())?;
        let issuer = &papers.admission.issuer;
        Some((issuer.name.clone(), issuer.origin.clone()))
    }

    /// As in an exam: who is killed comes back without a passphrase.
    fn leave_key_with_guard(&self, pack: &Digest) {
        let name = Self::practice_key(pack);
        let key = self.vault.get(&name).ok().flatten().and_then(|bytes| super::fixed(&bytes));
        if let (Some(guard), Some(key)) = (&self.guard, key) {
            (guard.keep)(&name, &key);
        }
    }

    /// Opens the practice that was killed, where its key is at hand.
    fn opens_for(&mut self, left: &Left) -> bool {
        let open = self.has_practice_key(&left.pack) && self.open_practice(&left.pack).is_ok();
        if open && let Some(guard) = &self.guard {
            (guard.forget)(&Self::practice_key(&left.pack));
        }
        open
    }

    fn outcome_of(&self, left: &Left) -> Outcome {
        let now = clock::read();
        let there = self.sessions.get(&left.sitting).map(|open| digests(&open.session)).unwrap_or_default();
        let answers = left.answers.iter().map(|(item, before)| AnswerKept {
            item: item.clone(),
            before: *before,
            after: there.get(item).copied(),
        });
        Outcome {
            killed: left.killed,
            back: now.wall,
            away_ms: (now.boot_id == left.boot_id).then(|| now.since_boot_ms.saturating_sub(left.since_boot_ms)),
            answers: answers.collect(),
            network: None,
        }
    }
}

fn digests(session: &Session) -> BTreeMap<ItemId, Digest> {
    session.values().iter().map(|(item, value)| (item.clone(), Digest::of(canonical(value)))).collect()
}
