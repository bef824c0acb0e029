//! What the console reads of sittings. Openings are not among it: answers never reach a proctor.

use super::{
    Administration, Store, StoreError,
    database::{Place, Row, Sql, SqlError, Tx, places},
    setup::{administration, candidate},
    sitting::all_lines,
};
use invigil_core::{AdministrationId, CandidateId, ProgrammeId, SittingId, Wall, admission::Candidate};
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

/// Which sittings are asked for.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The one that is named.
    Sitting(&'a SittingId),
    /// Those of these programmes.
    Of(&'a [ProgrammeId]),
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
    /// Sittings, those of the latest admissions first, at most `max`.
    pub fn overviews(&self, which: Which, max: usize) -> Result<Vec<Overview>, StoreError> {
        let (filter, asked) = match which {
            Which::Sitting(id) => ("WHERE s.id = ?2".to_owned(), vec![id.as_str()]),
            Which::Of([]) => return Ok(vec![]),
            Which::Of(programmes) => {
                let marks: Vec<_> = (2..).take(programmes.len()).map(|place| format!("?{place}")).collect();
                let of = "WHERE (SELECT programme FROM administrations a WHERE a.id = s.administration) IN";
                (format!("{of} ({})", marks.join(", ")), programmes.iter().map(ProgrammeId::as_str).collect())
            }
        };
        let sql = format!(
            "SELECT s.id, s.candidate, s.administration, s.size, s.received, s.flagged, r.passed, r.released,
                u.sitting IS NOT NULL AS submitted,
                (SELECT min (given) FROM starts t WHERE t.sitting = s.id) AS first_start,
                (SELECT count (*) FROM starts t WHERE t.sitting = s.id) AS starts
             FROM sittings s LEFT JOIN results r ON r.sitting = s.id LEFT JOIN submissions u ON u.sitting = s.id
             {filter} ORDER BY s.created DESC, s.id DESC LIMIT ?1"
        );
        let mut places = places![max as u64].to_vec();
        places.extend(asked.into_iter().map(Place::from));
        self.read(|tx| Ok(tx.rows(&sql, &places, |row| overview(tx, row))?))
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

fn overview(tx: &Tx, row: &Row) -> Sql<Overview> {
    let administration_id: AdministrationId = row.parsed("administration")?;
    let candidate_id: CandidateId = row.parsed("candidate")?;
    let passed: Option<bool> = row.get("passed")?;
    let released: Option<Wall> = row.get("released")?;
    Ok(Overview {
        sitting: row.parsed("id")?,
        candidate: candidate(tx, &candidate_id)?,
        administration: administration(tx, &administration_id)?.ok_or(SqlError::NoRow)?,
        size: row.get("size")?,
        received: row.get("received")?,
        flagged: row.get("flagged")?,
        first_start: row.get("first_start")?,
        starts: row.get("starts")?,
        result: passed.map(|passed| (passed, released.is_some())),
        submitted: row.get("submitted")?,
    })
}

fn stored(tx: &Tx, sitting: &SittingId) -> Sql<Stored> {
    let id = places![sitting.as_str()];
    let admission = tx.row("SELECT admission FROM sittings WHERE id = ?1", id, |row| row.get("admission"))?.flatten();
    let leases = tx.rows("SELECT bytes FROM leases WHERE sitting = ?1 ORDER BY epoch", id, |row| row.get("bytes"))?;
    let sql = "SELECT bytes FROM checkpoints WHERE sitting = ?1 ORDER BY size DESC";
    let checkpoints = tx.rows(sql, id, |row| row.get("bytes"))?;
    let sql = "SELECT bytes, receipt FROM submissions WHERE sitting = ?1";
    let submission = tx.row(sql, id, |row| Ok((row.get("bytes")?, row.get("receipt")?)))?;
    Ok(Stored { admission, leases, lines: all_lines(tx, sitting)?, checkpoints, submission })
}

fn aside(tx: &Tx, sitting: &str) -> Sql<Aside> {
    let sql =
        "SELECT count (*) FILTER (WHERE late = 1) AS late, count (content) FILTER (WHERE late = 1) AS late_answers,
            count (*) FILTER (WHERE late = 0) AS forked, count (content) FILTER (WHERE late = 0) AS forked_answers
         FROM aside WHERE sitting = ?1";
    tx.one(sql, places![sitting], |row| {
        Ok(Aside {
            late: row.get("late")?,
            late_answers: row.get("late_answers")?,
            forked: row.get("forked")?,
            forked_answers: row.get("forked_answers")?,
        })
    })
}
