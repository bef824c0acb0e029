//! What of a sitting the issuer does not have yet, and what its answers change here. No network and no clock: the engine
//! carries the steps out, and so can anything else.
//!
//! Invariants: a step may be cut off anywhere and repeated; nothing is removed here before a checked receipt.

use crate::{
    clock::Reading,
    session::{Kind, Papers, Session, damaged, this_client},
    store::{Fate, Slot, StoreError},
    view::Problem,
};
use invigil_content::bundle::{BundleError, Files};
use invigil_core::{
    Digest, ItemId, SecretKey,
    checkpoint::Checkpoint,
    envelope::{Signed, canonical},
    exchange::{self, SEGMENT_RECORDS_MAX, Segment, SittingStatus},
    grading::ExamResult,
    sitting::Phase,
    submission::{Answer, EvidenceRef, HandIn, Receipt, ResponseRef, Submission, captured},
};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// What is to be done next for one sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send records.
    Send {
        /// The first.
        from: u64,
    },
    /// Send a piece of evidence.
    Evidence {
        /// Its digest.
        sha256: Digest,
        /// Its size.
        size: u64,
    },
    /// Send the submission.
    HandIn,
    /// Ask for the result.
    AskResult,
    /// The issuer has everything.
    Nothing,
}

/// What a refusal of the issuer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Send records from here.
    From(u64),
    /// Another step comes first now.
    Again,
    /// Sending it again would change nothing.
    Final,
}

