//! Evidence that logs name, and that its time can be over. The sealed bytes are files of the shelf.

use super::{
    Store, StoreError,
    row::{count, json, parsed, wall},
};
use invigil_core::{Digest, SittingId, Wall, policy::Policy};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// A sitting whose pictures may have to go.
pub struct Lapsing {
    /// The sitting.
    pub sitting: SittingId,
    /// When its receipt was given.
    pub received: Wall,
    /// The rules it was under.
    pub policy: Policy,
    /// Its pieces that are not deleted yet.
    pub pieces: BTreeSet<Digest>,
}

impl Store {
    /// The size of a piece of evidence, if the log names it.
    pub fn evidence_size(&self, sitting: &SittingId, sha256: &Digest) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT size FROM evidence WHERE sitting = ?1 AND sha256 = ?2";
        let row = |row: &Row| count(row, "size");
        Ok(self
            .connection()
            .prepare_cached(sql)?
            .query_row(params![sitting.as_str(), sha256.to_string()], row)
            .optional()?)
    }

    /// The pieces of a sitting that were deleted.
    pub fn deleted_evidence(&self, sitting: &SittingId) -> Result<BTreeSet<Digest>, StoreError> {
        Ok(self.read(|tx| deleted(tx, sitting))?)
    }

    /// The sittings whose result is released and that still have evidence.
    pub fn lapsing_evidence(&self) -> Result<Vec<Lapsing>, StoreError> {
        let sql = "SELECT e.sitting, e.sha256, u.received, a.policy
             FROM evidence e JOIN submissions u ON u.sitting = e.sitting
             JOIN results r ON r.sitting = e.sitting AND r.released IS NOT NULL
             JOIN sittings s ON s.id = e.sitting JOIN administrations a ON a.id = s.administration
             WHERE e.deleted IS NULL ORDER BY e.sitting";
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql)?;
        let row = |row: &Row| {
            Ok((parsed(row, "sitting")?, parsed(row, "sha256")?, wall(row, "received")?, json(row, "policy")?))
        };
        let mut lapsing: Vec<Lapsing> = Vec::new();
        for row in statement.query_map([], row)? {
            let (sitting, sha256, received, policy): (SittingId, Digest, Wall, Policy) = row?;
            match lapsing.last_mut().filter(|last| last.sitting == sitting) {
                Some(last) => {
                    last.pieces.insert(sha256);
                }
                None => lapsing.push(Lapsing { sitting, received, policy, pieces: BTreeSet::from([sha256]) }),
            }
        }
        Ok(lapsing)
    }

    /// Notes that all pieces of a sitting are deleted, and says so in the audit.
    pub fn evidence_deleted(&self, sitting: &SittingId, now: Wall) -> Result<(), StoreError> {
        let sql = "UPDATE evidence SET deleted = ?2 WHERE sitting = ?1 AND deleted IS NULL";
        self.connection().prepare_cached(sql)?.execute(params![sitting.as_str(), now.unix_ms()])?;
        self.audit(now, "service", "pictures-deleted", sitting.as_str())
    }
}

/// The evidence that the log names.
pub(super) fn named(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<BTreeMap<Digest, u64>> {
    let mut statement = tx.prepare_cached("SELECT sha256, size FROM evidence WHERE sitting = ?1")?;
    statement.query_map([sitting.as_str()], |row| Ok((parsed(row, "sha256")?, count(row, "size")?)))?.collect()
}

/// The evidence that was deleted.
pub(super) fn deleted(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<BTreeSet<Digest>> {
    let sql = "SELECT sha256 FROM evidence WHERE sitting = ?1 AND deleted IS NOT NULL";
    let mut statement = tx.prepare_cached(sql)?;
    statement.query_map([sitting.as_str()], |row| parsed(row, "sha256"))?.collect()
}
