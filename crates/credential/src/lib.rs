//! Open Badges 3.0 credentials: building, signing and verifying them.
//!
//! A credential is an `OpenBadgeCredential` on the W3C Verifiable Credentials Data Model 2.0, signed with an
//! `eddsa-jcs-2022` proof. `docs/formats/credential.md` says which members it has and why. Nothing here reads a clock
//! or a random source: ids, salts and times are arguments.

#![forbid(unsafe_code)]

mod issue;
mod months;
mod verify;

pub use issue::{AchievementFacts, Credential, ExamLine, Profile, SignedCredential};
pub use months::months_after;
pub use verify::{CredentialError, Signatory, Summary, signatory, verify};

/// The two contexts, in the order that Open Badges 3.0 demands.
pub const CONTEXTS: [&str; 2] =
    ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"];

/// The types of the credential.
pub const TYPES: [&str; 2] = ["VerifiableCredential", "OpenBadgeCredential"];
