//! The issuer's `did:web` document: its present keys and its older ones, and which of them counts for which proof.
//!
//! A verifier picks a key by its method's identifier, whose fragment is the key itself, so no key ever takes over another
//! one's name. Old keys stay listed: what they signed stays signed.

use crate::{CredentialError, Signatory};
use invigil_core::{PublicKey, Wall};
use serde_json::{Map, Value as Json, json};

const DID_CONTEXT: &str = "https://www.w3.org/ns/did/v1";
const MULTIKEY_CONTEXT: &str = "https://w3id.org/security/multikey/v1";
/// The largest document that is read.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// How a key ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnd {
    /// The issuer stopped signing with it then and destroyed it. Proofs from before count.
    Retired(Wall),
    /// It came into foreign hands. Nothing it signed counts, whatever date a proof names: whoever has a key can write any
    /// date.
    Revoked(Wall),
}

/// A key of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuerKey {
    /// The key.
    pub key: PublicKey,
    /// How it ended, if it did.
    pub end: Option<KeyEnd>,
}

impl IssuerKey {
    /// A key in use.
    pub fn present(key: PublicKey) -> Self {
        Self { key, end: None }
    }
}

/// What `/.well-known/did.json` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    /// The `did:web` identifier.
    pub did: String,
    /// Every key that ever signed for it.
    pub keys: Vec<IssuerKey>,
}

impl DidDocument {
    /// The verification method of a key.
    pub fn method(did: &str, key: &PublicKey) -> String {
        format!("{did}#{key}")
    }

    /// The document. `retired` is not a word of the DID standard: `revoked` and `expires` are, and make other programs
    /// refuse what was signed before. They pass `retired` over and accept the proof.
    pub fn to_json(&self) -> Json {
        let method = |entry: &IssuerKey| multikey(Self::method(&self.did, &entry.key), &self.did, entry);
        let is_retired = |entry: &IssuerKey| matches!(entry.end, Some(KeyEnd::Retired(_)));
        let mut context = vec![json!(DID_CONTEXT), json!(MULTIKEY_CONTEXT)];
        if self.keys.iter().any(is_retired) {
            context.push(json!({"retired": {
                "@id": "http://www.w3.org/ns/prov#invalidatedAtTime",
                "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
            }}));
        }
        json!({
            "@context": context,
            "id": self.did,
            "verificationMethod": self.keys.iter().map(method).collect::<Vec<_>>(),
            "assertionMethod": self.keys.iter().map(|entry| Self::method(&self.did, &entry.key)).collect::<Vec<_>>(),
        })
    }

    /// Reads the document of `did`. Methods that are not Ed25519 Multikeys of `did` for assertions, or that `expire`, are
    /// left out.
    ///
    /// # Errors
    /// `NotJson`, or `ForeignKey` when it is the document of another DID.
    pub fn read(json: &[u8], did: &str) -> Result<Self, CredentialError> {
        if DOCUMENT_BYTES_MAX < json.len() {
            return Err(CredentialError::TooLarge);
        }
        let document: Map<String, Json> = serde_json::from_slice(json).map_err(|_| CredentialError::NotJson)?;
        if document.get("id").and_then(Json::as_str) != Some(did) {
            return Err(CredentialError::ForeignKey);
        }
        let list = |name: &str| document.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let asserts = |entry: &Json| entry.get("id").is_some_and(|id| list("assertionMethod").contains(id));
        let methods = list("verificationMethod").iter().filter(|entry| asserts(entry));
        Ok(Self { did: did.to_owned(), keys: methods.filter_map(|entry| read_method(entry, did)).collect() })
    }

    /// The key that counts for a proof.
    ///
    /// # Errors
    /// `ForeignKey` when the document does not list it, `KeyRevoked`, or `KeyRetired` when the proof is from later.
    pub fn key(&self, signatory: &Signatory) -> Result<PublicKey, CredentialError> {
        let named = |entry: &&IssuerKey| Self::method(&self.did, &entry.key) == signatory.method;
        let entry = self.keys.iter().find(named).ok_or(CredentialError::ForeignKey)?;
        match entry.end {
            Some(KeyEnd::Revoked(_)) => Err(CredentialError::KeyRevoked),
            Some(KeyEnd::Retired(retired)) if retired < signatory.created => {
                Err(CredentialError::KeyRetired { created: signatory.created, retired })
            }
            Some(KeyEnd::Retired(_)) | None => Ok(entry.key),
        }
    }
}

/// Where a `did:web` identifier's document lies: host, with its port, and path. `None` when it is no `did:web`.
pub fn did_web_place(did: &str) -> Option<(String, String)> {
    let mut parts = did.strip_prefix("did:web:")?.split(':');
    let host = parts.next()?.replace("%3A", ":").replace("%3a", ":");
    let plain = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    let path: Vec<&str> = parts.collect();
    let fits = plain(&host, b".-:[]") && path.iter().all(|part| plain(part, b".-_~") && !part.starts_with('.'));
    let path = if path.is_empty() { "/.well-known".to_owned() } else { format!("/{}", path.join("/")) };
    fits.then_some((host, format!("{path}/did.json")))
}

/// A key as a document of its own, for verifiers that follow addresses and know no DID.
pub fn key_document(url: &str, did: &str, entry: &IssuerKey) -> Json {
    let mut document = multikey(url.to_owned(), did, entry);
    document["@context"] = json!(MULTIKEY_CONTEXT);
    document
}

fn multikey(id: String, did: &str, entry: &IssuerKey) -> Json {
    let mut method = json!({
        "id": id, "type": "Multikey", "controller": did, "publicKeyMultibase": entry.key.to_string(),
    });
    match entry.end {
        Some(KeyEnd::Retired(at)) => method["retired"] = json!(at),
        Some(KeyEnd::Revoked(at)) => method["revoked"] = json!(at),
        None => {}
    }
    method
}

fn read_method(entry: &Json, did: &str) -> Option<IssuerKey> {
    let text = |name: &str| entry.get(name).and_then(Json::as_str);
    let key: PublicKey = text("publicKeyMultibase")?.parse().ok()?;
    let fits = text("type")? == "Multikey"
        && text("controller")? == did
        && text("id")? == DidDocument::method(did, &key)
        && entry.get("expires").is_none();
    let end = match (entry.get("revoked"), entry.get("retired")) {
        (Some(_), _) => {
            Some(KeyEnd::Revoked(text("revoked").and_then(|at| at.parse().ok()).unwrap_or(Wall::from_unix_ms(0))))
        }
        (None, Some(at)) => Some(KeyEnd::Retired(at.as_str()?.parse().ok()?)),
        (None, None) => None,
    };
    fits.then_some(IssuerKey { key, end })
}
