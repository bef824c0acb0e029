//! The `eddsa-rdfc-2022` proof of W3C *Data Integrity EdDSA Cryptosuites* §3.2: Ed25519 over the digests of two canonical
//! RDF datasets, that of the proof's options and that of the document.

use crate::{error::CredentialError, rdf, terms::Uncovered};
use invigil_core::{
    Digest, PublicKey, SecretKey, Wall,
    envelope::{multibase, to_multibase},
};
use serde_json::{Map, Value as Json, json};

const CRYPTOSUITE: &str = "eddsa-rdfc-2022";
/// The members of a proof. Another one could limit what the proof says, so it is not passed over.
const MEMBERS: [&str; 6] = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];

/// Adds to `document` a list of one proof, made by `key` at `created` and naming `method`.
///
/// It is a list because the JSON Schema of Open Badges 3.0 takes nothing else. `proof` is not part of what is signed.
///
/// # Errors
/// `Uncovered` when a part of the document would not be signed.
pub(crate) fn sign(
    mut document: Map<String, Json>,
    key: &SecretKey,
    method: &str,
    created: Wall,
) -> Result<Map<String, Json>, CredentialError> {
    let options = json!({
        "type": "DataIntegrityProof", "cryptosuite": CRYPTOSUITE, "proofPurpose": "assertionMethod",
        "verificationMethod": method, "created": created,
    });
    let Json::Object(mut proof) = options else { unreachable!("the literal is an object") };
    let signature = key.sign(&hash_data(&document, &proof, rdf::canonical)?);
    proof.insert("proofValue".into(), to_multibase(&signature).into());
    document.insert("proof".into(), json!([proof]));
    Ok(document)
}

/// Takes the one proof out of `document`. It may be a list of one, as issued, or an object.
///
/// # Errors
/// `NoProof` when there is none, several, or one of another kind.
pub(crate) fn take(document: &mut Map<String, Json>) -> Result<Proof, CredentialError> {
    let members = match document.remove("proof") {
        Some(Json::Array(mut list)) if list.len() == 1 => list.pop(),
        Some(proof @ Json::Object(_)) => Some(proof),
        Some(_) | None => None,
    };
    let Some(Json::Object(members)) = members else { return Err(CredentialError::NoProof) };
    let text = |name: &str| members.get(name).and_then(Json::as_str);
    if members.keys().any(|name| !MEMBERS.contains(&name.as_str()))
        || text("type") != Some("DataIntegrityProof")
        || text("cryptosuite") != Some(CRYPTOSUITE)
        || text("proofPurpose") != Some("assertionMethod")
    {
        return Err(CredentialError::NoProof);
    }
    let method = text("verificationMethod").ok_or(CredentialError::NoProof)?.to_owned();
    let created = text("created").and_then(|time| time.parse().ok()).ok_or(CredentialError::NoProof)?;
    text("proofValue").ok_or(CredentialError::NoProof)?;
    Ok(Proof { method, created, members })
}

/// A proof as it was found. Nothing in it counts before [`Proof::check`].
pub(crate) struct Proof {
    /// The key it names.
    pub(crate) method: String,
    /// When it says that it was made.
    pub(crate) created: Wall,
    members: Map<String, Json>,
}

impl Proof {
    /// Checks that the proof is by `key` over `document`, from which it was taken.
    ///
    /// # Errors
    /// `Uncovered` or `BadSignature`.
    pub(crate) fn check(&self, document: &Map<String, Json>, key: &PublicKey) -> Result<(), CredentialError> {
        let mut options = self.members.clone();
        let value = options.remove("proofValue");
        let data = hash_data(document, &options, rdf::canonical)?;
        let signature: Option<[u8; 64]> = value.as_ref().and_then(Json::as_str).and_then(multibase);
        match signature {
            Some(signature) if key.verify(&data, &signature) => Ok(()),
            Some(_) | None => Err(CredentialError::BadSignature),
        }
    }
}

/// The 64 bytes that are signed.
fn hash_data(
    document: &Map<String, Json>,
    options: &Map<String, Json>,
    canonical: impl Fn(&Map<String, Json>) -> Result<String, Uncovered>,
) -> Result<[u8; 64], Uncovered> {
    let mut options = options.clone();
    if let Some(context) = document.get("@context") {
        options.insert("@context".into(), context.clone());
    }
    let mut data = [0; 64];
    data[..32].copy_from_slice(Digest::of(canonical(&options)?).as_bytes());
    data[32..].copy_from_slice(Digest::of(canonical(document)?).as_bytes());
    Ok(data)
}

#[cfg(test)]
#[path = "proof_vectors.rs"]
mod vectors;