impl Session {
    /// What is to be done next. `from` is where the issuer said that it wants records from, if it did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_step(&self, from: Option<u64>) -> Result<Step, StoreError> {
        let Some(papers) = self.papers() else { return Ok(Step::Nothing) };
        let size = self.log().size;
        if let Some(kept) = papers.moved {
            // What its log named before the seat moved, only this device has.
            return Ok(if kept < size {
                Step::Send { from: kept }
            } else {
                self.next_piece()?.unwrap_or(Step::Nothing)
            });
        }
        let open = match self.sitting().phase() {
            Phase::Refused => self.confirmed() < size,
            Phase::Closed => papers.result.is_none(),
            Phase::Admitted | Phase::Checking | Phase::Underway | Phase::Held | Phase::Paused | Phase::Away => true,
        };
        if !open {
            return Ok(Step::Nothing);
        }
        if self.forked.is_some_and(|kept| size <= kept) {
            return Ok(Step::Nothing);
        }
        let from = from.unwrap_or_else(|| self.confirmed().max(self.forked.unwrap_or(0)));
        if from < size {
            return Ok(Step::Send { from });
        }
        if papers.receipt.is_none()
            && let Some(step) = self.next_piece()?
        {
            return Ok(step);
        }
        Ok(match (&papers.submission, &papers.receipt, &papers.result) {
            (Some(_), None, _) => Step::HandIn,
            (_, Some(_), None) => Step::AskResult,
            (None, None, _) | (_, Some(_), Some(_)) => Step::Nothing,
        })
    }

    fn next_piece(&self) -> Result<Option<Step>, StoreError> {
        let waiting = self.store.evidence()?.into_iter().find(|piece| piece.fate == Fate::Waiting);
        Ok(waiting.map(|piece| Step::Evidence { sha256: piece.sha256, size: piece.size }))
    }

    /// At most one request's worth of records from `from` on, in `bytes_max` bytes; `None` when there are none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn segment(&self, from: u64, bytes_max: usize) -> Result<Option<Segment>, StoreError> {
        if self.log().size <= from {
            return Ok(None);
        }
        let lines = self.store.lines(from, SEGMENT_RECORDS_MAX)?;
        let openings = self.store.openings(from, from + lines.len() as u64)?;
        Ok(Some(Segment::fitting(self.epoch(), from, lines, openings, bytes_max)))
    }

    /// Takes a checkpoint that the issuer sent, if it is for this log.
    ///
    /// # Errors
    /// `issuer-untrusted` when it is for another log; a storage problem.
    pub fn take_checkpoint(&mut self, checkpoint: Signed<Checkpoint>) -> Result<(), Problem> {
        let head = match checkpoint.size {
            0 => None,
            size => self.store.lines(size - 1, 1)?.pop().map(Digest::of),
        };
        if head != Some(checkpoint.head) {
            return Err(Problem::new("issuer-untrusted"));
        }
        if self.confirmed() < checkpoint.size {
            self.store.put_checkpoint(checkpoint.size, checkpoint.bytes())?;
            self.checkpoint = Some(checkpoint);
        }
        Ok(())
    }

    /// Takes the issuer's refusal of the records from `from` on. A sitting that goes on at another device stops here,
    /// unless the refusal is of what was sent before it came back.
    ///
    /// # Errors
    /// A storage problem.
    pub fn records_refused(&mut self, refusal: &exchange::Problem, from: u64) -> Result<Refused, Problem> {
        let size = self.log().size;
        // An issuer that keeps no more of it is not asked again at once.
        let rest = |kept: u64| if from < kept && kept < size { Refused::From(kept) } else { Refused::Final };
        match refusal.code.as_str() {
            "log-gap" => {
                let size = number(refusal, "logSize").filter(|size| *size < from);
                Ok(size.map_or(Refused::Final, Refused::From))
            }
            "lease-ended" if self.is_newer(refusal) => {
                let kept = number(refusal, "kept").unwrap_or(from).max(from);
                self.put_moved(kept)?;
                Ok(if size <= kept { Refused::Again } else { rest(kept) })
            }
            // This branch does not count. It is sent to its end, so that the answers in it are not lost, and no further.
            "log-fork" => {
                let kept = number(refusal, "kept");
                self.forked = kept.or(self.forked);
                Ok(kept.map_or(Refused::Final, rest))
            }
            _ => Ok(Refused::Final),
        }
    }

    /// Takes the issuer's refusal of the submission: what it names and does not have is sent again first. It may have
    /// lost what it once confirmed, when it was put back from a backup.
    ///
    /// # Errors
    /// A storage problem.
    pub fn submission_refused(&mut self, refusal: &exchange::Problem) -> Result<Refused, Problem> {
        let from = |seq: Option<u64>| Ok(seq.map_or(Refused::Final, |seq| self.lacks(seq)));
        match refusal.code.as_str() {
            "log-incomplete" => from(number(refusal, "logSize")),
            "openings-missing" => from(list(refusal, "seqs").filter_map(Json::as_u64).min()),
            "evidence-missing" => {
                let missing: BTreeSet<Digest> =
                    list(refusal, "digests").filter_map(|digest| digest.as_str()?.parse().ok()).collect();
                let mut pieces = self.store.evidence()?;
                pieces.retain(|piece| piece.fate == Fate::Sent && missing.contains(&piece.sha256));
                for piece in &pieces {
                    self.store.set_fate(&piece.sha256, Fate::Waiting)?;
                }
                Ok(if pieces.is_empty() { Refused::Final } else { Refused::Again })
            }
            "lease-ended" if self.is_newer(refusal) => {
                // It does not say here how far it has this device's records. What it has it passes over.
                self.put_moved(0)?;
                Ok(Refused::Again)
            }
            _ => Ok(Refused::Final),
        }
    }

    /// What it means that the issuer lacks something of the record `seq`.
    pub fn lacks(&self, seq: u64) -> Refused {
        if seq < self.log().size { Refused::From(seq) } else { Refused::Final }
    }

    /// Whether a lease that has ended is this session's, and not one from before it came back.
    fn is_newer(&self, refusal: &exchange::Problem) -> bool {
        number(refusal, "epoch").is_none_or(|current| u64::from(self.epoch()) < current)
    }

    fn put_moved(&mut self, kept: u64) -> Result<(), Problem> {
        self.store.put(Slot::Moved, &canonical(&kept))?;
        if let Kind::Exam(papers) = &mut self.kind {
            papers.moved = Some(kept);
        }
        Ok(())
    }

    /// The device key that writes this sitting.
    ///
    /// # Errors
    /// `storage-damaged` when it is not there.
    pub fn device(&self) -> Result<SecretKey, Problem> {
        let seed = Zeroizing::new(self.store.get(Slot::Device)?.unwrap_or_default());
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.as_slice().try_into().map_err(damaged)?);
        Ok(SecretKey::from_seed(&seed))
    }

    /// Makes and keeps the submission of a closed sitting, once. `here` says whether a piece of evidence can be sent.
    ///
    /// # Errors
    /// A storage problem.
    pub fn hand_in(&mut self, here: impl Fn(&Digest) -> bool, now: &Reading) -> Result<(), Problem> {
        if self.sitting().closing().is_none() || self.papers().is_none_or(|papers| papers.submission.is_some()) {
            return Ok(());
        }
        for piece in self.store.evidence()? {
            if piece.fate == Fate::Waiting && !here(&piece.sha256) {
                self.store.set_fate(&piece.sha256, Fate::Lost)?;
            }
        }
        self.make_submission(now)
    }

    /// Takes note that a piece of evidence cannot be sent any more. For as long as the issuer has not taken a
    /// submission it is made anew without that piece: lost evidence must not keep the answers from their receipt.
    ///
    /// # Errors
    /// A storage problem.
    pub fn evidence_lost(&mut self, sha256: &Digest, now: &Reading) -> Result<(), Problem> {
        self.store.set_fate(sha256, Fate::Lost)?;
        match self.papers() {
            Some(Papers { submission: Some(_), receipt: None, .. }) => self.make_submission(now),
            Some(_) | None => Ok(()),
        }
    }

    fn make_submission(&mut self, now: &Reading) -> Result<(), Problem> {
        let Some((cause, _)) = self.sitting().closing() else { return Ok(()) };
        let device = self.device()?;
        let mut pieces = self.store.evidence()?;
        pieces.retain(|piece| matches!(piece.fate, Fate::Waiting | Fate::Sent));
        let evidence: Vec<_> =
            pieces.iter().map(|piece| EvidenceRef { sha256: piece.sha256, size: piece.size }).collect();
        let mut lost = captured(&self.records()?, self.epoch());
        lost.retain(|piece| !evidence.contains(piece));
        let sitting = self.sitting();
        let answer = |item: &ItemId| {
            let response = sitting.responses().get(item);
            let response = response.map(|r| ResponseRef { seq: r.seq, commitment: r.commitment });
            Answer { item: item.clone(), response }
        };
        let Some(papers) = self.papers() else { return Ok(()) };
        let submission = Submission {
            sitting: papers.admission.sitting.clone(),
            admission: papers.admission.digest(),
            pack: papers.admission.pack.digest,
            cause,
            answers: sitting.served().iter().map(answer).collect(),
            log: self.log(),
            evidence,
            lost,
            client: this_client(),
        };
        let signed = Signed::seal(submission, &device, &device.public().method(), now.wall);
        // The paper is not needed any more, and the bank may be served to others.
        self.store.put_in_place_of(Slot::Submission, signed.bytes(), &[Slot::Content, Slot::Start])?;
        if let Some(papers) = self.papers_mut() {
            papers.submission = Some(signed);
        }
        Ok(())
    }

    /// Keeps the issuer's receipt for the submission, which has been checked.
    ///
    /// # Errors
    /// A storage problem. The issuer gives the same receipt again, so that costs nothing but time.
    pub fn take_receipt(&mut self, receipt: Signed<Receipt>) -> Result<(), Problem> {
        self.store.put(Slot::Receipt, receipt.bytes())?;
        if let Some(papers) = self.papers_mut() {
            papers.receipt = Some(receipt);
        }
        Ok(())
    }

    /// Keeps the receipt that the issuer has given for another submission of this sitting, such as one that was made
    /// from a copy of this device, if it is for this very log.
    ///
    /// # Errors
    /// `submission-differs` when it is for another log, or there is none; `issuer-untrusted` when the issuer has not
    /// signed it; a storage problem.
    pub fn take_receipt_of_another(&mut self, status: &SittingStatus) -> Result<(), Problem> {
        let Some(papers) = self.papers() else { return Ok(()) };
        let issuer = &papers.admission.issuer;
        let differs = || Problem::new("submission-differs").with("host", &issuer.name);
        let receipt = status.receipt.as_ref().ok_or_else(differs)?;
        let receipt = Signed::<Receipt>::open(receipt.to_string().as_bytes(), &issuer.signing)
            .map_err(|_| Problem::new("issuer-untrusted").with("host", &issuer.name))?;
        if (&receipt.sitting, receipt.log) != (self.id(), self.log()) {
            return Err(differs());
        }
        self.take_receipt(receipt)
    }

    /// Keeps what the issuer says of a sitting that is handed in. Says whether the result has come.
    ///
    /// # Errors
    /// `issuer-untrusted` when the result is of another submission than the receipt; a storage problem.
    pub fn take_status(&mut self, status: &SittingStatus) -> Result<bool, Problem> {
        let Some(papers) = self.papers() else { return Ok(false) };
        let untrusted = |_| Problem::new("issuer-untrusted").with("host", &papers.admission.issuer.name);
        let opened = status
            .result
            .as_ref()
            .map(|json| Signed::<ExamResult>::open(json.to_string().as_bytes(), &papers.admission.issuer.signing));
        let result = opened.transpose().map_err(untrusted)?;
        let submission = papers.receipt.as_ref().map(|receipt| receipt.submission);
        if result.as_ref().is_some_and(|r| r.sitting != *self.id() || Some(r.submission) != submission) {
            return Err(Problem::new("issuer-untrusted").with("host", &papers.admission.issuer.name));
        }
        if let Some(result) = &result {
            let credential = canonical(&status.credential);
            let mut documents: Vec<(Slot, &[u8])> = vec![(Slot::Result, result.bytes())];
            if status.credential.is_some() {
                documents.push((Slot::Credential, &credential));
            }
            self.store.put_all(&documents)?;
        }
        let arrived = result.is_some();
        if let Some(papers) = self.papers_mut() {
            papers.result = result;
            papers.under_review = status.under_review;
            papers.credential.clone_from(&status.credential);
        }
        Ok(arrived)
    }

    /// The bundle of the sitting as its candidate has it: with the openings, which are their own answers.
    ///
    /// # Errors
    /// When the store cannot be read, or it is practice.
    pub fn bundle(&self) -> Result<Vec<u8>, Problem> {
        let papers = self.papers().ok_or_else(|| Problem::new("not-practice"))?;
        self.files(papers)?.zip().map_err(unwritable)
    }

    /// A hand-in file: everything that the issuer has to have, sealed to it. `evidence` reads a piece.
    ///
    /// # Errors
    /// As [`Session::bundle`]; `storage-damaged` without the device key.
    pub fn hand_in_file(
        &self,
        evidence: impl Fn(&Digest) -> Option<Vec<u8>>,
        now: &Reading,
    ) -> Result<Vec<u8>, Problem> {
        let papers = self.papers().ok_or_else(|| Problem::new("not-practice"))?;
        let device = self.device()?;
        let hand_in = HandIn { sitting: self.id().clone(), epoch: self.epoch(), log: self.log() };
        let waiting = self.store.evidence()?.into_iter().filter(|piece| piece.fate == Fate::Waiting);
        let files = Files {
            hand_in: Some(Signed::seal(hand_in, &device, &device.public().method(), now.wall).bytes().to_vec()),
            evidence: waiting.filter_map(|piece| Some((piece.sha256, evidence(&piece.sha256)?))).collect(),
            ..self.files(papers)?
        };
        files.seal(&papers.admission.issuer.recovery).map_err(unwritable)
    }

    fn files(&self, papers: &Papers) -> Result<Files, Problem> {
        let leases = papers.earlier.iter().chain([&papers.lease]);
        // One that the issuer has taken another in place of counts for nothing.
        let counts = |own: &&Signed<Submission>| {
            papers.receipt.as_ref().is_none_or(|receipt| receipt.submission == own.digest())
        };
        Ok(Files {
            admission: papers.admission.bytes().to_vec(),
            leases: leases.map(|lease| lease.bytes().to_vec()).collect(),
            log: self.log_bytes()?,
            openings: self.store.openings(0, self.log().size)?,
            checkpoints: self.store.checkpoints()?,
            submission: papers.submission.as_ref().filter(counts).map(|document| document.bytes().to_vec()),
            receipt: papers.receipt.as_ref().map(|document| document.bytes().to_vec()),
            result: papers.result.as_ref().map(|document| document.bytes().to_vec()),
            ..Files::default()
        })
    }
}

fn number(refusal: &exchange::Problem, name: &str) -> Option<u64> {
    refusal.members.get(name).and_then(Json::as_u64)
}

fn list<'a>(refusal: &'a exchange::Problem, name: &str) -> impl Iterator<Item = &'a Json> {
    refusal.members.get(name).and_then(Json::as_array).into_iter().flatten()
}

fn unwritable(error: BundleError) -> Problem {
    Problem::new("storage-failed").with("why", error)
}
