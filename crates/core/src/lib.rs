//! The exam domain of Invigil: items, grading, sittings, the log, time, and everything signed.
//!
//! Invariant: nothing here reads a clock, a disk, a network or a random source, and nothing here is asynchronous.
//! Times, ids, salts and keys are arguments. `Sitting::decide` holds the rules; `Sitting::apply` is a fold that old
//! logs rely on, so it does not change its mind.

#![forbid(unsafe_code)]

pub mod admission;
mod canonical;
pub mod checkpoint;
pub mod code;
pub mod csv;
pub mod digest;
pub mod envelope;
pub mod exchange;
pub mod form;
pub mod grading;
pub mod ids;
pub mod item;
mod json;
pub mod log;
pub mod pack;
pub mod person;
pub mod policy;
pub mod programme;
pub mod readiness;
pub mod recognition;
pub mod rehearsal;
pub mod role;
pub mod roster;
pub mod sitting;
pub mod submission;
mod text;
pub mod time;
pub mod value;
pub mod verify;

#[cfg(test)]
mod testing;

pub use digest::Digest;
pub use envelope::{PublicKey, SecretKey, Signed};
pub use ids::*;
pub use time::{Moment, Wall};
pub use value::Value;
