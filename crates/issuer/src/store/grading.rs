//! What follows when a sitting is handed in: submission, receipt, result and credential, in one transaction.

use super::{
    Store, StoreError, evidence,
    row::{count, parsed, wall},
    seat::lease,
    setup::programmes,
    sitting::{admission, all_lines, tries_of},
};
use crate::fault::Fault;
use invigil_core::{
    CandidateId, CertificationId, Digest, ExamId, SittingId, Wall,
    admission::{Candidate, Window},
    programme::{Programme, Try},
    submission::Opening,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// What a submission is held against, and what a credential may follow from.
pub struct ToGrade {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// The signed lease that holds now.
    pub lease: Vec<u8>,
    /// The stored log.
    pub lines: Vec<Vec<u8>>,
    /// The stored openings.
    pub openings: BTreeMap<u64, Opening>,
    /// The evidence that the log names: digest and size.
    pub evidence: BTreeMap<Digest, u64>,
    /// Those of it that were deleted.
    pub deleted: BTreeSet<Digest>,
    /// The digest and the receipt of the submission that is stored.
    pub before: Option<(Digest, Vec<u8>)>,
    /// The programmes, to find the certification in.
    pub programmes: Vec<Programme>,
    /// The candidate's released passes of other sittings: the signed results.
    pub passes: Vec<Vec<u8>>,
    /// Certifications the candidate has the credential of.
    pub earned: BTreeSet<CertificationId>,
}

/// What becomes of a submission.
pub enum Submitted {
    /// It is stored already; this is its receipt.
    Before(Vec<u8>),
    /// It is new.
    New(Box<Grading>),
}

/// Everything that follows from a new submission.
pub struct Grading {
    /// Its digest.
    pub digest: Digest,
    /// The signed submission.
    pub submission: Vec<u8>,
    /// The signed receipt.
    pub receipt: Vec<u8>,
    /// When it was received.
    pub received: Wall,
    /// The signed result, whether it passed, and whether the candidate may see it; `None` when a person has to mark.
    pub result: Option<(Vec<u8>, bool, bool)>,
    /// The credential that is earned by it.
    pub earned: Option<Earned>,
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earned {
    /// Its identifier, the last part of its URL.
    pub id: String,
    /// The certification.
    pub certification: CertificationId,
    /// Its title.
    pub title: String,
    /// From when it is valid.
    pub valid_from: Wall,
    /// Until when.
    pub valid_until: Wall,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

/// What a sitting's device may know of it.
pub struct Status {
    /// The candidate.
    pub candidate: Candidate,
    /// The certification the exam counts for.
    pub certification: CertificationId,
    /// Records stored.
    pub log_size: u64,
    /// The last signed checkpoint.
    pub checkpoint: Option<Vec<u8>>,
    /// The signed receipt.
    pub receipt: Option<Vec<u8>>,
    /// The signed result, once it may be seen.
    pub result: Option<Vec<u8>>,
    /// The credentials the candidate has earned.
    pub earned: Vec<Earned>,
    /// The candidate's tries.
    pub tries: Vec<Try>,
    /// The programmes.
    pub programmes: Vec<Programme>,
    /// Sittings the candidate is admitted to and has not finished.
    pub admitted: Vec<(SittingId, ExamId, Window)>,
}

impl Store {
    /// Takes a submission as `decide` judges it. Returns the signed receipt.
    pub fn submit(
        &self,
        sitting: &SittingId,
        decide: impl FnOnce(&ToGrade) -> Result<Submitted, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        self.write(|tx| match decide(&to_grade(tx, sitting)?)? {
            Submitted::Before(receipt) => Ok(receipt),
            Submitted::New(grading) => {
                keep_grading(tx, sitting, &grading)?;
                Ok(grading.receipt)
            }
        })
    }

    /// What a sitting's device may know.
    pub fn status(&self, sitting: &SittingId) -> Result<Status, StoreError> {
        self.read(|tx| status(tx, sitting))
    }

    /// A credential by its identifier.
    pub fn credential(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM credentials WHERE id = ?1";
        Ok(self.connection().prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?)
    }
}

fn all_openings(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<BTreeMap<u64, Opening>> {
    let mut statement = tx.prepare_cached("SELECT seq, salt, content FROM openings WHERE sitting = ?1")?;
    let row = |row: &Row| opening(row).map(|opening| (opening.seq, opening));
    statement.query_map([sitting.as_str()], row)?.collect()
}

pub(super) fn opening(row: &Row) -> rusqlite::Result<Opening> {
    Ok(Opening { seq: count(row, "seq")?, salt: row.get("salt")?, content: row.get("content")? })
}

fn to_grade(tx: &Transaction, sitting: &SittingId) -> Result<ToGrade, Fault> {
    let id = sitting.as_str();
    let sql = "SELECT digest, receipt FROM submissions WHERE sitting = ?1";
    let before =
        tx.prepare_cached(sql)?.query_row([id], |row| Ok((parsed(row, "digest")?, row.get("receipt")?))).optional()?;
    let sql = "SELECT candidate FROM sittings WHERE id = ?1";
    let candidate: CandidateId = tx.prepare_cached(sql)?.query_row([id], |row| parsed(row, "candidate"))?;
    let mut statement = tx.prepare_cached(
        "SELECT r.bytes FROM results r JOIN sittings s ON s.id = r.sitting
         WHERE s.candidate = ?1 AND s.id <> ?2 AND r.passed AND r.released IS NOT NULL",
    )?;
    let passes =
        statement.query_map([candidate.as_str(), id], |row| row.get(0))?.collect::<rusqlite::Result<Vec<Vec<u8>>>>()?;
    Ok(ToGrade {
        admission: admission(tx, sitting)?,
        lease: lease(tx, sitting)?.0,
        evidence: evidence::named(tx, sitting)?,
        deleted: evidence::deleted(tx, sitting)?,
        lines: all_lines(tx, sitting)?,
        openings: all_openings(tx, sitting)?,
        before,
        programmes: programmes(tx)?,
        passes,
        earned: earned(tx, &candidate)?.into_iter().map(|earned| earned.certification).collect(),
    })
}

fn keep_grading(tx: &Transaction, sitting: &SittingId, grading: &Grading) -> Result<(), Fault> {
    let id = sitting.as_str();
    let received = grading.received.unix_ms();
    tx.prepare_cached(
        "INSERT INTO submissions (sitting, digest, bytes, receipt, received) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![id, grading.digest.to_string(), grading.submission, grading.receipt, received])?;
    if let Some((bytes, passed, released)) = &grading.result {
        tx.prepare_cached("INSERT INTO results (sitting, passed, bytes, released) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, passed, bytes, released.then_some(received)])?;
    }
    if let Some(earned) = &grading.earned {
        tx.prepare_cached(
            "INSERT INTO credentials (id, candidate, certification, title, valid_from, valid_until, bytes)
             SELECT ?2, candidate, ?3, ?4, ?5, ?6, ?7 FROM sittings WHERE id = ?1",
        )?
        .execute(params![
            id,
            earned.id,
            earned.certification.as_str(),
            earned.title,
            earned.valid_from.unix_ms(),
            earned.valid_until.unix_ms(),
            earned.bytes
        ])?;
    }
    Ok(())
}

fn earned(tx: &Transaction, candidate: &CandidateId) -> rusqlite::Result<Vec<Earned>> {
    let mut statement = tx.prepare_cached("SELECT * FROM credentials WHERE candidate = ?1 ORDER BY certification")?;
    let row = |row: &Row| {
        Ok(Earned {
            id: row.get("id")?,
            certification: parsed(row, "certification")?,
            title: row.get("title")?,
            valid_from: wall(row, "valid_from")?,
            valid_until: wall(row, "valid_until")?,
            bytes: row.get("bytes")?,
        })
    };
    statement.query_map([candidate.as_str()], row)?.collect()
}

fn status(tx: &Transaction, sitting: &SittingId) -> Result<Status, StoreError> {
    let id = sitting.as_str();
    let sql = "SELECT s.candidate, s.size, a.certification,
            (SELECT bytes FROM checkpoints c WHERE c.sitting = s.id ORDER BY size DESC LIMIT 1) AS checkpoint,
            (SELECT receipt FROM submissions u WHERE u.sitting = s.id) AS receipt,
            (SELECT bytes FROM results r WHERE r.sitting = s.id AND r.released IS NOT NULL) AS result
         FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.id = ?1";
    let facts = |row: &Row| {
        let candidate: CandidateId = parsed(row, "candidate")?;
        Ok(Status {
            earned: earned(tx, &candidate)?,
            tries: tries_of(tx, &candidate, None)?,
            admitted: admitted(tx, &candidate)?,
            candidate: super::setup::candidate(tx, &candidate)?,
            certification: parsed(row, "certification")?,
            log_size: count(row, "size")?,
            checkpoint: row.get("checkpoint")?,
            receipt: row.get("receipt")?,
            result: row.get("result")?,
            programmes: programmes(tx)?,
        })
    };
    Ok(tx.prepare_cached(sql)?.query_row([id], facts)?)
}

fn admitted(tx: &Transaction, candidate: &CandidateId) -> rusqlite::Result<Vec<(SittingId, ExamId, Window)>> {
    let mut statement = tx.prepare_cached(
        "SELECT s.id, a.exam, a.opens, a.closes FROM sittings s JOIN administrations a ON a.id = s.administration
         WHERE s.candidate = ?1 AND s.closed IS NULL ORDER BY a.closes",
    )?;
    let row = |row: &Row| {
        let window = Window { opens: wall(row, "opens")?, closes: wall(row, "closes")? };
        Ok((parsed(row, "id")?, parsed(row, "exam")?, window))
    };
    statement.query_map([candidate.as_str()], row)?.collect()
}
