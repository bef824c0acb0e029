//! Key rotation: what an issuer's keys were, and which of them counts.

use super::{DID, at, certification, public};
use invigil_core::{SecretKey, Wall};
use invigil_credential::{
    CredentialError, DidDocument, IssuerKey, KeyEnd, did_web_place, key_document, signatory, verify,
};
use serde_json::{Value as Json, json};

const ROTATED: &str = "2027-03-01T00:00:00Z";

fn old() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn new() -> SecretKey {
    SecretKey::from_seed(&[8; 32])
}

fn document(end: Option<KeyEnd>) -> DidDocument {
    let keys = vec![IssuerKey::present(new().public()), IssuerKey { key: old().public(), end }];
    DidDocument { did: DID.into(), keys }
}

/// What somebody says who has the credential and the issuer's `did.json`.
fn judge(key: &SecretKey, issued: &str, document: &DidDocument) -> Result<(), CredentialError> {
    let mut credential = certification();
    credential.valid_from = at(issued);
    let bytes = credential.sign(key, &DidDocument::method(DID, &key.public())).unwrap();
    let published = document.to_json().to_string();
    let signatory = signatory(&bytes)?;
    let key = DidDocument::read(published.as_bytes(), &signatory.issuer)?.key(&signatory)?;
    verify(&bytes, &key, at("2027-06-01T00:00:00Z")).map(drop)
}

#[test]
fn what_a_key_signed_holds_after_it_was_replaced_and_nothing_later() {
    let retired = Some(KeyEnd::Retired(at(ROTATED)));
    let revoked = Some(KeyEnd::Revoked(at(ROTATED)));
    let too_late = CredentialError::KeyRetired { created: at("2027-03-01T00:00:00.001Z"), retired: at(ROTATED) };
    for (key, issued, end, expected) in [
        (old(), "2026-11-22T09:30:00Z", None, Ok(())),
        (old(), "2026-11-22T09:30:00Z", retired, Ok(())),
        (old(), ROTATED, retired, Ok(())),
        (old(), "2027-03-01T00:00:00.001Z", retired, Err(too_late)),
        (old(), "2026-11-22T09:30:00Z", revoked, Err(CredentialError::KeyRevoked)),
        (new(), "2027-03-01T00:00:00.001Z", retired, Ok(())),
        (new(), "2027-03-01T00:00:00.001Z", revoked, Ok(())),
        (SecretKey::from_seed(&[9; 32]), "2026-11-22T09:30:00Z", retired, Err(CredentialError::ForeignKey)),
    ] {
        assert_eq!(judge(&key, issued, &document(end)), expected, "{issued} {end:?}");
    }
}

#[test]
fn a_document_is_read_as_it_is_written() {
    for end in [None, Some(KeyEnd::Retired(at(ROTATED))), Some(KeyEnd::Revoked(at(ROTATED)))] {
        let written = document(end).to_json();
        assert_eq!(DidDocument::read(written.to_string().as_bytes(), DID), Ok(document(end)));
        assert_eq!(
            written["@context"].as_array().map(Vec::len),
            Some(if matches!(end, Some(KeyEnd::Retired(_))) { 3 } else { 2 })
        );
        assert_eq!(written["verificationMethod"][1]["id"], json!(format!("{DID}#{}", public())));
    }
}

#[test]
fn a_key_counts_only_as_what_it_is() {
    let with = |path: &str, value: Json| {
        let mut json = document(None).to_json();
        *json.pointer_mut(path).unwrap() = value;
        DidDocument::read(json.to_string().as_bytes(), DID).map(|read| read.keys.len())
    };
    assert_eq!(with("/id", json!(DID)), Ok(2));
    for (path, value) in [
        ("/verificationMethod/0/controller", json!("did:web:other.example")),
        ("/verificationMethod/0/type", json!("JsonWebKey")),
        ("/verificationMethod/0/id", json!(format!("{DID}#key-1"))),
        ("/verificationMethod/0/publicKeyMultibase", json!(old().public().to_string())),
        ("/assertionMethod/0", json!("did:web:exams.example.org#none")),
    ] {
        assert_eq!(with(path, value), Ok(1), "{path}");
    }
    assert_eq!(with("/id", json!("did:web:other.example")), Err(CredentialError::ForeignKey));
    assert_eq!(DidDocument::read(b"[]", DID), Err(CredentialError::NotJson));
    let mut expiring = document(None).to_json();
    expiring["verificationMethod"][0]["expires"] = json!("2030-01-01T00:00:00Z");
    assert_eq!(DidDocument::read(expiring.to_string().as_bytes(), DID).map(|read| read.keys.len()), Ok(1));
    let mut odd = document(None).to_json();
    odd["verificationMethod"][0]["revoked"] = json!(true);
    let odd = DidDocument::read(odd.to_string().as_bytes(), DID).unwrap();
    assert!(matches!(odd.keys[0].end, Some(KeyEnd::Revoked(_))), "what says that it is revoked is");
}

#[test]
fn a_key_is_a_document_of_its_own_too() {
    let url = "https://exams.example.org/keys/1";
    let entry = IssuerKey { key: public(), end: Some(KeyEnd::Revoked(Wall::from_unix_ms(0))) };
    let expected = json!({
        "@context": "https://w3id.org/security/multikey/v1", "id": url, "type": "Multikey", "controller": DID,
        "publicKeyMultibase": public().to_string(), "revoked": "1970-01-01T00:00:00.000Z",
    });
    assert_eq!(key_document(url, DID, &entry), expected);
}

#[test]
fn a_did_says_where_its_document_lies() {
    for (did, place) in [
        ("did:web:exams.example.org", Some(("exams.example.org", "/.well-known/did.json"))),
        ("did:web:127.0.0.1%3A8790", Some(("127.0.0.1:8790", "/.well-known/did.json"))),
        ("did:web:example.org:org:exams", Some(("example.org", "/org/exams/did.json"))),
        ("did:key:z6Mk", None),
        ("did:web:", None),
        ("did:web:example.org/elsewhere", None),
        ("did:web:user@example.org", None),
        ("did:web:example.org:..:x", None),
        ("did:web:example.org:a?b", None),
        ("did:web:example.org::", None),
    ] {
        let place = place.map(|(host, path)| (host.to_owned(), path.to_owned()));
        assert_eq!(did_web_place(did), place, "{did}");
    }
}
