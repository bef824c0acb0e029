//! When something is lost: the key of a sitting, the network for good, or at the end its time on this device.

use super::{Engine, Open, State, upkeep::issuer_times};
use crate::{
    about::About,
    clock, durable,
    session::{Papers, Session},
    store::Store,
    view::{PastSitting, Problem, Reply, Unreadable},
};
use invigil_content::sealing;
use invigil_core::{SittingId, Wall, code::Code, grading::ExamResult, sitting::kept_until, submission::Receipt};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The file that is left when a sitting is destroyed.
const TOMBSTONE: &str = "tombstone.json";
const TOMBSTONE_TYPE: &str = "invigil/tombstone/1";

/// What is left of a sitting: what it was, and the issuer's signed words on it. No answers, and no way to them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tombstone {
    #[serde(rename = "type")]
    kind: String,
    sitting: SittingId,
    exam: String,
    certification: String,
    issuer: String,
    receipt: Option<Json>,
    result: Option<Json>,
    destroyed: Wall,
}

impl Engine {
    /// Destroys every sitting whose time on this device is over, asking the issuers for the time where it takes that.
    pub(super) async fn retire(self) {
        let asked = self.lock().retire(clock::wall(), &BTreeMap::new());
        let times = issuer_times(asked).await;
        self.lock().retire(clock::wall(), &times);
    }

    /// Opens a sitting by the proctor's resume code: the code opens an identity, which opens the sitting's key.
    pub(super) async fn open_by_code(&self, id: &SittingId, code: &str) -> Result<Reply, Problem> {
        {
            let mut state = self.lock();
            if !state.folder.sittings().contains(id) || state.sessions.contains_key(id) {
                return Err(Problem::new("no-sitting"));
            }
            let folder = state.folder.sitting(id);
            let read = |name: &str| fs::read(folder.join(name)).map_err(|_| Problem::new("key-missing"));
            let (sealed_identity, sealed_key) = (read("resume-identity.age")?, read("resume.age")?);
            let wrong = || Problem::new("resume-code-wrong");
            let code: Code = code.parse().map_err(|_| wrong())?;
            let identity = sealing::open_passphrase(code.passphrase(), &sealed_identity).map_err(|_| wrong())?;
            let identity = std::str::from_utf8(&identity).ok().and_then(|text| sealing::read_identity(text).ok());
            let key = identity.and_then(|identity| sealing::open(&identity, &sealed_key).ok());
            let key = key.and_then(|key| super::fixed(&key)).ok_or_else(|| Problem::new("key-missing"))?;
            Store::open(&folder.join("sitting.db"), &key)?;
            if state.vault.is_open() {
                state.vault.put(&format!("sitting:{id}"), &*key).map_err(super::vault_problem)?;
            }
            state.opened_by_code.insert(id.clone(), key);
        }
        self.open_all().await;
        self.shared.deliver.notify_one();
        self.open(id)
    }

    /// Writes the hand-in file of a sitting to where the user finds files. Says where.
    pub(super) fn hand_in_file(&self, id: &SittingId) -> Result<String, Problem> {
        let state = self.lock();
        let open = state.sessions.get(id).ok_or_else(|| Problem::new("no-sitting"))?;
        let evidence = |sha256: &_| fs::read(state.folder.evidence(id, sha256)).ok();
        let file = open.session.hand_in_file(evidence, &clock::read())?;
        let path = state.files.join(format!("invigil-{id}.invsub"));
        durable::write(&path, &file).map_err(crate::folder::disk_problem)?;
        Ok(path.display().to_string())
    }
}

impl State {
    /// Sittings that cannot be opened, and those whose key is behind a passphrase that has not been given.
    pub(super) fn unreadable(&self) -> Vec<Unreadable> {
        let about = |id: &SittingId| About::read(&self.folder, id).map_or_else(String::new, |about| about.exam);
        let card = |id: &SittingId, problem: Problem| Unreadable { id: id.clone(), exam: about(id), problem };
        let mut cards: Vec<_> = self.unreadable.iter().map(|(id, problem)| card(id, problem.clone())).collect();
        let locked = |id: &SittingId| {
            !self.sessions.contains_key(id)
                && !self.unreadable.contains_key(id)
                && self.folder.sitting(id).join("sitting.db").exists()
        };
        cards
            .extend(self.folder.sittings().into_iter().filter(locked).map(|id| card(&id, Problem::new("keys-locked"))));
        cards
    }

