//! An admission, a lease and an exam without an issuing service: made from fixed keys, signed as real ones. A test
//! changes what it is about.

use invigil_core::{
    Digest, SecretKey, Signed, Wall,
    admission::{Admission, Candidate, Issuer, Lease, PackRef, Titled, Window},
    envelope::Document,
    form::{Draw, Form},
    item::{Choice, Exam, Interaction, Item, Shuffle},
    policy::{Pictures, Policy},
    sitting::{Occasion, Picture},
};
use std::{fmt::Debug, str::FromStr};

/// When the window opens, and when everything is signed: 15 January 2027.
pub const OPENS_MS: i64 = 1_800_000_000_000;
const DAY_MS: i64 = 86_400_000;

/// The issuer's key.
pub fn issuer() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

/// The seed of the device's key.
pub const DEVICE_SEED: [u8; 32] = [2; 32];

/// The device's key.
pub fn device() -> SecretKey {
    SecretKey::from_seed(&DEVICE_SEED)
}

/// An untimed exam of one item in a window of a day.
pub fn admission() -> Admission {
    Admission {
        sitting: id("s1"),
        issuer: Issuer {
            name: "Test issuer".into(),
            did: "did:web:localhost".into(),
            origin: "http://localhost".into(),
            signing: issuer().public(),
            recovery: String::new(),
        },
        candidate: Candidate { id: id("c1"), name: "Test Candidate".into() },
        administration: id("a1"),
        programme: titled("p1"),
        certification: titled("z1"),
        exam: titled("e1"),
        try_number: 1,
        tries_max: 3,
        window: Window { opens: Wall::from_unix_ms(OPENS_MS), closes: Wall::from_unix_ms(OPENS_MS + DAY_MS) },
        minutes: 0,
        extra_minutes: 0,
        pass_percent: 70,
        items: 1,
        policy: Policy { pictures: Some(pictures()), ..Policy::preset("open").expect("a preset") },
        pack: PackRef { digest: Digest::of("pack"), size: 4 },
        draw: draw(),
        start_sealed: None,
        resume_recipient: String::new(),
        resume_sealed: String::new(),
        evidence_recipient: None,
    }
}

/// What an exam asks that takes pictures.
pub fn pictures() -> Pictures {
    Pictures { every_ms: 10_000, quota_bytes: 60_000_000, keep_days: 30 }
}

/// What is recorded of a picture.
pub fn picture() -> Picture {
    Picture { monitor: "eDP-1".into(), occasion: Occasion::Interval, unchanged: 0, stretch: 1 }
}

/// Signs as the issuer does.
pub fn sealed<T: Document>(body: T) -> Signed<T> {
    Signed::seal(body, &issuer(), "did:web:localhost#key-1", Wall::from_unix_ms(OPENS_MS))
}

/// The device's lease from the first record on.
pub fn lease(admission: &Signed<Admission>) -> Signed<Lease> {
    let sitting = admission.sitting.clone();
    sealed(Lease { sitting, admission: admission.digest(), device: device().public(), epoch: 0, from_seq: 0 })
}

/// The form of an exam of these items, `q0` and so on.
pub fn form(items: impl IntoIterator<Item = Interaction>) -> Form {
    let item = |(n, interaction)| Item {
        id: id(&format!("q{n}")),
        canonical_id: String::new(),
        prompt: String::new(),
        instructions: None,
        interaction,
        marks: 1,
        competency: None,
    };
    let exam = Exam {
        id: id("e1"),
        title: "Exam".into(),
        description: String::new(),
        language: "en".into(),
        minutes: 0,
        pass_percent: 70,
        items_per_try: 0,
        tries_max: 3,
        shuffle: Shuffle::default(),
        competencies: vec![],
        items: items.into_iter().enumerate().map(item).collect(),
    };
    Form::draw(&exam, &draw())
}

/// A choice of `count` options, `c0` and so on, of which `max` may be chosen; 0 for all.
pub fn choice(count: usize, max: u32) -> Interaction {
    let choice = |n| Choice { id: format!("c{n}"), content: String::new() };
    Interaction::Choice { max_choices: max, choices: (0..count).map(choice).collect() }
}

/// An identifier.
pub fn id<Id: FromStr<Err: Debug>>(text: &str) -> Id {
    text.parse().expect("an identifier")
}

fn titled<Id: FromStr<Err: Debug>>(text: &str) -> Titled<Id> {
    Titled { id: id(text), title: text.to_owned() }
}

fn draw() -> Draw {
    Draw { set: 0, seed: Digest::of("seed") }
}
