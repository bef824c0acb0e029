//! Packs: an exam in one file that says who made it, shows any damage, and, unless it is for practice, can be read only
//! with its key and never tells which answers are right.
//!
//! A pack is the manifest's RFC 8785 form, a line feed, and the content's bytes: see `docs/formats/pack.md`. Opening
//! checks signature, size and digest before anything is decrypted or parsed.

mod marks;
mod open;
mod seal;

pub use marks::{MARKS_BYTES_MAX, MarkFile, MarksError, open_marks, seal_marks};
pub use open::{Pack, PackError, Practice};
pub use seal::{PracticeArgs, SealArgs, SealError, SealWarning, Sealed, exam_plaintext, seal_exam, seal_practice};

use invigil_core::grading::MarkScheme;
use invigil_core::item::Exam;
use serde::{Deserialize, Serialize};

/// The largest pack, in bytes.
pub const PACK_BYTES_MAX: usize = 16 << 20;
/// The largest manifest, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 64 << 10;

/// The content of a practice pack.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PracticeContent {
    exam: Exam,
    mark_scheme: MarkScheme,
    // The salt of the manifest's commitment, as hexadecimal digits.
    salt: String,
}

/// Sixteen bytes as 32 lower-case hexadecimal digits.
fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let plain = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = plain.then(|| u128::from_str_radix(text, 16).ok())??;
    Some(number.to_be_bytes())
}
