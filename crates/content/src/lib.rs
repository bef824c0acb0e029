//! Exam content: reading the Academy's exam files, checking them, rendering them to safe HTML, and sealing them in packs.
//!
//! Invariants: reading never fails as a whole and never panics; what is wrong with a file comes back as findings beside
//! whatever could be read. No clock and no random source is used: keys, salts and times are arguments. The one
//! exception is age, which draws the ephemeral keys of its ciphertexts itself.

#![forbid(unsafe_code)]

pub mod academy;
pub mod bundle;
pub mod check;
pub mod pack;
pub mod programme;
pub mod render;
pub mod sealing;

pub use academy::{Bank, Reading};
pub use check::{Finding, Report, Severity};
