//! The sitting that the writer and the judge both know.

use invigil_client::{clock::Reading, session::Session, store::SittingKey};
use invigil_core::{
    Signed, SittingId, Wall, admission::Admission, checkpoint::Checkpoint, form::Form, item::EXTENDED_TEXT_CHARS_MAX,
    item::Interaction, submission::Receipt,
};
use invigil_tests::paper::{self, OPENS_MS, sealed};

/// Ten short and long texts, four choices.
const TEXTS: usize = 10;
const CHOICES: usize = 4;

pub fn sitting() -> SittingId {
    paper::id("power-cut")
}

pub fn key() -> SittingKey {
    SittingKey::new([7; 32])
}

/// The clocks at a number of milliseconds into the `boot`th boot. The calendar follows the log.
pub fn reading(boot: usize, elapsed_ms: u64, wall_ms: u64) -> Reading {
    let wall = Wall::from_unix_ms(OPENS_MS).plus_ms(wall_ms);
    Reading { wall, since_boot_ms: 5_000 + elapsed_ms, slept_ms: 0, boot_id: format!("boot {boot}") }
}

pub fn since_opening_ms(wall: Wall) -> u64 {
    wall.since_ms(Wall::from_unix_ms(OPENS_MS))
}

pub fn admission() -> Signed<Admission> {
    let items = u32::try_from(TEXTS + CHOICES).expect("few");
    sealed(Admission { sitting: sitting(), items, ..paper::admission() })
}

pub fn form() -> Form {
    let text = Interaction::ExtendedText { chars_max: EXTENDED_TEXT_CHARS_MAX };
    paper::form([vec![text; TEXTS], vec![paper::choice(8, 0); CHOICES]].concat())
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
