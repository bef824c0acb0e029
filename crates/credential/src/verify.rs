//! Verifies a credential with the issuer's public key.

use crate::{CONTEXTS, TYPES, issue::identity_hash};
use invigil_core::{
    PublicKey, Wall,
    envelope::{EnvelopeError, check, read_object},
};
use serde_json::{Map, Value as Json};

/// Why a credential is not accepted, or not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The bytes are not a JSON object, a member occurs twice in it, or a number is not whole.
    #[error("this is not a JSON document that every program reads alike")]
    NotJson,
    /// Another kind of document.
    #[error("this is not an Open Badges 3.0 credential: {0}")]
    NotACredential(&'static str),
    /// There is no proof of the kind this version knows.
    #[error("the credential has no single eddsa-jcs-2022 proof")]
    NoProof,
    /// The proof names a key that is not the issuer's.
    #[error("the credential is signed with a key that does not belong to the issuer it names")]
    ForeignKey,
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
    /// Its end lies beyond the calendar.
    #[error("the end of the credential's validity is beyond the year 9999")]
    DateOutOfRange,
}

impl CredentialError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "credential-not-json",
            Self::NotACredential(_) => "credential-wrong-type",
            Self::NoProof => "credential-no-proof",
            Self::ForeignKey => "credential-foreign-key",
            Self::BadSignature => "credential-bad-signature",
            Self::Shape(_) => "credential-malformed",
            Self::NotYetValid(_) => "credential-not-yet-valid",
            Self::Expired(_) => "credential-expired",
            Self::DateOutOfRange => "credential-date-out-of-range",
        }
    }
}

/// Who claims to have signed a credential. Unverified: it only says where to look for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// The issuer's identifier.
    pub issuer: String,
    /// The verification method: a URL of the issuer's DID document.
    pub method: String,
}

/// What a verified credential says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The URL where it can be fetched.
    pub id: String,
    /// The issuer's identifier.
    pub issuer: String,
    /// The issuer's name, as the issuer writes it.
    pub issuer_name: String,
    /// What was achieved.
    pub title: String,
    /// From when it is valid.
    pub valid_from: Wall,
    /// Until when it is valid.
    pub valid_until: Wall,
    identity_hash: String,
    salt: String,
}

impl Summary {
    /// Whether the credential is about somebody of exactly this name.
    pub fn is_about(&self, name: &str) -> bool {
        identity_hash(name, &self.salt) == self.identity_hash
    }
}

/// Who claims to have signed this credential, to find the key that [`verify`] needs.
///
/// # Errors
/// When it is no credential, or has no proof.
pub fn signatory(json: &[u8]) -> Result<Signatory, CredentialError> {
    let document = with_single_proof(json)?;
    let method = text(&document, "/proof/verificationMethod").ok_or(CredentialError::NoProof)?;
    let issuer = text(&document, "/issuer/id").ok_or(CredentialError::Shape("issuer"))?;
    Ok(Signatory { issuer, method })
}

/// Checks type, signature and dates of a credential. `key` must come from the DID document of the issuer that
/// [`signatory`] names; `proof` may be a list of one, as issued, or an object.
///
/// # Errors
/// The first reason why the credential must not be relied on.
pub fn verify(json: &[u8], key: &PublicKey, now: Wall) -> Result<Summary, CredentialError> {
    let document = with_single_proof(json)?;
    check(&document, key).map_err(|why| match why {
        EnvelopeError::NoProof => CredentialError::NoProof,
        EnvelopeError::NotJson
        | EnvelopeError::BadSignature
        | EnvelopeError::WrongType { .. }
        | EnvelopeError::TooNew { .. }
        | EnvelopeError::Shape { .. }
        | EnvelopeError::Number => CredentialError::BadSignature,
    })?;
    let signatory = signatory(json)?;
    if signatory.method.split_once('#').is_none_or(|(did, _)| did != signatory.issuer) {
        return Err(CredentialError::ForeignKey);
    }
    let summary = summary(&document)?;
    if now < summary.valid_from {
        return Err(CredentialError::NotYetValid(summary.valid_from));
    }
    if summary.valid_until < now {
        return Err(CredentialError::Expired(summary.valid_until));
    }
    Ok(summary)
}

fn summary(document: &Map<String, Json>) -> Result<Summary, CredentialError> {
    let need = |path, name| text(document, path).ok_or(CredentialError::Shape(name));
    let time = |path, name| -> Result<Wall, CredentialError> {
        need(path, name)?.parse().map_err(|_| CredentialError::Shape(name))
    };
    Ok(Summary {
        id: need("/id", "id")?,
        issuer: need("/issuer/id", "issuer")?,
        issuer_name: need("/issuer/name", "issuer")?,
        title: need("/credentialSubject/achievement/name", "achievement")?,
        valid_from: time("/validFrom", "validFrom")?,
        valid_until: time("/validUntil", "validUntil")?,
        identity_hash: need("/credentialSubject/identifier/0/identityHash", "identifier")?,
        salt: need("/credentialSubject/identifier/0/salt", "identifier")?,
    })
}

/// Reads the document, makes sure it is a credential, and turns a proof list of one into that proof.
fn with_single_proof(json: &[u8]) -> Result<Map<String, Json>, CredentialError> {
    let mut document = read_object(json).map_err(|_| CredentialError::NotJson)?;
    let list = |name: &str| -> Option<Vec<&str>> { document.get(name)?.as_array()?.iter().map(Json::as_str).collect() };
    if list("@context").as_deref() != Some(&CONTEXTS) {
        return Err(CredentialError::NotACredential("its contexts are others"));
    }
    if list("type").as_deref() != Some(&TYPES) {
        return Err(CredentialError::NotACredential("its type is another"));
    }
    let proof = match document.remove("proof") {
        Some(Json::Array(mut list)) if list.len() == 1 => list.pop(),
        Some(proof @ Json::Object(_)) => Some(proof),
        Some(_) | None => None,
    };
    document.insert("proof".into(), proof.ok_or(CredentialError::NoProof)?);
    Ok(document)
}

fn text(document: &Map<String, Json>, path: &str) -> Option<String> {
    let mut steps = path.trim_start_matches('/').split('/');
    let mut place = document.get(steps.next()?)?;
    for step in steps {
        place = match place {
            Json::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            Json::Object(members) => members.get(step)?,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return None,
        };
    }
    place.as_str().map(str::to_owned)
}
