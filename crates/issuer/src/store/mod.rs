//! The issuer's store: a SQLite file or PostgreSQL, every method one transaction.
//!
//! The store knows no rules. Where something has to be decided between reading and writing, the method takes the rule
//! as a function, so that nothing can come in between. Nothing is given to a caller before it is on the disk.

mod account;
mod agreement;
mod check_in;
mod console;
mod database;
mod evidence;
mod grading;
mod invitation;
mod person;
mod provider;
mod revocation;
mod roster;
mod seat;
mod setup;
mod sitting;
mod word;

pub use account::{Account, BY_PASSWORD, Session};
pub use agreement::{Agreement, Asked};
pub use check_in::{CheckIn, CheckedIn, Expected};
pub use console::{Aside, Overview, Stored, Which};
pub use evidence::Lapsing;
pub use grading::{Earned, Grading, Status, Submitted, ToGrade};
pub use invitation::{BY_INVITATION, Invitation, NewInvitation};
pub use person::Person;
pub use provider::{Begun, KnownProvider, NewSession};
pub use revocation::Revoked;
pub use roster::{Keep, NewEntry};
pub use seat::{Binding, Bound, Seat, Ticket, ToMove};
pub use setup::{Accommodation, Administration, NewAdministration, NewPack, NewSitting, Pack, Supervision};
pub use sitting::{Beside, Held, HeldStart, Taken, ToStart};
pub use word::NotAWord;

use crate::{fault::Fault, shelf::make_folder};
use database::{Database, SqlError, Tx};
use std::{
    io,
    path::{Path, PathBuf},
};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "issuer.db";

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made or read.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// The database said no.
    #[error("the store failed: {0}")]
    Sql(#[from] SqlError),
    /// Something in it cannot be written as JSON.
    #[error("the store cannot write a document: {0}")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder(_) => "data-folder",
            Self::Sql(SqlError::TooNew { .. }) => "store-too-new",
            Self::Sql(SqlError::Address(_)) => "store-address",
            Self::Sql(_) => "store-failed",
            Self::Json(_) => "store-json",
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Sql(why) if why.passes() => Self::RecordsAway(error.to_string()),
            StoreError::Folder(_) | StoreError::Sql(_) | StoreError::Json(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SqlError> for Fault {
    fn from(error: SqlError) -> Self {
        StoreError::Sql(error).into()
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Json(error).into()
    }
}

/// The issuer's store.
pub struct Store {
    database: Database,
    folder: PathBuf,
}

impl Store {
    /// Opens the store in `folder`, and makes both when they are not there. Only its owner can read them.
    ///
    /// # Errors
    /// When folder or file cannot be used, or a later version wrote the file.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_private(folder)?;
        Ok(Self { database: Database::file(&folder.join(FILE_NAME))?, folder: folder.to_owned() })
    }

    /// Connects to the store on the PostgreSQL server at `url`. What is no row is in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be used, the server cannot be reached, or a later version wrote the database.
    pub fn connect(url: &str, folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        Ok(Self { database: Database::server(url)?, folder: folder.to_owned() })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs `work` in one transaction that writes. It is undone when `work` fails.
    fn write<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.database.write(work)
    }

    /// Runs `work` in one transaction that only reads, so that it sees one state.
    fn read<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.database.read(work)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    make_folder(folder)?;
    // SQLite gives its side files the mode of the main file, so the main file is made first.
    std::fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(folder.join(FILE_NAME))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_store_opens_again_and_a_newer_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        drop(Store::open(&data).unwrap());
        drop(Store::open(&data).unwrap());
        for (path, mode) in [(data.clone(), 0o700), (data.join(FILE_NAME), 0o600)] {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
        let connection = rusqlite::Connection::open(data.join(FILE_NAME)).unwrap();
        connection.execute_batch("PRAGMA user_version = 9").unwrap();
        assert_eq!(Store::open(&data).err().map(|why| why.code()), Some("store-too-new"));
    }

    #[test]
    fn what_is_append_only_cannot_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.audit(invigil_core::Wall::from_unix_ms(1), "ada", "read", "sitting").unwrap();
        let aside = "INSERT INTO aside VALUES ('s', 0, 'd', 0, x'00', x'00', '1', 0)";
        let checkpoint = |size: u32| format!("INSERT INTO checkpoints VALUES ('s', {size}, x'00')");
        let given = ["PRAGMA defer_foreign_keys = ON", aside, &checkpoint(5)];
        for statement in [
            "UPDATE audit SET account = 'eve'",
            "DELETE FROM audit",
            "UPDATE aside SET line = x'01'",
            "UPDATE aside SET content = '2'",
            "UPDATE checkpoints SET bytes = x'01'",
            &checkpoint(4),
        ] {
            let done = store.write(|tx| {
                given.iter().try_for_each(|statement| tx.execute(statement, &[]).map(|_| ()))?;
                tx.execute(statement, &[]).map_err(StoreError::from)
            });
            let why = done.expect_err(statement).to_string();
            assert!(why.contains("append-only") || why.contains("stay") || why.contains("back"), "{statement}: {why}");
        }
    }
}
