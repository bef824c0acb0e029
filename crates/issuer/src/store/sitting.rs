//! What a candidate's machine does with a sitting: start and append. (Redeeming is in `seat`, handing in in `grading`.) Each is one transaction: its rule
//! sees the state as it is, and what it decides is on the disk before anybody hears of it.

use super::{
    CheckIn, Store, agreement, check_in,
    database::{Row, Sql, Tx, places},
    seat::{alone, lease},
    setup::programmes,
};
use crate::fault::Fault;
use invigil_core::{
    CandidateId, Digest, SittingId, Wall,
    exchange::Segment,
    programme::{Held as Credential, Past, Programme, Try},
    submission::Opening,
};
use std::collections::BTreeMap;

/// What the start of a sitting depends on.
pub struct ToStart {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// The signed lease that holds now.
    pub lease: Vec<u8>,
    /// The programmes, to find the rules in.
    pub programmes: Vec<Programme>,
    /// The age recipient of the device that has the sitting.
    pub recipient: String,
    /// The record in which the sitting began, when the log holds it.
    pub began: Option<Vec<u8>>,
    /// Whether the log says that the sitting is over.
    pub closed: bool,
    /// The signed starts given so far, the latest last.
    pub given: Vec<HeldStart>,
    /// What else the candidate has done.
    pub past: Past,
    /// The check-in that is asked for and was not done yet.
    pub check_in_due: Option<CheckIn>,
    /// The version of the programme's agreement that the candidate has yet to accept.
    pub agreement_due: Option<u32>,
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
    /// Digests of the lines that are kept aside at the place before the segment.
    pub aside: Vec<Digest>,
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
        /// Evidence that the new lines name: digest and size.
        evidence: Vec<(Digest, u64)>,
        /// The signed checkpoint of the new size.
        checkpoint: Vec<u8>,
    },
    /// It comes from a device whose lease has ended. What goes beyond that lease is kept beside the log.
    Late {
        /// What goes beyond it.
        beside: Beside,
        /// The epoch that holds now.
        current: u32,
    },
    /// It differs from what is stored, or goes on from what did. Both branches are kept.
    Forked(Beside),
}

/// Lines that do not count and are kept beside the log.
pub struct Beside {
    /// The place of the first.
    pub seq: u64,
    /// The lines from there on, with their line feeds.
    pub lines: Vec<Vec<u8>>,
    /// Openings of these.
    pub openings: Vec<Opening>,
}

