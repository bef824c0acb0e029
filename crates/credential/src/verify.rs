//! Verifies a credential with the issuer's public key.

use crate::{
    CONTEXTS, CredentialError, RevocationList, StatusEntry, TYPES,
    issue::identity_hash,
    proof::{self, Proof},
};
use invigil_core::{PublicKey, Wall, envelope::read_object};
use serde_json::{Map, Value as Json};

/// The largest credential that is read.
pub const CREDENTIAL_BYTES_MAX: usize = 256 * 1024;

/// Who claims to have signed a credential. Unverified: it only says where to look for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// The issuer's identifier.
    pub issuer: String,
    /// The verification method: a URL of the issuer's DID document.
    pub method: String,
    /// When the proof says that it was made.
    pub created: Wall,
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
    /// Until when it is valid, if it has an end.
    pub valid_until: Option<Wall>,
    /// Where it is said whether it was revoked.
    pub status: Option<StatusEntry>,
    identity_hash: String,
    salt: String,
}

impl Summary {
    /// Whether the credential is about somebody of exactly this name.
    pub fn is_about(&self, name: &str) -> bool {
        identity_hash(name, &self.salt) == self.identity_hash
    }
}

/// Whether a credential was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It names no list, so it cannot be revoked.
    NotRevocable,
    /// It names a list, and that list was not given.
    Unknown,
    /// Not revoked when its list was signed.
    InForce,
    /// Revoked.
    Revoked,
}

impl Summary {
    /// Whether the credential was revoked, by `list` if it is the list that the credential names, of the same issuer.
    pub fn standing(&self, list: Option<&RevocationList>) -> Standing {
        let Some(entry) = &self.status else { return Standing::NotRevocable };
        match list.filter(|list| list.id == entry.list && list.issuer == self.issuer) {
            Some(list) if list.revoked.contains(entry.index) => Standing::Revoked,
            Some(_) => Standing::InForce,
            None => Standing::Unknown,
        }
    }
}

/// Who claims to have signed this credential, to find the key that [`verify`] needs.
///
/// # Errors
/// When it is no credential, or has no proof.
pub fn signatory(json: &[u8]) -> Result<Signatory, CredentialError> {
    let (document, proof) = read(json, &CONTEXTS, &TYPES)?;
    signed_by(&document, &proof).ok_or(CredentialError::Shape("issuer"))
}

/// Checks type, signature and dates of a credential. `key` must come from the DID document of the issuer that
/// [`signatory`] names, by [`crate::DidDocument::key`]; `proof` may be a list of one, as issued, or an object. Whether it
/// was revoked, [`Summary::standing`] says.
///
/// # Errors
/// The first reason why the credential must not be relied on.
pub fn verify(json: &[u8], key: &PublicKey, now: Wall) -> Result<Summary, CredentialError> {
    let (document, proof) = read(json, &CONTEXTS, &TYPES)?;
    proof.check(&document, key)?;
    let signatory = signed_by(&document, &proof).ok_or(CredentialError::Shape("issuer"))?;
    if signatory.method.split_once('#').is_none_or(|(did, _)| did != signatory.issuer) {
        return Err(CredentialError::ForeignKey);
    }
    let summary = summary(&document)?;
    in_time(summary.valid_from, summary.valid_until, now)?;
    Ok(summary)
}

/// Both ends are valid.
pub(crate) fn in_time(from: Wall, until: Option<Wall>, now: Wall) -> Result<(), CredentialError> {
    if now < from {
        return Err(CredentialError::NotYetValid(from));
    }
    match until {
        Some(until) if until < now => Err(CredentialError::Expired(until)),
        Some(_) | None => Ok(()),
    }
}

/// The issuer is an object with an `id`, or the `id` itself.
pub(crate) fn signed_by(document: &Map<String, Json>, proof: &Proof) -> Option<Signatory> {
    let issuer = text(document, "/issuer/id").or_else(|| text(document, "/issuer"))?;
    Some(Signatory { issuer, method: proof.method.clone(), created: proof.created })
}

fn summary(document: &Map<String, Json>) -> Result<Summary, CredentialError> {
    let need = |path, name| text(document, path).ok_or(CredentialError::Shape(name));
    Ok(Summary {
        id: need("/id", "id")?,
        issuer: need("/issuer/id", "issuer")?,
        issuer_name: need("/issuer/name", "issuer")?,
        title: need("/credentialSubject/achievement/name", "achievement")?,
        valid_from: time(document, "validFrom")?.ok_or(CredentialError::Shape("validFrom"))?,
        valid_until: time(document, "validUntil")?,
        status: document.get("credentialStatus").map(StatusEntry::read).transpose()?,
        identity_hash: need("/credentialSubject/identifier/0/identityHash", "identifier")?,
        salt: need("/credentialSubject/identifier/0/salt", "identifier")?,
    })
}

pub(crate) fn time(document: &Map<String, Json>, name: &'static str) -> Result<Option<Wall>, CredentialError> {
    let read = |value: &Json| value.as_str().and_then(|text| text.parse().ok()).ok_or(CredentialError::Shape(name));
    document.get(name).map(read).transpose()
}

/// Reads a document of these contexts and types, and takes its proof out of it.
pub(crate) fn read(
    json: &[u8],
    contexts: &[&str],
    types: &[&str],
) -> Result<(Map<String, Json>, Proof), CredentialError> {
    if CREDENTIAL_BYTES_MAX < json.len() {
        return Err(CredentialError::TooLarge);
    }
    let mut document = read_object(json).map_err(|_| CredentialError::NotJson)?;
    let list = |name: &str| -> Option<Vec<&str>> { document.get(name)?.as_array()?.iter().map(Json::as_str).collect() };
    if list("@context").as_deref() != Some(contexts) {
        return Err(CredentialError::NotACredential("its contexts are others"));
    }
    if list("type").as_deref() != Some(types) {
        return Err(CredentialError::NotACredential("its type is another"));
    }
    let proof = proof::take(&mut document)?;
    Ok((document, proof))
}

pub(crate) fn text(document: &Map<String, Json>, path: &str) -> Option<String> {
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
