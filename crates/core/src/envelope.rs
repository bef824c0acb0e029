//! Everything Invigil signs: a JSON object with one `DataIntegrityProof` of cryptosuite `eddsa-jcs-2022`.
//!
//! Follows W3C Data Integrity EdDSA Cryptosuites v1.0 §3.3 and RFC 8785 (JCS). Signed documents hold no floating-point
//! numbers and no integers beyond 2^53, so that every JSON library reads the same document.

pub use crate::canonical::canonical;
use crate::{digest::Digest, json, text, time::Wall};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};
use std::{fmt, str::FromStr};

const ED25519_PUBLIC: [u8; 2] = [0xed, 0x01];

/// An Ed25519 public key, written as a Multikey (`z6Mk…`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key's `did:key` identifier.
    pub fn did(&self) -> String {
        format!("did:key:{self}")
    }

    /// The `did:key` verification method.
    pub fn method(&self) -> String {
        format!("did:key:{self}#{self}")
    }

    /// Four groups of four hexadecimal digits that two people can compare aloud.
    pub fn fingerprint(&self) -> String {
        let digits = Digest::of(self.0).to_string().to_uppercase();
        [&digits[0..4], &digits[4..8], &digits[8..12], &digits[12..16]].join(" ")
    }

    /// Whether `signature` is this key's over `message`. Weak keys and malleable signatures are refused.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(&self.0), Signature::from_slice(signature)) else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_multibase(&[&ED25519_PUBLIC[..], &self.0].concat()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an Ed25519 Multikey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key; it looks like z6Mk…")]
pub struct NotAKey;

impl FromStr for PublicKey {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes: [u8; 34] = multibase(text).ok_or(NotAKey)?;
        let key = bytes.strip_prefix(&ED25519_PUBLIC[..]).ok_or(NotAKey)?;
        Ok(Self(key.try_into().map_err(|_| NotAKey)?))
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::read(deserializer)
    }
}

/// An Ed25519 signing key. It is wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The signature over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public())
    }
}

/// Why a signed document is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are not a JSON object, or a member occurs twice in it.
    #[error("this is not a signed JSON document")]
    NotJson,
    /// There is no proof, or not one this version knows.
    #[error("the document has no eddsa-jcs-2022 proof")]
    NoProof,
    /// The signature is not by the expected key over this document.
    #[error("the signature does not match: the document was changed or signed by somebody else")]
    BadSignature,
    /// Another kind of document.
    #[error("expected a document of type {expected}, found {found}")]
    WrongType {
        /// The type that was asked for.
        expected: &'static str,
        /// The type that was found.
        found: String,
    },
    /// The document is of a later version of its type.
    #[error("the document is of the newer format {found}; this version reads {known}. Update Invigil")]
    TooNew {
        /// The type that was found.
        found: String,
        /// The type this version reads.
        known: &'static str,
    },
    /// The members are not those of the type.
    #[error("the document does not have the members of {kind}: {why}")]
    Shape {
        /// The type that was asked for.
        kind: &'static str,
        /// What the parser said.
        why: String,
    },
    /// A number that JSON libraries do not agree on.
    #[error("the document holds a number that is not a whole number below 2^53")]
    Number,
}

/// The 64 bytes that are signed: the digest of the proof's options, then that of the document, each in RFC 8785 form.
/// `options` are the proof without its `proofValue`, `document` is without the proof.
pub fn hash_data(document: &Map<String, Json>, options: &Map<String, Json>) -> [u8; 64] {
    let mut config = options.clone();
    if let Some(context) = document.get("@context") {
        config.insert("@context".into(), context.clone());
    }
    let mut data = [0; 64];
    data[..32].copy_from_slice(Digest::of(canonical(&config)).as_bytes());
    data[32..].copy_from_slice(Digest::of(canonical(document)).as_bytes());
    data
}

