//! Evidence that logs name, and that its time can be over. The sealed bytes are files of the shelf.

use super::{
    Store, StoreError,
    account::audit,
    database::{Row, Sql, Tx, places},
};
use invigil_core::{Digest, SittingId, Wall, policy::Policy};
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
        self.read(|tx| Ok(tx.row(sql, places![sitting.as_str(), sha256], |row| row.get("size"))?))
    }

    /// The pieces of a sitting that were deleted.
    pub fn deleted_evidence(&self, sitting: &SittingId) -> Result<BTreeSet<Digest>, StoreError> {
        self.read(|tx| Ok(deleted(tx, sitting)?))
    }

    /// The sittings whose result is released and that still have evidence.
    pub fn lapsing_evidence(&self) -> Result<Vec<Lapsing>, StoreError> {
        let sql = "SELECT e.sitting, e.sha256, u.received, a.policy
             FROM evidence e JOIN submissions u ON u.sitting = e.sitting
             JOIN results r ON r.sitting = e.sitting AND r.released IS NOT NULL
             JOIN sittings s ON s.id = e.sitting JOIN administrations a ON a.id = s.administration
             WHERE e.deleted IS NULL ORDER BY e.sitting";
        let row =
            |row: &Row| Ok((row.parsed("sitting")?, row.parsed("sha256")?, row.get("received")?, row.json("policy")?));
        let rows: Vec<(SittingId, Digest, Wall, Policy)> =
            self.read(|tx| Ok::<_, StoreError>(tx.rows(sql, places![], row)?))?;
        let mut lapsing: Vec<Lapsing> = Vec::new();
        for (sitting, sha256, received, policy) in rows {
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
        self.write(|tx| {
            tx.execute(sql, places![sitting.as_str(), now])?;
            Ok(audit(tx, now, "service", "pictures-deleted", sitting.as_str())?)
        })
    }
}

/// The evidence that the log names.
pub(super) fn named(tx: &Tx, sitting: &SittingId) -> Sql<BTreeMap<Digest, u64>> {
    let sql = "SELECT sha256, size FROM evidence WHERE sitting = ?1";
    let named = tx.rows(sql, places![sitting.as_str()], |row| Ok((row.parsed("sha256")?, row.get("size")?)))?;
    Ok(named.into_iter().collect())
}

/// The evidence that was deleted.
pub(super) fn deleted(tx: &Tx, sitting: &SittingId) -> Sql<BTreeSet<Digest>> {
    let sql = "SELECT sha256 FROM evidence WHERE sitting = ?1 AND deleted IS NOT NULL";
    Ok(tx.rows(sql, places![sitting.as_str()], |row| row.parsed("sha256"))?.into_iter().collect())
}
