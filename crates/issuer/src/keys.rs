//! The organisation's keys: made once, sealed under the operator's passphrase, open only in memory.

use age::secrecy::SecretString;
use invigil_content::sealing::{self, Identity, SealError};
use invigil_core::{PublicKey, SecretKey, Wall, admission::Issuer, code::Code};
use invigil_credential::{DidDocument, IssuerKey, key_document};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The public half of the keys, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Who issues, as candidates see it.
    pub issuer: Issuer,
    /// Signs credentials.
    pub credential: PublicKey,
    /// The age recipient of screen evidence.
    pub evidence: String,
    /// The age recipient of what the store keeps sealed: papers and resume identities.
    pub store: String,
    /// When the keys were made.
    pub created: Wall,
}

/// The keys, open.
pub struct Keys {
    /// The public half.
    pub card: Card,
    signing: SecretKey,
    credential: SecretKey,
    store: Identity,
    recovery: Identity,
    evidence: Identity,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Secrets {
    signing: [u8; 32],
    credential: [u8; 32],
    recovery: String,
    evidence: String,
    store: String,
}

/// Why there are no keys to work with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The origin is not one.
    #[error("“{0}” is not an origin; write it like https://exams.example.org, without a path")]
    Origin(String),
    /// The passphrase is wrong, or the file is damaged.
    #[error("the keys cannot be opened: {0}")]
    Seal(#[from] SealError),
    /// The sealed bytes do not hold the keys of the card.
    #[error("the sealed keys do not belong to this issuer's card")]
    Foreign,
}

impl KeysError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin(_) => "origin-malformed",
            Self::Seal(_) => "keys-locked",
            Self::Foreign => "keys-foreign",
        }
    }
}

/// The `did:web` identifier of an origin: host, and a port with its colon as `%3A`.
///
/// # Errors
/// `Origin` when the text has a path, a user name or no host.
pub fn did_web(origin: &str) -> Result<String, KeysError> {
    let wrong = || KeysError::Origin(origin.chars().take(100).collect());
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).ok_or_else(wrong)?;
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    if name.is_empty() || !plain || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(wrong());
    }
    Ok(format!("did:web:{}", host.replace(':', "%3A")))
}

/// Makes the keys of an organisation from two random seeds and seals them.
///
/// # Errors
/// When the origin is not one, or sealing fails.
pub fn generate(
    name: &str,
    origin: &str,
    seeds: [[u8; 32]; 2],
    now: Wall,
    passphrase: SecretString,
) -> Result<(Card, String), KeysError> {
    let origin = origin.trim_end_matches('/');
    let did = did_web(origin)?;
    let [recovery, evidence, store] = [Identity::generate(), Identity::generate(), Identity::generate()];
    let card = Card {
        issuer: Issuer {
            name: name.to_owned(),
            did,
            origin: origin.to_owned(),
            signing: SecretKey::from_seed(&seeds[0]).public(),
            recovery: recovery.to_public().to_string(),
        },
        credential: SecretKey::from_seed(&seeds[1]).public(),
        evidence: evidence.to_public().to_string(),
        store: store.to_public().to_string(),
        created: now,
    };
    let secret = |identity: &Identity| sealing::write_identity(identity).as_str().to_owned();
    let secrets = Secrets {
        signing: seeds[0],
        credential: seeds[1],
        recovery: secret(&recovery),
        evidence: secret(&evidence),
        store: secret(&store),
    };
    let plain = serde_json::to_vec(&secrets).map_err(|why| SealError::Failed(why.to_string()))?;
    let sealed = sealing::under_passphrase(passphrase, &Zeroizing::new(plain))?;
    Ok((card, sealed))
}

impl Keys {
    /// Opens sealed keys.
    ///
    /// # Errors
    /// `Seal` with another passphrase; `Foreign` when card and keys do not belong together.
    pub fn unlock(card: Card, sealed: &[u8], passphrase: SecretString) -> Result<Self, KeysError> {
        let plain = sealing::open_passphrase(passphrase, sealed)?;
        let secrets: Secrets = serde_json::from_slice(&plain).map_err(|_| KeysError::Foreign)?;
        let keys = Self {
            signing: SecretKey::from_seed(&secrets.signing),
            credential: SecretKey::from_seed(&secrets.credential),
            store: sealing::read_identity(&secrets.store)?,
            recovery: sealing::read_identity(&secrets.recovery)?,
            evidence: sealing::read_identity(&secrets.evidence)?,
            card,
        };
        let same = keys.signing.public() == keys.card.issuer.signing
            && keys.credential.public() == keys.card.credential
            && keys.recovery.to_public().to_string() == keys.card.issuer.recovery
            && keys.evidence.to_public().to_string() == keys.card.evidence
            && keys.store.to_public().to_string() == keys.card.store;
        if same { Ok(keys) } else { Err(KeysError::Foreign) }
    }

