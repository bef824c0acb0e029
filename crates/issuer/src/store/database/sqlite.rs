//! The embedded database: one file, one connection that writes, a few that read.
//!
//! Making a transaction durable costs a sync of the disk, whoever waits for it. So those that come while another is at
//! work share one: each runs in a savepoint of its own, the last in line commits for all, and nobody hears of their own
//! before that.

use super::{Backend, Place, Row, Sql, SqlError, Tx, Value};
use rusqlite::{
    Connection,
    types::{ToSql, ToSqlOutput, ValueRef},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// The schema's versions, in order. A released one is never changed; another is added behind it.
const MIGRATIONS: [&str; 5] = [
    include_str!("../schema/sqlite-1.sql"),
    include_str!("../schema/sqlite-2.sql"),
    include_str!("../schema/sqlite-3.sql"),
    include_str!("../schema/sqlite-4.sql"),
    include_str!("../schema/sqlite-5.sql"),
];

/// How long a command waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How many compiled statements are kept: as many as there are.
const STATEMENTS_MAX: usize = 256;
/// How many transactions share one commit at most.
const SHARED_MAX: usize = 64;
/// How many connections that read are kept.
const READERS_MAX: usize = 4;

/// The file and its connections.
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Writer>,
    /// How many are about to take the writer. While there is one, it commits and not those before it.
    coming: AtomicUsize,
    readers: Mutex<Vec<Connection>>,
}

struct Writer {
    connection: Connection,
    /// The transaction that is open, and how many share it.
    open: Option<(Arc<Commit>, usize)>,
}

/// What becomes of a shared transaction.
#[derive(Default)]
struct Commit {
    outcome: Mutex<Option<Result<(), String>>>,
    told: Condvar,
}

impl Sqlite {
    pub fn open(path: &Path) -> Sql<Self> {
        let mut connection = connect(path)?;
        // EXTRA syncs the folder too when a transaction commits: what was acknowledged survives a power cut.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON;")?;
        migrate(&mut connection)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(Writer { connection, open: None }),
            coming: AtomicUsize::new(0),
            readers: Mutex::default(),
        })
    }

    pub fn write<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.coming.fetch_add(1, Ordering::SeqCst);
        let mut writer = lock(&self.writer);
        self.coming.fetch_sub(1, Ordering::SeqCst);
        let commit = writer.join()?;
        let done = writer.run(work);
        writer.left(&commit, self.coming.load(Ordering::SeqCst) == 0);
        drop(writer);
        commit.wait()?;
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub fn read<T, E: From<SqlError>>(&self, work: impl FnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        let kept = lock(&self.readers).pop();
        let connection = kept.map_or_else(|| self.reader(), Ok)?;
        let done = {
            // Ended by going out of scope, also when `work` panics.
            let transaction = connection.unchecked_transaction().map_err(SqlError::from)?;
            let done = work(&Tx(Backend::Sqlite(&transaction)));
            transaction.finish().map_err(SqlError::from)?;
            done
        };
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_MAX {
            readers.push(connection);
        }
        done
    }

    fn reader(&self) -> Sql<Connection> {
        let connection = connect(&self.path)?;
        connection.execute_batch("PRAGMA query_only = ON")?;
        Ok(connection)
    }
}

impl Writer {
    /// Takes part in the open transaction, or begins one.
    fn join(&mut self) -> Sql<Arc<Commit>> {
        if self.open.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        let (commit, shared) = self.open.get_or_insert_default();
        *shared += 1;
        Ok(commit.clone())
    }

    /// Runs `work` so that only what it did is undone when it fails.
    fn run<T, E: From<SqlError>>(
        &mut self,
        work: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> std::thread::Result<Result<T, E>> {
        let connection = &self.connection;
        if let Err(why) = connection.execute_batch("SAVEPOINT part") {
            return Ok(Err(SqlError::from(why).into()));
        }
        let done = catch_unwind(AssertUnwindSafe(|| work(&Tx(Backend::Sqlite(connection)))));
        let end = if matches!(done, Ok(Ok(_))) { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" };
        match (connection.execute_batch(end), done) {
            (Err(why), Ok(Ok(_))) => Ok(Err(SqlError::from(why).into())),
            (_, done) => done,
        }
    }

    /// Ends a part. The last in line makes all of them durable.
    fn left(&mut self, commit: &Commit, last: bool) {
        // After some failures of the disk SQLite has undone everything by itself.
        if self.connection.is_autocommit() {
            commit.tell(Err("the disk refused a part of it".to_owned()));
            self.open = None;
        } else if last || self.open.as_ref().is_none_or(|(_, shared)| SHARED_MAX <= *shared) {
            let done = self.connection.execute_batch("COMMIT");
            if done.is_err() && !self.connection.is_autocommit() {
                let _undone = self.connection.execute_batch("ROLLBACK");
            }
            commit.tell(done.map_err(|why| why.to_string()));
            self.open = None;
        }
    }
}

impl Commit {
    fn tell(&self, outcome: Result<(), String>) {
        *lock(&self.outcome) = Some(outcome);
        self.told.notify_all();
    }

    fn wait(&self) -> Sql<()> {
        let outcome = self.told.wait_while(lock(&self.outcome), |outcome| outcome.is_none());
        let outcome = outcome.unwrap_or_else(PoisonError::into_inner);
        outcome.clone().unwrap_or(Ok(())).map_err(SqlError::NotKept)
    }
}

/// What a panic left behind is whole: the part was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Sql<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Sql<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    let pending = MIGRATIONS.get(found..).ok_or(SqlError::TooNew { found, known: MIGRATIONS.len() })?;
    for migration in pending {
        transaction.execute_batch(migration)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {}", MIGRATIONS.len()))?;
    transaction.commit()?;
    Ok(())
}

pub(super) fn execute(connection: &Connection, sql: &str, places: &[Place]) -> Sql<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.execute(rusqlite::params_from_iter(places))? as u64)
}

