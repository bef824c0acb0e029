//! Where rows are kept: a SQLite file, or PostgreSQL. Both are asked in the same words: SQL of the part that both know,
//! with places written `?1`, and rows of plain values.
//!
//! A transaction that writes sees nothing of another that is not durable, and is durable when it has returned. On SQLite
//! one writes at a time. On PostgreSQL those that named the same subject by [`Tx::only`] do.

mod postgres;
mod sqlite;
mod value;

pub use value::{Place, Row, Value};

use self::{postgres::Postgres, sqlite::Sqlite};
use std::path::Path;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// SQLite said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL said no, or could not be reached.
    #[error("{}", self::postgres::words(.0))]
    Postgres(#[from] ::postgres::Error),
    /// The transaction that this one was part of could not be made durable.
    #[error("nothing was kept: {0}")]
    NotKept(String),
    /// All connections are in use, and none came free.
    #[error("the database is too busy")]
    Busy,
    /// What is stored is not of the kind that belongs there.
    #[error("the column “{column}” cannot be read: {why}")]
    Damaged {
        /// The column.
        column: String,
        /// What is wrong with it.
        why: String,
    },
    /// A row that has to be there is not.
    #[error("a row is missing")]
    NoRow,
    /// Another version of Invigil made it.
    #[error("the store is of the newer version {found}; this program knows {known}. Update Invigil")]
    TooNew {
        /// The version that was found.
        found: usize,
        /// The version this program writes.
        known: usize,
    },
    /// The address of the database cannot be understood.
    #[error("the database cannot be connected to: {0}")]
    Address(String),
}

impl SqlError {
    /// Whether it may be well again soon by itself: the database is away, full or overrun. Nothing was kept then.
    pub fn passes(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull, SystemIoFailure};
        match self {
            Self::Sqlite(why) => {
                let code = why.sqlite_error_code();
                code.is_some_and(|code| [DatabaseBusy, DatabaseLocked, DiskFull, SystemIoFailure].contains(&code))
            }
            Self::Postgres(why) => postgres::is_away(why),
            Self::NotKept(_) | Self::Busy => true,
            Self::Damaged { .. } | Self::NoRow | Self::TooNew { .. } | Self::Address(_) => false,
        }
    }
}

/// What a question to the database gives.
pub type Sql<T> = Result<T, SqlError>;

/// The places of a statement, in order.
macro_rules! places {
    ($($value:expr),* $(,)?) => { &[$($crate::store::database::Place::from($value)),*][..] };
}
pub(in crate::store) use places;

/// A database.
pub enum Database {
    /// A file of this process.
    Sqlite(Sqlite),
    /// A server that other processes use too.
    Postgres(Postgres),
}

impl Database {
    /// Opens the SQLite file at `path`, and makes it when it is not there.
    pub fn file(path: &Path) -> Sql<Self> {
        Sqlite::open(path).map(Self::Sqlite)
    }

    /// Connects to the PostgreSQL server at `url`, as `postgres://NAME@HOST/DATABASE`.
    pub fn server(url: &str) -> Sql<Self> {
        Postgres::connect(url).map(Self::Postgres)
    }

    /// Runs `work` in one transaction that writes. It is undone when `work` fails.
    pub fn write<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(work),
            Self::Postgres(postgres) => postgres.write(work),
        }
    }

    /// Runs `work` in one transaction that only reads, so that it sees one state.
    pub fn read<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(work),
            Self::Postgres(postgres) => postgres.read(work),
        }
    }
}

/// A transaction.
pub struct Tx<'a>(Backend<'a>);

enum Backend<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(postgres::Open<'a>),
}

impl Tx<'_> {
    /// Lets no other transaction of the same `subject` run until this one has ended. To be called before anything is
    /// read that is decided upon.
    pub fn only(&self, subject: &str) -> Sql<()> {
        match &self.0 {
            // Nobody else writes at all.
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgres(open) => open.only(subject),
        }
    }

    /// Runs a statement and says how many rows it changed.
    pub fn execute(&self, sql: &str, places: &[Place]) -> Sql<u64> {
        match &self.0 {
            Backend::Sqlite(connection) => sqlite::execute(connection, sql, places),
            Backend::Postgres(open) => open.execute(sql, places),
        }
    }

    /// Every row of a question, as `read` takes it.
    pub fn rows<T>(&self, sql: &str, places: &[Place], read: impl FnMut(&Row) -> Sql<T>) -> Sql<Vec<T>> {
        let rows = match &self.0 {
            Backend::Sqlite(connection) => sqlite::rows(connection, sql, places)?,
            Backend::Postgres(open) => open.rows(sql, places)?,
        };
        rows.iter().map(read).collect()
    }

    /// The first row of a question, if it has any.
    pub fn row<T>(&self, sql: &str, places: &[Place], read: impl FnMut(&Row) -> Sql<T>) -> Sql<Option<T>> {
        Ok(self.rows(sql, places, read)?.into_iter().next())
    }

    /// The first row of a question.
    ///
    /// # Errors
    /// `NoRow` besides the database's own.
    pub fn one<T>(&self, sql: &str, places: &[Place], read: impl FnMut(&Row) -> Sql<T>) -> Sql<T> {
        self.row(sql, places, read)?.ok_or(SqlError::NoRow)
    }
}
