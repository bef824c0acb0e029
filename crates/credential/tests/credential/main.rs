//! Credentials, keys and status lists as a stranger would see them.

mod document;
mod keys;
mod revocation;

use invigil_core::{Digest, PublicKey, SecretKey, Wall, grading::Score};
use invigil_credential::{
    AchievementFacts, AchievementKind, Credential, DidDocument, ExamLine, Profile, StatusEntry, months_after,
};

const DID: &str = "did:web:exams.example.org";
const LIST: &str = "https://exams.example.org/status/1";

fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn public() -> PublicKey {
    key().public()
}

fn at(text: &str) -> Wall {
    text.parse().unwrap()
}

/// A credential with everything that one can have.
fn certification() -> Credential {
    let valid_from = at("2026-11-22T09:30:00Z");
    Credential {
        id: "https://exams.example.org/credentials/1".into(),
        issuer: Profile { did: DID.into(), name: "Example Academy".into(), url: "https://exams.example.org".into() },
        holder: "Test Candidate".into(),
        salt: [3; 16],
        achievement: AchievementFacts {
            id: "urn:invigil:achievement:sample:first-steps".into(),
            kind: AchievementKind::Certification,
            name: "First Steps".into(),
            description: "Has taken the first steps: “ü”, \\ and \"quotes\",\n\ta second line, 😀.".into(),
            narrative: "Pass one exam.".into(),
            image: Some("https://exams.example.org/badges/first-steps.png".into()),
            tags: vec!["first".into(), "steps".into()],
        },
        exams: vec![
            ExamLine {
                exam: "first".into(),
                title: "First".into(),
                pass_percent: 70,
                score: Score { given: 29, of: 40 },
                submission: Digest::of("submission"),
            },
            ExamLine {
                exam: "second".into(),
                title: "Second".into(),
                pass_percent: 70,
                score: Score { given: 29, of: 40 },
                submission: Digest::of("another submission"),
            },
        ],
        valid_from,
        valid_until: months_after(valid_from, 24),
        status: Some(StatusEntry { list: LIST.into(), index: 94_567 }),
    }
}

/// A recognition: no exam, no end, nothing to revoke it by.
fn badge() -> Credential {
    let whole = certification();
    Credential {
        achievement: AchievementFacts {
            kind: AchievementKind::Badge,
            image: None,
            tags: Vec::new(),
            ..whole.achievement.clone()
        },
        exams: Vec::new(),
        valid_until: None,
        status: None,
        ..whole
    }
}

fn issue(credential: &Credential) -> Vec<u8> {
    credential.sign(&key(), &DidDocument::method(DID, &public())).unwrap()
}
