//! What operators set up: keys, accounts, programmes, packs, administrations, admissions.

use super::{
    Store, StoreError,
    row::{int, json, parsed, wall},
    sitting::tries_of,
    word::words,
};
use crate::{fault::Fault, keys::Card};
use invigil_core::{
    AdministrationId, CandidateId, CertificationId, Digest, ExamId, ProgrammeId, SittingId, Wall,
    admission::{Candidate, Window},
    policy::{Control, Policy},
    programme::{Programme, Try},
};
use rusqlite::{OptionalExtension, Row, Transaction, named_params, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How an administration is supervised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Supervision {
    /// Nobody is there.
    None,
    /// A proctor is in the room.
    InTheRoom,
    /// A proctor follows from elsewhere.
    Live,
    /// Somebody looks at it afterwards.
    Reviewed,
}

words!(
    Supervision,
    "none, in-the-room, live, reviewed",
    None = "none",
    InTheRoom = "in-the-room",
    Live = "live",
    Reviewed = "reviewed"
);

/// A pack as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pack {
    /// Digest of the file.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The exam inside.
    pub exam: ExamId,
    /// Its title.
    pub title: String,
    /// Items in the bank.
    pub items: u32,
    /// Whether the bank is public.
    pub public: bool,
    /// When it was added.
    pub added: Wall,
}

/// A pack to add.
pub struct NewPack {
    /// What the list shows.
    pub pack: Pack,
    /// The file.
    pub bytes: Vec<u8>,
    /// The paper, sealed to the store's recipient.
    pub paper: Vec<u8>,
}

/// One scheduled exam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Administration {
    /// Its identifier.
    pub id: AdministrationId,
    /// The programme.
    pub programme: ProgrammeId,
    /// The certification.
    pub certification: CertificationId,
    /// The exam.
    pub exam: ExamId,
    /// When it may start.
    pub window: Window,
    /// What is asked of the machine.
    pub policy: Policy,
    /// Who looks on.
    pub supervision: Supervision,
    /// The pack's file.
    pub pack: Digest,
    /// The content identity under the start code.
    #[serde(skip)]
    pub start_sealed: Option<String>,
    /// The age recipient that sitting keys are sealed to.
    #[serde(skip)]
    pub resume_recipient: String,
    /// Its identity under the resume code.
    #[serde(skip)]
    pub resume_sealed: String,
}

/// An administration to add, with what is only written.
pub struct NewAdministration {
    /// The administration.
    pub administration: Administration,
    /// The start code's digest.
    pub start_code: Digest,
    /// The resume code's digest.
    pub resume_code: Digest,
    /// The resume identity, sealed to the store's recipient.
    pub resume_identity: Vec<u8>,
}

/// What a candidate is granted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Accommodation {
    /// Percent of the exam's minutes on top.
    pub extra_percent: u32,
    /// Minutes on top.
    pub extra_minutes: u32,
    /// Controls that are not asked for.
    pub without: BTreeSet<Control>,
}

/// An admission to add.
pub struct NewSitting {
    /// The sitting.
    pub id: SittingId,
    /// The administration.
    pub administration: AdministrationId,
    /// The candidate, made when not known.
    pub candidate: Candidate,
    /// The code's digest.
    pub code: Digest,
    /// What the candidate is granted.
    pub accommodation: Accommodation,
    /// Now.
    pub created: Wall,
}

impl Store {
    /// The keys' card and the sealed keys.
    pub fn keys(&self) -> Result<Option<(Card, Vec<u8>)>, StoreError> {
        let keys = |row: &Row| Ok((json(row, "card")?, row.get("sealed")?));
        Ok(self.connection().query_row("SELECT card, sealed FROM keys", [], keys).optional()?)
    }

    /// Keeps the keys. `false` when there are some already; nothing is changed then.
    pub fn put_keys(&self, card: &Card, sealed: &[u8]) -> Result<bool, StoreError> {
        let card = serde_json::to_string(card)?;
        self.write(|tx| {
            let done =
                tx.execute("INSERT OR IGNORE INTO keys (id, card, sealed) VALUES (1, ?1, ?2)", params![card, sealed])?;
            Ok(done == 1)
        })
    }

