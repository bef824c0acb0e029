//! One open sitting on this machine: its store, its folded state, its answers.
//!
//! Invariant: state changes only by records that are durable. `carry_out` decides, commits, and only then applies.

use crate::{
    clock::{self, Boot, Reading},
    random,
    store::{Entry, Slot, Store, StoreError},
    view::{LinkState, Problem},
};
use invigil_core::{
    ItemId, Moment, SittingId, Value, Wall,
    admission::{Admission, Lease},
    checkpoint::{Checkpoint, PaperCode},
    envelope::{Signed, canonical},
    exchange::{CandidateStanding, CredentialLink},
    form::Form,
    grading::{ExamResult, MarkScheme},
    log::{Actor, Record, Tail},
    sitting::{Command, Event, Phase, Sitting, objection},
    submission::{Client, LogRef, Opening, Receipt, Submission},
    verify::plausible,
};
use std::collections::{BTreeMap, BTreeSet};

mod open;

/// What a session is for.
pub enum Kind {
    /// An exam that counts.
    Exam(Box<Papers>),
    /// Practice, with the mark scheme at hand.
    Practice {
        /// How the pack is marked.
        marks: Box<MarkScheme>,
        /// The items whose feedback is shown.
        revealed: BTreeSet<ItemId>,
    },
}

/// The documents of an exam that counts.
pub struct Papers {
    /// The admission.
    pub admission: Signed<Admission>,
    /// The lease under which this device writes.
    pub lease: Signed<Lease>,
    /// The leases of the devices before it, in the order of their epochs.
    pub earlier: Vec<Signed<Lease>>,
    /// Up to where the issuer has the records, once the sitting goes on at another device.
    pub moved: Option<u64>,
    /// The bearer token for the issuer.
    pub token: String,
    /// The submission, once the sitting is closed.
    pub submission: Option<Signed<Submission>>,
    /// The issuer's receipt for it.
    pub receipt: Option<Signed<Receipt>>,
    /// The result, once it may be seen.
    pub result: Option<Signed<ExamResult>>,
    /// Whether the result waits for a person.
    pub under_review: bool,
    /// The credential, when it is earned.
    pub credential: Option<CredentialLink>,
    /// What the issuer last said about the candidate's standing.
    pub standing: Option<Standing>,
}

/// A standing and when it was said.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// When the issuer said so.
    pub asked: Wall,
    /// What it said.
    pub standing: CandidateStanding,
}

/// One open sitting.
pub struct Session {
    pub(crate) store: Store,
    sitting: Sitting,
    tail: Tail,
    boot: Option<Boot>,
    /// The last record.
    record: Option<Record>,
    last: Reading,
    values: BTreeMap<ItemId, Value>,
    pub(crate) checkpoint: Option<Signed<Checkpoint>>,
    /// How far the issuer keeps this log beside its own, when it has another one.
    pub(crate) forked: Option<u64>,
    /// What it is for.
    pub kind: Kind,
    /// Whether the issuer is in reach.
    pub link: LinkState,
    /// Things to tell the candidate.
    pub notes: Vec<Problem>,
}

/// What only a session's memory holds.
pub struct Fleeting {
    notes: Vec<Problem>,
    link: LinkState,
    form: Option<Form>,
    last: Reading,
}

/// The application as it names itself in logs and submissions.
pub fn this_client() -> Client {
    Client { name: "invigil".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::new("disk-full"),
            StoreError::InUse => Self::new("already-running"),
            StoreError::Damaged => Self::new("storage-damaged"),
            StoreError::Io(why) => Self::new("storage-failed").with("why", why),
            StoreError::Setting(name) => Self::new("storage-failed").with("why", name),
        }
    }
}

impl Session {
    /// Lays out the opened paper.
    pub fn lay_out(&mut self, form: Form) {
        self.sitting.lay_out(form);
    }

    /// Carries out a command: decides, makes the outcome durable, applies it.
    ///
    /// # Errors
    /// The refusal's code, or a storage problem. Nothing has changed in memory then; after a storage problem the
    /// session must be opened again, because only the disk knows what it holds.
    pub fn carry_out(&mut self, command: Command, by: &Actor, reading: &Reading) -> Result<(), Problem> {
        self.carry_out_with(command, by, reading, &[])
    }

