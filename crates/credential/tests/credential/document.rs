//! What is in a credential, and what is refused.

use super::{DID, LIST, at, badge, certification, issue, key, public};
use expect_test::expect_file;
use invigil_core::{Digest, SecretKey, Wall, envelope};
use invigil_credential::{CONTEXTS, CREDENTIAL_BYTES_MAX, CredentialError, signatory, verify};
use serde_json::{Map, Value as Json, json};

fn read(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_credential_has_the_shape_of_open_badges() {
    let bytes = issue(&certification());
    let json = read(&bytes);
    for (path, expected) in [
        ("/@context", json!(CONTEXTS)),
        ("/type", json!(["VerifiableCredential", "OpenBadgeCredential"])),
        ("/issuer/id", json!(DID)),
        ("/issuer/type", json!(["Profile"])),
        ("/validUntil", json!("2028-11-22T09:30:00.000Z")),
        ("/credentialSubject/type", json!(["AchievementSubject"])),
        ("/credentialSubject/identifier/0/hashed", json!(true)),
        ("/credentialSubject/achievement/achievementType", json!("Certification")),
        ("/credentialSubject/achievement/image/type", json!("Image")),
        ("/credentialSubject/achievement/tag", json!(["first", "steps"])),
        ("/credentialSubject/achievement/resultDescription/0/resultType", json!("Percent")),
        ("/credentialSubject/achievement/resultDescription/0/requiredValue", json!("70")),
        ("/credentialSubject/result/0/value", json!("72.5")),
        ("/credentialStatus/type", json!("BitstringStatusListEntry")),
        ("/credentialStatus/statusPurpose", json!("revocation")),
        ("/credentialStatus/statusListIndex", json!("94567")),
        ("/credentialStatus/statusListCredential", json!(LIST)),
        ("/evidence/0/id", json!(format!("urn:invigil:submission:sha256:{}", Digest::of("submission")))),
        ("/proof/0/cryptosuite", json!("eddsa-rdfc-2022")),
    ] {
        assert_eq!(json.pointer(path), Some(&expected), "{path}");
    }
    let described = json.pointer("/credentialSubject/achievement/resultDescription/0/id");
    assert_eq!(json.pointer("/credentialSubject/result/0/resultDescription"), described);
    let text = json.to_string();
    assert!(!text.contains("Test Candidate"), "the name is only there as a salted digest");
    expect_file!["../golden/credential.json"].assert_eq(str::from_utf8(&bytes).unwrap());
}

#[test]
fn a_badge_has_no_end_and_no_empty_members() {
    let bytes = issue(&badge());
    let json = read(&bytes);
    for path in ["/validUntil", "/credentialStatus", "/evidence", "/credentialSubject/result"] {
        assert_eq!(json.pointer(path), None, "{path}");
    }
    for path in ["image", "tag", "resultDescription"] {
        assert_eq!(json["credentialSubject"]["achievement"].get(path), None, "{path}");
    }
    assert_eq!(json["credentialSubject"]["achievement"]["achievementType"], "Badge");
    let summary = verify(&bytes, &public(), at("9999-01-01T00:00:00Z")).unwrap();
    assert_eq!((summary.valid_until, summary.status), (None, None));
}

/// Trap: the type that Open Badges names for schemas is not in its context, so verifiers refuse the credential.
#[test]
fn a_credential_names_no_schema() {
    let json = read(&issue(&certification()));
    assert_eq!(json.get("credentialSchema"), None);
    let mut with = json;
    with["credentialSchema"] =
        json!([{"id": "https://example.org/schema.json", "type": "1EdTechJsonSchemaValidator2019"}]);
    let said = verify(with.to_string().as_bytes(), &public(), at("2027-01-01T00:00:00Z"));
    assert_eq!(said, Err(CredentialError::Uncovered("1EdTechJsonSchemaValidator2019".into())));
}

/// Trap: the specification allows one proof as an object, and its JSON Schema takes nothing but a list.
#[test]
fn a_credential_has_its_proof_in_a_list_of_one() {
    let json = read(&issue(&certification()));
    assert_eq!(json["proof"].as_array().map(Vec::len), Some(1));
    let proof = json["proof"][0].clone();
    let mut with = json;
    for (proof, expected) in [
        (proof.clone(), Ok(())),
        (json!([proof]), Ok(())),
        (json!([]), Err(CredentialError::NoProof)),
        (json!([proof, proof]), Err(CredentialError::NoProof)),
        (json!("proof"), Err(CredentialError::NoProof)),
    ] {
        with["proof"] = proof;
        let verdict = verify(with.to_string().as_bytes(), &public(), at("2027-01-01T00:00:00Z"));
        assert_eq!(verdict.map(|_| ()), expected, "{}", with["proof"]);
    }
}

#[test]
fn a_credential_is_valid_between_its_dates_and_about_its_holder() {
    let bytes = issue(&certification());
    let check = |now: &str| verify(&bytes, &public(), at(now));
    let summary = check("2026-11-22T09:30:00Z").unwrap();
    assert_eq!(summary.title, "First Steps");
    assert!(summary.is_about("Test Candidate"));
    assert!(!summary.is_about("Test candidate"));
    assert!(check("2028-11-22T09:30:00Z").is_ok());
    assert_eq!(check("2028-11-22T09:30:00.001Z"), Err(CredentialError::Expired(at("2028-11-22T09:30:00Z"))));
    assert_eq!(check("2026-11-22T09:29:59Z"), Err(CredentialError::NotYetValid(at("2026-11-22T09:30:00Z"))));
}

#[test]
fn what_is_not_the_issuers_credential_is_refused_by_name() {
    let good = read(&issue(&certification()));
    let now = at("2027-01-01T00:00:00Z");
    let changed = |path: &str, value: Json| {
        let mut json = good.clone();
        *json.pointer_mut(path).unwrap() = value;
        json.to_string().into_bytes()
    };
    let added = |path: &str, name: &str, value: Json| {
        let mut json = good.clone();
        json.pointer_mut(path).unwrap()[name] = value;
        json.to_string().into_bytes()
    };
    let foreign = certification().sign(&key(), &format!("did:web:other.example#{}", public())).unwrap();
    for (bytes, code) in [
        (b"[]".to_vec(), "credential-not-json"),
        (b"{".to_vec(), "credential-not-json"),
        (vec![b' '; CREDENTIAL_BYTES_MAX + 1], "credential-too-large"),
        (changed("/type", json!(["VerifiableCredential"])), "credential-wrong-type"),
        (changed("/@context", json!([CONTEXTS[1], CONTEXTS[0]])), "credential-wrong-type"),
        (changed("/proof", json!(null)), "credential-no-proof"),
        (changed("/proof/0/cryptosuite", json!("eddsa-jcs-2022")), "credential-no-proof"),
        (changed("/proof/0/created", json!("yesterday")), "credential-no-proof"),
        (added("/proof/0", "expires", json!("2026-12-01T00:00:00Z")), "credential-no-proof"),
        (changed("/proof/0/created", json!("2026-11-22T09:30:00.001Z")), "credential-bad-signature"),
        (changed("/credentialSubject/result/0/value", json!("100")), "credential-bad-signature"),
        (changed("/validUntil", json!("2099-01-01T00:00:00.000Z")), "credential-bad-signature"),
        (changed("/credentialStatus/statusListIndex", json!("1")), "credential-bad-signature"),
        (added("", "termsOfUse", json!({"id": "urn:any"})), "credential-bad-signature"),
        (added("", "unknownTerm", json!("added")), "credential-uncovered"),
        (added("", "jti", json!("urn:uuid:1")), "credential-uncovered"),
        (added("/credentialSubject", "@id", json!("urn:any")), "credential-uncovered"),
        (changed("/evidence", json!([])), "credential-uncovered"),
        (changed("/validUntil", Json::Null), "credential-uncovered"),
        (foreign, "credential-foreign-key"),
    ] {
        let verdict = verify(&bytes, &public(), now);
        assert_eq!(verdict.map_err(|why| why.code()), Err(code), "{:.300}", String::from_utf8_lossy(&bytes));
    }
    let other = SecretKey::from_seed(&[8; 32]).public();
    assert_eq!(verify(&issue(&certification()), &other, now), Err(CredentialError::BadSignature));
    let from = signatory(&issue(&certification())).unwrap();
    assert_eq!((from.issuer.as_str(), from.method), (DID, format!("{DID}#{}", public())));
    assert_eq!(from.created, at("2026-11-22T09:30:00Z"));
}

#[test]
fn a_proof_over_the_bytes_is_none() {
    let Json::Object(mut document) = read(&issue(&certification())) else { panic!("not an object") };
    document.remove("proof");
    let signed: Map<String, Json> =
        envelope::sign(document, &key(), &format!("{DID}#{}", public()), at("2026-11-22T09:30:00Z"));
    let verdict = verify(&envelope::canonical(&signed), &public(), at("2027-01-01T00:00:00Z"));
    assert_eq!(verdict, Err(CredentialError::NoProof));
}

#[test]
fn nothing_is_signed_that_the_signature_would_not_cover() {
    let mut doubled = certification();
    doubled.achievement.tags.push("first".into());
    let mut nowhere = certification();
    nowhere.achievement.image = Some("picture.png".into());
    let mut nameless = certification();
    nameless.achievement.id = "first steps".into();
    for (credential, part) in [(doubled, "tag"), (nowhere, "id"), (nameless, "id")] {
        let said = credential.sign(&key(), &format!("{DID}#{}", public()));
        assert_eq!(said, Err(CredentialError::Uncovered(part.into())));
    }
}

#[test]
fn an_invisible_character_keeps_nobody_from_a_credential() {
    let mut odd = certification();
    odd.achievement.name = "First\u{b}Steps\u{7f}".into();
    odd.exams[0].title = "\u{1}First\u{ffff}".into();
    let bytes = issue(&odd);
    assert_eq!(verify(&bytes, &public(), at("2027-01-01T00:00:00Z")).unwrap().title, "First Steps ");
    assert_eq!(read(&bytes)["evidence"][0]["name"], " First ");
}

#[test]
fn every_change_of_one_byte_is_refused() {
    let good = issue(&certification());
    let now = at("2027-01-01T00:00:00Z");
    assert!(verify(&good, &public(), now).is_ok());
    for place in 0..good.len() {
        let mut bytes = good.clone();
        // A letter becomes its capital, which reads almost like it; of the rest each bit has its turn.
        bytes[place] ^= if good[place].is_ascii_lowercase() { 0x20 } else { 1 << (place % 8) };
        let verdict = verify(&bytes, &public(), now);
        assert!(verdict.is_err(), "byte {place} of {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn members_may_come_in_another_order() {
    let Json::Object(members) = read(&issue(&certification())) else { panic!("not an object") };
    let backwards: Vec<String> = members.iter().rev().map(|(name, value)| format!("{name:?} : {value}")).collect();
    let now: Wall = at("2027-01-01T00:00:00Z");
    assert!(verify(format!("{{ {} }}", backwards.join(", ")).as_bytes(), &public(), now).is_ok());
}
