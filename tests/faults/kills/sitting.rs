//! One sitting with as many kills as fit into it, and what must hold after each of them.

use super::{
    Tally,
    issuer::{Found, stored},
    phase::{PACE_MS, Phase, await_phase, slow_down},
    wire::{Errand, Wire},
};
use crate::{
    candidate::{Candidate, PASSPHRASE, after, count},
    sample::{admit, right_answers, sample, sample_exam, schedule},
    state::{self, Held},
};
use invigil::stage::Stage;
use invigil_content::bundle::Bundle;
use invigil_core::{ItemId, SittingId, Value, envelope::canonical, verify::Verdict};
use invigil_tests::proof::Dice;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Mutex,
};
use tempfile::TempDir;

/// An issuing service, the wire to it, and place for candidates.
pub struct Desk {
    folder: TempDir,
    stage: Stage,
    administration: String,
    wire: Wire,
    answers: BTreeMap<ItemId, Value>,
    candidates: u32,
}

/// A sitting under way.
struct Sitting<'a> {
    desk: &'a mut Desk,
    tally: &'a Mutex<Tally>,
    folder: PathBuf,
    link: String,
    /// What it is called, and its key, once both are known.
    key: Option<(SittingId, [u8; 32])>,
    /// Every answer that was ever called saved.
    saved: BTreeSet<ItemId>,
    /// What was on the disk after the last kill.
    held: Held,
    /// Whether the candidate has handed in.
    closed: bool,
    /// Whether it has come to its end.
    done: bool,
}

impl Desk {
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (wire, listener) = Wire::listen(seed).expect("a wire");
        let mut stage = Stage::set(&folder.path().join("issuer"), "Test issuer", Some(wire.port)).expect("an issuer");
        stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
        let administration = schedule(&stage);
        stage.serve().expect("the service comes up");
        wire.lead_to(listener, stage.listens_at().to_owned());
        Self { folder, stage, administration, wire, answers: right_answers(), candidates: 0 }
    }

    fn issuer(&self) -> PathBuf {
        self.folder.path().join("issuer")
    }

    /// One candidate sits, with kills in every phase, up to the result.
    pub fn sit(&mut self, dice: &mut Dice, tally: &Mutex<Tally>) {
        self.candidates += 1;
        let name = format!("candidate-{:02}", self.candidates);
        let link = admit(&self.stage, &self.administration, &name);
        let folder = self.folder.path().join(&name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("answers.json"), serde_json::to_vec(&self.answers).expect("JSON")).expect("answers");
        let mut sitting = Sitting {
            desk: self,
            tally,
            folder,
            link,
            key: None,
            saved: BTreeSet::new(),
            held: Held::default(),
            closed: false,
            done: false,
        };
        let mut aims = vec![Phase::Start, Phase::Typing];
        for _ in 0..4 {
            aims.push([Phase::Typing, Phase::Commit, Phase::Upload][dice.below(3)]);
        }
        aims.extend([Phase::Commit, Phase::Upload, Phase::Submit, Phase::Submit, Phase::Receipt, Phase::Receipt]);
        for aim in aims {
            if !sitting.done {
                sitting.kill(aim, dice);
            }
        }
        sitting.finish();
    }
}

