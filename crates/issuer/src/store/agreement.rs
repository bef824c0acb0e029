//! Agreements of programmes, by version, and who has accepted which.

use super::{
    Store, StoreError,
    account::audit,
    database::{Row, Sql, Tx, places},
};
use invigil_core::{Digest, PersonId, ProgrammeId, Wall};

/// The text that a programme asks its candidates to accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its version, from 1.
    pub version: u32,
    /// The digest of its text.
    pub digest: Digest,
    /// The text.
    pub text: String,
}

/// A programme's agreement, and whether somebody has accepted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The programme.
    pub programme: ProgrammeId,
    /// The present version.
    pub version: u32,
    /// Whether it is that version that they have accepted.
    pub accepted: bool,
}

impl Store {
    /// Keeps an agreement as the newest of its programme, which is in the audit, and returns its version. The present
    /// text once more changes nothing. `None` when there is no such programme.
    pub fn put_agreement(
        &self,
        programme: &ProgrammeId,
        text: &str,
        by: &str,
        now: Wall,
    ) -> Result<Option<u32>, StoreError> {
        let (id, digest) = (programme.as_str(), Digest::of(text));
        self.write(|tx| {
            tx.only(&format!("agreement {id}"))?;
            if tx.row("SELECT 1 AS n FROM programmes WHERE id = ?1", places![id], |_| Ok(()))?.is_none() {
                return Ok(None);
            }
            let present = agreement(tx, programme)?;
            if let Some(present) = present.as_ref().filter(|present| present.digest == digest) {
                return Ok(Some(present.version));
            }
            let version = present.map_or(1, |present| present.version.saturating_add(1));
            let sql = "INSERT INTO agreements (programme, version, digest, text, added) VALUES (?1, ?2, ?3, ?4, ?5)";
            tx.execute(sql, places![id, version, digest, text, now])?;
            audit(tx, now, by, &format!("agreement {version}"), id)?;
            Ok(Some(version))
        })
    }

    /// The present agreement of a programme.
    pub fn agreement(&self, programme: &ProgrammeId) -> Result<Option<Agreement>, StoreError> {
        self.read(|tx| Ok(agreement(tx, programme)?))
    }

    /// Notes that a candidate accepts the agreement of this digest. `false` when it is not the present one, or they are no
    /// candidate. Once more changes nothing.
    pub fn accept_agreement(
        &self,
        person: &PersonId,
        programme: &ProgrammeId,
        digest: &Digest,
        now: Wall,
    ) -> Result<bool, StoreError> {
        let (who, id) = (person.as_str(), programme.as_str());
        self.write(|tx| {
            tx.only(&format!("agreement {id}"))?;
            let present = agreement(tx, programme)?.filter(|present| present.digest == *digest);
            let candidate = tx.row("SELECT 1 AS n FROM candidates WHERE id = ?1", places![who], |_| Ok(()))?;
            let (Some(present), Some(())) = (present, candidate) else { return Ok(false) };
            let sql = "INSERT INTO acceptances (person, programme, version, digest, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING";
            if tx.execute(sql, places![who, id, present.version, digest, now])? == 1 {
                audit(tx, now, who, &format!("accept agreement {}", present.version), id)?;
            }
            Ok(true)
        })
    }

    /// The candidate who was given the admission code of this digest, for an exam of `programme`.
    pub fn candidate_of_code(&self, code: &Digest, programme: &ProgrammeId) -> Result<Option<PersonId>, StoreError> {
        let sql = "SELECT s.candidate FROM sittings s JOIN administrations a ON a.id = s.administration
             WHERE s.code = ?1 AND a.programme = ?2";
        self.read(|tx| Ok(tx.row(sql, places![code, programme.as_str()], |row| row.parsed("candidate"))?))
    }

    /// The agreements that a candidate is asked to accept, by programme.
    pub fn agreements_of(&self, person: &PersonId) -> Result<Vec<Asked>, StoreError> {
        let programmes = "SELECT DISTINCT programme FROM agreements ORDER BY programme";
        let mine = "SELECT p.body FROM programmes p WHERE p.id = ?1";
        self.read(|tx| {
            let grants = super::person::grants(tx, person)?;
            let mut asked = Vec::new();
            for programme in tx.rows(programmes, places![], |row| row.parsed::<ProgrammeId>("programme"))? {
                let organisation = tx.one(mine, places![programme.as_str()], super::person::organisation)?;
                let sits = invigil_core::role::may(&grants, invigil_core::role::Act::Sit, &organisation);
                let Some(present) = agreement(tx, &programme)?.filter(|_| sits) else { continue };
                let accepted = due(tx, person.as_str(), &programme)?.is_none();
                asked.push(Asked { programme, version: present.version, accepted });
            }
            Ok(asked)
        })
    }
}

fn agreement(tx: &Tx, programme: &ProgrammeId) -> Sql<Option<Agreement>> {
    let sql = "SELECT version, digest, text FROM agreements WHERE programme = ?1 ORDER BY version DESC LIMIT 1";
    let read = |row: &Row| {
        Ok(Agreement { version: row.get("version")?, digest: row.parsed("digest")?, text: row.get("text")? })
    };
    tx.row(sql, places![programme.as_str()], read)
}

/// The version that a candidate has yet to accept before they sit an exam of this programme.
pub(super) fn due(tx: &Tx, candidate: &str, programme: &ProgrammeId) -> Sql<Option<u32>> {
    let sql = "SELECT max (version) AS version FROM agreements a WHERE programme = ?1";
    let Some(version) = tx.one(sql, places![programme.as_str()], |row| row.get::<Option<u32>>("version"))? else {
        return Ok(None);
    };
    let sql = "SELECT 1 AS n FROM acceptances WHERE person = ?1 AND programme = ?2 AND version = ?3";
    let accepted = tx.row(sql, places![candidate, programme.as_str(), version], |_| Ok(()))?;
    Ok(if accepted.is_none() { Some(version) } else { None })
}
