//! What a candidate hands in, and the issuer's receipt for it.

use crate::{
    digest::{Digest, Salt},
    envelope::Document,
    ids::{ItemId, SittingId},
    log::Record,
    sitting::{Closing, Event},
    time::Wall,
};
use serde::{Deserialize, Serialize};

/// A closed sitting as its device states it. Signed by the device key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Submission {
    /// The sitting.
    pub sitting: SittingId,
    /// Digest of its admission.
    pub admission: Digest,
    /// Digest of the pack's file.
    pub pack: Digest,
    /// How the sitting ended.
    pub cause: Closing,
    /// The items served, in the order shown, and the record that holds the answer to each.
    pub answers: Vec<Answer>,
    /// The log.
    pub log: LogRef,
    /// Screen evidence by digest; empty when the policy collects none.
    pub evidence: Vec<EvidenceRef>,
    /// Screen evidence that this device's own records name and that it cannot send any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<EvidenceRef>,
    /// The application that made it.
    pub client: Client,
}

impl Document for Submission {
    const TYPE: &'static str = "invigil/submission/1";
}

/// One served item and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    /// The item.
    pub item: ItemId,
    /// The record with the last response and its commitment; `None` = never answered.
    pub response: Option<ResponseRef>,
}

/// A response by its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResponseRef {
    /// The record.
    pub seq: u64,
    /// The commitment in it.
    pub commitment: Digest,
}

/// A log by size and head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogRef {
    /// Number of records.
    pub size: u64,
    /// Digest of the last of them, with its line feed.
    pub head: Digest,
}

/// One piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceRef {
    /// SHA-256 of the sealed bytes.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
}

/// The evidence that the records of one writer name, once each, in their order. Its submission has to account for all of
/// it.
pub fn captured(records: &[Record], epoch: u32) -> Vec<EvidenceRef> {
    let mut pieces: Vec<EvidenceRef> = Vec::new();
    for record in records.iter().filter(|record| record.epoch == epoch) {
        if let Event::Captured { sha256, size, .. } = record.event
            && pieces.iter().all(|piece| piece.sha256 != sha256)
        {
            pieces.push(EvidenceRef { sha256, size });
        }
    }
    pieces
}

/// A program and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Client {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The issuer's word that it holds a submission and everything it names. Signed; stored before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// The sitting.
    pub sitting: SittingId,
    /// Digest of the submission.
    pub submission: Digest,
    /// The log it was checked against.
    pub log: LogRef,
    /// When it was received.
    pub received: Wall,
}

impl Document for Receipt {
    const TYPE: &'static str = "invigil/receipt/1";
}

/// Says that a hand-in file holds this log. Signed by the device key, so that a file can be believed that came without
/// the sitting's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandIn {
    /// The sitting.
    pub sitting: SittingId,
    /// The writer's epoch.
    pub epoch: u32,
    /// The log in the file.
    pub log: LogRef,
}

impl Document for HandIn {
    const TYPE: &'static str = "invigil/hand-in/1";
}

/// Personal content that a record only commits to. Erasing it breaks no proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Opening {
    /// The record.
    pub seq: u64,
    /// The salt of its commitment, in hexadecimal.
    #[serde(with = "hex::serde")]
    pub salt: Salt,
    /// The committed bytes, which are UTF-8.
    pub content: String,
}

impl Opening {
    /// The commitment that the record must carry.
    pub fn commitment(&self) -> Digest {
        Digest::committing(&self.salt, self.content.as_bytes())
    }

    /// Whether this is what `record` committed to.
    pub fn opens(&self, record: &Record) -> bool {
        let committed = match &record.event {
            Event::Responded { commitment, .. } => Some(*commitment),
            _ => None,
        };
        self.seq == record.seq && committed == Some(self.commitment())
    }
}
