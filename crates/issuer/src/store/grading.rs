//! What follows when a sitting is handed in: submission, receipt, result and credential, in one transaction.

use super::{
    Store, StoreError,
    database::{Row, Sql, Tx, places},
    evidence,
    revocation::free_place,
    seat::{alone, lease},
    setup::programmes,
    sitting::{admission, all_lines, past_of},
};
use crate::fault::Fault;
use invigil_core::{
    CandidateId, CertificationId, Digest, ExamId, SittingId, Wall,
    admission::{Candidate, Window},
    programme::{Past, Programme},
    submission::Opening,
};
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
    /// What else the candidate has done.
    pub past: Past,
    /// Certifications that a credential was issued for, also one that was revoked since.
    pub issued: BTreeSet<CertificationId>,
    /// When the sitting began.
    pub began: Option<Wall>,
    /// A free place in the status lists, for a credential.
    pub place: u64,
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
    /// Its place in the status lists; `None` = it was issued before there were any.
    pub place: Option<u64>,
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
    /// What the candidate has done.
    pub past: Past,
    /// The programmes.
    pub programmes: Vec<Programme>,
    /// Sittings the candidate is admitted to and has not finished.
    pub admitted: Vec<(SittingId, ExamId, Window)>,
}

impl Store {
    /// Takes a submission as `decide` judges it. `draw` is random. Returns the signed receipt.
    pub fn submit(
        &self,
        sitting: &SittingId,
        draw: &[u8; 16],
        decide: impl FnOnce(&ToGrade) -> Result<Submitted, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        self.write(|tx| {
            alone(tx, sitting)?;
            match decide(&to_grade(tx, sitting, draw)?)? {
                Submitted::Before(receipt) => Ok(receipt),
                Submitted::New(grading) => {
                    keep_grading(tx, sitting, &grading)?;
                    Ok(grading.receipt)
                }
            }
        })
    }

    /// What a sitting's device may know.
    pub fn status(&self, sitting: &SittingId) -> Result<Status, StoreError> {
        self.read(|tx| Ok(status(tx, sitting)?))
    }

    /// A credential by its identifier.
    pub fn credential(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM credentials WHERE id = ?1";
        self.read(|tx| Ok(tx.row(sql, places![id], |row| row.get("bytes"))?))
    }
}

fn all_openings(tx: &Tx, sitting: &SittingId) -> Sql<BTreeMap<u64, Opening>> {
    let sql = "SELECT seq, salt, content FROM openings WHERE sitting = ?1";
    let openings = tx.rows(sql, places![sitting.as_str()], opening)?;
    Ok(openings.into_iter().map(|opening| (opening.seq, opening)).collect())
}

pub(super) fn opening(row: &Row) -> Sql<Opening> {
    Ok(Opening { seq: row.get("seq")?, salt: row.get("salt")?, content: row.get("content")? })
}

fn to_grade(tx: &Tx, sitting: &SittingId, draw: &[u8; 16]) -> Result<ToGrade, Fault> {
    let id = sitting.as_str();
    let sql = "SELECT digest, receipt FROM submissions WHERE sitting = ?1";
    let before = tx.row(sql, places![id], |row| Ok((row.parsed("digest")?, row.get("receipt")?)))?;
    let candidate = candidate_of(tx, sitting)?;
    let sql = "SELECT r.bytes FROM results r JOIN sittings s ON s.id = r.sitting
         WHERE s.candidate = ?1 AND s.id <> ?2 AND r.passed = 1 AND r.released IS NOT NULL";
    let passes = tx.rows(sql, places![candidate.as_str(), id], |row| row.get("bytes"))?;
    let issued = "SELECT certification FROM credentials WHERE candidate = ?1";
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
        past: past_of(tx, &candidate, Some(sitting))?,
        issued: tx.rows(issued, places![candidate.as_str()], |row| row.parsed("certification"))?.into_iter().collect(),
        place: free_place(tx, draw)?,
        began: tx.one("SELECT began FROM sittings WHERE id = ?1", places![id], |row| row.get("began"))?,
    })
}

