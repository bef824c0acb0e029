//! What operators set up: keys, accounts, programmes, packs, administrations, admissions.

use super::{
    CheckIn, Store, StoreError,
    database::{Row, Sql, SqlError, Tx, places},
    person::{Person, enrol},
    sitting::past_of,
    word::words,
};
use crate::{fault::Fault, keys::Card};
use invigil_core::{
    AdministrationId, CandidateId, CertificationId, Digest, ExamId, PersonId, ProgrammeId, SittingId, Wall,
    admission::{Candidate, Window},
    policy::{Control, Policy},
    programme::{Past, Programme},
};
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
    /// How it is made sure who sits.
    pub check_in: CheckIn,
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
        let keys = |row: &Row| Ok((row.json("card")?, row.get("sealed")?));
        self.read(|tx| Ok(tx.row("SELECT card, sealed FROM keys", places![], keys)?))
    }

    /// Keeps the keys. `false` when there are some already; nothing is changed then.
    pub fn put_keys(&self, card: &Card, sealed: &[u8]) -> Result<bool, StoreError> {
        let card = serde_json::to_string(card)?;
        let sql = "INSERT INTO keys (id, card, sealed) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING";
        self.write(|tx| Ok(tx.execute(sql, places![&card, sealed])? == 1))
    }

    /// Keeps a programme, in place of an older one of the same identifier.
    pub fn put_programme(&self, programme: &Programme, now: Wall) -> Result<(), StoreError> {
        let body = serde_json::to_string(programme)?;
        let sql = "INSERT INTO programmes (id, body, loaded) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body, loaded = excluded.loaded";
        self.write(|tx| {
            tx.execute(sql, places![programme.id.as_str(), &body, now])?;
            Ok(())
        })
    }

    /// Every programme, by identifier.
    pub fn programmes(&self) -> Result<Vec<Programme>, StoreError> {
        self.read(|tx| Ok(programmes(tx)?))
    }

    /// Keeps a pack. The same file again changes nothing.
    pub fn put_pack(&self, new: &NewPack) -> Result<(), StoreError> {
        let NewPack { pack: Pack { digest, exam, title, items, public, added, .. }, bytes, paper } = new;
        let sql = "INSERT INTO packs (digest, exam, title, items, public, bytes, paper, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let places = places![digest, exam.as_str(), title, *items, *public, bytes, paper, *added];
        self.write(|tx| {
            tx.execute(sql, places)?;
            Ok(())
        })
    }

    /// Every pack, the newest first.
    pub fn packs(&self) -> Result<Vec<Pack>, StoreError> {
        let sql = "SELECT digest, length (bytes) AS size, exam, title, items, public, added FROM packs
             ORDER BY added DESC, digest";
        let pack = |row: &Row| {
            Ok(Pack {
                digest: row.parsed("digest")?,
                size: row.get("size")?,
                exam: row.parsed("exam")?,
                title: row.get("title")?,
                items: row.get("items")?,
                public: row.get("public")?,
                added: row.get("added")?,
            })
        };
        self.read(|tx| Ok(tx.rows(sql, places![], pack)?))
    }

    /// A pack's file.
    pub fn pack_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM packs WHERE digest = ?1";
        self.read(|tx| Ok(tx.row(sql, places![digest], |row| row.get("bytes"))?))
    }

    /// A pack's sealed paper, and the size of its file.
    pub fn pack_paper(&self, digest: &Digest) -> Result<Option<(Vec<u8>, u64)>, StoreError> {
        let sql = "SELECT paper, length (bytes) AS size FROM packs WHERE digest = ?1";
        self.read(|tx| Ok(tx.row(sql, places![digest], |row| Ok((row.get("paper")?, row.get("size")?)))?))
    }

    /// Keeps an administration.
    pub fn put_administration(&self, new: &NewAdministration, now: Wall) -> Result<(), StoreError> {
        let one = &new.administration;
        let policy = serde_json::to_string(&one.policy)?;
        let sql = "INSERT INTO administrations (id, programme, certification, exam, opens, closes, policy, supervision,
                pack, start_code, resume_code, start_sealed, resume_recipient, resume_sealed, resume_identity, created, check_in)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
        let places = places![
            one.id.as_str(),
            one.programme.as_str(),
            one.certification.as_str(),
            one.exam.as_str(),
            one.window.opens,
            one.window.closes,
            &policy,
            one.supervision.to_string(),
            one.pack,
            new.start_code,
            new.resume_code,
            one.start_sealed.as_deref(),
            &one.resume_recipient,
            &one.resume_sealed,
            &new.resume_identity,
            now,
            one.check_in.to_string(),
        ];
        self.write(|tx| {
            tx.execute(sql, places)?;
            Ok(())
        })
    }

    /// Every administration, the newest first.
    pub fn administrations(&self) -> Result<Vec<Administration>, StoreError> {
        let sql = "SELECT * FROM administrations ORDER BY created DESC, id";
        self.read(|tx| Ok(tx.rows(sql, places![], administration_row)?))
    }

    /// The administration with this identifier.
    pub fn administration(&self, id: &AdministrationId) -> Result<Option<Administration>, StoreError> {
        self.read(|tx| Ok(administration(tx, id)?))
    }

    /// Admits a candidate, when `eligible` agrees with what the candidate has done. A candidate who is known keeps
    /// the name that is known; it is returned.
    pub fn admit(
        &self,
        new: &NewSitting,
        eligible: impl FnOnce(&Past) -> Result<(), Fault>,
    ) -> Result<Candidate, Fault> {
        let accommodation = serde_json::to_string(&new.accommodation)?;
        let who = new.candidate.id.as_str();
        self.write(|tx| {
            tx.only(who)?;
            let scheduled = administration(tx, &new.administration)?.ok_or(SqlError::NoRow)?;
            let person = Person {
                id: PersonId::from(new.candidate.id.clone()),
                name: new.candidate.name.clone(),
                email: None,
                created: new.created,
            };
            enrol(tx, &person, &scheduled.programme, new.created)?;
            eligible(&past_of(tx, &new.candidate.id, None)?)?;
            let sql = "INSERT INTO sittings (id, administration, candidate, code, accommodation, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let (id, administration) = (new.id.as_str(), new.administration.as_str());
            tx.execute(sql, places![id, administration, who, new.code, &accommodation, new.created])?;
            Ok(candidate(tx, &new.candidate.id)?)
        })
    }
}