pub(super) fn rows(connection: &Connection, sql: &str, places: &[Place]) -> Sql<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut answer = statement.query(rusqlite::params_from_iter(places))?;
    let mut rows = Vec::new();
    while let Some(row) = answer.next()? {
        let values = (0..names.len()).map(|place| value(row.get_ref(place)?)).collect::<Sql<_>>()?;
        rows.push(Row { names: names.clone(), values });
    }
    Ok(rows)
}

fn value(value: ValueRef<'_>) -> Sql<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
        ValueRef::Real(n) => {
            return Err(SqlError::Damaged { column: n.to_string(), why: "it is a fraction".to_owned() });
        }
    })
}

impl ToSql for Place<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::places, *};
    use std::{sync::Barrier, thread};

    fn database(folder: &Path) -> Sqlite {
        let sqlite = Sqlite::open(&folder.join("issuer.db")).unwrap();
        sqlite.write(|tx| tx.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)", &[])).unwrap();
        sqlite
    }

    fn insert(tx: &Tx, n: i64) -> Sql<u64> {
        tx.execute("INSERT INTO t VALUES (?1)", places![n])
    }

    fn held(sqlite: &Sqlite) -> Vec<i64> {
        sqlite.read(|tx| tx.rows("SELECT n FROM t ORDER BY n", &[], |row| row.get("n"))).unwrap()
    }

    #[test]
    fn those_that_share_a_commit_succeed_and_fail_each_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = database(folder.path());
        let together = Barrier::new(8);
        thread::scope(|scope| {
            for n in 0..8 {
                let (sqlite, together) = (&sqlite, &together);
                scope.spawn(move || {
                    together.wait();
                    for round in 0..20 {
                        let number = round * 8 + n;
                        let done = catch_unwind(AssertUnwindSafe(|| {
                            sqlite.write(|tx| {
                                insert(tx, number)?;
                                match n {
                                    6 => Err(SqlError::NoRow),
                                    7 => panic!("in the middle"),
                                    _ => Ok(()),
                                }
                            })
                        }));
                        match n {
                            6 => assert!(matches!(done, Ok(Err(SqlError::NoRow)))),
                            7 => assert!(done.is_err()),
                            _ => done.unwrap().unwrap(),
                        }
                    }
                });
            }
        });
        let expected: Vec<i64> = (0..160).filter(|n| n % 8 < 6).collect();
        assert_eq!(held(&sqlite), expected);
        drop(sqlite);
        assert_eq!(held(&Sqlite::open(&folder.path().join("issuer.db")).unwrap()), expected);
    }

    #[test]
    fn nobody_hears_or_sees_what_is_not_durable() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = database(folder.path());
        let (inside, go_on) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            let first = scope.spawn(|| {
                sqlite.write(|tx| {
                    insert(tx, 1)?;
                    inside.wait();
                    // Until somebody else is in line.
                    go_on.wait();
                    while sqlite.coming.load(Ordering::SeqCst) == 0 {
                        thread::yield_now();
                    }
                    Ok::<_, SqlError>(())
                })
            });
            inside.wait();
            assert!(held(&sqlite).is_empty(), "it is not committed");
            let sqlite = &sqlite;
            let second = scope.spawn(move || {
                sqlite.write(|tx| {
                    assert!(held(sqlite).is_empty(), "the first left the commit to this one");
                    assert!(!first.is_finished(), "and waits for it");
                    insert(tx, 2)
                })
            });
            go_on.wait();
            second.join().unwrap().unwrap();
        });
        assert_eq!(held(&sqlite), [1, 2]);
    }

    #[test]
    fn a_commit_that_fails_is_heard_of_by_all_and_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = database(folder.path());
        let create = "CREATE TABLE c (n INTEGER REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)";
        sqlite.write(|tx| tx.execute(create, &[])).unwrap();
        // Such a reference is held against the other table at the commit only.
        let done = sqlite.write(|tx| tx.execute("INSERT INTO c VALUES (7)", &[]));
        assert!(matches!(done, Err(SqlError::NotKept(_))), "{done:?}");
        sqlite.write(|tx| insert(tx, 3)).unwrap();
        assert_eq!(held(&sqlite), [3]);
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = database(folder.path());
        assert!(sqlite.read(|tx| insert(tx, 1)).is_err());
        assert!(held(&sqlite).is_empty());
    }
}
