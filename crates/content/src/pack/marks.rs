//! The mark file: what an author hands to an issuer beside an exam pack, under a passphrase.

use super::{hex, unhex};
use age::{
    DecryptError, scrypt,
    secrecy::{ExposeSecret, SecretString},
    x25519,
};
use invigil_core::{Digest, digest::Salt, envelope::canonical, grading::MarkScheme};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest mark file, in bytes.
pub const MARKS_BYTES_MAX: usize = 16 << 20;
const TYPE: &str = "invigil/marks/1";
// scrypt with N = 2^18 takes about a second and 256 MiB, which is age's own choice for passphrases.
const WORK_FACTOR: u8 = 18;
const WORK_FACTOR_MAX: u8 = 20;

/// What whoever marks an exam needs.
#[derive(Clone)]
pub struct MarkFile {
    /// The digest of the pack it belongs to.
    pub pack: Digest,
    /// How the exam is marked.
    pub marks: MarkScheme,
    /// The salt of the pack's commitment.
    pub salt: Salt,
    /// Opens the pack's content.
    pub content_identity: x25519::Identity,
}

impl fmt::Debug for MarkFile {
    // Neither key nor answers may reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarkFile").field("pack", &self.pack).field("exam", &self.marks.exam).finish_non_exhaustive()
    }
}

/// Why a mark file was not made or not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// The bytes are something else.
    #[error("this is not a mark file. Choose the one that was made with the pack")]
    NotAMarkFile,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the mark file. Try it again, and mind capital letters")]
    WrongPassphrase,
    /// There is no passphrase.
    #[error("the passphrase is empty. Choose one of several words")]
    NoPassphrase,
    /// The bytes are not those that were sealed.
    #[error("the mark file is damaged. Copy it again")]
    Damaged,
    /// It has a later format.
    #[error("the mark file has the newer format {found}. Update Invigil")]
    TooNew {
        /// The format's name.
        found: String,
    },
    /// It is too large, or asks for too much work to be opened.
    #[error("the mark file is larger than Invigil reads. Ask whoever made it for another")]
    TooLarge,
    /// age could not encrypt.
    #[error("the mark file could not be sealed: {0}. Try it again")]
    Encryption(String),
}

impl MarksError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAMarkFile => "not-a-mark-file",
            Self::WrongPassphrase => "wrong-passphrase",
            Self::NoPassphrase => "no-passphrase",
            Self::Damaged => "marks-damaged",
            Self::TooNew { .. } => "update-needed",
            Self::TooLarge => "marks-too-large",
            Self::Encryption(_) => "encryption-failed",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    r#type: String,
    pack: Digest,
    mark_scheme: MarkScheme,
    salt: String,
    content_identity: String,
}

#[derive(Deserialize)]
struct Typed {
    r#type: String,
}

/// Seals a mark file under a passphrase.
///
/// # Errors
/// `NoPassphrase`, `TooLarge` or `Encryption`.
pub fn seal_marks(marks: &MarkFile, passphrase: SecretString) -> Result<Vec<u8>, MarksError> {
    if passphrase.expose_secret().is_empty() {
        return Err(MarksError::NoPassphrase);
    }
    let plaintext = canonical(&Content {
        r#type: TYPE.to_owned(),
        pack: marks.pack,
        mark_scheme: marks.marks.clone(),
        salt: hex(&marks.salt),
        content_identity: marks.content_identity.to_string().expose_secret().to_owned(),
    });
    let mut recipient = scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK_FACTOR);
    let bytes = age::encrypt(&recipient, &plaintext).map_err(|why| MarksError::Encryption(why.to_string()))?;
    if MARKS_BYTES_MAX < bytes.len() { Err(MarksError::TooLarge) } else { Ok(bytes) }
}

/// Opens a mark file. Whether it belongs to a pack is for [`super::Pack::expect_marks`] to say.
///
/// # Errors
/// Every reason for which it must not be used; see [`MarksError`].
pub fn open_marks(bytes: &[u8], passphrase: SecretString) -> Result<MarkFile, MarksError> {
    if MARKS_BYTES_MAX < bytes.len() {
        return Err(MarksError::TooLarge);
    }
    if !bytes.starts_with(b"age-encryption.org/") {
        return Err(MarksError::NotAMarkFile);
    }
    let mut identity = scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(WORK_FACTOR_MAX);
    let plaintext = age::decrypt(&identity, bytes).map_err(|why| match why {
        DecryptError::DecryptionFailed => MarksError::WrongPassphrase,
        // age says this of a file that is sealed to keys and not to a passphrase.
        DecryptError::NoMatchingKeys => MarksError::NotAMarkFile,
        DecryptError::ExcessiveWork { .. } => MarksError::TooLarge,
        _other => MarksError::Damaged,
    })?;
    let Typed { r#type } = serde_json::from_slice(&plaintext).map_err(|_| MarksError::NotAMarkFile)?;
    if r#type != TYPE {
        let newer = r#type.strip_prefix("invigil/marks/").and_then(|version| version.parse::<u32>().ok());
        return Err(match newer {
            Some(version) if 1 < version => MarksError::TooNew { found: r#type },
            Some(_) | None => MarksError::NotAMarkFile,
        });
    }
    let content: Content = serde_json::from_slice(&plaintext).map_err(|_| MarksError::Damaged)?;
    Ok(MarkFile {
        pack: content.pack,
        marks: content.mark_scheme,
        salt: unhex(&content.salt).ok_or(MarksError::Damaged)?,
        content_identity: content.content_identity.parse().map_err(|_| MarksError::Damaged)?,
    })
}