    /// Keeps a programme, in place of an older one of the same identifier.
    pub fn put_programme(&self, programme: &Programme, now: Wall) -> Result<(), StoreError> {
        let body = serde_json::to_string(programme)?;
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO programmes (id, body, loaded) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET body = excluded.body, loaded = excluded.loaded",
            )?
            .execute(params![programme.id.as_str(), body, now.unix_ms()])?;
            Ok(())
        })
    }

    /// Every programme, by identifier.
    pub fn programmes(&self) -> Result<Vec<Programme>, StoreError> {
        Ok(programmes(&self.connection())?)
    }

    /// Keeps a pack. The same file again changes nothing.
    pub fn put_pack(&self, new: &NewPack) -> Result<(), StoreError> {
        let NewPack { pack, bytes, paper } = new;
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT OR IGNORE INTO packs (digest, exam, title, items, public, bytes, paper, added)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                pack.digest.to_string(),
                pack.exam.as_str(),
                pack.title,
                pack.items,
                pack.public,
                bytes,
                paper,
                pack.added.unix_ms()
            ])?;
            Ok(())
        })
    }

    /// Every pack, the newest first.
    pub fn packs(&self) -> Result<Vec<Pack>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT digest, length (bytes) AS size, exam, title, items, public, added FROM packs ORDER BY added DESC, rowid DESC",
        )?;
        let pack = |row: &Row| {
            Ok(Pack {
                digest: parsed(row, "digest")?,
                size: super::row::count(row, "size")?,
                exam: parsed(row, "exam")?,
                title: row.get("title")?,
                items: row.get("items")?,
                public: row.get("public")?,
                added: wall(row, "added")?,
            })
        };
        Ok(statement.query_map([], pack)?.collect::<Result<_, _>>()?)
    }

    /// A pack's file.
    pub fn pack_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM packs WHERE digest = ?1";
        Ok(self.connection().prepare_cached(sql)?.query_row([digest.to_string()], |row| row.get(0)).optional()?)
    }

    /// A pack's sealed paper, and the size of its file.
    pub fn pack_paper(&self, digest: &Digest) -> Result<Option<(Vec<u8>, u64)>, StoreError> {
        let sql = "SELECT paper, length (bytes) AS size FROM packs WHERE digest = ?1";
        let found = |row: &Row| Ok((row.get("paper")?, super::row::count(row, "size")?));
        Ok(self.connection().prepare_cached(sql)?.query_row([digest.to_string()], found).optional()?)
    }

    /// Keeps an administration.
    pub fn put_administration(&self, new: &NewAdministration, now: Wall) -> Result<(), StoreError> {
        let administration = &new.administration;
        let policy = serde_json::to_string(&administration.policy)?;
        self.write(|tx| {
            tx.prepare_cached("INSERT INTO administrations (id, programme, certification, exam, opens, closes, policy, supervision,
                    pack, start_code, resume_code, start_sealed, resume_recipient, resume_sealed, resume_identity, created)
                 VALUES (:id, :programme, :certification, :exam, :opens, :closes, :policy, :supervision,
                    :pack, :start_code, :resume_code, :start_sealed, :resume_recipient, :resume_sealed, :identity, :now)")?.execute(
                named_params! {
                    ":id": administration.id.as_str(), ":programme": administration.programme.as_str(),
                    ":certification": administration.certification.as_str(), ":exam": administration.exam.as_str(),
                    ":opens": administration.window.opens.unix_ms(), ":closes": administration.window.closes.unix_ms(),
                    ":policy": policy, ":supervision": administration.supervision.to_string(),
                    ":pack": administration.pack.to_string(), ":start_code": new.start_code.to_string(),
                    ":resume_code": new.resume_code.to_string(), ":start_sealed": administration.start_sealed,
                    ":resume_recipient": administration.resume_recipient,
                    ":resume_sealed": administration.resume_sealed, ":identity": new.resume_identity,
                    ":now": now.unix_ms(),
                },
            )?;
            Ok(())
        })
    }

    /// Every administration, the newest first.
    pub fn administrations(&self) -> Result<Vec<Administration>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT * FROM administrations ORDER BY created DESC, rowid DESC")?;
        Ok(statement.query_map([], administration_row)?.collect::<Result<_, _>>()?)
    }

    /// The administration with this identifier.
    pub fn administration(&self, id: &AdministrationId) -> Result<Option<Administration>, StoreError> {
        Ok(administration(&self.connection(), id)?)
    }

    /// Admits a candidate, when `eligible` agrees with the tries the candidate has had. A candidate who is known keeps
    /// the name that is known; it is returned.
    pub fn admit(
        &self,
        new: &NewSitting,
        eligible: impl FnOnce(&[Try]) -> Result<(), Fault>,
    ) -> Result<Candidate, Fault> {
        let accommodation = serde_json::to_string(&new.accommodation)?;
        self.write(|tx| {
            tx.prepare_cached("INSERT OR IGNORE INTO candidates (id, name, created) VALUES (?1, ?2, ?3)")?
                .execute(params![new.candidate.id.as_str(), new.candidate.name, new.created.unix_ms()])?;
            eligible(&tries_of(tx, &new.candidate.id, None)?)?;
            tx.prepare_cached(
                "INSERT INTO sittings (id, administration, candidate, code, accommodation, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                new.id.as_str(),
                new.administration.as_str(),
                new.candidate.id.as_str(),
                new.code.to_string(),
                accommodation,
                new.created.unix_ms()
            ])?;
            Ok(candidate(tx, &new.candidate.id)?)
        })
    }
}

pub(super) fn programmes(connection: &rusqlite::Connection) -> rusqlite::Result<Vec<Programme>> {
    let mut statement = connection.prepare_cached("SELECT body FROM programmes ORDER BY id")?;
    statement.query_map([], |row| json(row, "body"))?.collect()
}

pub(super) fn candidate(tx: &Transaction, id: &CandidateId) -> rusqlite::Result<Candidate> {
    let row = |row: &Row| Ok(Candidate { id: parsed(row, "id")?, name: row.get("name")? });
    tx.query_row("SELECT id, name FROM candidates WHERE id = ?1", [id.as_str()], row)
}

pub(super) fn administration(
    connection: &rusqlite::Connection,
    id: &AdministrationId,
) -> rusqlite::Result<Option<Administration>> {
    let sql = "SELECT * FROM administrations WHERE id = ?1";
    connection.query_row(sql, [id.as_str()], administration_row).optional()
}

fn administration_row(row: &Row) -> rusqlite::Result<Administration> {
    Ok(Administration {
        id: parsed(row, "id")?,
        programme: parsed(row, "programme")?,
        certification: parsed(row, "certification")?,
        exam: parsed(row, "exam")?,
        window: Window { opens: wall(row, "opens")?, closes: wall(row, "closes")? },
        policy: json(row, "policy")?,
        supervision: parsed(row, "supervision")?,
        pack: parsed(row, "pack")?,
        start_sealed: row.get("start_sealed")?,
        resume_recipient: row.get("resume_recipient")?,
        resume_sealed: row.get("resume_sealed")?,
    })
}

/// The number of a bound, as SQLite takes it.
pub(super) fn limit(count: usize) -> i64 {
    int(count as u64)
}
