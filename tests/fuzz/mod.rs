//! Every reader of foreign bytes, as a function of those bytes that panics when it breaks a promise.
//!
//! `make fuzz` drives them with libFuzzer, `tests/formats.rs` with the inputs in `corpus/` and random changes of them.
//! A new target is a function, a line in [`TARGETS`] and a folder of inputs.

pub mod bodies;
pub mod credentials;
pub mod documents;
pub mod html;
pub mod logs;
pub mod packs;
pub mod words;

use invigil_core::{PublicKey, SecretKey, Wall};
use std::{fs, path::PathBuf};

/// A reader of foreign bytes by the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 10] = [
    ("bodies", bodies::body),
    ("bundle", logs::bundle),
    ("credential", credentials::credential),
    ("envelope", documents::envelope),
    ("exam-source", packs::exam_source),
    ("hand-in", bodies::hand_in),
    ("log", logs::log),
    ("pack", packs::pack),
    ("picture", credentials::picture),
    ("words", words::words),
];

/// The inputs of a target, in the order of their names.
///
/// # Panics
/// When there are none, which would be a test that tries nothing.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = folder(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|why| panic!("{}: {why}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| fs::read(path).expect("an input")).collect()
}

/// Where the inputs of a target lie.
pub fn folder(target: &str) -> PathBuf {
    crate::root().join("tests/fuzz/corpus").join(target)
}

/// Signs what a target has mended, so that a change reaches what is behind the signature.
fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn public() -> PublicKey {
    key().public()
}

fn when() -> Wall {
    Wall::from_unix_ms(1_795_000_000_000)
}
