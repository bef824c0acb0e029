//! Why a credential, a status list or a DID document is not accepted, or not made.

use crate::terms::Uncovered;
use invigil_core::Wall;

/// The reason, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The bytes are not a JSON object, a member occurs twice in it, or a number is not whole.
    #[error("this is not a JSON document that every program reads alike")]
    NotJson,
    /// More than `CREDENTIAL_BYTES_MAX`.
    #[error("this is larger than a credential can be")]
    TooLarge,
    /// Another kind of document.
    #[error("this is not an Open Badges 3.0 credential: {0}")]
    NotACredential(&'static str),
    /// There is no proof of the kind this version knows.
    #[error("the credential has no single eddsa-rdfc-2022 proof")]
    NoProof,
    /// A part that the signature would not cover.
    #[error(
        "“{0}” is not covered by the signature: the credential's contexts do not define it there, or it has no value"
    )]
    Uncovered(String),
    /// The proof names a key that is not the issuer's.
    #[error("the credential is signed with a key that does not belong to the issuer it names")]
    ForeignKey,
    /// The issuer has revoked the key.
    #[error("the issuer has revoked the key that the credential is signed with; ask the issuer for a new credential")]
    KeyRevoked,
    /// The proof is from after the key's last day.
    #[error("the credential says it was signed at {created}, and its key was put away at {retired}")]
    KeyRetired {
        /// When the proof says that it was made.
        created: Wall,
        /// When the issuer stopped signing with the key.
        retired: Wall,
    },
    /// The signature is not by the key over this credential.
    #[error("the signature does not match: the credential was changed, or signed with another key")]
    BadSignature,
    /// A member is missing or not of its kind.
    #[error("the credential's “{0}” is missing or malformed")]
    Shape(&'static str),
    /// It is not valid yet.
    #[error("the credential is valid from {0}")]
    NotYetValid(Wall),
    /// It is not valid any more.
    #[error("the credential was valid until {0}")]
    Expired(Wall),
}

impl CredentialError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "credential-not-json",
            Self::TooLarge => "credential-too-large",
            Self::NotACredential(_) => "credential-wrong-type",
            Self::NoProof => "credential-no-proof",
            Self::Uncovered(_) => "credential-uncovered",
            Self::ForeignKey => "credential-foreign-key",
            Self::KeyRevoked => "credential-key-revoked",
            Self::KeyRetired { .. } => "credential-key-retired",
            Self::BadSignature => "credential-bad-signature",
            Self::Shape(_) => "credential-malformed",
            Self::NotYetValid(_) => "credential-not-yet-valid",
            Self::Expired(_) => "credential-expired",
        }
    }
}

impl From<Uncovered> for CredentialError {
    fn from(Uncovered(what): Uncovered) -> Self {
        Self::Uncovered(what)
    }
}
