//! People and their roles, and the audit of what was done with them.

use super::{
    Store, StoreError,
    database::{Row, Sql, Tx, places},
};
use invigil_core::{
    PersonId, ProgrammeId, SittingId, Wall,
    programme::Programme,
    role::{Grant, Role, Scope},
};

/// Somebody whom the issuer knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their identifier; as a candidate they have the same.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Where they can be written to.
    pub email: Option<String>,
    /// When they were first known.
    pub created: Wall,
}

impl Store {
    /// The person with this identifier, and their roles.
    pub fn person(&self, id: &PersonId) -> Result<Option<(Person, Vec<Grant>)>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT id, name, email, created FROM persons WHERE id = ?1";
            let Some(person) = tx.row(sql, places![id.as_str()], person)? else { return Ok(None) };
            Ok(Some((person, grants(tx, id)?)))
        })
    }

    /// Everybody with their roles, the latest first, at most `max`.
    pub fn people(&self, max: usize) -> Result<Vec<(Person, Vec<Grant>)>, StoreError> {
        let sql = "SELECT id, name, email, created FROM persons ORDER BY created DESC, id LIMIT ?1";
        self.read(|tx| {
            let people = tx.rows(sql, places![max as u64], person)?;
            let with_roles = |one: Person| grants(tx, &one.id).map(|grants| (one, grants));
            Ok(people.into_iter().map(with_roles).collect::<Sql<_>>()?)
        })
    }

    /// Gives a person a role. `by` did it, which is in the audit. `false` when there is no such person.
    pub fn grant(&self, person: &PersonId, grant: &Grant, by: &str, now: Wall) -> Result<bool, StoreError> {
        self.write(|tx| {
            if tx.row("SELECT 1 AS n FROM persons WHERE id = ?1", places![person.as_str()], |_| Ok(()))?.is_none() {
                return Ok(false);
            }
            give(tx, person, grant, now)?;
            super::account::audit(tx, now, by, &format!("give {} in {}", grant.role, grant.scope), person.as_str())?;
            Ok(true)
        })
    }

    /// Takes a role away, which is in the audit. `false` when the person did not have it.
    pub fn withdraw(&self, person: &PersonId, grant: &Grant, by: &str, now: Wall) -> Result<bool, StoreError> {
        let sql = "DELETE FROM roles WHERE person = ?1 AND role = ?2 AND organisation = ?3";
        let Grant { role, scope } = grant;
        self.write(|tx| {
            let gone = tx.execute(sql, places![person.as_str(), role.word(), scope.to_string()])? == 1;
            if gone {
                super::account::audit(tx, now, by, &format!("take {role} in {scope}"), person.as_str())?;
            }
            Ok(gone)
        })
    }

    /// The organisation that a sitting belongs to.
    pub fn organisation_of_sitting(&self, sitting: &SittingId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT p.body FROM sittings s JOIN administrations a ON a.id = s.administration
             JOIN programmes p ON p.id = a.programme WHERE s.id = ?1";
        self.read(|tx| Ok(tx.row(sql, places![sitting.as_str()], organisation)?))
    }
}

pub(super) fn person(row: &Row) -> Sql<Person> {
    Ok(Person { id: row.parsed("id")?, name: row.get("name")?, email: row.get("email")?, created: row.get("created")? })
}

pub(super) fn grants(tx: &Tx, person: &PersonId) -> Sql<Vec<Grant>> {
    let sql = "SELECT role, organisation FROM roles WHERE person = ?1 ORDER BY role, organisation";
    let grant = |row: &Row| Ok(Grant { role: row.parsed("role")?, scope: row.parsed("organisation")? });
    tx.rows(sql, places![person.as_str()], grant)
}

/// Makes a person known, unless they are.
pub(super) fn know(tx: &Tx, person: &Person) -> Sql<()> {
    let sql = "INSERT INTO persons (id, name, email, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let Person { id, name, email, created } = person;
    tx.execute(sql, places![id.as_str(), name, email.as_deref(), *created]).map(|_| ())
}

pub(super) fn give(tx: &Tx, person: &PersonId, grant: &Grant, now: Wall) -> Sql<()> {
    let sql = "INSERT INTO roles (person, role, organisation, granted) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let places = places![person.as_str(), grant.role.word(), grant.scope.to_string(), now];
    tx.execute(sql, places).map(|_| ())
}

/// Makes a person known as a candidate of the organisation behind a programme.
pub(super) fn enrol(tx: &Tx, person: &Person, programme: &ProgrammeId, now: Wall) -> Sql<()> {
    let sql = "SELECT body FROM programmes WHERE id = ?1";
    enrol_in(tx, person, &tx.one(sql, places![programme.as_str()], organisation)?, now)
}

/// Makes a person known as a candidate of an organisation.
pub(super) fn enrol_in(tx: &Tx, person: &Person, organisation: &str, now: Wall) -> Sql<()> {
    know(tx, person)?;
    let candidate = "INSERT INTO candidates (id, name, created) SELECT id, name, ?2 FROM persons WHERE id = ?1
         ON CONFLICT DO NOTHING";
    tx.execute(candidate, places![person.id.as_str(), now])?;
    let scope = Scope::Organisation(organisation.to_owned());
    give(tx, &person.id, &Grant { role: Role::Candidate, scope }, now)
}

/// The organisation behind the programme in a row.
pub(super) fn organisation(row: &Row) -> Sql<String> {
    row.json("body").map(|programme: Programme| programme.organisation.id)
}
