//! The documents that let a sitting start: admission, lease and start.

use crate::{
    digest::Digest,
    envelope::{Document, PublicKey},
    form::Draw,
    ids::{AdministrationId, CandidateId, CertificationId, ExamId, ProgrammeId, SittingId},
    policy::Policy,
    time::Wall,
};
use serde::{Deserialize, Serialize};

/// Lets one candidate sit one exam once. Signed by the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Admission {
    /// The sitting it is for.
    pub sitting: SittingId,
    /// Who issues it.
    pub issuer: Issuer,
    /// Who may sit.
    pub candidate: Candidate,
    /// The scheduled exam it belongs to.
    pub administration: AdministrationId,
    /// The programme.
    pub programme: Titled<ProgrammeId>,
    /// The certification the exam counts for.
    pub certification: Titled<CertificationId>,
    /// The exam.
    pub exam: Titled<ExamId>,
    /// Which try this is, from 1.
    pub try_number: u32,
    /// Tries allowed; 0 = unlimited.
    pub tries_max: u32,
    /// When the exam may start.
    pub window: Window,
    /// Minutes this candidate has, accommodations included.
    pub minutes: u32,
    /// Minutes of those that come from accommodations.
    pub extra_minutes: u32,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// Items in this try.
    pub items: u32,
    /// What is asked of the machine.
    pub policy: Policy,
    /// The pack that holds the exam.
    pub pack: PackRef,
    /// Which items are served, and in which order.
    pub draw: Draw,
    /// The content identity under the proctor's start code (age with scrypt, ASCII armour); `None` when the policy
    /// does not allow an offline start.
    pub start_sealed: Option<String>,
    /// The age recipient that the sitting key is sealed to so that a proctor's resume code can open it.
    pub resume_recipient: String,
    /// The matching identity under the proctor's resume code (age with scrypt, ASCII armour).
    pub resume_sealed: String,
    /// The age recipient of pictures; `None` when the policy asks for none.
    pub evidence_recipient: Option<String>,
}

impl Document for Admission {
    const TYPE: &'static str = "invigil/admission/1";
}

/// An issuing service: who it is and which keys it uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Issuer {
    /// The name shown to people.
    pub name: String,
    /// Its `did:web` identifier.
    pub did: String,
    /// Where its service answers, as an origin: `https://exams.example.org`.
    pub origin: String,
    /// Signs admissions, leases, checkpoints, receipts and results.
    pub signing: PublicKey,
    /// The age recipient that sitting keys are sealed to for recovery.
    pub recovery: String,
}

/// A candidate as the admission names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Candidate {
    /// The issuer's identifier.
    pub id: CandidateId,
    /// The name on the credential.
    pub name: String,
}

/// Something with an identifier and a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Titled<Id> {
    /// The identifier.
    pub id: Id,
    /// The title shown to people.
    pub title: String,
}

/// When an exam may start, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// Not before.
    pub opens: Wall,
    /// Not after, and no exam runs on past it.
    pub closes: Wall,
}

/// Where a moment lies against a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InWindow {
    /// The exam may not start yet.
    Before,
    /// The exam may start.
    Within,
    /// The exam may not start any more.
    After,
}

impl Window {
    /// Where `at` lies.
    pub fn place(&self, at: Wall) -> InWindow {
        if at < self.opens {
            InWindow::Before
        } else if self.closes < at {
            InWindow::After
        } else {
            InWindow::Within
        }
    }
}

/// A pack by the digest of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackRef {
    /// SHA-256 of the whole file.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// Says which device may write a sitting's log, from which record on. Signed by the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lease {
    /// The sitting.
    pub sitting: SittingId,
    /// Digest of its admission.
    pub admission: Digest,
    /// The writer's device key.
    pub device: PublicKey,
    /// Counts the sitting's writers, from 0.
    pub epoch: u32,
    /// The first record of this writer.
    pub from_seq: u64,
}

impl Document for Lease {
    const TYPE: &'static str = "invigil/lease/1";
}

/// Opens the exam for one sitting. Signed by the issuer at the moment it hands out the content identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Start {
    /// The sitting.
    pub sitting: SittingId,
    /// The issuer's time.
    pub at: Wall,
    /// When the exam ends if it begins now: the candidate's minutes, or the window's end where that is earlier.
    pub deadline: Option<Wall>,
    /// The pack's content identity, sealed to the device's age recipient (ASCII armour).
    pub content_sealed: String,
}

impl Document for Start {
    const TYPE: &'static str = "invigil/start/1";
}

/// A device asks for what a code leads to. Signed by the device key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Redemption {
    /// The code of the admission link.
    pub code: String,
    /// The device's key, which signs this.
    pub device: PublicKey,
    /// The device's age recipient.
    pub recipient: String,
}

impl Document for Redemption {
    const TYPE: &'static str = "invigil/redemption/1";
}
