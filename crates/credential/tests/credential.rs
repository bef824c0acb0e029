//! A credential from signing to verification, as a stranger would see it.

use invigil_core::{Digest, SecretKey, Wall, grading::Score};
use invigil_credential::{
    AchievementFacts, CONTEXTS, Credential, CredentialError, ExamLine, Profile, SignedCredential, signatory, verify,
};
use serde_json::{Value as Json, json};

const DID: &str = "did:web:exams.example.org";

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn at(text: &str) -> Wall {
    text.parse().unwrap()
}

fn issue(method_did: &str) -> SignedCredential {
    let credential = Credential {
        id: "https://exams.example.org/credentials/1".into(),
        issuer: Profile { did: DID.into(), name: "Example".into(), url: "https://exams.example.org".into() },
        holder: "Ada Lovelace".into(),
        salt: [3; 16],
        achievement: AchievementFacts {
            id: "urn:invigil:achievement:sample:first-steps".into(),
            name: "First Steps".into(),
            description: "Has taken the first steps.".into(),
            narrative: "Pass one exam.".into(),
        },
        exams: vec![ExamLine {
            exam: "first".into(),
            title: "First".into(),
            pass_percent: 70,
            score: Score { given: 29, of: 40 },
            submission: Digest::of("submission"),
        }],
        valid_from: at("2026-11-22T09:30:00Z"),
        valid_months: 24,
    };
    credential.sign(&key(), &format!("{method_did}#{}", key().public())).unwrap()
}

#[test]
fn a_credential_has_the_shape_of_open_badges() {
    let json: Json = serde_json::from_slice(&issue(DID).bytes).unwrap();
    for (path, expected) in [
        ("/@context", json!(CONTEXTS)),
        ("/type", json!(["VerifiableCredential", "OpenBadgeCredential"])),
        ("/issuer/id", json!(DID)),
        ("/issuer/type", json!(["Profile"])),
        ("/validUntil", json!("2028-11-22T09:30:00.000Z")),
        ("/credentialSubject/type", json!(["AchievementSubject"])),
        ("/credentialSubject/identifier/0/hashed", json!(true)),
        ("/credentialSubject/achievement/achievementType", json!("Certification")),
        ("/credentialSubject/achievement/resultDescription/0/requiredValue", json!("70")),
        ("/credentialSubject/result/0/value", json!("72.5")),
        ("/evidence/0/id", json!(format!("urn:invigil:submission:sha256:{}", Digest::of("submission")))),
        ("/proof/0/cryptosuite", json!("eddsa-jcs-2022")),
    ] {
        assert_eq!(json.pointer(path), Some(&expected), "{path}");
    }
    let described = json.pointer("/credentialSubject/achievement/resultDescription/0/id");
    assert_eq!(json.pointer("/credentialSubject/result/0/resultDescription"), described);
    assert!(!json.to_string().contains("Lovelace"), "the name is only there as a salted digest");
    assert!(json.pointer("/proof/1").is_none());
}

#[test]
fn a_credential_is_valid_between_its_dates_and_about_its_holder() {
    let bytes = issue(DID).bytes;
    let check = |now: &str| verify(&bytes, &key().public(), at(now));
    let summary = check("2026-11-22T09:30:00Z").unwrap();
    assert_eq!(summary.title, "First Steps");
    assert!(summary.is_about("Ada Lovelace"));
    assert!(!summary.is_about("Ada lovelace"));
    assert!(check("2028-11-22T09:30:00Z").is_ok());
    assert_eq!(check("2028-11-22T09:30:00.001Z"), Err(CredentialError::Expired(at("2028-11-22T09:30:00Z"))));
    assert_eq!(check("2026-11-22T09:29:59Z"), Err(CredentialError::NotYetValid(at("2026-11-22T09:30:00Z"))));
}

#[test]
fn the_proof_may_be_an_object_or_a_list_of_one() {
    let bytes = issue(DID).bytes;
    let mut json: Json = serde_json::from_slice(&bytes).unwrap();
    let proof = json["proof"][0].clone();
    for (proof, expected) in [
        (proof.clone(), Ok(())),
        (json!([proof]), Ok(())),
        (json!([]), Err(CredentialError::NoProof)),
        (json!([proof, proof]), Err(CredentialError::NoProof)),
        (json!("proof"), Err(CredentialError::NoProof)),
    ] {
        json["proof"] = proof;
        let verdict = verify(json.to_string().as_bytes(), &key().public(), at("2027-01-01T00:00:00Z"));
        assert_eq!(verdict.map(|_| ()), expected, "{}", json["proof"]);
    }
}

#[test]
fn what_is_not_the_issuers_credential_is_refused_by_name() {
    let good: Json = serde_json::from_slice(&issue(DID).bytes).unwrap();
    let now = at("2027-01-01T00:00:00Z");
    let changed = |path: &str, value: Json| {
        let mut json = good.clone();
        *json.pointer_mut(path).unwrap() = value;
        json.to_string().into_bytes()
    };
    for (bytes, code) in [
        (b"[]".to_vec(), "credential-not-json"),
        (b"{".to_vec(), "credential-not-json"),
        (changed("/type", json!(["VerifiableCredential"])), "credential-wrong-type"),
        (changed("/@context", json!([CONTEXTS[1], CONTEXTS[0]])), "credential-wrong-type"),
        (changed("/proof", json!(null)), "credential-no-proof"),
        (changed("/proof/0/cryptosuite", json!("eddsa-rdfc-2022")), "credential-no-proof"),
        (changed("/credentialSubject/result/0/value", json!("100")), "credential-bad-signature"),
        (changed("/validUntil", json!("2099-01-01T00:00:00.000Z")), "credential-bad-signature"),
        (issue("did:web:other.example").bytes, "credential-foreign-key"),
    ] {
        let verdict = verify(&bytes, &key().public(), now);
        assert_eq!(verdict.map_err(|why| why.code()), Err(code), "{}", String::from_utf8_lossy(&bytes));
    }
    let other = SecretKey::from_seed(&[8; 32]).public();
    assert_eq!(verify(&issue(DID).bytes, &other, now), Err(CredentialError::BadSignature));
    let from = signatory(&issue(DID).bytes).unwrap();
    assert_eq!((from.issuer.as_str(), from.method), (DID, format!("{DID}#{}", key().public())));
}

#[test]
fn every_change_of_one_byte_is_refused() {
    let good = issue(DID).bytes;
    let now = at("2027-01-01T00:00:00Z");
    assert!(verify(&good, &key().public(), now).is_ok());
    for place in 0..good.len() {
        for mask in [0x01, 0x02, 0x20, 0x80] {
            let mut bytes = good.clone();
            bytes[place] ^= mask;
            let verdict = verify(&bytes, &key().public(), now);
            assert!(verdict.is_err(), "byte {place} ^ {mask:#x} of {}", String::from_utf8_lossy(&good));
        }
    }
}
