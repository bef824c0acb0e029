//! The signed manifest of a pack. Sealing and opening packs is `invigil-content`'s work.

use crate::{digest::Digest, envelope::Document, envelope::PublicKey, ids::ExamId, time::Wall};
use serde::{Deserialize, Serialize};

/// What a pack holds, signed by its author. The rest of the file is the content that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Exam or practice.
    pub kind: PackKind,
    /// The exam inside.
    pub exam: ExamId,
    /// Its title.
    pub title: String,
    /// The number of items in the bank.
    pub items: u32,
    /// Digest of what candidates see (the RFC 8785 form of the exam), so that it tells nothing about the answers.
    pub bank: Digest,
    /// Whether the bank is public, which a live exam's should not be.
    pub public: bool,
    /// The content that follows the manifest.
    pub content: Content,
    /// The mark scheme's salted digest.
    pub mark_scheme: Digest,
    /// The key that signed this manifest.
    pub author: PublicKey,
    /// When the pack was built.
    pub built: Wall,
}

impl Document for Manifest {
    const TYPE: &'static str = "invigil/pack/1";
}

/// The two kinds of pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PackKind {
    /// Encrypted, and blind to the key.
    Exam,
    /// Readable, with mark scheme and explanations.
    Practice,
}

/// The bytes after the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Content {
    /// Digest of the bytes as they lie in the file.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
    /// How they are encrypted.
    pub encryption: Encryption,
}

/// How a pack's content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// age v1 to one X25519 recipient.
    AgeX25519,
    /// Not at all: a practice pack.
    None,
}
