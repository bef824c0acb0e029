//! Accounts of the console, their logins, and the audit of what they read.

use super::{
    Store, StoreError,
    row::{count, parsed},
    word::words,
};
use invigil_core::{Digest, Wall};
use rusqlite::{OptionalExtension, Row, params};
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
        self.write(|tx| {
            let done = tx.execute(
                "INSERT OR IGNORE INTO accounts (name, role, password, added) VALUES (?1, ?2, ?3, ?4)",
                params![account.name, account.role.to_string(), account.password, now.unix_ms()],
            )?;
            Ok(done == 1)
        })
    }

    /// Removes an account and ends its logins. `false` when there is none.
    pub fn remove_account(&self, name: &str) -> Result<bool, StoreError> {
        self.write(|tx| Ok(tx.execute("DELETE FROM accounts WHERE name = ?1", [name])? == 1))
    }

    /// Every account, by name.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT name, role, password FROM accounts ORDER BY name")?;
        Ok(statement.query_map([], account)?.collect::<Result<_, _>>()?)
    }

    /// The account with this name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let sql = "SELECT name, role, password FROM accounts WHERE name = ?1";
        Ok(self.connection().query_row(sql, [name], account).optional()?)
    }

    /// Begins a login; those that have ended are cleared away.
    pub fn begin_login(&self, token: &Digest, name: &str, ends: Wall, now: Wall) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM logins WHERE ends <= ?1", [now.unix_ms()])?;
            tx.execute(
                "INSERT INTO logins (token, account, ends) VALUES (?1, ?2, ?3)",
                params![token.to_string(), name, ends.unix_ms()],
            )?;
            Ok(())
        })
    }

    /// Who a login belongs to, while it lasts.
    pub fn login(&self, token: &Digest, now: Wall) -> Result<Option<Account>, StoreError> {
        let sql =
            "SELECT name, role, password FROM logins JOIN accounts ON name = account WHERE token = ?1 AND ?2 < ends";
        Ok(self.connection().query_row(sql, params![token.to_string(), now.unix_ms()], account).optional()?)
    }

    /// Ends a login.
    pub fn end_login(&self, token: &Digest) -> Result<(), StoreError> {
        self.write(|tx| tx.execute("DELETE FROM logins WHERE token = ?1", [token.to_string()]).map(|_| ()))
            .map_err(StoreError::Sql)
    }

    /// Adds a line to the audit, which is never taken back.
    pub fn audit(&self, at: Wall, account: &str, action: &str, subject: &str) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO audit (at, account, action, subject) VALUES (?1, ?2, ?3, ?4)",
                params![at.unix_ms(), account, action, subject],
            )?;
            Ok(())
        })
    }

    /// How many lines the audit has about a subject.
    pub fn audited(&self, subject: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count (*) AS n FROM audit WHERE subject = ?1";
        Ok(self.connection().query_row(sql, [subject], |row| count(row, "n"))?)
    }
}

fn account(row: &Row) -> rusqlite::Result<Account> {
    Ok(Account { name: row.get("name")?, role: parsed(row, "role")?, password: row.get("password")? })
}
