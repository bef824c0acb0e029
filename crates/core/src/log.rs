//! The log: a file of lines, each naming the digest of the line before it. See `docs/formats/log.md`.

use crate::{
    canonical::plain,
    digest::Digest,
    envelope::canonical,
    ids::{ProctorId, SittingId},
    sitting::Event,
    text,
    time::Moment,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The type and version of a record.
pub const RECORD_TYPE: &str = "invigil/record/1";
/// The longest line, in bytes with its line feed.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// One decided fact. The members are in the order in which RFC 8785 writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// When.
    pub at: Moment,
    /// Who caused it.
    pub by: Actor,
    /// The writer, as its lease counts them.
    pub epoch: u32,
    /// What.
    pub event: Event,
    /// Digest of the line before, with its line feed; of the admission's bytes for record 0.
    pub prev: Digest,
    /// Position in the log, from 0.
    pub seq: u64,
    /// The sitting.
    pub sitting: SittingId,
    /// [`RECORD_TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
}

/// Who causes an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The person sitting the exam.
    Candidate,
    /// The application.
    Client,
    /// The issuing service.
    Issuer,
    /// A person who supervises.
    Proctor(ProctorId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candidate => f.write_str("candidate"),
            Self::Client => f.write_str("client"),
            Self::Issuer => f.write_str("issuer"),
            Self::Proctor(id) => write!(f, "proctor:{id}"),
        }
    }
}

impl FromStr for Actor {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "candidate" => Ok(Self::Candidate),
            "client" => Ok(Self::Client),
            "issuer" => Ok(Self::Issuer),
            other => other
                .strip_prefix("proctor:")
                .and_then(|id| ProctorId::from_str(id).ok())
                .map(Self::Proctor)
                .ok_or_else(|| format!("“{other}” is nobody who writes records")),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::read(deserializer)
    }
}

/// Why a line is not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// No line feed at its end.
    #[error("the line does not end with a line feed")]
    Unterminated,
    /// Not a record.
    #[error("the line is not a record: {0}")]
    NotARecord(String),
    /// A record, but not in its RFC 8785 form, or with a number that JSON libraries do not agree on.
    #[error("the line is not in its canonical form")]
    NotCanonical,
}

impl Record {
    /// The line of this record: its RFC 8785 form and a line feed.
    pub fn line(&self) -> Vec<u8> {
        let mut line = canonical(self);
        line.push(b'\n');
        line
    }

    /// Reads one line with its line feed. Only the canonical form is accepted, so no two lines mean the same record.
    ///
    /// # Errors
    /// Every reason why the line is not a record of this version.
    pub fn parse(line: &[u8]) -> Result<Self, LineError> {
        if LINE_BYTES_MAX < line.len() {
            return Err(LineError::TooLong);
        }
        let body = line.strip_suffix(b"\n").ok_or(LineError::Unterminated)?;
        let text = str::from_utf8(body).map_err(|why| LineError::NotARecord(why.to_string()))?;
        let record: Self = serde_json::from_str(text).map_err(|why| LineError::NotARecord(why.to_string()))?;
        if record.kind != RECORD_TYPE {
            return Err(LineError::NotARecord(format!("its type is {:.40}", record.kind)));
        }
        if plain(&record).as_deref() != Some(body) {
            return Err(LineError::NotCanonical);
        }
        Ok(record)
    }
}

/// Where the next record goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The sitting.
    pub sitting: SittingId,
    /// The writer's epoch.
    pub epoch: u32,
    /// The position of the next record, which is the size of the log.
    pub seq: u64,
    /// The digest that the next record names.
    pub head: Digest,
}

impl Tail {
    /// The start of a log: record 0 names the admission.
    pub fn start(sitting: SittingId, epoch: u32, admission: Digest) -> Self {
        Self { sitting, epoch, seq: 0, head: admission }
    }

    /// Makes the next record and its line, and moves on behind it.
    pub fn append(&mut self, at: Moment, by: Actor, event: Event) -> (Record, Vec<u8>) {
        let record = Record {
            kind: RECORD_TYPE.to_owned(),
            sitting: self.sitting.clone(),
            epoch: self.epoch,
            seq: self.seq,
            at,
            by,
            event,
            prev: self.head,
        };
        let line = record.line();
        self.seq += 1;
        self.head = Digest::of(&line);
        (record, line)
    }

    /// Checks that `line` is the next record and moves on behind it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the line.
    pub fn follow(&mut self, line: &[u8]) -> Result<Record, String> {
        let record = Record::parse(line).map_err(|why| why.to_string())?;
        if record.sitting != self.sitting {
            return Err("the record belongs to another sitting".to_owned());
        }
        if record.seq != self.seq {
            return Err(format!("the record says it is number {}", record.seq));
        }
        if record.prev != self.head {
            return Err("the record does not continue the one before it".to_owned());
        }
        if record.epoch < self.epoch {
            return Err("the record was written under an ended lease".to_owned());
        }
        self.epoch = record.epoch;
        self.seq += 1;
        self.head = Digest::of(line);
        Ok(record)
    }
}
