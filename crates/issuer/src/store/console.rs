//! What the console reads of sittings. Openings are not among it: answers never reach a proctor.

use super::{
    Administration, Store, StoreError,
    row::{count, parsed, wall_option},
    setup::{administration, candidate, limit},
    sitting::all_lines,
};
use invigil_core::{AdministrationId, CandidateId, SittingId, Wall, admission::Candidate};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

/// What can be said of a sitting without its log.
pub struct Overview {
    /// The sitting.
    pub sitting: SittingId,
    /// Who sits.
    pub candidate: Candidate,
    /// The scheduled exam.
    pub administration: Administration,
    /// Records stored.
    pub size: u64,
    /// When the last of them arrived.
    pub received: Option<Wall>,
    /// Whether another branch of the log was received.
    pub flagged: bool,
    /// When its first start was given.
    pub first_start: Option<Wall>,
    /// How many starts were given.
    pub starts: u64,
    /// Whether it passed, once it is graded, and whether the candidate may see it.
    pub result: Option<(bool, bool)>,
    /// Whether it is handed in.
    pub submitted: bool,
}

/// Everything that a sitting's log is judged by.
pub struct Stored {
    /// The signed admission; `None` before the redemption.
    pub admission: Option<Vec<u8>>,
    /// The signed leases.
    pub leases: Vec<Vec<u8>>,
    /// The log.
    pub lines: Vec<Vec<u8>>,
    /// The signed checkpoints, the longest first.
    pub checkpoints: Vec<Vec<u8>>,
    /// The signed submission and receipt.
    pub submission: Option<(Vec<u8>, Vec<u8>)>,
}

/// What was received and does not count, in records and in the answers that came with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Aside {
    /// Of a device whose lease had ended.
    pub late: u64,
    /// Their answers.
    pub late_answers: u64,
    /// Of another branch of the log.
    pub forked: u64,
    /// Their answers.
    pub forked_answers: u64,
}

impl Store {
    /// The sittings of the latest admissions, at most `max`; or the one that is named.
    pub fn overviews(&self, only: Option<&SittingId>, max: usize) -> Result<Vec<Overview>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT s.id, s.candidate, s.administration, s.size, s.received, s.flagged, r.passed, r.released,
                    u.sitting IS NOT NULL AS submitted,
                    (SELECT min (given) FROM starts t WHERE t.sitting = s.id) AS first_start,
                    (SELECT count (*) FROM starts t WHERE t.sitting = s.id) AS starts
                 FROM sittings s LEFT JOIN results r ON r.sitting = s.id LEFT JOIN submissions u ON u.sitting = s.id
                 WHERE ?1 IS NULL OR s.id = ?1 ORDER BY s.created DESC, s.rowid DESC LIMIT ?2",
            )?;
            let rows =
                statement.query_map(params![only.map(SittingId::as_str), limit(max)], |row| overview(tx, row))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What lies beside a sitting's log.
    pub fn aside(&self, sitting: &SittingId) -> Result<Aside, StoreError> {
        self.read(|tx| Ok(aside(tx, sitting.as_str())?))
    }

    /// What a sitting's log is judged by.
    pub fn stored(&self, sitting: &SittingId) -> Result<Stored, StoreError> {
        self.read(|tx| Ok(stored(tx, sitting)?))
    }
}

fn overview(tx: &Transaction, row: &Row) -> rusqlite::Result<Overview> {
    let administration_id: AdministrationId = parsed(row, "administration")?;
    let candidate_id: CandidateId = parsed(row, "candidate")?;
    let passed: Option<bool> = row.get("passed")?;
    let released: Option<i64> = row.get("released")?;
    Ok(Overview {
        sitting: parsed(row, "id")?,
        candidate: candidate(tx, &candidate_id)?,
        administration: administration(tx, &administration_id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?,
        size: count(row, "size")?,
        received: wall_option(row, "received")?,
        flagged: row.get("flagged")?,
        first_start: wall_option(row, "first_start")?,
        starts: count(row, "starts")?,
        result: passed.map(|passed| (passed, released.is_some())),
        submitted: row.get("submitted")?,
    })
}

fn stored(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<Stored> {
    let id = sitting.as_str();
    let sql = "SELECT admission FROM sittings WHERE id = ?1";
    let admission: Option<Vec<u8>> = tx.query_row(sql, [id], |row| row.get(0)).optional()?.flatten();
    let mut statement = tx.prepare("SELECT bytes FROM leases WHERE sitting = ?1 ORDER BY epoch")?;
    let leases = statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut statement = tx.prepare_cached("SELECT bytes FROM checkpoints WHERE sitting = ?1 ORDER BY size DESC")?;
    let checkpoints = statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let sql = "SELECT bytes, receipt FROM submissions WHERE sitting = ?1";
    let submission = tx.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(Stored { admission, leases, lines: all_lines(tx, sitting)?, checkpoints, submission })
}

fn aside(tx: &Transaction, sitting: &str) -> rusqlite::Result<Aside> {
    let sql = "SELECT count (*) FILTER (WHERE late) AS late, count (content) FILTER (WHERE late) AS late_answers,
            count (*) FILTER (WHERE NOT late) AS forked, count (content) FILTER (WHERE NOT late) AS forked_answers
         FROM aside WHERE sitting = ?1";
    tx.query_row(sql, [sitting], |row| {
        Ok(Aside {
            late: count(row, "late")?,
            late_answers: count(row, "late_answers")?,
            forked: count(row, "forked")?,
            forked_answers: count(row, "forked_answers")?,
        })
    })
}
