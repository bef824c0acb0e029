//! The issuer's store: one SQLite file, one connection behind a mutex, every method one transaction.
//!
//! The store knows no rules. Where something has to be decided between reading and writing, the method takes the rule
//! as a function, so that nothing can come in between. Nothing is given to a caller before it is on the disk.

mod account;
mod console;
mod evidence;
mod grading;
mod row;
mod seat;
mod setup;
mod sitting;
mod word;

pub use account::{Account, Role};
pub use console::{Aside, Overview, Stored};
pub use evidence::Lapsing;
pub use grading::{Earned, Grading, Status, Submitted, ToGrade};
pub use seat::{Binding, Bound, Seat, Ticket, ToMove};
pub use setup::{Accommodation, Administration, NewAdministration, NewPack, NewSitting, Pack, Supervision};
pub use sitting::{Beside, Held, HeldStart, Taken, ToStart};
pub use word::NotAWord;

use crate::{fault::Fault, shelf::make_folder};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The schema's versions, in order. A released one is never changed; another is added behind it.
const MIGRATIONS: [&str; 3] =
    [include_str!("schema-1.sql"), include_str!("schema-2.sql"), include_str!("schema-3.sql")];

/// How long a command waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// How many compiled statements are kept: as many as there are.
const STATEMENTS_MAX: usize = 128;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "issuer.db";

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made or read.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// SQLite said no.
    #[error("the store failed: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The file was written by a later version.
    #[error("the store is of the newer version {found}; this program knows {known}. Update Invigil")]
    TooNew {
        /// The version that was found.
        found: usize,
        /// The version this program writes.
        known: usize,
    },
    /// Something in it cannot be written as JSON.
    #[error("the store cannot write a document: {0}")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder(_) => "data-folder",
            Self::Sql(_) => "store-failed",
            Self::TooNew { .. } => "store-too-new",
            Self::Json(_) => "store-json",
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
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
    connection: Mutex<Connection>,
    folder: PathBuf,
}

impl Store {
    /// Opens the store in `folder`, and makes both when they are not there. Only its owner can read them.
    ///
    /// # Errors
    /// When folder or file cannot be used, or a later version wrote the file.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_private(folder)?;
        let mut connection = Connection::open(folder.join(FILE_NAME))?;
        connection.busy_timeout(BUSY_WAIT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // EXTRA syncs the folder too when a transaction commits: what was acknowledged survives a power cut.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON;")?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection), folder: folder.to_owned() })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in another request rolled its transaction back; the connection itself is whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction that writes. It is undone when `work` fails.
    fn write<T, E: From<rusqlite::Error>>(&self, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Runs `work` in one transaction that only reads, so that it sees one state.
    fn read<T, E: From<rusqlite::Error>>(&self, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        work(&transaction)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    make_folder(folder)?;
    // SQLite gives its side files the mode of the main file, so the main file is made first.
    std::fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(folder.join(FILE_NAME))?;
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: usize = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    let pending = MIGRATIONS.get(found..).ok_or(StoreError::TooNew { found, known: MIGRATIONS.len() })?;
    for migration in pending {
        transaction.execute_batch(migration)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {}", MIGRATIONS.len()))?;
    transaction.commit()?;
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
        let connection = Connection::open(data.join(FILE_NAME)).unwrap();
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
                given.iter().try_for_each(|statement| tx.execute_batch(statement))?;
                tx.execute(statement, []).map_err(StoreError::from)
            });
            let why = done.expect_err(statement).to_string();
            assert!(why.contains("append-only") || why.contains("stay") || why.contains("back"), "{statement}: {why}");
        }
    }
}
