//! One sitting's database: records, openings and documents in SQLCipher, one writer, every commit durable.
//!
//! Invariant: what `append` has returned from is on the disk. After any error nothing is acknowledged; the caller
//! closes the store and opens it again.

mod seal;
pub mod settings;

use crate::clock::Boot;
use invigil_core::{Digest, submission::Opening};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, params};
use std::{collections::BTreeSet, path::Path};
use zeroize::Zeroizing;

/// The 32 bytes that a sitting's database is encrypted with.
pub type SittingKey = Zeroizing<[u8; 32]>;

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room left.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or the file system failed.
    #[error("the disk does not take what is written: {0}")]
    Io(String),
    /// Another process has it open.
    #[error("another copy of the application has this exam open")]
    InUse,
    /// The key is not this database's, or the file is damaged.
    #[error("the database cannot be read: it is damaged, or its key is another")]
    Damaged,
    /// A setting that durability rests on did not take effect.
    #[error("the database refuses the setting {0}, without which answers are not safe")]
    Setting(&'static str),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged,
            Some(_) | None => Self::Io(error.to_string()),
        }
    }
}

/// Documents that a sitting keeps beside its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The signed admission.
    Admission,
    /// The signed leases, a line each.
    Leases,
    /// The seed of the device key that writes, so that whoever may open this database can hand the sitting in.
    Device,
    /// Up to where the issuer has the records of a sitting that goes on at another device.
    Moved,
    /// The bearer token for the issuer.
    Token,
    /// The signed start.
    Start,
    /// The content identity that opens the pack.
    Content,
    /// The signed submission.
    Submission,
    /// The signed receipt.
    Receipt,
    /// The signed result.
    Result,
    /// Link to the credential.
    Credential,
    /// What the issuer last said about the candidate's standing.
    Standing,
    /// What spares the candidate the question whether the screen may be looked at, after a restart.
    Screen,
    /// Practice: the items whose feedback is shown.
    Revealed,
}

impl Slot {
    fn name(self) -> &'static str {
        match self {
            Self::Admission => "admission",
            Self::Leases => "leases",
            Self::Device => "device",
            Self::Moved => "moved",
            Self::Token => "token",
            Self::Start => "start",
            Self::Content => "content",
            Self::Submission => "submission",
            Self::Receipt => "receipt",
            Self::Result => "result",
            Self::Credential => "credential",
            Self::Standing => "standing",
            Self::Screen => "screen",
            Self::Revealed => "revealed",
        }
    }
}

/// A piece of evidence that this device has kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The digest of the sealed bytes.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The issuer does not have all of it yet.
    Waiting,
    /// The issuer has it.
    Sent,
    /// It is gone from this disk, or damaged, and cannot be sent any more.
    Lost,
    /// It came too late for the issuer's log, which does not name it. It stays here.
    Unasked,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Lost, Self::Unasked];

    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Lost => "lost",
            Self::Unasked => "unasked",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.name() == name)
    }
}

/// What becomes durable in one commit.
#[derive(Default)]
pub struct Entry<'a> {
    /// Records by their place.
    pub lines: &'a [(u64, Vec<u8>)],
    /// Openings of these.
    pub openings: &'a [Opening],
    /// Boots.
    pub boots: &'a [Boot],
    /// Documents.
    pub documents: &'a [(Slot, &'a [u8])],
    /// Evidence that these records name: digest and size.
    pub evidence: &'a [(Digest, u64)],
}

