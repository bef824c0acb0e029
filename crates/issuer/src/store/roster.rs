//! Rosters: many candidates of one administration, all of them or none.

use super::{
    Store, StoreError,
    account::audit,
    database::{Row, Sql, SqlError, Tx, places},
    invitation::candidate_with,
    person::{Person, enrol, organisation, person},
    setup::{Accommodation, Administration, candidate},
    sitting::past_of,
};
use crate::fault::Fault;
use invigil_core::{
    AdministrationId, CandidateId, Digest, PersonId, SittingId, Wall, admission::Candidate, programme::Past,
    roster::Finding,
};
use std::collections::BTreeSet;

/// One line of a roster, with what is made for it.
pub struct NewEntry {
    /// The line in its file.
    pub line: usize,
    /// The candidate's identifier, when the organisation has one.
    pub id: Option<CandidateId>,
    /// The identifier to give where nobody is known.
    pub fresh: CandidateId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// What they are granted.
    pub accommodation: Accommodation,
    /// The sitting.
    pub sitting: SittingId,
    /// The digest of its code.
    pub code: Digest,
}

/// Whether a roster is kept, or only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It is kept.
    Yes,
    /// It is checked, and nothing is written.
    No,
}

/// Why a transaction is undone: it failed, or it was only a trial.
enum Undone<T> {
    Failed(Fault),
    Tried(T),
}

impl<T> From<SqlError> for Undone<T> {
    fn from(error: SqlError) -> Self {
        Self::Failed(error.into())
    }
}

impl<T> From<Fault> for Undone<T> {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl Store {
    /// The organisation that an administration belongs to.
    pub fn organisation_of_administration(&self, id: &AdministrationId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT p.body FROM administrations a JOIN programmes p ON p.id = a.programme WHERE a.id = ?1";
        self.read(|tx| Ok(tx.row(sql, places![id.as_str()], organisation)?))
    }

    /// Admits everybody on a roster in one transaction, and returns them in its order. `eligible` sees each one's past.
    ///
    /// # Errors
    /// `RosterRefused` with everything that was found, and what the store says. Nothing is kept then.
    pub fn enlist(
        &self,
        to: &Administration,
        entries: &[NewEntry],
        keep: Keep,
        by: &str,
        now: Wall,
        eligible: impl Fn(&Past) -> Result<(), Fault>,
    ) -> Result<Vec<Candidate>, Fault> {
        let done = self.write(|tx| {
            tx.only(&format!("roster {}", to.id))?;
            let sql = "SELECT body FROM programmes WHERE id = ?1";
            let organisation = tx.one(sql, places![to.programme.as_str()], organisation)?;
            // Whoever is on the list may sit elsewhere at once. Locks are taken in one order, so that two rosters do not wait
            // for each other.
            only_all(tx, entries.iter().filter_map(|entry| entry.id.as_ref()).map(CandidateId::as_str))?;
            let known = entries.iter().map(|entry| known(tx, entry, &organisation)).collect::<Result<Vec<_>, _>>()?;
            only_all(tx, known.iter().flatten().flatten().map(|person| person.id.as_str()))?;
            let (mut listed, mut findings) = (Vec::new(), Vec::new());
            for (entry, known) in entries.iter().zip(known) {
                let one = known.map(|known| known.unwrap_or_else(|| fresh(entry, now)));
                match one {
                    Ok(person) => match enlisted(tx, to, entry, &person, now, &eligible)? {
                        Ok(candidate) => listed.push(candidate),
                        Err(finding) => findings.push(finding),
                    },
                    Err(finding) => findings.push(finding),
                }
            }
            if !findings.is_empty() {
                return Err(Undone::Failed(Fault::RosterRefused { findings }));
            }
            audit(tx, now, by, &format!("roster of {}", listed.len()), to.id.as_str())?;
            if keep == Keep::Yes { Ok(listed) } else { Err(Undone::Tried(listed)) }
        });
        match done {
            Ok(listed) | Err(Undone::Tried(listed)) => Ok(listed),
            Err(Undone::Failed(fault)) => Err(fault),
        }
    }
}

fn only_all<'a>(tx: &Tx, subjects: impl Iterator<Item = &'a str>) -> Sql<()> {
    let sorted: BTreeSet<&str> = subjects.collect();
    sorted.into_iter().try_for_each(|subject| tx.only(subject))
}

fn finding(entry: &NewEntry, column: Option<&'static str>, code: &'static str, message: String) -> Finding {
    Finding { line: entry.line, column, code, message }
}

fn fresh(entry: &NewEntry, now: Wall) -> Person {
    let id = entry.id.clone().unwrap_or_else(|| entry.fresh.clone());
    Person { id: id.into(), name: entry.name.clone(), email: entry.email.clone(), created: now }
}

/// Who an entry speaks of, when they are known: by the identifier, else by the address.
fn known(tx: &Tx, entry: &NewEntry, organisation: &str) -> Sql<Result<Option<Person>, Finding>> {
    let Some(id) = &entry.id else {
        let found = entry.email.as_deref().map(|email| candidate_with(tx, email, organisation)).transpose()?;
        return Ok(Ok(found.flatten()));
    };
    let sql = "SELECT id, name, email, created FROM persons WHERE id = ?1";
    let Some(person) = tx.row(sql, places![id.as_str()], person)? else { return Ok(Ok(None)) };
    let sql = "SELECT 1 AS n FROM roles WHERE person = ?1 AND role = 'candidate' AND organisation IN (?2, '*')";
    let ours = tx.row(sql, places![id.as_str(), organisation], |_: &Row| Ok(()))?.is_some();
    let other = "this identifier is somebody's who is no candidate of this organisation; use another one";
    Ok(if ours { Ok(Some(person)) } else { Err(finding(entry, Some("id"), "id-of-another", other.to_owned())) })
}

fn enlisted(
    tx: &Tx,
    to: &Administration,
    entry: &NewEntry,
    person: &Person,
    now: Wall,
    eligible: impl Fn(&Past) -> Result<(), Fault>,
) -> Result<Result<Candidate, Finding>, Fault> {
    let id = CandidateId::from(PersonId::clone(&person.id));
    let there = "SELECT 1 AS n FROM sittings WHERE administration = ?1 AND candidate = ?2";
    if tx.row(there, places![to.id.as_str(), id.as_str()], |_| Ok(()))?.is_some() {
        let why = format!("{} ({id}) is on the roster of {} already", person.name, to.id);
        return Ok(Err(finding(entry, None, "on-roster", why)));
    }
    if let Err(fault) = eligible(&past_of(tx, &id, None)?) {
        return match fault {
            Fault::NotEligible { why } => Ok(Err(finding(entry, None, "not-eligible", why))),
            other => Err(other),
        };
    }
    enrol(tx, person, &to.programme, now)?;
    let accommodation = serde_json::to_string(&entry.accommodation)?;
    let sql = "INSERT INTO sittings (id, administration, candidate, code, accommodation, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let places = places![entry.sitting.as_str(), to.id.as_str(), id.as_str(), entry.code, &accommodation, now];
    tx.execute(sql, places)?;
    Ok(Ok(candidate(tx, &id)?))
}
