//! Places of credentials in the status lists, and which of them were revoked.

use super::{
    Store, StoreError,
    account::audit,
    database::{Sql, Tx, places},
};
use invigil_core::{Digest, Wall};
use invigil_credential::STATUS_ENTRIES;

/// How often a place is drawn in a list before the next list is begun: lists fill up to about nine tenths.
const DRAWS: u8 = 16;

/// What became of an order to revoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It is revoked now.
    Now,
    /// It was before.
    Before,
    /// It was issued before there were lists.
    WithoutPlace,
    /// There is no such credential.
    Unknown,
}

impl Store {
    /// Revokes a credential for ever, and says so in the audit.
    pub fn revoke(&self, id: &str, reason: &str, by: &str, now: Wall) -> Result<Revoked, StoreError> {
        self.write(|tx| {
            let sql =
                "SELECT place IS NOT NULL AS placed, revoked IS NOT NULL AS revoked FROM credentials WHERE id = ?1";
            let found = tx.row(sql, places![id], |row| Ok((row.get("placed")?, row.get("revoked")?)))?;
            Ok(match found {
                None => Revoked::Unknown,
                Some((_, true)) => Revoked::Before,
                Some((false, _)) => Revoked::WithoutPlace,
                Some((true, false)) => {
                    let sql = "UPDATE credentials SET revoked = ?2, reason = ?3 WHERE id = ?1";
                    tx.execute(sql, places![id, now, reason])?;
                    audit(tx, now, by, "credential-revoked", id)?;
                    Revoked::Now
                }
            })
        })
    }

    /// The places in a list whose credentials were revoked; `None` when there is no such list.
    pub fn revoked_in(&self, list: u32) -> Result<Option<Vec<u32>>, StoreError> {
        self.read(|tx| {
            // The first is there from the beginning, so that nothing can be concluded from its absence.
            if 0 < list && last_list(tx)?.is_none_or(|last| last < u64::from(list)) {
                return Ok(None);
            }
            let from = u64::from(list) * u64::from(STATUS_ENTRIES);
            let sql =
                "SELECT place - ?1 AS place FROM credentials WHERE ?1 <= place AND place < ?2 AND revoked IS NOT NULL";
            let to = from + u64::from(STATUS_ENTRIES);
            Ok(Some(tx.rows(sql, places![from, to], |row| row.get("place"))?))
        })
    }
}

fn last_list(tx: &Tx) -> Sql<Option<u64>> {
    let last: Option<u64> = tx.one("SELECT max (place) AS last FROM credentials", places![], |row| row.get("last"))?;
    Ok(last.map(|last| last / u64::from(STATUS_ENTRIES)))
}

/// A place that no credential has, drawn by `draw`: from the place nobody can tell when a credential was issued.
pub(super) fn free_place(tx: &Tx, draw: &[u8; 16]) -> Sql<u64> {
    let list = last_list(tx)?.unwrap_or(0);
    for n in 0..DRAWS {
        let drawn = Digest::of([b"place".as_slice(), draw, &[n]].concat());
        let index = drawn.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        let place = list * u64::from(STATUS_ENTRIES) + index % u64::from(STATUS_ENTRIES);
        let sql = "SELECT 1 AS taken FROM credentials WHERE place = ?1";
        if tx.row(sql, places![place], |_| Ok(()))?.is_none() {
            return Ok(place);
        }
    }
    Ok((list + 1) * u64::from(STATUS_ENTRIES))
}
