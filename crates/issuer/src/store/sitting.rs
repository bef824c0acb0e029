//! What a candidate's machine does with a sitting: redeem, start, append, submit. Each is one transaction: its rule
//! sees the state as it is, and what it decides is on the disk before anybody hears of it.

use super::{
    Accommodation, Administration, Store, StoreError,
    row::{count, int, json, parsed, parsed_option, wall, wall_option},
    setup::{administration, candidate, programmes},
};
use crate::fault::Fault;
use invigil_core::{
    CandidateId, Digest, SittingId, Wall,
    admission::Candidate,
    exchange::Segment,
    programme::{Programme, Try},
    submission::Opening,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

/// What a code leads to.
pub struct Ticket {
    /// The sitting.
    pub sitting: SittingId,
    /// Who may sit.
    pub candidate: Candidate,
    /// The scheduled exam.
    pub administration: Administration,
    /// The programmes, to find titles and rules in.
    pub programmes: Vec<Programme>,
    /// What the candidate is granted.
    pub accommodation: Accommodation,
    /// The admission and the lease, when a device has redeemed the code.
    pub bound: Option<(Vec<u8>, Vec<u8>)>,
    /// The candidate's tries, this sitting's not among them.
    pub tries: Vec<Try>,
}

/// What binds a sitting to its first device.
pub struct Binding {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// Its digest, with which the log starts.
    pub digest: Digest,
    /// The signed lease of epoch 0.
    pub lease: Vec<u8>,
    /// The device's age recipient.
    pub recipient: String,
}

/// What the start of a sitting depends on.
pub struct ToStart {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// The programmes, to find the rules in.
    pub programmes: Vec<Programme>,
    /// The device's age recipient.
    pub recipient: String,
    /// The record in which the sitting began, when the log holds it.
    pub began: Option<Vec<u8>>,
    /// Whether the log says that the sitting is over.
    pub closed: bool,
    /// The signed starts given so far, the latest last.
    pub given: Vec<HeldStart>,
    /// The candidate's other tries.
    pub tries: Vec<Try>,
}

/// A start that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldStart {
    /// Its digest.
    pub digest: Digest,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

/// What an appended segment is held against.
pub struct Held {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// The signed lease that holds now.
    pub lease: Vec<u8>,
    /// Records stored.
    pub size: u64,
    /// Their head.
    pub head: Digest,
    /// Stored lines that the segment speaks of, and the last one; with their line feeds.
    pub lines: BTreeMap<u64, Vec<u8>>,
    /// Stored lines from the position that was asked for on, in order; with their line feeds.
    pub since: Vec<Vec<u8>>,
    /// The signed starts given so far.
    pub given: Vec<HeldStart>,
    /// Whether the log holds that the sitting began.
    pub began: bool,
    /// The signed checkpoint of exactly this size, if one was given.
    pub checkpoint: Option<Vec<u8>>,
}

/// What becomes of a segment.
pub enum Taken {
    /// It continues the log, or repeats what is stored.
    Appended {
        /// New lines with their line feeds, in order from the stored size on.
        lines: Vec<Vec<u8>>,
        /// Openings, of these or of stored records.
        openings: Vec<Opening>,
        /// The size and head of the log with them.
        size: u64,
        /// Its head.
        head: Digest,
        /// When the sitting began, if these lines say so.
        began: Option<Wall>,
        /// When it was over, if these lines say so.
        closed: Option<Wall>,
        /// The signed checkpoint of the new size.
        checkpoint: Vec<u8>,
    },
    /// It differs from what is stored. Both branches are kept.
    Forked {
        /// The first place where they differ.
        seq: u64,
        /// The other branch from there on.
        lines: Vec<Vec<u8>>,
    },
}

impl Store {
    /// The sitting a code leads to, and its pack.
    pub fn sitting_of_code(&self, code: &Digest) -> Result<Option<(SittingId, Digest)>, StoreError> {
        self.sitting_where("code", code.to_string())
    }

    /// The sitting a token speaks for, and its pack.
    pub fn sitting_of_token(&self, token: &Digest) -> Result<Option<(SittingId, Digest)>, StoreError> {
        self.sitting_where("token", token.to_string())
    }

    /// The pack of a sitting.
    pub fn pack_of_sitting(&self, sitting: &SittingId) -> Result<Option<Digest>, StoreError> {
        Ok(self.sitting_where("id", sitting.to_string())?.map(|(_, pack)| pack))
    }

    fn sitting_where(&self, column: &str, value: String) -> Result<Option<(SittingId, Digest)>, StoreError> {
        let sql = format!(
            "SELECT s.id, a.pack FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.{column} = ?1"
        );
        let found = |row: &Row| Ok((parsed(row, "id")?, parsed(row, "pack")?));
        Ok(self.connection().query_row(&sql, [value], found).optional()?)
    }

    /// Lets a device redeem the code of `sitting`; `decide` binds the first one. Returns admission and lease.
    pub fn redeem(
        &self,
        sitting: &SittingId,
        token: &Digest,
        decide: impl FnOnce(&Ticket) -> Result<Option<Binding>, Fault>,
    ) -> Result<(Vec<u8>, Vec<u8>), Fault> {
        self.write(|tx| {
            let ticket = ticket(tx, sitting)?;
            let binding = decide(&ticket)?;
            if let Some(binding) = &binding {
                tx.execute(
                    "UPDATE sittings SET admission = ?2, head = ?3, recipient = ?4 WHERE id = ?1 AND admission IS NULL",
                    params![sitting.as_str(), binding.admission, binding.digest.to_string(), binding.recipient],
                )?;
                let sql = "INSERT INTO leases (sitting, epoch, bytes) VALUES (?1, 0, ?2)";
                tx.execute(sql, params![sitting.as_str(), binding.lease])?;
            }
            tx.execute("UPDATE sittings SET token = ?2 WHERE id = ?1", params![sitting.as_str(), token.to_string()])?;
            let bound = binding.map(|binding| (binding.admission, binding.lease)).or(ticket.bound);
            bound.ok_or_else(|| Fault::Internal("a redemption bound no device".to_owned()))
        })
    }

    /// Gives the start of a sitting. `decide` names a start given before, or makes one.
    pub fn start(
        &self,
        sitting: &SittingId,
        now: Wall,
        decide: impl FnOnce(&ToStart) -> Result<HeldStart, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        self.write(|tx| {
            let start = decide(&to_start(tx, sitting)?)?;
            tx.execute(
                "INSERT OR IGNORE INTO starts (sitting, digest, bytes, given) VALUES (?1, ?2, ?3, ?4)",
                params![sitting.as_str(), start.digest.to_string(), start.bytes, now.unix_ms()],
            )?;
            Ok(start.bytes)
        })
    }

    /// Appends a segment as `decide` judges it, who knows the stored lines before `known` already. Returns the signed
    /// checkpoint. A fork is kept and then refused.
    pub fn append(
        &self,
        sitting: &SittingId,
        segment: &Segment,
        known: u64,
        now: Wall,
        decide: impl FnOnce(&Held) -> Result<Taken, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        let taken = self.write(|tx| {
            let taken = decide(&held(tx, sitting, segment, known)?)?;
            match &taken {
                Taken::Appended { .. } => append(tx, sitting, &taken, now)?,
                Taken::Forked { seq, lines } => keep_fork(tx, sitting, *seq, lines, now)?,
            }
            Ok::<_, Fault>(taken)
        })?;
        match taken {
            Taken::Appended { checkpoint, .. } => Ok(checkpoint),
            Taken::Forked { seq, .. } => Err(Fault::LogFork { seq }),
        }
    }
}

fn ticket(tx: &Transaction, sitting: &SittingId) -> Result<Ticket, Fault> {
    let sql = "SELECT administration, candidate, accommodation, admission FROM sittings WHERE id = ?1";
    let (administration_id, candidate_id, accommodation, admission) = tx
        .query_row(sql, [sitting.as_str()], |row| {
            let admission: Option<Vec<u8>> = row.get("admission")?;
            Ok((parsed(row, "administration")?, parsed(row, "candidate")?, json(row, "accommodation")?, admission))
        })
        .optional()?
        .ok_or(Fault::SittingUnknown)?;
    let bound = match admission {
        Some(admission) => Some((admission, lease(tx, sitting)?)),
        None => None,
    };
    Ok(Ticket {
        sitting: sitting.clone(),
        tries: tries_of(tx, &candidate_id, Some(sitting))?,
        candidate: candidate(tx, &candidate_id)?,
        administration: administration(tx, &administration_id)?.ok_or(Fault::SittingUnknown)?,
        programmes: programmes(tx)?,
        accommodation,
        bound,
    })
}

/// The lease of the sitting's present epoch.
pub(super) fn lease(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<Vec<u8>> {
    let sql = "SELECT l.bytes FROM leases l JOIN sittings s ON s.id = l.sitting AND s.epoch = l.epoch WHERE s.id = ?1";
    tx.query_row(sql, [sitting.as_str()], |row| row.get(0))
}

pub(super) fn admission(tx: &Transaction, sitting: &SittingId) -> Result<Vec<u8>, Fault> {
    let sql = "SELECT admission FROM sittings WHERE id = ?1";
    let found: Option<Option<Vec<u8>>> = tx.query_row(sql, [sitting.as_str()], |row| row.get(0)).optional()?;
    found.flatten().ok_or(Fault::SittingUnknown)
}

/// The tries of a candidate that count: their first item was shown. A try counts as passed or failed once its result
/// is released.
pub(super) fn tries_of(
    connection: &Connection,
    candidate: &CandidateId,
    except: Option<&SittingId>,
) -> rusqlite::Result<Vec<Try>> {
    let mut statement = connection.prepare(
        "SELECT a.exam, s.began, CASE WHEN r.released IS NULL THEN NULL ELSE r.passed END AS passed
         FROM sittings s JOIN administrations a ON a.id = s.administration LEFT JOIN results r ON r.sitting = s.id
         WHERE s.candidate = ?1 AND s.began IS NOT NULL AND s.id IS NOT ?2 ORDER BY s.began",
    )?;
    let row =
        |row: &Row| Ok(Try { exam: parsed(row, "exam")?, began: wall(row, "began")?, passed: row.get("passed")? });
    statement.query_map(params![candidate.as_str(), except.map(SittingId::as_str)], row)?.collect()
}

fn given(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<Vec<HeldStart>> {
    let mut statement = tx.prepare("SELECT digest, bytes FROM starts WHERE sitting = ?1 ORDER BY given, rowid")?;
    let row = |row: &Row| Ok(HeldStart { digest: parsed(row, "digest")?, bytes: row.get("bytes")? });
    statement.query_map([sitting.as_str()], row)?.collect()
}

fn to_start(tx: &Transaction, sitting: &SittingId) -> Result<ToStart, Fault> {
    let sql = "SELECT candidate, recipient, began, closed FROM sittings WHERE id = ?1";
    let (candidate, recipient, began, closed) = tx.query_row(sql, [sitting.as_str()], |row| {
        let recipient: Option<String> = row.get("recipient")?;
        Ok((parsed(row, "candidate")?, recipient, wall_option(row, "began")?, wall_option(row, "closed")?))
    })?;
    // `began` is a fact of the log; the record itself says under which start.
    let began = match began {
        Some(_) => all_lines(tx, sitting)?.into_iter().find(|line| is_began(line)),
        None => None,
    };
    Ok(ToStart {
        admission: admission(tx, sitting)?,
        programmes: programmes(tx)?,
        recipient: recipient.ok_or(Fault::SittingUnknown)?,
        began,
        closed: closed.is_some(),
        given: given(tx, sitting)?,
        tries: tries_of(tx, &candidate, Some(sitting))?,
    })
}

fn is_began(line: &[u8]) -> bool {
    use invigil_core::{log::Record, sitting::Event};
    Record::parse(line).is_ok_and(|record| matches!(record.event, Event::Began { .. }))
}

fn held(tx: &Transaction, sitting: &SittingId, segment: &Segment, known: u64) -> Result<Held, Fault> {
    let sql = "SELECT size, head, began FROM sittings WHERE id = ?1";
    let (size, head, began) = tx.query_row(sql, [sitting.as_str()], |row| {
        Ok((count(row, "size")?, parsed_option(row, "head")?, wall_option(row, "began")?))
    })?;
    let mut lines = BTreeMap::new();
    let repeated = segment.from_seq..segment.from_seq.saturating_add(segment.lines.len() as u64);
    let mut statement = tx.prepare("SELECT line FROM records WHERE sitting = ?1 AND seq = ?2")?;
    let spoken_of = repeated.chain(segment.openings.iter().map(|opening| opening.seq)).chain(size.checked_sub(1));
    for seq in spoken_of.filter(|seq| *seq < size) {
        let line = statement.query_row(params![sitting.as_str(), int(seq)], |row| row.get(0))?;
        lines.insert(seq, line);
    }
    let sql = "SELECT bytes FROM checkpoints WHERE sitting = ?1 AND size = ?2";
    let checkpoint = tx.query_row(sql, params![sitting.as_str(), int(size)], |row| row.get(0)).optional()?;
    Ok(Held {
        checkpoint,
        admission: admission(tx, sitting)?,
        lease: lease(tx, sitting)?,
        size,
        head: head.ok_or(Fault::SittingUnknown)?,
        lines,
        since: lines_from(tx, sitting, known)?,
        given: given(tx, sitting)?,
        began: began.is_some(),
    })
}

fn append(tx: &Transaction, sitting: &SittingId, taken: &Taken, now: Wall) -> Result<(), Fault> {
    let Taken::Appended { lines, openings, size, head, began, closed, checkpoint } = taken else { return Ok(()) };
    let id = sitting.as_str();
    let from = size.saturating_sub(lines.len() as u64);
    let mut insert = tx.prepare_cached("INSERT INTO records (sitting, seq, line) VALUES (?1, ?2, ?3)")?;
    for (seq, line) in (from..).zip(lines) {
        insert.execute(params![id, int(seq), line])?;
    }
    let sql = "INSERT OR IGNORE INTO openings (sitting, seq, salt, content) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = tx.prepare_cached(sql)?;
    for opening in openings {
        insert.execute(params![id, int(opening.seq), opening.salt, opening.content])?;
    }
    if !lines.is_empty() {
        tx.execute(
            "UPDATE sittings SET size = ?2, head = ?3, began = coalesce (began, ?4), closed = coalesce (closed, ?5),
                received = ?6 WHERE id = ?1",
            params![
                id,
                int(*size),
                head.to_string(),
                began.map(Wall::unix_ms),
                closed.map(Wall::unix_ms),
                now.unix_ms()
            ],
        )?;
    }
    let sql = "INSERT OR IGNORE INTO checkpoints (sitting, size, bytes) VALUES (?1, ?2, ?3)";
    tx.execute(sql, params![id, int(*size), checkpoint])?;
    Ok(())
}

/// The most records of other branches that are kept for one sitting; it is flagged at the first of them.
const FORKED_RECORDS_MAX: i64 = 10_000;

fn keep_fork(tx: &Transaction, sitting: &SittingId, seq: u64, lines: &[Vec<u8>], now: Wall) -> Result<(), Fault> {
    let id = sitting.as_str();
    tx.execute("UPDATE sittings SET flagged = 1 WHERE id = ?1", [id])?;
    let kept: i64 = tx.query_row("SELECT count (*) FROM forks WHERE sitting = ?1", [id], |row| row.get(0))?;
    if FORKED_RECORDS_MAX <= kept {
        return Ok(());
    }
    let sql = "INSERT OR IGNORE INTO forks (sitting, seq, digest, line, received) VALUES (?1, ?2, ?3, ?4, ?5)";
    for (seq, line) in (seq..).zip(lines) {
        tx.execute(sql, params![id, int(seq), Digest::of(line).to_string(), line, now.unix_ms()])?;
    }
    Ok(())
}

pub(super) fn all_lines(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<Vec<Vec<u8>>> {
    lines_from(tx, sitting, 0)
}

fn lines_from(tx: &Transaction, sitting: &SittingId, from: u64) -> rusqlite::Result<Vec<Vec<u8>>> {
    let mut statement = tx.prepare_cached("SELECT line FROM records WHERE sitting = ?1 AND ?2 <= seq ORDER BY seq")?;
    statement.query_map(params![sitting.as_str(), int(from)], |row| row.get(0))?.collect()
}
