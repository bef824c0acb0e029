//! Which credentials were revoked: one bit for each, in a list that is published as a signed credential of its own.
//!
//! Follows W3C *Bitstring Status List v1.0*. Nothing here decides who is revoked, and nothing draws an index: the caller
//! gives a random one that is free, so that neighbours in the list say nothing about each other.

use crate::{
    CredentialError, contexts,
    proof::sign,
    verify::{in_time, read, signed_by, text, time},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use invigil_core::{PublicKey, SecretKey, Wall, envelope::canonical};
use serde_json::{Value as Json, json};
use std::io::{Read as _, Write as _};

/// How many credentials a list speaks of: the least that the standard allows, so that asking for it does not show for
/// whom one asks.
pub const STATUS_ENTRIES: u32 = 131_072;
/// The longest foreign list that is unpacked.
const LIST_BYTES_MAX: u64 = 1024 * 1024;
const TYPES: [&str; 2] = ["VerifiableCredential", "BitstringStatusListCredential"];

/// Where a credential's bit lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// The address of the list.
    pub list: String,
    /// The place in it, from 0.
    pub index: u32,
}

impl StatusEntry {
    pub(crate) fn document(&self) -> Json {
        json!({
            "id": format!("{}#{}", self.list, self.index), "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        })
    }

    /// Reads the only kind of status that a credential may have here. Another one could say that it is not valid.
    pub(crate) fn read(status: &Json) -> Result<Self, CredentialError> {
        let text = |name: &str| status.get(name).and_then(Json::as_str);
        let entry = || {
            let fits = text("type")? == "BitstringStatusListEntry" && text("statusPurpose")? == "revocation";
            let index = text("statusListIndex").filter(|index| index.bytes().all(|byte| byte.is_ascii_digit()))?;
            let entry = Self { list: text("statusListCredential")?.to_owned(), index: index.parse().ok()? };
            (fits && status.get("statusSize").is_none()).then_some(entry)
        };
        entry().ok_or(CredentialError::Shape("credentialStatus"))
    }
}

/// A bit for each credential. The first is the highest bit of the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Vec<u8>,
}

impl Default for StatusList {
    /// A list of [`STATUS_ENTRIES`] in which nothing is set.
    fn default() -> Self {
        Self { bits: vec![0; STATUS_ENTRIES as usize / 8] }
    }
}

impl StatusList {
    /// Whether the bit is set. What lies beyond the list counts as set: it is nothing that the issuer vouches for.
    pub fn contains(&self, index: u32) -> bool {
        self.bits.get(index as usize / 8).is_none_or(|byte| byte & mask(index) != 0)
    }

    /// Sets a bit; `false` beyond the list. There is no way back: a revoked credential is issued anew.
    pub fn insert(&mut self, index: u32) -> bool {
        let byte = self.bits.get_mut(index as usize / 8);
        byte.map(|byte| *byte |= mask(index)).is_some()
    }

    /// The list compressed by gzip, in base64url with the `u` that says so.
    pub fn encode(&self) -> String {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        let written = packed.write_all(&self.bits).and_then(|()| packed.finish());
        // Writing to memory does not fail.
        format!("u{}", URL_SAFE_NO_PAD.encode(written.unwrap_or_default()))
    }

    /// The reverse. A list that is shorter than the standard allows, or unpacks to more than 1 MiB, is none.
    pub fn decode(text: &str) -> Option<Self> {
        let packed = URL_SAFE_NO_PAD.decode(text.strip_prefix('u')?).ok()?;
        let mut bits = Vec::new();
        GzDecoder::new(packed.as_slice()).take(LIST_BYTES_MAX + 1).read_to_end(&mut bits).ok()?;
        let length = bits.len() as u64;
        (u64::from(STATUS_ENTRIES / 8) <= length && length <= LIST_BYTES_MAX).then_some(Self { bits })
    }
}

fn mask(index: u32) -> u8 {
    0x80 >> (index % 8)
}

/// A list as its issuer publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    /// Its address.
    pub id: String,
    /// The DID of its issuer.
    pub issuer: String,
    /// What was revoked.
    pub revoked: StatusList,
    /// When it was signed.
    pub valid_from: Wall,
    /// From when on a newer one must be asked for, so that nobody can show an old list for ever.
    pub valid_until: Wall,
}

impl RevocationList {
    /// Signs it as a `BitstringStatusListCredential`, with the issuer's credential key. The answer is its RFC 8785 form.
    ///
    /// # Errors
    /// `Uncovered` when an address in it is no absolute URI.
    pub fn sign(&self, key: &SecretKey, method: &str) -> Result<Vec<u8>, CredentialError> {
        let document = json!({
            "@context": [contexts::CREDENTIALS], "id": self.id, "type": TYPES, "issuer": self.issuer,
            "validFrom": self.valid_from, "validUntil": self.valid_until,
            "credentialSubject": {
                "id": format!("{}#list", self.id), "type": "BitstringStatusList", "statusPurpose": "revocation",
                "encodedList": self.revoked.encode(),
            },
        });
        let Json::Object(document) = document else { unreachable!("the literal is an object") };
        Ok(canonical(&sign(document, key, method, self.valid_from)?))
    }

    /// Reads and checks a signed list. `key` must come from the DID document of its issuer.
    ///
    /// # Errors
    /// The reason why it says nothing; `Expired` when it is stale.
    pub fn open(json: &[u8], key: &PublicKey, now: Wall) -> Result<Self, CredentialError> {
        let (document, proof) = read(json, &[contexts::CREDENTIALS], &TYPES)?;
        proof.check(&document, key)?;
        let signatory = signed_by(&document, &proof).ok_or(CredentialError::Shape("issuer"))?;
        if signatory.method.split_once('#').is_none_or(|(did, _)| did != signatory.issuer) {
            return Err(CredentialError::ForeignKey);
        }
        let subject = |name: &str| text(&document, &format!("/credentialSubject/{name}"));
        let is = |name: &str, value: &str| subject(name).is_some_and(|found| found == value);
        if !is("type", "BitstringStatusList") || !is("statusPurpose", "revocation") {
            return Err(CredentialError::Shape("credentialSubject"));
        }
        let encoded = subject("encodedList").ok_or(CredentialError::Shape("encodedList"))?;
        let list = Self {
            id: text(&document, "/id").ok_or(CredentialError::Shape("id"))?,
            issuer: signatory.issuer,
            revoked: StatusList::decode(&encoded).ok_or(CredentialError::Shape("encodedList"))?,
            valid_from: time(&document, "validFrom")?.ok_or(CredentialError::Shape("validFrom"))?,
            valid_until: time(&document, "validUntil")?.ok_or(CredentialError::Shape("validUntil"))?,
        };
        in_time(list.valid_from, Some(list.valid_until), now)?;
        Ok(list)
    }

    /// Who claims to have signed this list, to find the key that [`RevocationList::open`] needs.
    ///
    /// # Errors
    /// When it is no list, or has no proof.
    pub fn signatory(json: &[u8]) -> Result<crate::Signatory, CredentialError> {
        let (document, proof) = read(json, &[contexts::CREDENTIALS], &TYPES)?;
        signed_by(&document, &proof).ok_or(CredentialError::Shape("issuer"))
    }
}
