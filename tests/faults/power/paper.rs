//! An admission, a lease and an exam that the writer and the judge both know: made from fixed keys, signed as real ones.

use invigil_client::{clock::Reading, session::Session, store::SittingKey};
use invigil_core::{
    Digest, SecretKey, Signed, SittingId, Wall,
    admission::{Admission, Candidate, Issuer, Lease, PackRef, Titled, Window},
    checkpoint::Checkpoint,
    envelope::Document,
    form::{Draw, Form},
    item::{Choice, EXTENDED_TEXT_CHARS_MAX, Exam, Interaction, Item, Shuffle},
    policy::Policy,
    submission::Receipt,
};

/// Half a day in which the sitting lies.
const OPENS_MS: i64 = 1_800_000_000_000;
const DAY_MS: i64 = 86_400_000;

pub fn sitting() -> SittingId {
    "power-cut".parse().expect("an identifier")
}

pub fn key() -> SittingKey {
    SittingKey::new([7; 32])
}

fn issuer() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

/// The seed of the device key.
pub const SEED: [u8; 32] = [2; 32];

pub fn device() -> SecretKey {
    SecretKey::from_seed(&SEED)
}

/// The clocks at a number of milliseconds into the `boot`th boot. The calendar follows the log.
pub fn reading(boot: usize, elapsed_ms: u64, wall_ms: u64) -> Reading {
    let wall = Wall::from_unix_ms(OPENS_MS).plus_ms(wall_ms);
    Reading { wall, since_boot_ms: 5_000 + elapsed_ms, boot_id: format!("boot {boot}") }
}

pub fn since_opening_ms(wall: Wall) -> u64 {
    wall.since_ms(Wall::from_unix_ms(OPENS_MS))
}

fn sealed<T: Document + serde::Serialize + serde::de::DeserializeOwned>(body: T) -> Signed<T> {
    Signed::seal(body, &issuer(), "did:web:localhost#key-1", Wall::from_unix_ms(OPENS_MS))
}

pub fn admission() -> Signed<Admission> {
    sealed(Admission {
        sitting: sitting(),
        issuer: Issuer {
            name: "Test issuer".into(),
            did: "did:web:localhost".into(),
            origin: "http://localhost".into(),
            signing: issuer().public(),
            recovery: String::new(),
        },
        candidate: Candidate { id: "one".parse().expect("an identifier"), name: "Test Candidate".into() },
        administration: "a".parse().expect("an identifier"),
        programme: Titled { id: "p".parse().expect("an identifier"), title: "Samples".into() },
        certification: Titled { id: "c".parse().expect("an identifier"), title: "Sample".into() },
        exam: Titled { id: "e".parse().expect("an identifier"), title: "Exam".into() },
        try_number: 1,
        tries_max: 1,
        window: Window { opens: Wall::from_unix_ms(OPENS_MS), closes: Wall::from_unix_ms(OPENS_MS + DAY_MS) },
        minutes: 0,
        extra_minutes: 0,
        pass_percent: 70,
        items: u32::try_from(exam().items.len()).expect("few"),
        policy: Policy::preset("open").expect("a preset"),
        pack: PackRef { digest: Digest::of("pack"), size: 4 },
        draw: draw(),
        start_sealed: None,
        resume_recipient: String::new(),
        resume_sealed: String::new(),
    })
}

pub fn lease(admission: &Signed<Admission>) -> Signed<Lease> {
    let device = device().public();
    sealed(Lease { sitting: sitting(), admission: admission.digest(), device, epoch: 0, from_seq: 0 })
}

fn draw() -> Draw {
    Draw { set: 0, seed: Digest::of("seed") }
}

/// Ten short and long texts, four choices.
fn exam() -> Exam {
    let choice = |n: usize| Choice { id: format!("c{n}"), content: String::new() };
    let item = |n: usize| Item {
        id: format!("q{n}").parse().expect("an identifier"),
        canonical_id: String::new(),
        prompt: String::new(),
        instructions: None,
        interaction: if n < 10 {
            Interaction::ExtendedText { chars_max: EXTENDED_TEXT_CHARS_MAX }
        } else {
            Interaction::Choice { max_choices: 0, choices: (0..8).map(choice).collect() }
        },
        marks: 1,
        competency: None,
    };
    Exam {
        id: "e".parse().expect("an identifier"),
        title: "Exam".into(),
        description: String::new(),
        language: "en".into(),
        minutes: 0,
        pass_percent: 70,
        items_per_try: 0,
        tries_max: 1,
        shuffle: Shuffle::default(),
        competencies: vec![],
        items: (0..14).map(item).collect(),
    }
}

pub fn form() -> Form {
    Form::draw(&exam(), &draw())
}

/// What an issuer that has the whole log sends.
pub fn checkpoint(session: &Session, time: Wall) -> Signed<Checkpoint> {
    let log = session.log();
    sealed(Checkpoint { sitting: sitting(), epoch: 0, size: log.size, head: log.head, time })
}

pub fn receipt(session: &Session, received: Wall) -> Signed<Receipt> {
    let submission = session.papers().and_then(|papers| papers.submission.as_ref()).expect("a submission").digest();
    sealed(Receipt { sitting: sitting(), submission, log: session.log(), received })
}