pub(super) fn candidate_of(tx: &Tx, sitting: &SittingId) -> Sql<CandidateId> {
    tx.one("SELECT candidate FROM sittings WHERE id = ?1", places![sitting.as_str()], |row| row.parsed("candidate"))
}

fn keep_grading(tx: &Tx, sitting: &SittingId, grading: &Grading) -> Result<(), Fault> {
    let id = sitting.as_str();
    let Grading { digest, submission, receipt, received, .. } = grading;
    let sql = "INSERT INTO submissions (sitting, digest, bytes, receipt, received) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, places![id, digest, submission, receipt, *received])?;
    if let Some((bytes, passed, released)) = &grading.result {
        let sql = "INSERT INTO results (sitting, passed, bytes, released) VALUES (?1, ?2, ?3, ?4)";
        tx.execute(sql, places![id, *passed, bytes, released.then_some(*received)])?;
    }
    if let Some(earned) = &grading.earned {
        let candidate = candidate_of(tx, sitting)?;
        let Earned { id, certification, title, valid_from, valid_until, place, bytes } = earned;
        let sql = "INSERT INTO credentials (id, candidate, certification, title, valid_from, valid_until, bytes, place)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let places =
            places![id, candidate.as_str(), certification.as_str(), title, *valid_from, *valid_until, bytes, *place];
        tx.execute(sql, places)?;
    }
    Ok(())
}

fn earned(tx: &Tx, candidate: &CandidateId) -> Sql<Vec<Earned>> {
    let row = |row: &Row| {
        Ok(Earned {
            id: row.get("id")?,
            certification: row.parsed("certification")?,
            title: row.get("title")?,
            valid_from: row.get("valid_from")?,
            valid_until: row.get("valid_until")?,
            place: row.get("place")?,
            bytes: row.get("bytes")?,
        })
    };
    let sql = "SELECT * FROM credentials WHERE candidate = ?1 AND revoked IS NULL ORDER BY certification";
    tx.rows(sql, places![candidate.as_str()], row)
}

fn status(tx: &Tx, sitting: &SittingId) -> Sql<Status> {
    let sql = "SELECT s.candidate, s.size, a.certification,
            (SELECT bytes FROM checkpoints c WHERE c.sitting = s.id ORDER BY size DESC LIMIT 1) AS checkpoint,
            (SELECT receipt FROM submissions u WHERE u.sitting = s.id) AS receipt,
            (SELECT bytes FROM results r WHERE r.sitting = s.id AND r.released IS NOT NULL) AS result
         FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.id = ?1";
    tx.one(sql, places![sitting.as_str()], |row| {
        let candidate: CandidateId = row.parsed("candidate")?;
        Ok(Status {
            earned: earned(tx, &candidate)?,
            past: past_of(tx, &candidate, None)?,
            admitted: admitted(tx, &candidate)?,
            candidate: super::setup::candidate(tx, &candidate)?,
            certification: row.parsed("certification")?,
            log_size: row.get("size")?,
            checkpoint: row.get("checkpoint")?,
            receipt: row.get("receipt")?,
            result: row.get("result")?,
            programmes: programmes(tx)?,
        })
    })
}

fn admitted(tx: &Tx, candidate: &CandidateId) -> Sql<Vec<(SittingId, ExamId, Window)>> {
    let sql = "SELECT s.id, a.exam, a.opens, a.closes FROM sittings s JOIN administrations a ON a.id = s.administration
         WHERE s.candidate = ?1 AND s.closed IS NULL ORDER BY a.closes";
    tx.rows(sql, places![candidate.as_str()], |row| {
        let window = Window { opens: row.get("opens")?, closes: row.get("closes")? };
        Ok((row.parsed("id")?, row.parsed("exam")?, window))
    })
}
