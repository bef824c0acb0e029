//! One row that says what the others are: how far the log goes, its head, and a digest of everything that is not log.
//!
//! SQLCipher proves that each page was written by who has the key, not that it is the present one. A page that was put
//! back from a copy would be accepted. It changes what lies in it and not the seal, or the seal alone, and either shows
//! when the database is opened. A whole database that was put back does not show here: the issuer finds that.

use super::StoreError;
use invigil_core::Digest;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Part of the schema.
pub const TABLE: &str =
    "CREATE TABLE seal(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, head TEXT NOT NULL,
        rest TEXT NOT NULL) STRICT;";

/// Notes the last record of the log.
pub fn extend(connection: &Connection, seq: u64, line: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO seal VALUES (1, ?, ?, '')
        ON CONFLICT (id) DO UPDATE SET size = excluded.size, head = excluded.head";
    let head = Digest::of(line).to_string();
    connection.prepare_cached(sql)?.execute(params![seq.saturating_add(1).cast_signed(), head])?;
    Ok(())
}

/// Notes what is not log.
pub fn renew(connection: &Connection) -> Result<(), StoreError> {
    let sql = "INSERT INTO seal VALUES (1, 0, '', ?) ON CONFLICT (id) DO UPDATE SET rest = excluded.rest";
    connection.prepare_cached(sql)?.execute([rest(connection)?])?;
    Ok(())
}

/// Holds everything against the seal.
///
/// # Errors
/// `Damaged` when it is not what the seal says.
pub fn check(connection: &Connection) -> Result<(), StoreError> {
    let row = |row: &Row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?));
    let sealed = connection.query_row("SELECT size, head, rest FROM seal", [], row).optional()?;
    let count = connection.query_row("SELECT count (*) FROM records", [], |row| row.get::<_, i64>(0))?;
    let sql = "SELECT line FROM records ORDER BY seq DESC LIMIT 1";
    let last: Option<Vec<u8>> = connection.query_row(sql, [], |row| row.get(0)).optional()?;
    let head = last.map_or(String::new(), |line| Digest::of(line).to_string());
    let beyond = "SELECT count (*) FROM openings WHERE (SELECT count (*) FROM records) <= seq";
    let beyond: i64 = connection.query_row(beyond, [], |row| row.get(0))?;
    let present = (count, head, rest(connection)?);
    let expected: (i64, String, String) = sealed.unwrap_or_default();
    if present == expected && beyond == 0 { Ok(()) } else { Err(StoreError::Damaged) }
}

/// The digest of documents, boots, checkpoints and evidence; empty when there are none.
fn rest(connection: &Connection) -> Result<String, StoreError> {
    const TABLES: [&str; 4] = [
        "SELECT name, '', bytes FROM documents ORDER BY name",
        "SELECT boot, boot_id, base_ms FROM boots ORDER BY boot",
        "SELECT size, '', document FROM checkpoints ORDER BY size",
        "SELECT sha256, fate, size FROM evidence ORDER BY rowid",
    ];
    let (mut all, mut rows_of_all) = (Vec::new(), 0_u64);
    for sql in TABLES {
        let before = rows_of_all;
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            rows_of_all += 1;
            for column in 0..3 {
                let value = row.get_ref(column)?;
                let bytes = match value {
                    rusqlite::types::ValueRef::Integer(n) => n.to_be_bytes().to_vec(),
                    other => other.as_bytes().map_err(|_| StoreError::Damaged)?.to_vec(),
                };
                all.extend((bytes.len() as u64).to_be_bytes());
                all.extend(bytes);
            }
        }
        // Rows of one table are not taken for rows of the next.
        all.extend((rows_of_all - before).to_be_bytes());
    }
    Ok(if rows_of_all == 0 { String::new() } else { Digest::of(all).to_string() })
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Slot, Store};
    use super::*;

    #[test]
    fn what_is_changed_behind_the_stores_back_is_found() {
        let changes = [
            "DELETE FROM records WHERE seq = 1",
            "UPDATE records SET line = x'00' WHERE seq = 1",
            "INSERT INTO records VALUES (2, x'61')",
            "DELETE FROM documents",
            "UPDATE documents SET bytes = x'00'",
            "DELETE FROM checkpoints",
            "UPDATE boots SET base_ms = 1",
            "UPDATE evidence SET fate = 'sent'",
            "UPDATE seal SET size = 1",
            "UPDATE seal SET rest = ''",
            "DELETE FROM seal",
        ];
        for change in changes {
            let mut store = Store::in_memory().unwrap();
            let documents: [(Slot, &[u8]); 1] = [(Slot::Token, b"t")];
            let boots = [crate::clock::Boot { number: 0, boot_id: "a".into(), base_ms: 0 }];
            let lines = [(0, b"a\n".to_vec()), (1, b"b\n".to_vec())];
            let evidence = [(Digest::of("e"), 1)];
            let entry =
                Entry { lines: &lines, boots: &boots, documents: &documents, evidence: &evidence, openings: &[] };
            store.append(&entry).unwrap();
            store.put_checkpoint(1, b"c").unwrap();
            check(&store.connection).unwrap();
            store.connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            store.connection.execute_batch(change).unwrap();
            assert!(matches!(check(&store.connection), Err(StoreError::Damaged)), "{change}");
        }
    }

    #[test]
    fn every_write_renews_it() {
        let mut store = Store::in_memory().unwrap();
        check(&store.connection).unwrap();
        store.put(Slot::Token, b"t").unwrap();
        store.put_in_place_of(Slot::Submission, b"s", &[Slot::Token]).unwrap();
        store.append(&Entry { evidence: &[(Digest::of("e"), 1)], ..Entry::default() }).unwrap();
        store.set_fate(&Digest::of("e"), super::super::Fate::Sent).unwrap();
        store.put_checkpoint(0, b"c").unwrap();
        store.append(&Entry { lines: &[(0, b"a\n".to_vec())], ..Entry::default() }).unwrap();
        check(&store.connection).unwrap();
    }
}
