//! The issuing service: admits candidates, countersigns logs, grades submissions and issues credentials.
//!
//! ```text
//!  command ─┐
//!           ├─► desk (rules with open keys) ─► store (one transaction each)
//!  http ────┘
//! ```
//! Invariant: time and randomness enter in [`shell`] only; the store knows no rules; nothing is sent before it is on
//! the disk; no log line holds an answer, a name or a key.

#![forbid(unsafe_code)]

pub mod command;
pub mod desk;
pub mod fault;
pub mod http;
pub mod keys;
pub mod oidc;
mod pack;
pub mod paper;
pub mod password;
pub mod roster;
pub mod setup;
pub mod shelf;
pub mod shell;
pub mod store;
mod tls;
