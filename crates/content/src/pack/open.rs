//! Opening packs: everything is verified before anything is decrypted or parsed.

use super::{MANIFEST_BYTES_MAX, PACK_BYTES_MAX, PracticeContent, exam_plaintext, unhex};
use crate::render;
use age::DecryptError;
use invigil_core::{
    Digest, ExamId, PublicKey, Signed,
    digest::Salt,
    envelope::{EnvelopeError, canonical},
    grading::MarkScheme,
    item::{Exam, Interaction, Item},
    pack::{Encryption, Manifest, PackKind},
};
use std::fmt;

/// A pack whose signature, size and digest have been verified. Who signed it is for the caller to judge: see
/// [`Pack::expect_author`] and [`Pack::expect_digest`].
#[derive(Clone, PartialEq, Eq)]
pub struct Pack {
    manifest: Signed<Manifest>,
    content: Vec<u8>,
    digest: Digest,
}

/// What a practice pack holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// What candidates see.
    pub exam: Exam,
    /// How it is marked.
    pub marks: MarkScheme,
}

/// Why a pack is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes are something else.
    #[error("this is not an Invigil pack. Choose a file that ends in .invigil")]
    NotAPack,
    /// The end of the file is missing.
    #[error("the pack is cut short. Copy or download it again")]
    CutShort,
    /// The bytes are not those that were signed.
    #[error("the pack is damaged or was changed: {0}. Copy or download it again")]
    Damaged(&'static str),
    /// The pack has a later format.
    #[error("the pack has the newer format {found}. Update Invigil")]
    TooNew {
        /// The format's name.
        found: String,
    },
    /// The pack is larger than packs are read.
    #[error("the pack is larger than {PACK_BYTES_MAX} bytes. Ask whoever built it to split the exam")]
    TooLarge,
    /// It is for another exam.
    #[error("this pack is for the exam {found}, not for {expected}. Choose the other file")]
    OtherExam {
        /// The exam that was asked for.
        expected: ExamId,
        /// The exam it is for.
        found: ExamId,
    },
    /// Somebody else signed it.
    #[error("the pack was signed by {found}, not by {expected}. Do not use it, and tell whoever gave it to you")]
    OtherAuthor {
        /// The key that was expected.
        expected: PublicKey,
        /// The key that signed it.
        found: PublicKey,
    },
    /// It is another file than the one that was announced.
    #[error("this is another build of the pack than the one announced. Download it again")]
    OtherDigest,
    /// The key does not open it.
    #[error("this key does not open the pack. Ask for the key of this pack")]
    WrongKey,
    /// It is a practice pack, and an exam was asked for.
    #[error("this is a practice pack, which no exam can be taken with. Ask for the exam's pack")]
    IsPractice,
    /// It is an exam pack, and a practice pack was asked for.
    #[error("this is an exam pack, which cannot be practised with. Choose a practice pack")]
    IsExam,
    /// The mark scheme is not the one that the pack commits to.
    #[error("these marks are not those that the pack was built with. Use the mark file of this pack")]
    OtherMarks,
}

impl PackError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPack => "not-a-pack",
            Self::CutShort => "pack-cut-short",
            Self::Damaged(_) => "pack-damaged",
            Self::TooNew { .. } => "update-needed",
            Self::TooLarge => "pack-too-large",
            Self::OtherExam { .. } => "pack-other-exam",
            Self::OtherAuthor { .. } => "pack-other-author",
            Self::OtherDigest => "pack-other-digest",
            Self::WrongKey => "pack-wrong-key",
            Self::IsPractice => "pack-is-practice",
            Self::IsExam => "pack-is-exam",
            Self::OtherMarks => "pack-other-marks",
        }
    }
}

impl Pack {
    /// Reads a pack and verifies, in this order, the manifest's signature by the key it names, the content's size and
    /// the content's digest. Nothing is decrypted.
    ///
    /// # Errors
    /// The first thing that is not as signed.
    pub fn open(bytes: &[u8]) -> Result<Self, PackError> {
        if PACK_BYTES_MAX < bytes.len() {
            return Err(PackError::TooLarge);
        }
        if bytes.first() != Some(&b'{') {
            return Err(if bytes.is_empty() { PackError::CutShort } else { PackError::NotAPack });
        }
        let head = &bytes[..bytes.len().min(MANIFEST_BYTES_MAX + 1)];
        let Some(end) = head.iter().position(|byte| *byte == b'\n') else {
            return Err(if head.len() == bytes.len() { PackError::CutShort } else { PackError::NotAPack });
        };
        let manifest =
            Signed::<Manifest>::open_with(&bytes[..end], |manifest| Some(manifest.author)).map_err(refused)?;
        if manifest.bytes() != &bytes[..end] {
            return Err(PackError::Damaged("its manifest is not in canonical form"));
        }
        match (manifest.kind, manifest.content.encryption) {
            (PackKind::Exam, Encryption::AgeX25519) | (PackKind::Practice, Encryption::None) => {}
            (PackKind::Exam, Encryption::None) | (PackKind::Practice, Encryption::AgeX25519) => {
                return Err(PackError::Damaged("its kind and its encryption contradict each other"));
            }
        }
        let content = &bytes[end + 1..];
        match (content.len() as u64).cmp(&manifest.content.size) {
            std::cmp::Ordering::Less => return Err(PackError::CutShort),
            std::cmp::Ordering::Greater => return Err(PackError::Damaged("it is longer than its manifest says")),
            std::cmp::Ordering::Equal => {}
        }
        if Digest::of(content) != manifest.content.sha256 {
            return Err(PackError::Damaged("its content is not what was signed"));
        }
        Ok(Self { manifest, content: content.to_vec(), digest: Digest::of(bytes) })
    }