impl Sitting<'_> {
    fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    fn start(&self, pace_ms: u64) -> Candidate {
        let mut traffic = self.desk.wire.hold();
        // What an earlier candidate has sent may still arrive; it is nobody's request any more.
        traffic.flying.clear();
        traffic.receipt_delivered = false;
        Candidate::start(&self.link, &self.state(), &self.folder, pace_ms)
    }

    /// Starts the candidate, waits for a phase and kills. What the kill hit is told by what had been said and sent.
    fn kill(&mut self, aim: Phase, dice: &mut Dice) {
        // After the hand-in there is nothing left to type.
        let typed = self.closed && matches!(aim, Phase::Typing | Phase::Commit | Phase::Upload);
        let aim = if typed { Phase::Submit } else { aim };
        let wire = self.desk.wire.clone();
        slow_down(&wire, aim);
        let mut candidate = self.start(if aim == Phase::Upload { 8 * PACE_MS } else { PACE_MS });
        await_phase(aim, &candidate, &wire, dice);
        let service_before = !self.saved.is_empty() && dice.one_in(16);
        if service_before {
            self.desk.stage.stop();
            self.desk.stage.serve().expect("the service comes up again");
        }
        let service_too = dice.one_in(8);
        let traffic = wire.hold();
        if service_too {
            self.desk.stage.stop();
        }
        candidate.kill();
        let flying: BTreeSet<Errand> = traffic.flying.values().copied().collect();
        let receipt = traffic.receipt_delivered;
        drop(traffic);
        let (status, said) = candidate.ended();
        // One that had come to its end by itself was not killed.
        let killed = status.code().is_none();
        assert!(killed || status.success(), "aimed at {aim}: {said:#?}");
        let phase = self.phase(&said, &flying, receipt);
        self.remember(&said);
        self.judge();
        if service_too {
            self.judge_issuer();
            self.desk.stage.serve().expect("the service comes up again");
        }
        self.done = !killed;
        let mut tally = self.tally.lock().expect("the tally");
        if killed {
            *tally.kills.entry(phase).or_default() += 1;
        }
        tally.issuer_kills += u64::from(service_too) + u64::from(service_before);
    }

    fn phase(&self, said: &[String], flying: &BTreeSet<Errand>, receipt: bool) -> Phase {
        let closed = self.closed || 0 < count(said, "submitted");
        if said.last().is_some_and(|line| line.starts_with("answering ")) {
            Phase::Commit
        } else if receipt || self.held.receipt.is_some() {
            Phase::Receipt
        } else if flying.contains(&Errand::Submission) {
            Phase::Submit
        } else if flying.contains(&Errand::Records) {
            Phase::Upload
        } else if closed {
            Phase::Closing
        } else if 0 < count(said, "saved") + count(said, "kept") {
            Phase::Typing
        } else {
            Phase::Start
        }
    }

    /// What was once called saved is kept at the next start, and never asked for again.
    fn remember(&mut self, said: &[String]) {
        let items = |word| -> BTreeSet<ItemId> {
            after(said, word).into_iter().map(|item| item.parse().expect("an item")).collect()
        };
        let (answering, saved, kept) = (items("answering"), items("saved"), items("kept"));
        assert!(self.saved.is_disjoint(&answering), "saved and asked for again: {said:#?}");
        self.closed |= 0 < count(said, "submitted");
        assert!(count(said, "submitted") == 0 || self.saved.is_subset(&kept), "{:?}, {said:#?}", self.saved);
        let mut tally = self.tally.lock().expect("the tally");
        tally.saved += saved.len() as u64;
        tally.kept += kept.len() as u64;
        drop(tally);
        self.saved.extend(saved);
    }

    /// Everything saved is on the disk, once, and nothing that was there has changed.
    fn judge(&mut self) {
        if self.key.is_none() && self.state().join("keys.age").exists() {
            self.key = state::sitting_in(&self.state())
                .and_then(|id| state::key_of(&self.state(), &id, PASSPHRASE).map(|key| (id, key)));
        }
        let held = self.key.as_ref().map(|(id, key)| state::look(&self.state(), id, *key));
        let held = held.transpose().expect("the sitting opens").flatten().unwrap_or_default();
        for item in &self.saved {
            assert_eq!(held.values.get(item), self.desk.answers.get(item), "{item} was saved");
        }
        assert!(held.responses.values().all(|responses| *responses == 1), "doubled: {:?}", held.responses);
        assert!(held.log.starts_with(&self.held.log), "the log goes on where it was");
        assert!(self.held.confirmed <= held.confirmed);
        assert!(self.held.receipt.is_none() || self.held.receipt == held.receipt, "a receipt stays");
        self.held = held;
    }

    /// A dead service holds all that it confirmed, and no submission without its data.
    fn judge_issuer(&self) {
        let Some((id, _)) = &self.key else { return };
        let stored = stored(&self.desk.issuer(), id, Found::Killed);
        stored.is_whole().unwrap_or_else(|why| panic!("{why}"));
        assert!(self.held.log.starts_with(&stored.log), "the service has what the candidate has");
        assert!(self.held.confirmed <= stored.records(), "it has all that it confirmed");
        assert!(stored.submissions.len() <= 1 && stored.aside == 0);
        if let Some(receipt) = &self.held.receipt {
            assert!(stored.submissions.iter().any(|(_, own)| json(own) == json(receipt)), "it knows its receipt");
        }
    }

    /// Sits to the end without a kill and holds everything against everything.
    fn finish(mut self) {
        self.desk.wire.hold().delay_ms.clear();
        let candidate = self.start(0);
        let (status, said) = candidate.ended();
        assert!(status.success(), "{said:#?}");
        let result = after(&said, "result").into_iter().next().and_then(|result| result.strip_prefix("passed "));
        assert!(result.and_then(|marks| marks.split_once('/')).is_some_and(|(given, of)| given == of), "{said:#?}");
        self.remember(&said);
        self.judge();
        assert_eq!(self.held.values, self.desk.answers);
        let bundle =
            Bundle::read(&fs::read(self.folder.join("bundle.zip")).expect("a bundle")).expect("a whole bundle");
        assert_eq!(bundle.verify(None).expect("its answers are its own").verdict, Verdict::Proven);
        let (id, _) = self.key.as_ref().expect("it was admitted");
        let stored = stored(&self.desk.issuer(), id, Found::Running);
        stored.is_whole().unwrap_or_else(|why| panic!("{why}"));
        assert!(stored.log == bundle.log && stored.log == self.held.log, "one log, at both ends");
        let answers: Vec<_> = stored.openings.iter().map(|opening| opening.content.clone()).collect();
        assert_eq!(answers.len(), self.desk.answers.len(), "every answer once");
        let mut own: Vec<_> = self.desk.answers.values().map(canonical).collect();
        let mut theirs: Vec<_> = answers.into_iter().map(String::into_bytes).collect();
        own.sort();
        theirs.sort();
        assert_eq!(own, theirs, "every answer as it was given");
        assert_eq!((stored.submissions.len(), stored.aside, stored.results), (1, 0, 1));
        let receipt = bundle.anchors.receipt.expect("a receipt");
        assert_eq!(json(&stored.submissions[0].1), json(receipt.bytes()), "one receipt");
        assert_eq!(self.held.receipt.as_deref(), Some(receipt.bytes()), "and it is kept");
        self.tally.lock().expect("the tally").sittings += 1;
    }
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).expect("a document")
}