const SCHEMA: &str = "
    CREATE TABLE records(seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT;
    CREATE TABLE openings(seq INTEGER PRIMARY KEY REFERENCES records, salt BLOB NOT NULL, content TEXT NOT NULL) STRICT;
    CREATE TABLE checkpoints(size INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT;
    CREATE TABLE boots(boot INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, base_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE documents(name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE evidence(sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, fate TEXT NOT NULL) STRICT;
    PRAGMA user_version = 1;
";

/// A sitting's database.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the database at `path`, or makes it.
    ///
    /// # Errors
    /// Every reason for which answers would not be safe in it.
    pub fn open(path: &Path, key: &SittingKey) -> Result<Self, StoreError> {
        let connection = Connection::open(path)?;
        let key = Zeroizing::new(format!("x'{}'", Zeroizing::new(hex::encode(**key)).as_str()));
        connection.pragma_update(None, "key", key.as_str())?;
        settings::apply(&connection)?;
        settings::check(&connection)?;
        Self::with(connection)
    }

    /// A database that ends with the process, for practice that is not kept.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, StoreError> {
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            connection.execute_batch(&format!("BEGIN IMMEDIATE; {} {SCHEMA} COMMIT;", seal::TABLE))?;
        }
        seal::check(&connection)?;
        Ok(Self { connection })
    }

    /// Makes all of it durable, or none.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn append(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        insert(&transaction, entry)?;
        transaction.commit()?;
        Ok(())
    }

    /// Puts `entry` in the place of the log and all that vouches for it or follows from its end, in one commit:
    /// `secure_delete` overwrites what was there. Of the evidence only what is in `named` stays.
    ///
    /// # Errors
    /// Nothing was written and nothing removed.
    pub fn replace(&mut self, entry: &Entry, named: &BTreeSet<Digest>) -> Result<(), StoreError> {
        const OF_THE_END: [Slot; 5] = [Slot::Moved, Slot::Submission, Slot::Receipt, Slot::Result, Slot::Credential];
        let pieces = self.evidence()?;
        let transaction = self.connection.transaction()?;
        for table in ["openings", "records", "checkpoints", "boots", "seal"] {
            transaction.execute(&format!("DELETE FROM {table}"), [])?;
        }
        for slot in OF_THE_END {
            transaction.execute("DELETE FROM documents WHERE name = ?", [slot.name()])?;
        }
        for piece in pieces.iter().filter(|piece| !named.contains(&piece.sha256)) {
            transaction.execute("DELETE FROM evidence WHERE sha256 = ?", [piece.sha256.to_string()])?;
        }
        insert(&transaction, entry)?;
        seal::renew(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    /// Keeps a document, in place of an earlier one.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn put(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), StoreError> {
        self.put_all(&[(slot, bytes)])
    }

    /// Keeps documents, in place of earlier ones, all or none.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn put_all(&mut self, documents: &[(Slot, &[u8])]) -> Result<(), StoreError> {
        self.append(&Entry { documents, ..Entry::default() })
    }

    /// Keeps a document and removes others for good, in one commit: `secure_delete` overwrites them.
    ///
    /// # Errors
    /// Nothing was written and nothing removed.
    pub fn put_in_place_of(&mut self, slot: Slot, bytes: &[u8], others: &[Slot]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO documents VALUES (?, ?)")?
            .execute(params![slot.name(), bytes])?;
        for other in others {
            transaction.prepare_cached("DELETE FROM documents WHERE name = ?")?.execute([other.name()])?;
        }
        seal::renew(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    /// A document.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn get(&self, slot: Slot) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT bytes FROM documents WHERE name = ?")?;
        Ok(statement.query_row([slot.name()], |row| row.get(0)).optional()?)
    }

    /// Keeps a checkpoint.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn put_checkpoint(&mut self, size: u64, document: &[u8]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)")?
            .execute(params![size.cast_signed(), document])?;
        seal::renew(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    /// Every checkpoint, smallest log first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn checkpoints(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT document FROM checkpoints ORDER BY size")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The evidence that this device has kept, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn evidence(&self) -> Result<Vec<Piece>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT sha256, size, fate FROM evidence ORDER BY rowid")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))?;
        let piece = |row: rusqlite::Result<(String, i64, String)>| {
            let (sha256, size, fate) = row?;
            let sha256 = sha256.parse().map_err(|_| StoreError::Damaged)?;
            let fate = Fate::named(&fate).ok_or(StoreError::Damaged)?;
            Ok(Piece { sha256, size: size.cast_unsigned(), fate })
        };
        rows.map(piece).collect()
    }

    /// Notes what became of a piece of evidence.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn set_fate(&mut self, sha256: &Digest, fate: Fate) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("UPDATE evidence SET fate = ? WHERE sha256 = ?")?
            .execute(params![fate.name(), sha256.to_string()])?;
        seal::renew(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    /// The last boot that the sitting has seen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_boot(&self) -> Result<Option<Boot>, StoreError> {
        let sql = "SELECT boot, boot_id, base_ms FROM boots ORDER BY boot DESC LIMIT 1";
        let boot = |row: &rusqlite::Row| {
            let base_ms = row.get::<_, i64>(2)?.cast_unsigned();
            Ok(Boot { number: row.get(0)?, boot_id: row.get(1)?, base_ms })
        };
        Ok(self.connection.prepare_cached(sql)?.query_row([], boot).optional()?)
    }

    /// At most `count` lines from record `from` on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn lines(&self, from: u64, count: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut statement =
            self.connection.prepare_cached("SELECT line FROM records WHERE ? <= seq ORDER BY seq LIMIT ?")?;
        let rows = statement.query_map(params![from.cast_signed(), count], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The openings of the records from `from` up to but not including `to`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn openings(&self, from: u64, to: u64) -> Result<Vec<Opening>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, salt, content FROM openings WHERE ? <= seq AND seq < ? ORDER BY seq")?;
        let rows = statement.query_map(params![from.cast_signed(), to.cast_signed()], |row| {
            Ok(Opening { seq: row.get::<_, i64>(0)?.cast_unsigned(), salt: row.get(1)?, content: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn insert(transaction: &Transaction, entry: &Entry) -> Result<(), StoreError> {
    let Entry { lines, openings, boots, documents, evidence } = entry;
    for boot in *boots {
        transaction.prepare_cached("INSERT INTO boots VALUES (?, ?, ?)")?.execute(params![
            boot.number,
            boot.boot_id,
            boot.base_ms.cast_signed()
        ])?;
    }
    for (seq, line) in *lines {
        transaction.prepare_cached("INSERT INTO records VALUES (?, ?)")?.execute(params![seq.cast_signed(), line])?;
    }
    for opening in *openings {
        transaction.prepare_cached("INSERT INTO openings VALUES (?, ?, ?)")?.execute(params![
            opening.seq.cast_signed(),
            opening.salt,
            opening.content
        ])?;
    }
    for (sha256, size) in *evidence {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO evidence (sha256, size, fate) VALUES (?, ?, 'waiting')")?
            .execute(params![sha256.to_string(), size.cast_signed()])?;
    }
    for (slot, bytes) in *documents {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO documents VALUES (?, ?)")?
            .execute(params![slot.name(), bytes])?;
    }
    if let Some((seq, line)) = lines.last() {
        seal::extend(transaction, *seq, line)?;
    }
    if !(documents.is_empty() && boots.is_empty() && evidence.is_empty()) {
        seal::renew(transaction)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SittingKey {
        Zeroizing::new([byte; 32])
    }

    #[test]
    fn a_store_opens_with_its_own_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sitting.db");
        let mut store = Store::open(&path, &key(1)).unwrap();
        let lines = [(0, b"line\n".to_vec())];
        let documents: [(Slot, &[u8]); 1] = [(Slot::Token, b"secret-token")];
        store.append(&Entry { lines: &lines, documents: &documents, ..Entry::default() }).unwrap();
        drop(store);
        assert!(matches!(Store::open(&path, &key(2)), Err(StoreError::Damaged)));
        let store = Store::open(&path, &key(1)).unwrap();
        assert_eq!(store.lines(0, 9).unwrap(), vec![b"line\n".to_vec()]);
        drop(store);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(12).any(|w| w == b"secret-token"));
        }
    }

    #[test]
    fn a_second_process_is_kept_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sitting.db");
        let mut first = Store::open(&path, &key(1)).unwrap();
        first.put(Slot::Token, b"x").unwrap();
        assert!(matches!(Store::open(&path, &key(1)), Err(StoreError::InUse)));
    }

    #[test]
    fn a_database_that_does_not_keep_a_setting_is_refused() {
        // SQLite keeps this one in memory, where there is no WAL.
        assert!(matches!(Store::open(Path::new(":memory:"), &key(1)), Err(StoreError::Setting("journal_mode"))));
    }

    #[test]
    fn an_append_is_all_or_nothing() {
        let mut store = Store::in_memory().unwrap();
        store.append(&Entry { lines: &[(0, b"a\n".to_vec())], ..Entry::default() }).unwrap();
        let openings = [Opening { seq: 1, salt: [0; 16], content: "x".into() }];
        let lines = [(1, b"b\n".to_vec()), (0, b"c\n".to_vec())];
        let documents: [(Slot, &[u8]); 1] = [(Slot::Token, b"t")];
        let evidence = [(Digest::of("e"), 1)];
        let clash =
            Entry { lines: &lines, openings: &openings, documents: &documents, evidence: &evidence, boots: &[] };
        assert!(store.append(&clash).is_err());
        assert_eq!(store.evidence().unwrap(), vec![]);
        assert_eq!(store.lines(0, 9).unwrap().len(), 1);
        assert_eq!(store.openings(0, 9).unwrap(), vec![]);
        assert_eq!(store.get(Slot::Token).unwrap(), None);
    }
}
