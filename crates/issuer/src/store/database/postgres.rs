//! PostgreSQL: a server that several issuing processes may use at once.
//!
//! Each transaction has a connection of a small pool to itself. One that failed in a way that may have hurt it is
//! dropped, and the next call connects anew, so a server that was away is found again.

use super::{Backend, Place, Row, Sql, SqlError, Tx, Value};
use crate::tls;
use postgres::{
    Client, Config, Statement,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut},
};
use std::{
    cell::RefCell,
    collections::HashMap,
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The schema's versions from [`FIRST`] on, numbered as those of SQLite. A released one is never changed.
const MIGRATIONS: [&str; 3] = [
    include_str!("../schema/postgres-3.sql"),
    include_str!("../schema/postgres-4.sql"),
    include_str!("../schema/postgres-5.sql"),
];
/// The version of the first of them, before which nothing was kept here.
const FIRST: usize = 3;

/// The most connections of one process.
const CONNECTIONS_MAX: usize = 16;
/// How long a call waits for one of them.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How long connecting may take.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// Said of each connection: commits are durable, and nobody waits for ever.
const SETTINGS: &str = "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '20s'; \
                        SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning";

/// The server and the connections to it.
pub struct Postgres {
    config: Config,
    tls: MakeRustlsConnect,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    /// Connections in use.
    out: usize,
}

struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

/// The connection of an open transaction.
pub(super) struct Open<'a>(RefCell<&'a mut Connection>);

impl Postgres {
    pub fn connect(url: &str) -> Sql<Self> {
        let mut config: Config = url.parse().map_err(|why: postgres::Error| SqlError::Address(why.to_string()))?;
        config.connect_timeout(CONNECT_WAIT).application_name("invigil-issuer");
        let postgres = Self { config, tls: tls()?, pool: Mutex::default(), freed: Condvar::new() };
        postgres.write(migrate)?;
        Ok(postgres)
    }

    pub fn write<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        // What is decided upon is read after the subject was locked, so each statement has to see what is there then.
        self.transaction("BEGIN ISOLATION LEVEL READ COMMITTED", work)
    }

    pub fn read<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    fn transaction<T, E: From<SqlError>>(&self, begin: &str, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        // A server is waited for, which a thread that carries other tasks may only do if it says so.
        tokio::task::block_in_place(|| self.run(begin, work))
    }

    fn run<T, E: From<SqlError>>(&self, begin: &str, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        let _place = self.place()?;
        let mut connection = self.begun(begin)?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&Tx(Backend::Postgres(Open(RefCell::new(&mut connection)))))));
        let end = if matches!(done, Ok(Ok(_))) { "COMMIT" } else { "ROLLBACK" };
        let ended = connection.client.batch_execute(end);
        if ended.is_ok() {
            self.lock().idle.push(connection);
        }
        match done {
            Ok(Ok(done)) => ended.map(|()| done).map_err(|why| SqlError::from(why).into()),
            // A connection that cannot even be rolled back is dropped, which does the same.
            Ok(Err(why)) => Err(why),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// A place among the connections.
    fn place(&self) -> Sql<InUse<'_>> {
        let full = |pool: &mut Pool| CONNECTIONS_MAX <= pool.out;
        let waited = self.freed.wait_timeout_while(self.lock(), BUSY_WAIT, full);
        let (mut pool, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if full(&mut pool) {
            return Err(SqlError::Busy);
        }
        pool.out += 1;
        Ok(InUse(self))
    }

    /// A connection in which a transaction has begun. Those that the server closed meanwhile are dropped.
    fn begun(&self, begin: &str) -> Sql<Connection> {
        loop {
            let idle = self.lock().idle.pop();
            let Some(mut connection) = idle else { break };
            if connection.client.batch_execute(begin).is_ok() {
                return Ok(connection);
            }
        }
        let mut client = self.config.connect(self.tls.clone())?;
        client.batch_execute(SETTINGS)?;
        client.batch_execute(begin)?;
        Ok(Connection { client, statements: HashMap::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Connections say good-bye to the server, which is waited for too.
        tokio::task::block_in_place(|| self.lock().idle.clear());
    }
}

/// A place among the connections, given back at its end, also when a call panics.
struct InUse<'a>(&'a Postgres);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.lock().out -= 1;
        self.0.freed.notify_one();
    }
}