pub(super) fn programmes(tx: &Tx) -> Sql<Vec<Programme>> {
    tx.rows("SELECT body FROM programmes ORDER BY id", places![], |row| row.json("body"))
}

pub(super) fn candidate(tx: &Tx, id: &CandidateId) -> Sql<Candidate> {
    let row = |row: &Row| Ok(Candidate { id: row.parsed("id")?, name: row.get("name")? });
    tx.one("SELECT id, name FROM candidates WHERE id = ?1", places![id.as_str()], row)
}

pub(super) fn administration(tx: &Tx, id: &AdministrationId) -> Sql<Option<Administration>> {
    tx.row("SELECT * FROM administrations WHERE id = ?1", places![id.as_str()], administration_row)
}

fn administration_row(row: &Row) -> Sql<Administration> {
    Ok(Administration {
        id: row.parsed("id")?,
        programme: row.parsed("programme")?,
        certification: row.parsed("certification")?,
        exam: row.parsed("exam")?,
        window: Window { opens: row.get("opens")?, closes: row.get("closes")? },
        policy: row.json("policy")?,
        supervision: row.parsed("supervision")?,
        check_in: row.parsed("check_in")?,
        pack: row.parsed("pack")?,
        start_sealed: row.get("start_sealed")?,
        resume_recipient: row.get("resume_recipient")?,
        resume_sealed: row.get("resume_sealed")?,
    })
}
