//! Identifiers. Each kind is a type of its own, so one cannot be passed for another.

use crate::text;
use serde::{Deserialize, Deserializer, Serialize};
use std::{borrow::Borrow, fmt, str::FromStr};

/// An identifier is 1 to 128 characters of `A–Z a–z 0–9 . _ : - /`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an identifier: use 1 to 128 letters, digits, “.”, “_”, “:”, “/” or “-”")]
pub struct NotAnId(String);

const LENGTH_MAX: usize = 128;

fn checked(text: String) -> Result<String, NotAnId> {
    let fits = (1..=LENGTH_MAX).contains(&text.len());
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-/".contains(&b));
    if fits && plain { Ok(text) } else { Err(NotAnId(text.chars().take(LENGTH_MAX).collect())) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ts_rs::TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text::read(deserializer)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                checked(text).map(Self)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                checked(text.to_owned()).map(Self)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// One candidate's pass through one exam.
    SittingId,
    /// A person, as the issuer knows them, whatever their roles.
    PersonId,
    /// A person who sits exams, as the issuer knows them. It is the same text as their [`PersonId`].
    CandidateId,
    /// A person who supervises or reviews sittings.
    ProctorId,
    /// One scheduled exam: window, roster, policy.
    AdministrationId,
    /// An organisation's body of certifications.
    ProgrammeId,
    /// A certification within a programme.
    CertificationId,
    /// An exam within a certification.
    ExamId,
    /// An item within an exam.
    ItemId,
    /// An area of knowledge that items are tagged with.
    CompetencyId,
    /// A part of a certification that is no exam.
    PartId,
    /// An organisation that takes part in a programme.
    PartnerId,
    /// Something that people are recognised for.
    RecognitionLabel,
    /// A person who marks what no rule can mark.
    MarkerId,
}

impl From<CandidateId> for PersonId {
    fn from(id: CandidateId) -> Self {
        Self(id.0)
    }
}

impl From<PersonId> for CandidateId {
    fn from(id: PersonId) -> Self {
        Self(id.0)
    }
}