/// Adds an `eddsa-jcs-2022` proof to `document`, made by `key` at `created` and naming `method` as verification method.
pub fn sign(document: Map<String, Json>, key: &SecretKey, method: &str, created: Wall) -> Map<String, Json> {
    let options = json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
        "verificationMethod": method, "created": created,
    });
    let Json::Object(options) = options else { unreachable!("the literal is an object") };
    prove(document, key, options)
}

/// The same with the proof's options as they are given.
pub fn prove(mut document: Map<String, Json>, key: &SecretKey, options: Map<String, Json>) -> Map<String, Json> {
    document.remove("proof");
    let signature = key.sign(&hash_data(&document, &options));
    let mut proof = options;
    proof.insert("proofValue".into(), to_multibase(&signature).into());
    document.insert("proof".into(), proof.into());
    document
}

/// Reads a JSON object as signed documents are: every member once, every number whole and below 2^53.
///
/// # Errors
/// `NotJson` or `Number`.
pub fn read_object(bytes: &[u8]) -> Result<Map<String, Json>, EnvelopeError> {
    match json::read(bytes) {
        Ok(Json::Object(document)) => Ok(document),
        Ok(_) | Err(json::NotPlain::NotJson) => Err(EnvelopeError::NotJson),
        Err(json::NotPlain::Number) => Err(EnvelopeError::Number),
    }
}

/// Checks that `document` carries an `eddsa-jcs-2022` proof by `key` over all its other members.
///
/// # Errors
/// `NoProof` or `BadSignature`.
pub fn check(document: &Map<String, Json>, key: &PublicKey) -> Result<(), EnvelopeError> {
    let mut document = document.clone();
    let Some(Json::Object(mut proof)) = document.remove("proof") else { return Err(EnvelopeError::NoProof) };
    // Data Integrity copies the document's context into the proof when it signs; a proof that is published with a
    // context of its own must name the same one.
    match proof.remove("@context") {
        Some(context) if document.get("@context") != Some(&context) => return Err(EnvelopeError::BadSignature),
        Some(_) | None => {}
    }
    let text = |proof: &Map<String, Json>, name: &str| proof.get(name).and_then(Json::as_str).map(str::to_owned);
    if text(&proof, "type").as_deref() != Some("DataIntegrityProof")
        || text(&proof, "cryptosuite").as_deref() != Some("eddsa-jcs-2022")
        || text(&proof, "proofPurpose").as_deref() != Some("assertionMethod")
    {
        return Err(EnvelopeError::NoProof);
    }
    let value = text(&proof, "proofValue").ok_or(EnvelopeError::NoProof)?;
    proof.remove("proofValue");
    let signature: [u8; 64] = multibase(&value).ok_or(EnvelopeError::BadSignature)?;
    if key.verify(&hash_data(&document, &proof), &signature) { Ok(()) } else { Err(EnvelopeError::BadSignature) }
}

/// Bytes in base58btc, with the `z` that says so.
pub fn to_multibase(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Exactly `N` bytes in base58btc. Decoding into a fixed place, a text of any length takes no more than linear time.
pub fn multibase<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let length = bs58::decode(text.strip_prefix('z')?).onto(&mut bytes).ok()?;
    (length == N).then_some(bytes)
}

/// A kind of document that is signed on its own.
pub trait Document: Serialize + DeserializeOwned {
    /// The `type` member: `invigil/NAME/VERSION`. It separates one kind of signature from every other.
    const TYPE: &'static str;
}

/// A document whose signature has been made or checked, together with its exact bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed<T> {
    body: T,
    bytes: Vec<u8>,
}

impl<T: Document> Signed<T> {
    /// Signs `body`.
    ///
    /// # Panics
    /// If `body` holds a number that signed documents must not hold, which is a bug in the type.
    pub fn seal(body: T, key: &SecretKey, method: &str, created: Wall) -> Self {
        let Ok(Json::Object(mut document)) = serde_json::to_value(&body) else {
            unreachable!("a document is a JSON object")
        };
        document.insert("type".into(), T::TYPE.into());
        let bytes = canonical(&sign(document, key, method, created));
        assert!(json::read(&bytes).is_ok(), "{} holds a number that signed documents must not hold", T::TYPE);
        Self { body, bytes }
    }