impl Store {
    /// Gives the start of a sitting. `decide` names a start given before, or makes one.
    pub fn start(
        &self,
        sitting: &SittingId,
        now: Wall,
        decide: impl FnOnce(&ToStart) -> Result<HeldStart, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        self.write(|tx| {
            alone(tx, sitting)?;
            let start = decide(&to_start(tx, sitting)?)?;
            let sql =
                "INSERT INTO starts (sitting, digest, bytes, given) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            tx.execute(sql, places![sitting.as_str(), start.digest, &start.bytes, now])?;
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
        self.write(|tx| {
            alone(tx, sitting)?;
            let taken = decide(&held(tx, sitting, segment, known)?)?;
            // What is kept aside stays, though the segment is refused.
            Ok::<_, Fault>(match &taken {
                Taken::Appended { checkpoint, .. } => {
                    append(tx, sitting, &taken, now)?;
                    Ok(checkpoint.clone())
                }
                Taken::Forked(beside) => {
                    tx.execute("UPDATE sittings SET flagged = 1 WHERE id = ?1", places![sitting.as_str()])?;
                    Err(Fault::LogFork { seq: beside.seq, kept: keep_aside(tx, sitting, beside, false, now)? })
                }
                Taken::Late { beside, current } => {
                    let kept = keep_aside(tx, sitting, beside, true, now)?;
                    Err(Fault::LeaseEnded { sent: segment.epoch, current: *current, kept })
                }
            })
        })?
    }
}

pub(super) fn admission(tx: &Tx, sitting: &SittingId) -> Result<Vec<u8>, Fault> {
    let sql = "SELECT admission FROM sittings WHERE id = ?1";
    let found: Option<Option<Vec<u8>>> = tx.row(sql, places![sitting.as_str()], |row| row.get("admission"))?;
    found.flatten().ok_or(Fault::SittingUnknown)
}

/// What a candidate has done, but for one sitting. A credential that was revoked is none.
pub(super) fn past_of(tx: &Tx, candidate: &CandidateId, except: Option<&SittingId>) -> Sql<Past> {
    let sql = "SELECT certification, valid_from, valid_until FROM credentials WHERE candidate = ?1 AND revoked IS NULL";
    let credentials = tx.rows(sql, places![candidate.as_str()], |row| {
        Ok((row.parsed("certification")?, Credential { from: row.get("valid_from")?, until: row.get("valid_until")? }))
    })?;
    Ok(Past { tries: tries_of(tx, candidate, except)?, credentials })
}

/// The tries of a candidate that count: their first item was shown. A try counts as passed or failed once its result
/// is released.
fn tries_of(tx: &Tx, candidate: &CandidateId, except: Option<&SittingId>) -> Sql<Vec<Try>> {
    let sql = "SELECT a.exam, s.began, CASE WHEN r.released IS NULL THEN NULL ELSE r.passed END AS passed
         FROM sittings s JOIN administrations a ON a.id = s.administration LEFT JOIN results r ON r.sitting = s.id
         WHERE s.candidate = ?1 AND s.began IS NOT NULL AND s.id <> ?2 ORDER BY s.began";
    // No sitting has an empty name.
    let places = places![candidate.as_str(), except.map_or("", SittingId::as_str)];
    tx.rows(sql, places, |row| {
        Ok(Try { exam: row.parsed("exam")?, began: row.get("began")?, passed: row.get("passed")? })
    })
}

fn given(tx: &Tx, sitting: &SittingId) -> Sql<Vec<HeldStart>> {
    let sql = "SELECT digest, bytes FROM starts WHERE sitting = ?1 ORDER BY given, digest";
    let row = |row: &Row| Ok(HeldStart { digest: row.parsed("digest")?, bytes: row.get("bytes")? });
    tx.rows(sql, places![sitting.as_str()], row)
}

fn to_start(tx: &Tx, sitting: &SittingId) -> Result<ToStart, Fault> {
    let sql = "SELECT s.candidate, a.programme, s.began IS NOT NULL AS began, s.closed IS NOT NULL AS closed
         FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.id = ?1";
    let facts =
        |row: &Row| Ok((row.parsed("candidate")?, row.parsed("programme")?, row.get("began")?, row.get("closed")?));
    let (candidate, programme, began, closed): (CandidateId, _, _, _) =
        tx.one(sql, places![sitting.as_str()], facts)?;
    let (lease, recipient) = lease(tx, sitting)?;
    // `began` is a fact of the log; the record itself says under which start.
    let lines = if began { all_lines(tx, sitting)? } else { vec![] };
    Ok(ToStart {
        admission: admission(tx, sitting)?,
        programmes: programmes(tx)?,
        lease,
        recipient,
        began: lines.into_iter().find(|line| is_began(line)),
        closed,
        given: given(tx, sitting)?,
        past: past_of(tx, &candidate, Some(sitting))?,
        check_in_due: check_in::due(tx, sitting)?,
        agreement_due: agreement::due(tx, candidate.as_str(), &programme)?,
    })
}

fn is_began(line: &[u8]) -> bool {
    use invigil_core::{log::Record, sitting::Event};
    Record::parse(line).is_ok_and(|record| matches!(record.event, Event::Began { .. }))
}

fn held(tx: &Tx, sitting: &SittingId, segment: &Segment, known: u64) -> Result<Held, Fault> {
    let id = sitting.as_str();
    let sql = "SELECT size, head, began IS NOT NULL AS began FROM sittings WHERE id = ?1";
    let facts = |row: &Row| Ok((row.get("size")?, row.parsed_option("head")?, row.get("began")?));
    let (size, head, began): (u64, Option<Digest>, bool) = tx.one(sql, places![id], facts)?;
    let mut lines = BTreeMap::new();
    let repeated = segment.from_seq..segment.from_seq.saturating_add(segment.lines.len() as u64);
    let spoken_of = repeated.chain(segment.openings.iter().map(|opening| opening.seq)).chain(size.checked_sub(1));
    let sql = "SELECT line FROM records WHERE sitting = ?1 AND seq = ?2";
    for seq in spoken_of.filter(|seq| *seq < size) {
        lines.insert(seq, tx.one(sql, places![id, seq], |row| row.get("line"))?);
    }
    let sql = "SELECT bytes FROM checkpoints WHERE sitting = ?1 AND size = ?2";
    Ok(Held {
        checkpoint: tx.row(sql, places![id, size], |row| row.get("bytes"))?,
        admission: admission(tx, sitting)?,
        lease: lease(tx, sitting)?.0,
        size,
        head: head.ok_or(Fault::SittingUnknown)?,
        lines,
        since: lines_from(tx, sitting, known)?,
        aside: match segment.from_seq.checked_sub(1) {
            Some(before) => aside_at(tx, sitting, before)?,
            None => vec![],
        },
        given: given(tx, sitting)?,
        began,
    })
}

fn append(tx: &Tx, sitting: &SittingId, taken: &Taken, now: Wall) -> Result<(), Fault> {
    let Taken::Appended { lines, openings, size, head, began, closed, evidence, checkpoint } = taken else {
        return Ok(());
    };
    let id = sitting.as_str();
    let from = size.saturating_sub(lines.len() as u64);
    let sql = "INSERT INTO records (sitting, seq, line) VALUES (?1, ?2, ?3)";
    for (seq, line) in (from..).zip(lines) {
        tx.execute(sql, places![id, seq, line])?;
    }
    let sql = "INSERT INTO openings (sitting, seq, salt, content) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    for opening in openings {
        tx.execute(sql, places![id, opening.seq, &opening.salt, &opening.content])?;
    }
    if !lines.is_empty() {
        let sql =
            "UPDATE sittings SET size = ?2, head = ?3, began = coalesce (began, ?4), closed = coalesce (closed, ?5),
                received = ?6 WHERE id = ?1";
        tx.execute(sql, places![id, *size, head, *began, *closed, now])?;
    }
    let sql = "INSERT INTO evidence (sitting, sha256, size) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for (sha256, size) in evidence {
        tx.execute(sql, places![id, sha256, *size])?;
    }
    let sql = "INSERT INTO checkpoints (sitting, size, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    tx.execute(sql, places![id, *size, checkpoint])?;
    Ok(())
}

