//! Revocation, from a bit in a list to a verdict.

use super::{DID, LIST, at, badge, certification, issue, key, public};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::GzEncoder};
use invigil_core::{SecretKey, Wall};
use invigil_credential::{
    CREDENTIAL_BYTES_MAX, CredentialError, DidDocument, RevocationList, STATUS_ENTRIES, Standing, StatusList, verify,
};
use serde_json::{Value as Json, json};
use std::io::Write as _;

const NOW: &str = "2027-01-01T12:00:00Z";

fn list(revoked: &[u32]) -> RevocationList {
    let mut bits = StatusList::default();
    assert!(revoked.iter().all(|index| bits.insert(*index)));
    RevocationList {
        id: LIST.into(),
        issuer: DID.into(),
        revoked: bits,
        valid_from: at("2027-01-01T00:00:00Z"),
        valid_until: at("2027-01-02T00:00:00Z"),
    }
}

fn signed(list: &RevocationList) -> Vec<u8> {
    list.sign(&key(), &DidDocument::method(DID, &public())).unwrap()
}

/// Bytes as a list holds them, packed without this crate.
fn packed(bytes: &[u8]) -> String {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    format!("u{}", URL_SAFE_NO_PAD.encode(packed.finish().unwrap()))
}

#[test]
fn a_list_holds_a_bit_for_each_credential_highest_bit_first() {
    let mut list = StatusList::default();
    for index in [0, 9, 94_567, STATUS_ENTRIES - 1] {
        assert!(!list.contains(index));
        assert!(list.insert(index));
        assert!(list.contains(index) && !list.contains(index ^ 1));
    }
    assert!(!list.insert(STATUS_ENTRIES));
    assert!(list.contains(STATUS_ENTRIES), "beyond the list nothing is vouched for");
    assert_eq!(StatusList::decode(&list.encode()), Some(list));
    let mut bytes = vec![0; 16_384];
    (bytes[0], bytes[1]) = (0x80, 0x01);
    let foreign = StatusList::decode(&packed(&bytes)).unwrap();
    assert_eq!((0..STATUS_ENTRIES).filter(|index| foreign.contains(*index)).collect::<Vec<_>>(), [0, 15]);
    // What the standard's own example of an empty list unpacks to is what is packed here.
    let empty = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    assert_eq!(StatusList::decode(empty), Some(StatusList::default()));
}

#[test]
fn a_list_that_is_too_short_too_long_or_none_is_refused() {
    for (length, is_one) in [(16_383, false), (16_384, true), (1 << 20, true), ((1 << 20) + 1, false), (1 << 27, false)]
    {
        assert_eq!(StatusList::decode(&packed(&vec![0; length])).is_some(), is_one, "{length} bytes");
    }
    let good = StatusList::default().encode();
    for text in ["", "u", &good[1..], &good[..good.len() - 20], "z123", "uAAAA"] {
        assert_eq!(StatusList::decode(text), None, "{text}");
    }
}

#[test]
fn a_credential_stands_as_its_own_list_says() {
    let now = at(NOW);
    let summary = verify(&issue(&certification()), &public(), now).unwrap();
    let opened = |list: &RevocationList| RevocationList::open(&signed(list), &public(), now).unwrap();
    let elsewhere = RevocationList { id: "https://exams.example.org/status/2".into(), ..list(&[]) };
    for (list, standing) in [
        (None, Standing::Unknown),
        (Some(list(&[])), Standing::InForce),
        (Some(list(&[94_566, 94_568])), Standing::InForce),
        (Some(list(&[94_567])), Standing::Revoked),
        (Some(elsewhere), Standing::Unknown),
    ] {
        assert_eq!(summary.standing(list.as_ref().map(opened).as_ref()), standing);
    }
    let other = RevocationList { issuer: "did:web:other.example".into(), ..list(&[]) };
    let other = other.sign(&key(), &DidDocument::method("did:web:other.example", &public())).unwrap();
    let other = RevocationList::open(&other, &public(), now).unwrap();
    assert_eq!(summary.standing(Some(&other)), Standing::Unknown, "nobody revokes for another issuer");
    let badge = verify(&issue(&badge()), &public(), now).unwrap();
    assert_eq!(badge.standing(Some(&opened(&list(&[94_567])))), Standing::NotRevocable);
}

#[test]
fn a_list_that_is_not_the_issuers_of_today_says_nothing() {
    let good = signed(&list(&[1]));
    assert!(good.len() < CREDENTIAL_BYTES_MAX);
    let open = |bytes: &[u8], now: Wall| RevocationList::open(bytes, &public(), now).map_err(|why| why.code());
    assert_eq!(open(&good, at(NOW)), Ok(list(&[1])));
    assert_eq!(open(&good, at("2027-01-02T00:00:00.001Z")), Err("credential-expired"), "a stale list is noticed");
    assert_eq!(open(&good, at("2026-12-31T23:59:59Z")), Err("credential-not-yet-valid"));
    let json: Json = serde_json::from_slice(&good).unwrap();
    let changed = |path: &str, value: Json| {
        let mut json = json.clone();
        *json.pointer_mut(path).unwrap() = value;
        json.to_string().into_bytes()
    };
    for (bytes, code) in [
        (changed("/credentialSubject/encodedList", json!(StatusList::default().encode())), "credential-bad-signature"),
        (changed("/credentialSubject/statusPurpose", json!("suspension")), "credential-bad-signature"),
        (changed("/type", json!(["VerifiableCredential"])), "credential-wrong-type"),
        (issue(&certification()), "credential-wrong-type"),
        (changed("/proof", json!([])), "credential-no-proof"),
    ] {
        assert_eq!(open(&bytes, at(NOW)), Err(code));
    }
    assert_eq!(
        RevocationList::open(&good, &SecretKey::from_seed(&[9; 32]).public(), at(NOW)),
        Err(CredentialError::BadSignature)
    );
    let foreign = list(&[]).sign(&key(), &DidDocument::method("did:web:other.example", &public())).unwrap();
    assert_eq!(open(&foreign, at(NOW)), Err("credential-foreign-key"));
    assert_eq!(RevocationList::signatory(&good).unwrap().method, DidDocument::method(DID, &public()));
}
