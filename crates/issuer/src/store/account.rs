//! Accounts of the console, their logins, and the audit of what they read.

use super::{
    Store, StoreError,
    database::{Row, Sql, Tx, places},
    word::words,
};
use invigil_core::{Digest, Wall};
use serde::{Deserialize, Serialize};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Follows and reviews sittings.
    Proctor,
    /// Runs the service.
    Operator,
}

/// A person who may use the console.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name to log in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password's argon2 hash.
    pub password: String,
}

words!(Role, "proctor, operator", Proctor = "proctor", Operator = "operator");

impl Store {
    /// Adds an account. `false` when the name is taken.
    pub fn put_account(&self, account: &Account, now: Wall) -> Result<bool, StoreError> {
        let sql = "INSERT INTO accounts (name, role, password, added) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let Account { name, role, password } = account;
        self.write(|tx| Ok(tx.execute(sql, places![name, role.to_string(), password, now])? == 1))
    }

    /// Removes an account and ends its logins. `false` when there is none.
    pub fn remove_account(&self, name: &str) -> Result<bool, StoreError> {
        self.write(|tx| Ok(tx.execute("DELETE FROM accounts WHERE name = ?1", places![name])? == 1))
    }

    /// Every account, by name.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let sql = "SELECT name, role, password FROM accounts ORDER BY name";
        self.read(|tx| Ok(tx.rows(sql, places![], account)?))
    }

    /// The account with this name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let sql = "SELECT name, role, password FROM accounts WHERE name = ?1";
        self.read(|tx| Ok(tx.row(sql, places![name], account)?))
    }

    /// Begins a login; those that have ended are cleared away.
    pub fn begin_login(&self, token: &Digest, name: &str, ends: Wall, now: Wall) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM logins WHERE ends <= ?1", places![now])?;
            tx.execute("INSERT INTO logins (token, account, ends) VALUES (?1, ?2, ?3)", places![token, name, ends])?;
            Ok(())
        })
    }

    /// Who a login belongs to, while it lasts.
    pub fn login(&self, token: &Digest, now: Wall) -> Result<Option<Account>, StoreError> {
        let sql =
            "SELECT name, role, password FROM logins JOIN accounts ON name = account WHERE token = ?1 AND ?2 < ends";
        self.read(|tx| Ok(tx.row(sql, places![token, now], account)?))
    }

    /// Ends a login.
    pub fn end_login(&self, token: &Digest) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM logins WHERE token = ?1", places![token])?;
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

pub(super) fn audit(tx: &Tx, at: Wall, account: &str, action: &str, subject: &str) -> Sql<()> {
    let sql = "INSERT INTO audit (at, account, action, subject) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(sql, places![at, account, action, subject]).map(|_| ())
}

fn account(row: &Row) -> Sql<Account> {
    Ok(Account { name: row.get("name")?, role: row.parsed("role")?, password: row.get("password")? })
}