/// The most records that are kept aside for one sitting.
const ASIDE_RECORDS_MAX: u64 = 10_000;

/// Keeps lines that do not count, each once and with its opening, which may come later. Returns up to where they are
/// kept: beyond the most there is room for, nothing is.
fn keep_aside(tx: &Tx, sitting: &SittingId, beside: &Beside, late: bool, now: Wall) -> Result<u64, Fault> {
    let id = sitting.as_str();
    let held = tx.one("SELECT count (*) AS n FROM aside WHERE sitting = ?1", places![id], |row| row.get("n"))?;
    let mut room = ASIDE_RECORDS_MAX.saturating_sub(held);
    let known = "SELECT 1 AS one FROM aside WHERE sitting = ?1 AND seq = ?2 AND digest = ?3";
    let keep = "INSERT INTO aside (sitting, seq, digest, late, line, salt, content, received)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (sitting, seq, digest)
         DO UPDATE SET salt = excluded.salt, content = excluded.content WHERE aside.content IS NULL";
    let mut place = beside.seq;
    for line in &beside.lines {
        let digest = Digest::of(line);
        if tx.row(known, places![id, place, digest], |_| Ok(()))?.is_none() {
            if room == 0 {
                tracing::warn!(%sitting, kept = place, "no more is kept beside this sitting");
                break;
            }
            room -= 1;
        }
        let opening = beside.openings.iter().find(|opening| opening.seq == place);
        let (salt, content) = (opening.map(|o| &o.salt), opening.map(|o| &o.content));
        tx.execute(keep, places![id, place, digest, late, line, salt, content, now])?;
        place = place.saturating_add(1);
    }
    Ok(place)
}

fn aside_at(tx: &Tx, sitting: &SittingId, seq: u64) -> Sql<Vec<Digest>> {
    let sql = "SELECT digest FROM aside WHERE sitting = ?1 AND seq = ?2";
    tx.rows(sql, places![sitting.as_str(), seq], |row| row.parsed("digest"))
}

pub(super) fn all_lines(tx: &Tx, sitting: &SittingId) -> Sql<Vec<Vec<u8>>> {
    lines_from(tx, sitting, 0)
}

fn lines_from(tx: &Tx, sitting: &SittingId, from: u64) -> Sql<Vec<Vec<u8>>> {
    let sql = "SELECT line FROM records WHERE sitting = ?1 AND ?2 <= seq ORDER BY seq";
    tx.rows(sql, places![sitting.as_str(), from], |row| row.get("line"))
}