    /// The key that signs admissions, leases, starts, checkpoints, receipts, results and packs.
    pub fn signing(&self) -> &SecretKey {
        &self.signing
    }

    /// The key that signs credentials.
    pub fn credential(&self) -> &SecretKey {
        &self.credential
    }

    /// The identity that opens the keys of sittings on broken devices, and hand-in files.
    pub fn recovery(&self) -> &Identity {
        &self.recovery
    }

    /// The identity that opens pictures of screens.
    pub fn evidence(&self) -> &Identity {
        &self.evidence
    }

    /// The identity that opens papers.
    pub fn store(&self) -> &Identity {
        &self.store
    }
}

impl Card {
    /// The admission link of a code.
    pub fn link(&self, code: &Code) -> String {
        let origin = self.issuer.origin.as_str();
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        format!("invigil://{host}/{code}")
    }

    /// The verification method of the signing key.
    pub fn signing_method(&self) -> String {
        DidDocument::method(&self.issuer.did, &self.issuer.signing)
    }

    /// The verification method of the credential key.
    pub fn credential_method(&self) -> String {
        DidDocument::method(&self.issuer.did, &self.credential)
    }

    /// The DID document. A key's fragment is the key itself, so a rotated key never takes over an old one's name.
    pub fn did_document(&self) -> Json {
        DidDocument { did: self.issuer.did.clone(), keys: self.public_keys() }.to_json()
    }

    /// One of the keys as a document at its own address under `/keys/`. `None` for a key that is not the issuer's.
    pub fn key_document(&self, key: &PublicKey) -> Option<Json> {
        let entry = self.public_keys().into_iter().find(|entry| entry.key == *key)?;
        Some(key_document(&format!("{}/keys/{key}", self.issuer.origin), &self.issuer.did, &entry))
    }

    fn public_keys(&self) -> Vec<IssuerKey> {
        vec![IssuerKey::present(self.issuer.signing), IssuerKey::present(self.credential)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_becomes_a_did() {
        for (origin, did) in [
            ("https://exams.example.org", Some("did:web:exams.example.org")),
            ("http://127.0.0.1:8080", Some("did:web:127.0.0.1%3A8080")),
            ("exams.example.org", None),
            ("https://", None),
            ("https://a@b.example", None),
            ("https://exams.example.org/path", None),
            ("https://exams.example.org:99999", None),
        ] {
            assert_eq!(did_web(origin).ok().as_deref(), did, "{origin}");
        }
    }

    #[test]
    fn keys_open_with_their_passphrase_and_their_card_only() {
        let pass = |text: &str| SecretString::from(text.to_owned());
        let now = Wall::from_unix_ms(0);
        let (card, sealed) = generate("Example", "https://a.example/", [[1; 32], [2; 32]], now, pass("right")).unwrap();
        let keys = Keys::unlock(card.clone(), sealed.as_bytes(), pass("right")).unwrap();
        assert_eq!(keys.signing().public(), card.issuer.signing);
        let code =
            |card: &Card, word| Keys::unlock(card.clone(), sealed.as_bytes(), pass(word)).err().map(|e| e.code());
        assert_eq!(code(&card, "wrong"), Some("keys-locked"));
        let other = Card { credential: card.issuer.signing, ..card.clone() };
        assert_eq!(code(&other, "right"), Some("keys-foreign"));
        assert!(!sealed.contains("AGE-SECRET-KEY"));
        assert_eq!(card.did_document()["assertionMethod"][1], card.credential_method());
        let alone = card.key_document(&card.credential).unwrap();
        assert_eq!(alone["id"], format!("https://a.example/keys/{}", card.credential));
        assert_eq!(card.key_document(&SecretKey::from_seed(&[9; 32]).public()), None);
    }
}
