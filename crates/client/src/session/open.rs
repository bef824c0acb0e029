//! A session from its store: everything that is there is read and held against everything else before it is used.

use super::{Kind, Papers, Session, damaged};
use crate::{
    clock,
    store::{Slot, Store},
    view::{LinkState, Problem},
};
use invigil_core::{
    Digest, Value,
    admission::{Admission, Lease},
    checkpoint::Checkpoint,
    envelope::{Document, PublicKey, Signed},
    grading::MarkScheme,
    log::{Record, Tail},
    sitting::{Event, Sitting},
    verify::plausible,
};
use std::collections::BTreeMap;

impl Session {
    /// Opens the sitting of an admission from its store, whether or not it has records yet.
    ///
    /// # Errors
    /// `storage-damaged` when the log, the openings or the last checkpoint do not agree; nothing is changed then.
    pub fn exam(store: Store) -> Result<Self, Problem> {
        let text = |slot| store.get(slot).map(|b| b.map(|b| String::from_utf8_lossy(&b).into_owned()));
        let need = |bytes: Option<Vec<u8>>| bytes.ok_or_else(|| Problem::new("storage-damaged"));
        let bytes = need(store.get(Slot::Admission)?)?;
        let admission: Signed<Admission> =
            Signed::open_with(&bytes, |a: &Admission| Some(a.issuer.signing)).map_err(damaged)?;
        let key = admission.issuer.signing;
        let leases = need(store.get(Slot::Leases)?)?;
        let leases = leases.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut earlier: Vec<Signed<Lease>> =
            leases.map(|line| Signed::open(line, &key).map_err(damaged)).collect::<Result<_, _>>()?;
        let lease = earlier.pop().ok_or_else(|| Problem::new("storage-damaged"))?;
        let token = text(Slot::Token)?.ok_or_else(|| Problem::new("storage-damaged"))?;
        let papers = Papers {
            submission: document(&store, Slot::Submission, &lease.device)?,
            receipt: document(&store, Slot::Receipt, &key)?,
            result: document(&store, Slot::Result, &key)?,
            under_review: false,
            credential: json(&store, Slot::Credential)?,
            standing: json(&store, Slot::Standing)?,
            moved: json(&store, Slot::Moved)?,
            admission,
            lease,
            earlier,
            token,
        };
        let sitting = Sitting::new(&papers.admission);
        let tail = Tail::start(sitting.id().clone(), 0, papers.admission.digest());
        let leases = [papers.earlier.as_slice(), std::slice::from_ref(&papers.lease)].concat();
        let mut session = Self::replay(store, sitting, tail, &leases, Kind::Exam(Box::new(papers)))?;
        session.check_last_checkpoint(&key)?;
        session.tail.epoch = session.papers().map_or(0, |papers| papers.lease.epoch);
        Ok(session)
    }

    /// Opens the practice of a pack from its store.
    ///
    /// # Errors
    /// `storage-damaged` when the log and the openings do not agree.
    pub fn practice(store: Store, facts: &Admission, pack: Digest, marks: MarkScheme) -> Result<Self, Problem> {
        let revealed = json(&store, Slot::Revealed)?.unwrap_or_default();
        let sitting = Sitting::new(facts);
        let tail = Tail::start(sitting.id().clone(), 0, pack);
        Self::replay(store, sitting, tail, &[], Kind::Practice { marks: Box::new(marks), revealed })
    }

    fn replay(
        store: Store,
        mut sitting: Sitting,
        mut tail: Tail,
        leases: &[Signed<Lease>],
        kind: Kind,
    ) -> Result<Self, Problem> {
        let mut responded = BTreeMap::new();
        let mut before: Option<Record> = None;
        for line in store.lines(0, usize::MAX)? {
            let record = tail.follow(&line).map_err(damaged)?;
            if let Kind::Exam(_) = kind {
                let lease = leases.iter().find(|lease| lease.epoch == record.epoch);
                let lease = lease.ok_or_else(|| Problem::new("storage-damaged"))?;
                plausible(&record, before.as_ref(), lease, lease.digest()).map_err(damaged)?;
            }
            sitting.apply(&record);
            if let Event::Responded { .. } = record.event {
                responded.insert(record.seq, record.clone());
            }
            before = Some(record);
        }
        let mut values = BTreeMap::new();
        for opening in store.openings(0, tail.seq)? {
            let record = responded.remove(&opening.seq).filter(|record| opening.opens(record));
            let Some(Record { event: Event::Responded { item, .. }, .. }) = record else {
                return Err(Problem::new("storage-damaged"));
            };
            let value: Option<Value> = serde_json::from_str(&opening.content).map_err(damaged)?;
            match value {
                Some(value) => values.insert(item, value),
                None => values.remove(&item),
            };
        }
        if !responded.is_empty() {
            return Err(Problem::new("storage-damaged"));
        }
        let boot = store.last_boot()?;
        let link = match kind {
            Kind::Exam(_) => LinkState::Unknown,
            Kind::Practice { .. } => LinkState::None,
        };
        let last = clock::read();
        Ok(Self {
            store,
            sitting,
            tail,
            boot,
            record: before,
            last,
            values,
            checkpoint: None,
            forked: None,
            kind,
            link,
            notes: vec![],
        })
    }

    fn check_last_checkpoint(&mut self, key: &PublicKey) -> Result<(), Problem> {
        let Some(bytes) = self.store.checkpoints()?.pop() else { return Ok(()) };
        let checkpoint: Signed<Checkpoint> = Signed::open(&bytes, key).map_err(damaged)?;
        let head = match checkpoint.size {
            0 => None,
            size => self.store.lines(size - 1, 1)?.pop().map(Digest::of),
        };
        if head != Some(checkpoint.head) {
            return Err(Problem::new("storage-damaged"));
        }
        self.checkpoint = Some(checkpoint);
        Ok(())
    }
}

fn document<T: Document>(store: &Store, slot: Slot, key: &PublicKey) -> Result<Option<Signed<T>>, Problem> {
    store.get(slot)?.map(|bytes| Signed::open(&bytes, key).map_err(damaged)).transpose()
}

fn json<T: serde::de::DeserializeOwned>(store: &Store, slot: Slot) -> Result<Option<T>, Problem> {
    store.get(slot)?.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
}
