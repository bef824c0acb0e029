//! Logins by name and password, sessions, and the audit of what was done in them.

use super::{
    Store, StoreError,
    database::{Row, Sql, Tx, places},
    person::{Person, give, grants, know},
};
use invigil_core::{Digest, PersonId, Wall, role::Grant};

/// A person who may log in by name and password.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name to log in with.
    pub name: String,
    /// Who they are.
    pub person: PersonId,
    /// What they are, and where.
    pub grants: Vec<Grant>,
    /// The password's argon2 hash.
    pub password: String,
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// What they are, and where.
    pub grants: Vec<Grant>,
    /// How: `password`, `invitation`, or the name of a provider.
    pub via: String,
    /// The name they log in with, when they have a password.
    pub login: Option<String>,
}

impl Session {
    /// What the audit calls them.
    pub fn actor(&self) -> &str {
        self.login.as_deref().unwrap_or_else(|| self.person.id.as_str())
    }
}

/// How somebody signed in who gave a name and a password.
pub const BY_PASSWORD: &str = "password";

impl Store {
    /// Adds a person with a login and its roles. `false` when the name is taken.
    pub fn put_account(&self, account: &Account, now: Wall) -> Result<bool, StoreError> {
        let sql = "INSERT INTO passwords (name, person, hash) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let Account { name, person, grants, password } = account;
        self.write(|tx| {
            tx.only("passwords")?;
            let taken = "SELECT 1 AS n FROM passwords WHERE name = ?1";
            if tx.row(taken, places![name], |_| Ok(()))?.is_some() {
                return Ok(false);
            }
            know(tx, &Person { id: person.clone(), name: name.clone(), email: None, created: now })?;
            tx.execute(sql, places![name, person.as_str(), password])?;
            grants.iter().try_for_each(|grant| give(tx, person, grant, now))?;
            Ok(true)
        })
    }

    /// Removes a login, ends its sessions, and takes away every role but a candidate's. Somebody who is nothing else is
    /// forgotten. `false` when there is none.
    pub fn remove_account(&self, name: &str) -> Result<bool, StoreError> {
        self.write(|tx| {
            let sql = "SELECT person FROM passwords WHERE name = ?1";
            let Some(person) = tx.row(sql, places![name], |row| row.parsed::<PersonId>("person"))? else {
                return Ok(false);
            };
            for sql in [
                "DELETE FROM passwords WHERE person = ?1",
                "DELETE FROM sessions WHERE person = ?1",
                "DELETE FROM roles WHERE person = ?1 AND role <> 'candidate'",
                "DELETE FROM persons WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM candidates c WHERE c.id = persons.id)",
            ] {
                tx.execute(sql, places![person.as_str()])?;
            }
            Ok(true)
        })
    }

    /// Every login, by name.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let sql = "SELECT name, person, hash FROM passwords ORDER BY name";
        self.read(|tx| Ok(tx.rows(sql, places![], |row| account(tx, row))?))
    }

    /// The login with this name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let sql = "SELECT name, person, hash FROM passwords WHERE name = ?1";
        self.read(|tx| Ok(tx.row(sql, places![name], |row| account(tx, row))?))
    }

    /// Begins a session; those that have ended are cleared away.
    pub fn begin_session(
        &self,
        token: &Digest,
        person: &PersonId,
        via: &str,
        ends: Wall,
        now: Wall,
    ) -> Result<(), StoreError> {
        self.write(|tx| Ok(begin_session(tx, token, person, via, ends, now)?))
    }

    /// Who a session belongs to, while it lasts.
    pub fn session(&self, token: &Digest, now: Wall) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT p.id, p.name, p.email, p.created, s.via, w.name AS login FROM sessions s
             JOIN persons p ON p.id = s.person LEFT JOIN passwords w ON w.person = p.id
             WHERE s.token = ?1 AND ?2 < s.ends";
        let session = |tx: &Tx, row: &Row| {
            let person = super::person::person(row)?;
            Ok(Session { grants: grants(tx, &person.id)?, via: row.get("via")?, login: row.get("login")?, person })
        };
        self.read(|tx| Ok(tx.row(sql, places![token, now], |row| session(tx, row))?))
    }

    /// Ends a session.
    pub fn end_session(&self, token: &Digest) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM sessions WHERE token = ?1", places![token])?;
            Ok(())
        })
    }

    /// Adds a line to the audit, which is never taken back.
    pub fn audit(&self, at: Wall, account: &str, action: &str, subject: &str) -> Result<(), StoreError> {
        self.write(|tx| Ok(audit(tx, at, account, action, subject)?))
    }

    /// How many lines the audit has about a subject.
    pub fn audited(&self, subject: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count (*) AS n FROM audit WHERE subject = ?1";
        self.read(|tx| Ok(tx.one(sql, places![subject], |row| row.get("n"))?))
    }
}

pub(super) fn begin_session(tx: &Tx, token: &Digest, person: &PersonId, via: &str, ends: Wall, now: Wall) -> Sql<()> {
    tx.execute("DELETE FROM sessions WHERE ends <= ?1", places![now])?;
    let sql = "INSERT INTO sessions (token, person, via, ends) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(sql, places![token, person.as_str(), via, ends]).map(|_| ())
}

pub(super) fn audit(tx: &Tx, at: Wall, account: &str, action: &str, subject: &str) -> Sql<()> {
    let sql = "INSERT INTO audit (at, account, action, subject) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(sql, places![at, account, action, subject]).map(|_| ())
}

fn account(tx: &Tx, row: &Row) -> Sql<Account> {
    let person = row.parsed("person")?;
    Ok(Account { name: row.get("name")?, grants: grants(tx, &person)?, person, password: row.get("hash")? })
}