    /// The verified manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of the whole file.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Checks that it is for this exam.
    ///
    /// # Errors
    /// `OtherExam`.
    pub fn expect_exam(&self, expected: &ExamId) -> Result<(), PackError> {
        let found = &self.manifest.exam;
        if found == expected {
            return Ok(());
        }
        Err(PackError::OtherExam { expected: expected.clone(), found: found.clone() })
    }

    /// Checks that this key signed it.
    ///
    /// # Errors
    /// `OtherAuthor`.
    pub fn expect_author(&self, expected: &PublicKey) -> Result<(), PackError> {
        let found = self.manifest.author;
        if found == *expected { Ok(()) } else { Err(PackError::OtherAuthor { expected: *expected, found }) }
    }

    /// Checks that it is the very file that an admission names.
    ///
    /// # Errors
    /// `OtherDigest`.
    pub fn expect_digest(&self, expected: &Digest) -> Result<(), PackError> {
        if self.digest == *expected { Ok(()) } else { Err(PackError::OtherDigest) }
    }

    /// Checks that it was built with this mark scheme and salt.
    ///
    /// # Errors
    /// `OtherMarks`.
    pub fn expect_marks(&self, marks: &MarkScheme, salt: &Salt) -> Result<(), PackError> {
        if marks.commitment(salt) == self.manifest.mark_scheme { Ok(()) } else { Err(PackError::OtherMarks) }
    }

    /// Decrypts the exam of an exam pack.
    ///
    /// # Errors
    /// `IsPractice`, `WrongKey`, or `Damaged` when the content is not the exam that the manifest describes.
    pub fn exam(&self, identity: &age::x25519::Identity) -> Result<Exam, PackError> {
        match self.manifest.kind {
            PackKind::Exam => {}
            PackKind::Practice => return Err(PackError::IsPractice),
        }
        let plaintext = age::decrypt(identity, &self.content).map_err(|why| match why {
            DecryptError::NoMatchingKeys => PackError::WrongKey,
            _other => PackError::Damaged("its content cannot be decrypted"),
        })?;
        let exam: Exam =
            serde_json::from_slice(&plaintext).map_err(|_| PackError::Damaged("its content is not an exam"))?;
        if exam_plaintext(&exam) != plaintext {
            return Err(PackError::Damaged("its exam is not in canonical form"));
        }
        self.described(&exam)?;
        harmless(&exam, None)?;
        Ok(exam)
    }

    /// Reads the exam and the mark scheme of a practice pack.
    ///
    /// # Errors
    /// `IsExam`, or `Damaged` when the content is not what the manifest describes.
    pub fn practice(&self) -> Result<Practice, PackError> {
        match self.manifest.kind {
            PackKind::Practice => {}
            PackKind::Exam => return Err(PackError::IsExam),
        }
        let content: PracticeContent = serde_json::from_slice(&self.content)
            .map_err(|_| PackError::Damaged("its content is not an exam with its marks"))?;
        if canonical(&content) != self.content {
            return Err(PackError::Damaged("its content is not in canonical form"));
        }
        let PracticeContent { exam, mark_scheme: marks, salt } = content;
        self.described(&exam)?;
        let salt = unhex(&salt).ok_or(PackError::Damaged("its salt is not 32 hexadecimal digits"))?;
        self.expect_marks(&marks, &salt)?;
        harmless(&exam, Some(&marks))?;
        Ok(Practice { exam, marks })
    }

    /// An author may sign anything; what is shown before opening must be what is inside.
    fn described(&self, exam: &Exam) -> Result<(), PackError> {
        self.expect_exam(&exam.id)?;
        let manifest = &self.manifest;
        let same = exam.title == manifest.title
            && exam.items.len() as u64 == u64::from(manifest.items)
            && Digest::of(exam_plaintext(exam)) == manifest.bank;
        if same { Ok(()) } else { Err(PackError::Damaged("its manifest describes another exam")) }
    }
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pack").field("manifest", &self.manifest).field("digest", &self.digest).finish_non_exhaustive()
    }
}

fn refused(why: EnvelopeError) -> PackError {
    match why {
        EnvelopeError::TooNew { found, .. } => PackError::TooNew { found },
        EnvelopeError::WrongType { .. } => PackError::NotAPack,
        EnvelopeError::NotJson => PackError::Damaged("its manifest cannot be read"),
        EnvelopeError::NoProof => PackError::Damaged("its manifest is not signed"),
        EnvelopeError::BadSignature => PackError::Damaged("its manifest is not what was signed"),
        EnvelopeError::Shape { .. } | EnvelopeError::Number => PackError::Damaged("its manifest has other members"),
    }
}

/// Anybody can sign a pack, with any HTML in it. Only what the sanitiser would leave as it is gets to a window.
fn harmless(exam: &Exam, marks: Option<&MarkScheme>) -> Result<(), PackError> {
    let choices = |item: &Item| match &item.interaction {
        Interaction::Choice { choices, .. } => choices.iter().map(|choice| choice.content.clone()).collect(),
        Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => Vec::new(),
    };
    let mut texts = vec![exam.description.clone()];
    for item in &exam.items {
        texts.push(item.prompt.clone());
        texts.extend(choices(item));
    }
    texts.extend(marks.iter().flat_map(|marks| marks.keys.values()).filter_map(|key| key.explanation.clone()));
    if texts.iter().all(|html| render::clean(html) == *html) {
        Ok(())
    } else {
        Err(PackError::Damaged("it holds HTML that is not shown in exams"))
    }
}