/// Encryption as this system trusts it. Addresses say by `sslmode` whether they ask for it.
fn tls() -> Sql<MakeRustlsConnect> {
    let config = tls::trusting_the_system().map_err(|why| SqlError::Address(why.to_string()))?;
    Ok(MakeRustlsConnect::new(config))
}

fn migrate(tx: &Tx) -> Sql<()> {
    let Backend::Postgres(open) = &tx.0 else { return Ok(()) };
    // Two processes may start at once.
    open.only("schema")?;
    let mut connection = open.0.borrow_mut();
    connection.client.batch_execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")?;
    let newest = connection.client.query_one("SELECT coalesce (max (version), 0) FROM schema_version", &[])?;
    let found = usize::try_from(newest.try_get::<_, i64>(0)?).unwrap_or(usize::MAX);
    let known = FIRST + MIGRATIONS.len() - 1;
    if known < found {
        return Err(SqlError::TooNew { found, known });
    }
    for (version, migration) in (FIRST..).zip(MIGRATIONS).filter(|(version, _)| found < *version) {
        connection.client.batch_execute(migration)?;
        connection.client.batch_execute(&format!("INSERT INTO schema_version VALUES ({version})"))?;
    }
    Ok(())
}

impl Connection {
    fn prepared(&mut self, sql: &str) -> Sql<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        // Places are written as SQLite has them; no text in our statements holds the mark.
        let statement = self.client.prepare(&sql.replace('?', "$"))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Open<'_> {
    pub fn only(&self, subject: &str) -> Sql<()> {
        self.execute("SELECT pg_advisory_xact_lock (hashtextextended (?1, 0))", &[Place::from(subject)]).map(|_| ())
    }

    pub fn execute(&self, sql: &str, places: &[Place]) -> Sql<u64> {
        let mut connection = self.0.borrow_mut();
        let statement = connection.prepared(sql)?;
        Ok(connection.client.execute(&statement, &as_dyn(places))?)
    }

    pub fn rows(&self, sql: &str, places: &[Place]) -> Sql<Vec<Row>> {
        let mut connection = self.0.borrow_mut();
        let statement = connection.prepared(sql)?;
        let names: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let answer = connection.client.query(&statement, &as_dyn(places))?;
        let row = |row: &postgres::Row| {
            let values = (0..names.len()).map(|place| Ok(row.try_get(place)?)).collect::<Sql<_>>()?;
            Ok(Row { names: names.clone(), values })
        };
        answer.iter().map(row).collect()
    }
}

fn as_dyn<'a>(places: &'a [Place]) -> Vec<&'a (dyn ToSql + Sync)> {
    places.iter().map(|place| place as &(dyn ToSql + Sync)).collect()
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::BOOL => Self::Int(i64::from(bool::from_sql(kind, raw)?)),
            Type::BYTEA => Self::Blob(Vec::from_sql(kind, raw)?),
            _ => Self::Text(String::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BOOL, Type::BYTEA].contains(kind) || <String as FromSql>::accepts(kind)
    }
}

impl ToSql for Place<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => match *kind {
                Type::INT4 => i32::try_from(*n)?.to_sql(kind, out),
                Type::BOOL => (*n != 0).to_sql(kind, out),
                _ => n.to_sql_checked(kind, out),
            },
            Self::Text(text) => text.as_ref().to_sql_checked(kind, out),
            Self::Blob(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    // Each variant is held against the type above.
    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// Whether the server is away, and not at odds with what it was asked. It says itself that it shuts down or starts up
/// (class 57), has no room (53), or that others stand
/// in the way (40, 55); also where two draw the same place (23505), of whom the second draws anew.
pub(super) fn is_away(error: &postgres::Error) -> bool {
    let passes = |code: &str| ["08", "23505", "40", "53", "55", "57"].iter().any(|class| code.starts_with(class));
    error.code().map_or_else(
        || error.is_closed() || error.source().is_some_and(|why| why.is::<std::io::Error>()),
        |code| passes(code.code()),
    )
}

/// What the server said, with its own words where it has any.
pub(super) fn words(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string)
}
