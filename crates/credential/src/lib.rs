//! Open Badges 3.0 credentials: building, signing, verifying, revoking and baking them.
//!
//! A credential is an `OpenBadgeCredential` on the W3C Verifiable Credentials Data Model 2.0, signed with an
//! `eddsa-rdfc-2022` proof. `docs/formats/credential.md` says which members it has and why. Nothing here reads a clock, a
//! random source or the network: ids, salts, times and documents are arguments.

#![forbid(unsafe_code)]

pub mod bake;
mod contexts;
mod did;
mod error;
mod issue;
mod months;
mod proof;
mod rdf;
mod status;
mod terms;
mod verify;

pub use did::{DidDocument, IssuerKey, KeyEnd, did_web_place, key_document};
pub use error::CredentialError;
pub use issue::{AchievementFacts, AchievementKind, Credential, ExamLine, Profile};
pub use months::months_after;
pub use status::{RevocationList, STATUS_ENTRIES, StatusEntry, StatusList};
pub use verify::{CREDENTIAL_BYTES_MAX, Signatory, Standing, Summary, signatory, verify};

/// The two contexts, in the order that Open Badges 3.0 demands.
pub const CONTEXTS: [&str; 2] = [contexts::CREDENTIALS, contexts::OPEN_BADGES];

/// The types of the credential.
pub const TYPES: [&str; 2] = ["VerifiableCredential", "OpenBadgeCredential"];