    /// The same, with documents that become durable in the same commit.
    ///
    /// # Errors
    /// As [`Session::carry_out`].
    pub fn carry_out_with(
        &mut self,
        command: Command,
        by: &Actor,
        reading: &Reading,
        documents: &[(Slot, &[u8])],
    ) -> Result<(), Problem> {
        self.commit(command, None, by, reading, documents)
    }

    /// Begins the log, takes it over under a new lease, or goes on with it after the application or the machine was off,
    /// whichever its last record asks for: a crash may have come before any of them. `server` is the issuer's time.
    /// Returns how much time was given back, in milliseconds; `None` when nothing was interrupted.
    ///
    /// # Errors
    /// A storage problem.
    pub fn come_back(&mut self, server: Option<Wall>, reading: &Reading) -> Result<Option<u64>, Problem> {
        let phase = self.sitting.phase();
        let interrupted = self.interrupted();
        let Some(lease) = self.papers().filter(|papers| papers.moved.is_none()).map(|papers| papers.lease.digest())
        else {
            return Ok(None);
        };
        let before = self.sitting.clock().given_back_ms();
        let client = this_client();
        let command = match self.last_epoch() {
            None => Command::Admit { lease, client },
            Some(_) if matches!(phase, Phase::Closed | Phase::Refused) => return Ok(None),
            Some(epoch) if epoch != self.epoch() => Command::Move { lease, client, server },
            Some(_) if interrupted => Command::Resume { server },
            Some(_) => return Ok(None),
        };
        self.carry_out(command, &Actor::Client, reading)?;
        if !interrupted {
            return Ok(None);
        }
        self.wake(reading)?;
        Ok(Some(self.sitting.clock().given_back_ms().saturating_sub(before)))
    }

    /// Records what is due by time, if anything is.
    ///
    /// # Errors
    /// A storage problem.
    pub fn wake(&mut self, reading: &Reading) -> Result<(), Problem> {
        if self.has_moved() || self.sitting.posture(&self.moment(reading)).wake_ms != Some(0) {
            return Ok(());
        }
        let checkpoint = self.checkpoint.as_ref().map(Signed::digest);
        self.carry_out(Command::Wake { checkpoint }, &Actor::Client, reading)
    }

    /// Answers an item. The same answer again is not recorded again. When this returns, the answer is durable.
    ///
    /// # Errors
    /// As [`Session::carry_out`]; `exam-over` when time closed the sitting in the answer's place. That is durable.
    pub fn respond(&mut self, item: ItemId, value: Option<Value>, reading: &Reading) -> Result<(), Problem> {
        if self.values.get(&item) == value.as_ref() {
            return Ok(());
        }
        let content = String::from_utf8(canonical(&value)).map_err(damaged)?;
        let opening = Opening { seq: 0, salt: *random::bytes::<16>(), content };
        let command = Command::Respond { item: item.clone(), value: value.clone(), commitment: opening.commitment() };
        let before = self.sitting.responses().get(&item).map(|r| r.seq);
        self.commit(command, Some(opening), &Actor::Candidate, reading, &[])?;
        if self.sitting.responses().get(&item).map(|r| r.seq) == before {
            return Err(Problem::new("exam-over"));
        }
        match value {
            Some(value) => self.values.insert(item, value),
            None => self.values.remove(&item),
        };
        Ok(())
    }

    /// Shows the feedback on an item in practice, or clears the answer for another go.
    ///
    /// # Errors
    /// `unknown-item`, `not-practice`, or as [`Session::respond`].
    pub fn reveal(&mut self, item: &ItemId, shown: bool, reading: &Reading) -> Result<(), Problem> {
        if !self.sitting.served().contains(item) {
            return Err(Problem::new("unknown-item"));
        }
        let Kind::Practice { revealed, .. } = &self.kind else { return Err(Problem::new("not-practice")) };
        let mut after = revealed.clone();
        if shown {
            after.insert(item.clone());
        } else {
            after.remove(item);
            self.respond(item.clone(), None, reading)?;
        }
        self.store.put(Slot::Revealed, &canonical(&after))?;
        if let Kind::Practice { revealed, .. } = &mut self.kind {
            *revealed = after;
        }
        Ok(())
    }

