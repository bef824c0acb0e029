//! A small admission and paper for the tests of this crate.

use crate::{
    Digest, Moment, PublicKey, SecretKey, Wall,
    admission::{Admission, Candidate, Issuer, Lease, PackRef, Titled, Window},
    envelope::Signed,
    form::{Draw, Form},
    item::{Choice, Exam, Interaction, Item, Shuffle},
    policy::{Pictures, Policy},
};

pub fn issuer_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

pub fn device() -> PublicKey {
    SecretKey::from_seed(&[2; 32]).public()
}

pub fn at(seconds: u64) -> Moment {
    Moment { wall: Wall::from_unix_ms(0).plus_ms(seconds * 1_000), elapsed: seconds * 1_000, boot: 0 }
}

pub fn admission(policy: &str) -> Signed<Admission> {
    let titled = |id: &str| Titled { id: id.parse().unwrap(), title: id.to_owned() };
    let body = Admission {
        sitting: "s1".parse().unwrap(),
        issuer: Issuer {
            name: "Test issuer".into(),
            did: "did:web:localhost".into(),
            origin: "http://localhost".into(),
            signing: issuer_key().public(),
            recovery: String::new(),
        },
        candidate: Candidate { id: "c1".parse().unwrap(), name: "Candidate".into() },
        administration: "a1".parse().unwrap(),
        programme: Titled { id: "p1".parse().unwrap(), title: "p1".into() },
        certification: Titled { id: "z1".parse().unwrap(), title: "z1".into() },
        exam: titled("e1"),
        try_number: 1,
        tries_max: 3,
        window: Window { opens: Wall::from_unix_ms(0), closes: Wall::from_unix_ms(86_400_000) },
        minutes: 10,
        extra_minutes: 0,
        pass_percent: 70,
        items: 2,
        policy: Policy::preset(policy).unwrap_or_else(pictured),
        pack: PackRef { digest: Digest::of("pack"), size: 4 },
        draw: Draw { set: 0, seed: Digest::of("seed") },
        start_sealed: None,
        resume_recipient: String::new(),
        resume_sealed: String::new(),
        evidence_recipient: None,
    };
    Signed::seal(body, &issuer_key(), "did:web:localhost#key-1", Wall::from_unix_ms(0))
}

/// An open policy that asks for pictures.
pub fn pictured() -> Policy {
    let pictures = Pictures { every_ms: 10_000, quota_bytes: 1_000_000, keep_days: 30 };
    Policy { pictures: Some(pictures), ..Policy::preset("open").unwrap() }
}

pub fn lease(admission: &Signed<Admission>) -> Signed<Lease> {
    let body = Lease {
        sitting: admission.sitting.clone(),
        admission: admission.digest(),
        device: device(),
        epoch: 0,
        from_seq: 0,
    };
    Signed::seal(body, &issuer_key(), "did:web:localhost#key-1", Wall::from_unix_ms(0))
}

pub fn form() -> Form {
    let item = |id: &str, interaction| Item {
        id: id.parse().unwrap(),
        canonical_id: String::new(),
        prompt: String::new(),
        instructions: None,
        interaction,
        marks: 1,
        competency: None,
    };
    let choices = ["a", "b"].map(|id| Choice { id: id.into(), content: id.into() }).to_vec();
    let exam = Exam {
        id: "e1".parse().unwrap(),
        title: String::new(),
        description: String::new(),
        language: "en".into(),
        minutes: 10,
        pass_percent: 70,
        items_per_try: 0,
        tries_max: 3,
        shuffle: Shuffle::default(),
        competencies: vec![],
        items: vec![
            item("q1", Interaction::Choice { max_choices: 1, choices }),
            item("q2", Interaction::TextEntry { chars_max: 5 }),
        ],
    };
    Form::draw(&exam, &Draw { set: 0, seed: Digest::of("seed") })
}
