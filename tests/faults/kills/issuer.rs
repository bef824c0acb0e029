//! What the issuing service holds, read from its database beside the running service.

use invigil_core::{Digest, SittingId, log::Record, sitting::Event, submission::Opening};
use rusqlite::{Connection, OpenFlags, Row, params, types::Value};
use serde_json::Value as Json;
use std::{fs, path::Path, time::Duration};

/// What it holds of one sitting.
#[derive(Debug, Default)]
pub struct Stored {
    pub log: Vec<u8>,
    pub openings: Vec<Opening>,
    pub submissions: Vec<(Vec<u8>, Vec<u8>)>,
    pub aside: u64,
    pub results: u64,
}

/// How the service is found when its database is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It runs; its database is read beside it.
    Running,
    /// It was killed; a copy is read, so that it finds everything as it left it.
    Killed,
}

/// Reads what there is of `sitting`.
pub fn stored(folder: &Path, sitting: &SittingId, found: Found) -> Stored {
    let copy = tempfile::tempdir().expect("a folder");
    let mut path = folder.join("issuer.db");
    if found == Found::Killed {
        for name in ["issuer.db", "issuer.db-wal"] {
            let copied = fs::copy(folder.join(name), copy.path().join(name));
            assert!(name.ends_with("-wal") || copied.is_ok(), "{copied:?}");
        }
        path = copy.path().join("issuer.db");
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags).expect("the issuer's database");
    database.busy_timeout(Duration::from_secs(10)).expect("it can wait");
    let rows = |sql: &str| -> Vec<Vec<Value>> {
        let mut statement = database.prepare(sql).expect("a query");
        let columns = statement.column_count();
        let row = |row: &Row<'_>| (0..columns).map(|n| row.get(n)).collect();
        let rows = statement.query_map(params![sitting.as_str()], row).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    let bytes = |value: &Value| match value {
        Value::Blob(bytes) => bytes.clone(),
        Value::Text(text) => text.clone().into_bytes(),
        other => panic!("neither bytes nor text: {other:?}"),
    };
    let count = |sql: &str| rows(sql).len() as u64;
    let opening = |row: &Vec<Value>| Opening {
        seq: match row[0] {
            Value::Integer(seq) => seq.cast_unsigned(),
            _ => panic!("not a number"),
        },
        salt: bytes(&row[1]).try_into().expect("a salt"),
        content: String::from_utf8(bytes(&row[2])).expect("text"),
    };
    Stored {
        log: rows("SELECT line FROM records WHERE sitting = ? ORDER BY seq")
            .iter()
            .flat_map(|r| bytes(&r[0]))
            .collect(),
        openings: rows("SELECT seq, salt, content FROM openings WHERE sitting = ? ORDER BY seq")
            .iter()
            .map(opening)
            .collect(),
        submissions: rows("SELECT bytes, receipt FROM submissions WHERE sitting = ?")
            .iter()
            .map(|row| (bytes(&row[0]), bytes(&row[1])))
            .collect(),
        aside: count("SELECT seq FROM aside WHERE sitting = ?"),
        results: count("SELECT sitting FROM results WHERE sitting = ?"),
    }
}

impl Stored {
    pub fn records(&self) -> u64 {
        self.log.split_inclusive(|byte| *byte == b'\n').count() as u64
    }

    /// A submission is there only with everything that it names: no receipt without data.
    pub fn is_whole(&self) -> Result<(), String> {
        let records: Vec<Record> = self
            .log
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| Record::parse(line).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        let mut openings = self.openings.iter();
        for record in &records {
            if let Event::Responded { item, commitment, .. } = &record.event {
                let opening = openings.next().filter(|opening| opening.commitment() == *commitment);
                opening.ok_or_else(|| format!("the answer to {item} is not the one of its record"))?;
            }
        }
        if openings.next().is_some() {
            return Err("there is an answer without a record".to_owned());
        }
        let Some((submission, _)) = self.submissions.first() else { return Ok(()) };
        let submission: Json = serde_json::from_slice(submission).map_err(|error| error.to_string())?;
        let size = submission["log"]["size"].as_u64().unwrap_or(u64::MAX);
        let head = records.len() as u64 == size
            && self.log.split_inclusive(|byte| *byte == b'\n').next_back().map(|line| Digest::of(line).to_string())
                == submission["log"]["head"].as_str().map(str::to_owned);
        if head { Ok(()) } else { Err(format!("a submission of {size} records, and {} are there", records.len())) }
    }
}