    /// What is left of destroyed sittings, the latest first.
    pub(super) fn past(&self) -> Vec<PastSitting> {
        let stones =
            self.folder.sittings().into_iter().filter_map(|id| self.folder.read_of::<Tombstone>(&id, TOMBSTONE));
        let time = |document: &Option<Json>, name: &str| document.as_ref()?.get(name)?.as_str()?.parse().ok();
        let mut past: Vec<_> = stones
            .map(|stone| PastSitting {
                received: time(&stone.receipt, "received"),
                passed: stone.result.as_ref().and_then(|result| result.get("passed")?.as_bool()),
                id: stone.sitting,
                exam: stone.exam,
                certification: stone.certification,
                issuer: stone.issuer,
                destroyed: stone.destroyed,
            })
            .collect();
        past.sort_by_key(|stone| std::cmp::Reverse(stone.destroyed));
        past
    }

    /// Destroys every sitting whose time on this device is over, and ends what was cut off in the middle of that. The
    /// calendar, which may be wrong, is enough where there is a receipt. Where there is none, a sitting could still be
    /// wanted here, and the time has to be one of `issuers`, by their origins. Returns those that are to be asked.
    pub(super) fn retire(&mut self, now: Wall, issuers: &BTreeMap<String, Wall>) -> BTreeSet<String> {
        if self.stopped {
            return BTreeSet::new();
        }
        let over = |session: &Session, papers: &Papers, now: Wall| {
            let moved = session.has_moved() && session.is_delivered();
            let receipt: Option<&Receipt> = papers.receipt.as_deref();
            kept_until(&papers.admission, session.sitting(), receipt, moved).is_some_and(|until| until <= now)
        };
        let (mut due, mut asked) = (Vec::new(), BTreeSet::new());
        for (id, Open { session, .. }) in self.sessions.iter().filter(|(id, _)| self.current.as_ref() != Some(*id)) {
            let Some(papers) = session.papers().filter(|papers| over(session, papers, now)) else { continue };
            let origin = &papers.admission.issuer.origin;
            match issuers.get(origin) {
                _ if papers.receipt.is_some() => due.push(id.clone()),
                Some(time) if over(session, papers, *time) => due.push(id.clone()),
                Some(_) => {}
                None => {
                    asked.insert(origin.clone());
                }
            }
        }
        for id in due {
            if let Err(problem) = self.bury(&id, now) {
                tracing::error!(sitting = %id, code = %problem.code, "a sitting cannot be destroyed yet");
            }
        }
        let buried = |id: &SittingId| self.is_buried(id) && !self.sessions.contains_key(id);
        let buried: Vec<_> = self.folder.sittings().into_iter().filter(buried).collect();
        buried.iter().for_each(|id| self.destroy(id));
        asked
    }

    /// Makes room for a sitting that was destroyed here and is admitted again.
    ///
    /// # Errors
    /// `exam-over` when it is handed in: nothing is left to be done, and the issuer's words stay. A storage problem.
    pub(super) fn unbury(&mut self, id: &SittingId) -> Result<(), Problem> {
        let Some(stone) = self.folder.read_of::<Tombstone>(id, TOMBSTONE) else { return Ok(()) };
        if stone.receipt.is_some() {
            return Err(Problem::new("exam-over"));
        }
        self.destroy(id);
        durable::remove(&self.folder.sitting(id).join(TOMBSTONE)).map_err(crate::folder::disk_problem)
    }

    /// Whether only the tombstone of a sitting counts.
    pub(super) fn is_buried(&self, id: &SittingId) -> bool {
        self.folder.read_of::<Tombstone>(id, TOMBSTONE).is_some()
    }

    fn bury(&mut self, id: &SittingId, now: Wall) -> Result<(), Problem> {
        let papers = self.sessions.get(id).and_then(|open| open.session.papers());
        let Some(papers) = papers else { return Ok(()) };
        let stone = Tombstone {
            kind: TOMBSTONE_TYPE.to_owned(),
            sitting: id.clone(),
            exam: papers.admission.exam.title.clone(),
            certification: papers.admission.certification.title.clone(),
            issuer: papers.admission.issuer.name.clone(),
            receipt: papers.receipt.as_ref().map(invigil_core::Signed::to_json),
            result: papers.result.as_ref().map(invigil_core::Signed::<ExamResult>::to_json),
            destroyed: now,
        };
        self.folder.write_of(id, TOMBSTONE, &stone)?;
        self.sessions.remove(id);
        Ok(())
    }

    /// Removes the keys first: whatever stays behind after that is unreadable.
    fn destroy(&mut self, id: &SittingId) {
        let name = format!("sitting:{id}");
        self.opened_by_code.remove(id);
        if let Some(guard) = &self.guard {
            (guard.forget)(&name);
        }
        self.vault.remove(&name);
        let folder = self.folder.sitting(id);
        for name in ["recovery.age", "resume.age", "resume-identity.age"] {
            let _ = fs::remove_file(folder.join(name));
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| !path.ends_with(TOMBSTONE)) {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}