    fn commit(
        &mut self,
        command: Command,
        opening: Option<Opening>,
        by: &Actor,
        reading: &Reading,
        documents: &[(Slot, &[u8])],
    ) -> Result<(), Problem> {
        if self.has_moved() {
            return Err(Problem::new("seat-moved"));
        }
        let (mut at, boot) = clock::moment(self.boot.as_ref(), reading);
        // Something may have been recorded since the clocks were read.
        if let Some(last) = self.sitting.last().filter(|last| last.boot == at.boot) {
            at.elapsed = at.elapsed.max(last.elapsed);
        }
        let events = self.sitting.decide(command, by, &at).map_err(|refusal| Problem::new(refusal.code()))?;
        if events.is_empty() && documents.is_empty() {
            return Ok(());
        }
        let mut tail = self.tail.clone();
        let mut opening = opening;
        let (mut records, mut lines, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
        let mut opened = Vec::new();
        for event in events {
            let by = if matches!(event, Event::Closed { .. } | Event::Responded { .. }) || records.is_empty() {
                by.clone()
            } else {
                Actor::Client
            };
            let (record, line) = tail.append(at, by, event);
            match record.event {
                Event::Responded { .. } => {
                    opened.extend(opening.take().map(|opening| Opening { seq: record.seq, ..opening }));
                }
                Event::Captured { sha256, size, .. } => evidence.push((sha256, size)),
                _ => {}
            }
            lines.push((record.seq, line));
            records.push(record);
        }
        self.hold_against_the_rules(&records)?;
        let boot = boot.filter(|_| !records.is_empty());
        self.store.append(&Entry {
            lines: &lines,
            openings: &opened,
            boots: boot.as_slice(),
            documents,
            evidence: &evidence,
        })?;
        // Now that something was written, no trouble with writing is news any more.
        self.notes.retain(|note| !note.is_of_storage());
        self.boot = boot.or(self.boot.take());
        self.tail = tail;
        for record in &records {
            self.sitting.apply(record);
        }
        self.record = records.pop().or(self.record.take());
        Ok(())
    }

    /// Holds new records against what the issuer holds them against: a log that it refuses is never written. A writer
    /// first says that the log is its own now; after a reboot in the middle of an exam comes first how long it took.
    fn hold_against_the_rules(&self, records: &[Record]) -> Result<(), Problem> {
        let Some(papers) = self.papers() else { return Ok(()) };
        let out_of_turn = |why: &str| Problem::new("out-of-turn").with("why", why);
        let lease = papers.lease.digest();
        let mut before = self.record.as_ref();
        for record in records {
            plausible(record, before, &papers.lease, lease).map_err(|why| out_of_turn(&why))?;
            before = Some(record);
        }
        match objection(&self.sitting, self.record.as_ref(), records, &papers.admission) {
            Some((_, why)) => Err(out_of_turn(why)),
            None => Ok(()),
        }
    }

    fn interrupted(&self) -> bool {
        matches!(self.sitting.phase(), Phase::Underway | Phase::Held | Phase::Paused | Phase::Away)
    }

    /// The folded state.
    pub fn sitting(&self) -> &Sitting {
        &self.sitting
    }

    /// The sitting's identifier.
    pub fn id(&self) -> &SittingId {
        self.sitting.id()
    }

    /// The documents of an exam that counts.
    pub fn papers(&self) -> Option<&Papers> {
        match &self.kind {
            Kind::Exam(papers) => Some(papers),
            Kind::Practice { .. } => None,
        }
    }

    /// The documents of an exam that counts, to change.
    pub fn papers_mut(&mut self) -> Option<&mut Papers> {
        match &mut self.kind {
            Kind::Exam(papers) => Some(papers),
            Kind::Practice { .. } => None,
        }
    }

    /// The answers by item.
    pub fn values(&self) -> &BTreeMap<ItemId, Value> {
        &self.values
    }

    /// Ends the session and gives up the store, so that it can be opened again.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The store, for documents.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// The store, to read from.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The moment of `reading` in this sitting.
    pub fn moment(&self, reading: &Reading) -> Moment {
        clock::moment(self.boot.as_ref(), reading).0
    }

    /// Whether `reading` is in another boot than the last record.
    pub fn rebooted(&self, reading: &Reading) -> bool {
        self.boot.as_ref().is_some_and(|boot| boot.boot_id != reading.boot_id)
    }

    /// How far the calendar moved against the suspend-counting clock since [`Session::clock_seen`], in milliseconds.
    /// Nothing can be said across a reboot.
    pub fn clock_jump_ms(&self, reading: &Reading) -> i64 {
        clock::jump_ms(&self.last, reading).unwrap_or(0)
    }

    /// How long the machine was asleep since [`Session::clock_seen`], in milliseconds.
    pub fn slept_ms(&self, reading: &Reading) -> u64 {
        clock::slept_ms(&self.last, reading)
    }

    /// Measures later jumps from `reading` on: a jump up to here is recorded, or too small for it.
    pub fn clock_seen(&mut self, reading: &Reading) {
        self.last = reading.clone();
    }

    /// Goes on for a session whose storage failed, with what only memory held: what the candidate is told, the laid out
    /// paper, what the clocks said last.
    pub fn stand_in_for(&mut self, before: Fleeting) {
        let Fleeting { notes, link, form, last } = before;
        (self.notes, self.link, self.last) = (notes, link, last);
        if let Some(form) = form {
            self.lay_out(form);
        }
    }

    /// Ends the session and its store. What only memory held is left.
    pub fn close(self) -> Fleeting {
        Fleeting { form: self.sitting.form().cloned(), notes: self.notes, link: self.link, last: self.last }
    }

    /// The epoch of the lease under which this device writes.
    pub fn epoch(&self) -> u32 {
        self.tail.epoch
    }

    /// The epoch of the last record; `None` before the log begins.
    pub fn last_epoch(&self) -> Option<u32> {
        self.record.as_ref().map(|record| record.epoch)
    }

    /// Whether the sitting goes on at another device. Nothing is written here any more.
    pub fn has_moved(&self) -> bool {
        self.papers().is_some_and(|papers| papers.moved.is_some())
    }

    /// Whether the issuer has every record that is here, be it in the log or kept beside it.
    pub fn is_delivered(&self) -> bool {
        let kept = self.papers().and_then(|papers| papers.moved);
        self.log().size <= kept.unwrap_or_else(|| self.confirmed())
    }

    /// Number of durable records and their head.
    pub fn log(&self) -> LogRef {
        LogRef { size: self.tail.seq, head: self.tail.head }
    }

    /// The log as a file.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn log_bytes(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.store.lines(0, usize::MAX)?.concat())
    }

    /// Every record.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn records(&self) -> Result<Vec<Record>, StoreError> {
        let lines = self.store.lines(0, usize::MAX)?;
        lines.iter().map(|line| Record::parse(line).map_err(|_| StoreError::Damaged)).collect()
    }

    /// The code of the present head that fits on paper; `None` before the log begins.
    pub fn paper_code(&self) -> Option<PaperCode> {
        (0 < self.tail.seq).then(|| PaperCode::of(self.id(), self.tail.seq, &self.tail.head))
    }

    /// The last checkpoint.
    pub fn checkpoint(&self) -> Option<&Signed<Checkpoint>> {
        self.checkpoint.as_ref()
    }

    /// How many records the issuer has countersigned.
    pub fn confirmed(&self) -> u64 {
        self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size)
    }

    /// Adds something to tell the candidate, unless it was said last.
    pub fn note(&mut self, note: Problem) {
        const NOTES_MAX: usize = 5;
        if self.notes.last() != Some(&note) {
            self.notes.push(note);
        }
        if NOTES_MAX < self.notes.len() {
            self.notes.remove(0);
        }
    }
}

pub(crate) fn damaged(_: impl ToString) -> Problem {
    Problem::new("storage-damaged")
}
