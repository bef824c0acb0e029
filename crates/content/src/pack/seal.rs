//! Building packs.

use super::{PACK_BYTES_MAX, PracticeContent, hex};
use crate::academy::Bank;
use invigil_core::{
    Digest, ItemId, SecretKey, Signed, Wall,
    digest::Salt,
    envelope::canonical,
    item::{Exam, Interaction},
    pack::{Content, Encryption, Manifest, PackKind},
};

/// What an exam pack is sealed with.
#[derive(Debug, Clone, Copy)]
pub struct SealArgs<'a> {
    /// Whoever holds its identity can read the exam.
    pub recipient: &'a age::x25519::Recipient,
    /// Signs the manifest.
    pub author: &'a SecretKey,
    /// Keeps the mark scheme's digest from being guessed. Fresh and random for every pack.
    pub salt: Salt,
    /// When the pack is built.
    pub built: Wall,
}

/// What a practice pack is sealed with.
#[derive(Debug, Clone, Copy)]
pub struct PracticeArgs<'a> {
    /// Signs the manifest.
    pub author: &'a SecretKey,
    /// Stands in the pack, so that anybody can check the mark scheme's digest.
    pub salt: Salt,
    /// When the pack is built.
    pub built: Wall,
}

/// A finished pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The file.
    pub bytes: Vec<u8>,
    /// The digest of the file, by which admissions name it.
    pub digest: Digest,
    /// Its signed manifest.
    pub manifest: Manifest,
    /// The salt of the manifest's commitment. Whoever marks needs it beside the mark scheme.
    pub mark_scheme_salt: Salt,
    /// What the author should know.
    pub warnings: Vec<SealWarning>,
}

/// Something that does not keep a pack from being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealWarning {
    /// The bank is public, and the pack is for an exam that counts.
    #[error("this bank is public: anybody can learn its answers. Use it for practice, or keep a bank of your own")]
    PublicBank,
}

impl SealWarning {
    /// A stable kebab-case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::PublicBank => "public-bank",
        }
    }
}

/// Why no pack was built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bank's file has errors.
    #[error("the exam has {count} errors, the first being: {first} Correct them and build it again")]
    Faulty {
        /// The number of errors.
        count: usize,
        /// The first one's message.
        first: String,
    },
    /// An item has to be marked by a person.
    #[error("item {0} is an essay, which this version cannot have marked. Make it a short answer or take it out")]
    NeedsMarker(ItemId),
    /// The exam has no items.
    #[error("the exam has no items. Add questions to its file")]
    Empty,
    /// Items and keys do not belong together.
    #[error("item {0} and its key do not belong together. Read the exam's file again")]
    KeyMismatch(ItemId),
    /// The pack would be larger than packs are read.
    #[error("the pack would have {size} bytes, and packs have {PACK_BYTES_MAX} at most. Split the exam")]
    TooLarge {
        /// The size in bytes.
        size: usize,
    },
    /// age could not encrypt.
    #[error("the exam could not be encrypted: {0}. Check the recipient's key")]
    Encryption(String),
}

impl SealError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Faulty { .. } => "bank-has-errors",
            Self::NeedsMarker(_) => "needs-marker",
            Self::Empty => "bank-empty",
            Self::KeyMismatch(_) => "key-mismatch",
            Self::TooLarge { .. } => "pack-too-large",
            Self::Encryption(_) => "encryption-failed",
        }
    }
}

/// The bytes that an exam pack encrypts: the RFC 8785 form of what candidates see. Two banks that differ only in keys,
/// accepted answers, explanations, references and what authors note give the same bytes.
pub fn exam_plaintext(exam: &Exam) -> Vec<u8> {
    canonical(exam)
}

/// Builds an exam pack.
///
/// # Errors
/// Every reason for which the bank cannot be examined with; see [`SealError`].
pub fn seal_exam(bank: &Bank, args: SealArgs<'_>) -> Result<Sealed, SealError> {
    check(bank)?;
    let content = age::encrypt(args.recipient, &exam_plaintext(&bank.exam))
        .map_err(|why| SealError::Encryption(why.to_string()))?;
    let signing = PracticeArgs { author: args.author, salt: args.salt, built: args.built };
    let mut sealed = finish(bank, PackKind::Exam, Encryption::AgeX25519, &content, signing)?;
    sealed.warnings.extend(bank.public.then_some(SealWarning::PublicBank));
    Ok(sealed)
}

/// Builds a practice pack: readable by everybody, with the mark scheme. The same bank and arguments give the same bytes.
///
/// # Errors
/// Every reason for which the bank cannot be practised with; see [`SealError`].
pub fn seal_practice(bank: &Bank, args: PracticeArgs<'_>) -> Result<Sealed, SealError> {
    check(bank)?;
    let content =
        canonical(&PracticeContent { exam: bank.exam.clone(), mark_scheme: bank.marks.clone(), salt: hex(&args.salt) });
    finish(bank, PackKind::Practice, Encryption::None, &content, args)
}

fn check(bank: &Bank) -> Result<(), SealError> {
    if let Some(first) = bank.faults.first() {
        return Err(SealError::Faulty { count: bank.faults.len(), first: first.message.clone() });
    }
    let first = bank.exam.items.first().ok_or(SealError::Empty)?;
    for item in &bank.exam.items {
        match item.interaction {
            Interaction::ExtendedText { .. } => return Err(SealError::NeedsMarker(item.id.clone())),
            Interaction::Choice { .. } | Interaction::TextEntry { .. } => {}
        }
        let key = bank.marks.keys.get(&item.id).filter(|key| key.marks == item.marks);
        if key.is_none() {
            return Err(SealError::KeyMismatch(item.id.clone()));
        }
    }
    if bank.marks.exam != bank.exam.id || bank.marks.keys.len() != bank.exam.items.len() {
        return Err(SealError::KeyMismatch(first.id.clone()));
    }
    Ok(())
}

fn finish(
    bank: &Bank,
    kind: PackKind,
    encryption: Encryption,
    content: &[u8],
    args: PracticeArgs<'_>,
) -> Result<Sealed, SealError> {
    let author = args.author.public();
    let manifest = Manifest {
        kind,
        exam: bank.exam.id.clone(),
        title: bank.exam.title.clone(),
        items: u32::try_from(bank.exam.items.len()).unwrap_or(u32::MAX),
        // Of what candidates see, not of the author's file: the digest of a file with the key in it would let anybody
        // who has the questions try out keys until it fits.
        bank: Digest::of(exam_plaintext(&bank.exam)),
        public: bank.public,
        content: Content { sha256: Digest::of(content), size: content.len() as u64, encryption },
        mark_scheme: bank.marks.commitment(&args.salt),
        author,
        built: args.built,
    };
    let signed = Signed::seal(manifest, args.author, &author.method(), args.built);
    let bytes = [signed.bytes(), b"\n", content].concat();
    if PACK_BYTES_MAX < bytes.len() {
        return Err(SealError::TooLarge { size: bytes.len() });
    }
    let digest = Digest::of(&bytes);
    Ok(Sealed { bytes, digest, manifest: signed.into_body(), mark_scheme_salt: args.salt, warnings: Vec::new() })
}
