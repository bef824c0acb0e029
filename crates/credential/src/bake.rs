//! Baking: a credential inside a picture, so that the picture can be handed on and still be checked.
//!
//! A picture holds one credential or none. Which of two would count is not for a verifier to guess.

mod png;
mod svg;

use crate::CREDENTIAL_BYTES_MAX;

/// The largest picture that is read.
pub const PICTURE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why a picture cannot take a credential, or gives none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BakeError {
    /// Neither PNG nor SVG, or damaged.
    #[error("this is not a whole PNG or SVG picture: {0}")]
    NotAPicture(&'static str),
    /// More than [`PICTURE_BYTES_MAX`], or a credential of more than [`CREDENTIAL_BYTES_MAX`] in it.
    #[error("the picture or the credential in it is too large")]
    TooLarge,
    /// There is none in it.
    #[error("there is no credential in this picture")]
    Nothing,
    /// There is one already, or more than one.
    #[error("there is already a credential in this picture, or more than one; take the picture without one")]
    Several,
}

impl BakeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPicture(_) => "picture-damaged",
            Self::TooLarge => "picture-too-large",
            Self::Nothing => "picture-without-credential",
            Self::Several => "picture-with-several-credentials",
        }
    }
}

/// Puts a credential (JSON) into a picture that holds none.
///
/// # Errors
/// When the picture is none, holds one already, or either is too large.
pub fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, BakeError> {
    if PICTURE_BYTES_MAX < picture.len() || CREDENTIAL_BYTES_MAX < credential.len() {
        return Err(BakeError::TooLarge);
    }
    if png::is_png(picture) { png::bake(picture, credential) } else { svg::bake(picture, credential) }
}

/// The credential in a picture, as it was put in. It is not verified.
///
/// # Errors
/// When the picture is none, or does not hold exactly one.
pub fn unbake(picture: &[u8]) -> Result<String, BakeError> {
    if PICTURE_BYTES_MAX < picture.len() {
        return Err(BakeError::TooLarge);
    }
    let credential = if png::is_png(picture) { png::unbake(picture) } else { svg::unbake(picture) }?;
    if CREDENTIAL_BYTES_MAX < credential.len() { Err(BakeError::TooLarge) } else { Ok(credential) }
}

/// Whether the bytes look like a picture and not like JSON: a PNG, or markup.
pub fn looks_baked(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    png::is_png(bytes) || start.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
#[path = "bake/tests.rs"]
mod tests;
