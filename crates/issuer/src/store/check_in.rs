//! Check-in: that somebody made sure who sits, and who that was.

use super::{
    Store, StoreError,
    account::audit,
    database::{Row, Sql, SqlError, Tx, places},
    person::Person,
};
use crate::fault::Fault;
use invigil_core::{AdministrationId, Digest, SittingId, Wall, admission::Candidate};
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// How long before an administration opens a sign-in counts for its check-in, in milliseconds.
const EARLY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How an administration makes sure who sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckIn {
    /// Not at all.
    None,
    /// The candidate has signed in at the provider of this name.
    Institution(String),
    /// A proctor has compared the candidate with the roster.
    Proctor,
}

/// The text is no way to check in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no check-in; write none, proctor or institution:PROVIDER")]
pub struct NotACheckIn(String);

impl fmt::Display for CheckIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Institution(provider) => write!(f, "institution:{provider}"),
            Self::Proctor => f.write_str("proctor"),
        }
    }
}

impl FromStr for CheckIn {
    type Err = NotACheckIn;
    fn from_str(text: &str) -> Result<Self, NotACheckIn> {
        match (text, text.strip_prefix("institution:")) {
            ("none", _) => Ok(Self::None),
            ("proctor", _) => Ok(Self::Proctor),
            (_, Some(provider)) if !provider.is_empty() => Ok(Self::Institution(provider.to_owned())),
            (other, _) => Err(NotACheckIn(other.chars().take(40).collect())),
        }
    }
}

impl Serialize for CheckIn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A check-in that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// How: `proctor`, or `institution:` and the provider.
    pub how: String,
    /// Who said so.
    pub teller: String,
    /// When.
    pub at: Wall,
}

/// Somebody who is expected at an administration.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Their sitting.
    pub sitting: SittingId,
    /// Who.
    pub candidate: Candidate,
    /// The digest of the roster's photo.
    pub photo: Option<Digest>,
    /// Their check-in, when it is done.
    pub checked_in: Option<CheckedIn>,
}

impl Store {
    /// Everybody who is expected at an administration, by name.
    pub fn expected(&self, administration: &AdministrationId) -> Result<Vec<Expected>, StoreError> {
        let sql = "SELECT s.id, s.candidate, c.name, s.photo, k.how, k.teller, k.at FROM sittings s
             JOIN candidates c ON c.id = s.candidate LEFT JOIN check_ins k ON k.sitting = s.id
             WHERE s.administration = ?1 ORDER BY c.name, s.id";
        self.read(|tx| Ok(tx.rows(sql, places![administration.as_str()], expected)?))
    }

    /// Notes that `by` has compared a candidate with the roster, which is in the audit. Once more changes nothing.
    ///
    /// # Errors
    /// `SittingUnknown`, or `CheckInNotAsked` where no proctor is asked.
    pub fn check_in(&self, sitting: &SittingId, by: &str, now: Wall) -> Result<(), Fault> {
        let sql = "SELECT a.check_in FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.id = ?1";
        self.write(|tx| {
            let asked = tx.row(sql, places![sitting.as_str()], |row| row.parsed::<CheckIn>("check_in"))?;
            match asked.ok_or(Fault::SittingUnknown)? {
                CheckIn::Proctor => Ok(checked(tx, sitting.as_str(), &CheckIn::Proctor, by, now)?),
                CheckIn::None | CheckIn::Institution(_) => Err(Fault::CheckInNotAsked),
            }
        })
    }

    /// The digest of the roster's photo of a sitting's candidate.
    pub fn photo(&self, sitting: &SittingId) -> Result<Option<Digest>, StoreError> {
        let sql = "SELECT photo FROM sittings WHERE id = ?1";
        self.read(|tx| Ok(tx.row(sql, places![sitting.as_str()], |row| row.parsed_option("photo"))?.flatten()))
    }

    /// Notes which photo is a candidate's, which is in the audit. Returns the one that it takes the place of.
    ///
    /// # Errors
    /// `SittingUnknown`.
    pub fn put_photo(&self, sitting: &SittingId, photo: &Digest, by: &str, now: Wall) -> Result<Option<Digest>, Fault> {
        self.write(|tx| {
            tx.only(&format!("photo {sitting}"))?;
            let sql = "SELECT photo FROM sittings WHERE id = ?1";
            let before = tx.row(sql, places![sitting.as_str()], |row| row.parsed_option("photo"))?;
            let before = before.ok_or(Fault::SittingUnknown)?;
            tx.execute("UPDATE sittings SET photo = ?2 WHERE id = ?1", places![sitting.as_str(), photo])?;
            audit(tx, now, by, "photo-put", sitting.as_str())?;
            Ok(before.filter(|before| before != photo))
        })
    }
}

fn expected(row: &Row) -> Sql<Expected> {
    let how: Option<String> = row.get("how")?;
    let checked_in = match how {
        Some(how) => Some(CheckedIn { how, teller: row.get("teller")?, at: row.get("at")? }),
        None => None,
    };
    Ok(Expected {
        sitting: row.parsed("id")?,
        candidate: Candidate { id: row.parsed("candidate")?, name: row.get("name")? },
        photo: row.parsed_option("photo")?,
        checked_in,
    })
}

/// The check-in that a sitting's administration asks for, while it is not done.
pub(super) fn due(tx: &Tx, sitting: &SittingId) -> Sql<Option<CheckIn>> {
    let sql = "SELECT a.check_in, EXISTS (SELECT 1 FROM check_ins k WHERE k.sitting = s.id) AS done FROM sittings s
         JOIN administrations a ON a.id = s.administration WHERE s.id = ?1";
    let state = |row: &Row| Ok((row.parsed::<CheckIn>("check_in")?, row.get::<bool>("done")?));
    let (asked, done) = tx.row(sql, places![sitting.as_str()], state)?.ok_or(SqlError::NoRow)?;
    Ok(if done || asked == CheckIn::None { None } else { Some(asked) })
}

/// Checks a person in wherever their sign-in at this provider is what is asked for, and it is the time.
pub(super) fn by_provider(tx: &Tx, person: &Person, provider: &str, now: Wall) -> Sql<()> {
    let how = CheckIn::Institution(provider.to_owned());
    let sql = "SELECT s.id FROM sittings s JOIN administrations a ON a.id = s.administration
         WHERE s.candidate = ?1 AND a.check_in = ?2 AND a.opens - ?3 <= ?4 AND ?4 < a.closes";
    let places = places![person.id.as_str(), how.to_string(), EARLY_MS, now];
    for sitting in tx.rows(sql, places, |row| row.get::<String>("id"))? {
        checked(tx, &sitting, &how, person.id.as_str(), now)?;
    }
    Ok(())
}

fn checked(tx: &Tx, sitting: &str, how: &CheckIn, by: &str, now: Wall) -> Sql<()> {
    let sql = "INSERT INTO check_ins (sitting, how, teller, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    if tx.execute(sql, places![sitting, how.to_string(), by, now])? == 1 {
        audit(tx, now, by, &format!("check in by {how}"), sitting)?;
    }
    Ok(())
}