    /// Reads a document and checks its signature by `key`.
    ///
    /// # Errors
    /// Every reason for which the document must not be used; see [`EnvelopeError`].
    pub fn open(bytes: &[u8], key: &PublicKey) -> Result<Self, EnvelopeError> {
        Self::open_with(bytes, |_| Some(*key))
    }

    /// Reads a document signed by the key that the document itself leads to, such as a lease's device key.
    /// `key` is called with the unverified body; what it returns must come from a trusted place or be checked after.
    ///
    /// # Errors
    /// As [`Signed::open`]; `BadSignature` when `key` finds none.
    pub fn open_with(bytes: &[u8], key: impl FnOnce(&T) -> Option<PublicKey>) -> Result<Self, EnvelopeError> {
        let document = read_object(bytes)?;
        let found = document.get("type").and_then(Json::as_str).unwrap_or_default().to_owned();
        if found != T::TYPE {
            return Err(wrong_type::<T>(found));
        }
        let mut plain = document.clone();
        plain.remove("type");
        plain.remove("proof");
        let body: T = serde_json::from_value(Json::Object(plain))
            .map_err(|why| EnvelopeError::Shape { kind: T::TYPE, why: why.to_string() })?;
        let key = key(&body).ok_or(EnvelopeError::BadSignature)?;
        check(&document, &key)?;
        Ok(Self { body, bytes: canonical(&document) })
    }

    /// The RFC 8785 bytes of the whole document with its proof.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of [`Signed::bytes`].
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// The document as a JSON value, for a larger message to carry.
    pub fn to_json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// The checked content.
    pub fn into_body(self) -> T {
        self.body
    }
}

fn wrong_type<T: Document>(found: String) -> EnvelopeError {
    let (name, known) = T::TYPE.rsplit_once('/').unwrap_or((T::TYPE, "0"));
    let newer = found
        .rsplit_once('/')
        .filter(|(other, _)| *other == name)
        .and_then(|(_, version)| version.parse::<u32>().ok())
        .zip(known.parse::<u32>().ok())
        .is_some_and(|(version, known)| known < version);
    if newer {
        EnvelopeError::TooNew { found, known: T::TYPE }
    } else {
        EnvelopeError::WrongType { expected: T::TYPE, found }
    }
}

impl<T> std::ops::Deref for Signed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T: fmt::Debug> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.body.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_no_key_and_no_signature() {
        let secret = SecretKey::from_seed(&[7; 32]);
        let key = secret.public();
        let text = key.to_string();
        assert_eq!(text.parse::<PublicKey>().ok(), Some(key));
        let document = sign(Map::new(), &secret, "m", Wall::from_unix_ms(0));
        let signature = document["proof"]["proofValue"].as_str().unwrap().to_owned();
        assert_eq!(check(&document, &key), Ok(()));
        // The long ones come from strangers: a decoder that takes all of them would be busy for an hour.
        let megabytes = ["z".repeat(4 << 20), format!("z{}", "1".repeat(4 << 20))];
        let cut = |text: &str| text[..text.len() - 1].to_owned();
        let spoiled =
            |text: &str| vec![text[1..].to_owned(), cut(text), format!("{text}1"), format!("z1{}", &text[1..])];
        let others = |text: &str| [spoiled(text), megabytes.to_vec(), vec!["z".into(), "zäöü".into()]].concat();
        for other in others(&text) {
            assert!(other.parse::<PublicKey>().is_err(), "{:.60}", other);
        }
        for other in others(&signature) {
            let mut document = document.clone();
            document["proof"]["proofValue"] = Json::from(other.as_str());
            assert_eq!(check(&document, &key), Err(EnvelopeError::BadSignature), "{other:.100}");
        }
    }
}
