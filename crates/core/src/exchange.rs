//! The messages between a candidate's machine and the issuing service. JSON in camelCase; errors are RFC 9457 problems.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/issuer` | [`IssuerCard`] |
//! | `POST /api/admissions` with a signed `Redemption` | [`Admitted`] |
//! | `GET /api/packs/{digest}` | the pack's bytes |
//! | `POST /api/sittings/{id}/start` | a signed `Start` |
//! | `GET /api/sittings/{id}` | [`SittingStatus`] |
//! | `POST /api/sittings/{id}/records` with a [`Segment`] | a signed `Checkpoint` |
//! | `GET /api/sittings/{id}/records?from=N` | a [`Segment`], for a device the sitting has moved to |
//! | `GET /api/sittings/{id}/evidence/{sha256}` | [`EvidenceState`] |
//! | `PATCH /api/sittings/{id}/evidence/{sha256}` with `Upload-Offset` and bytes | [`EvidenceState`] |
//! | `POST /api/sittings/{id}/submission` with a signed `Submission` | a signed `Receipt` |
//! | `GET /api/standing` | [`CandidateStanding`] |
//!
//! All but the first three need `Authorization: Bearer TOKEN` with the token of [`Admitted`].

use crate::{
    admission::{Issuer, Window},
    ids::{CertificationId, ExamId, ProgrammeId, SittingId},
    programme::{CertificationStatus, Standing},
    submission::Opening,
    time::Wall,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use ts_rs::TS;

/// The most records in one [`Segment`].
pub const SEGMENT_RECORDS_MAX: usize = 500;
/// The most bytes in one piece of evidence.
pub const EVIDENCE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most bytes of a piece of evidence in one request: what a broken connection costs at most.
pub const CHUNK_BYTES_MAX: usize = 256 * 1024;
/// The most bytes in a hand-in file.
pub const HAND_IN_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The most bytes in one request body, packs and hand-in files aside.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Who an issuing service says it is. The candidate compares the key's fingerprint before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerCard {
    /// The issuer.
    pub issuer: Issuer,
    /// Its time.
    pub time: Wall,
}

/// The answer to a redemption. The same device gets it again when it asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admitted {
    /// The signed `Admission`.
    pub admission: Json,
    /// Every signed `Lease` of the sitting, in the order of their epochs. The last is this device's.
    pub leases: Vec<Json>,
    /// Speaks for this sitting's device in later requests.
    pub token: String,
}

/// Records and openings to append.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// The writer's epoch.
    pub epoch: u32,
    /// The position of the first line.
    pub from_seq: u64,
    /// The lines, without their line feeds.
    pub lines: Vec<String>,
    /// Openings of these records.
    pub openings: Vec<Opening>,
}

impl Segment {
    /// These stored lines and their openings, or as many of the first of them as `bytes_max` bytes of JSON take; but at
    /// least one, so that a log always gets on.
    pub fn fitting(epoch: u32, from_seq: u64, lines: Vec<Vec<u8>>, openings: Vec<Opening>, bytes_max: usize) -> Self {
        const FRAME_BYTES: usize = 100;
        let mut openings = openings.into_iter().peekable();
        let mut segment = Self { epoch, from_seq, lines: vec![], openings: vec![] };
        let mut left = bytes_max.saturating_sub(FRAME_BYTES);
        for (seq, line) in (from_seq..).zip(lines) {
            let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned();
            let own: Vec<Opening> = std::iter::from_fn(|| openings.next_if(|opening| opening.seq <= seq)).collect();
            let bytes = json_bytes(&line) + own.iter().map(json_bytes).sum::<usize>();
            if left < bytes && !segment.lines.is_empty() {
                break;
            }
            left = left.saturating_sub(bytes);
            segment.lines.push(line);
            segment.openings.extend(own);
        }
        segment
    }
}

/// What something takes in a JSON list.
fn json_bytes(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(usize::MAX, |bytes| bytes.len() + 1)
}

/// What the issuer holds of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SittingStatus {
    /// The issuer's time.
    pub time: Wall,
    /// How many records it holds: the index to send from.
    pub log_size: u64,
    /// The last signed `Checkpoint`.
    pub checkpoint: Option<Json>,
    /// The signed `Receipt`.
    pub receipt: Option<Json>,
    /// The signed `ExamResult`, once it may be seen.
    pub result: Option<Json>,
    /// The signed credential, once all that the certification asks for is passed.
    pub credential: Option<CredentialLink>,
    /// Whether the result waits for a person.
    pub under_review: bool,
}

/// How much of a piece of evidence the issuer holds. Sending goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceState {
    /// Bytes held.
    pub held: u64,
    /// Bytes in all, as the log says.
    pub size: u64,
}

/// Where a credential is and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CredentialLink {
    /// What was achieved.
    pub title: String,
    /// Where anyone can fetch it.
    pub url: String,
    /// From when it is valid.
    pub valid_from: Wall,
    /// Until when it is valid.
    pub valid_until: Wall,
}

/// Where a candidate stands with an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CandidateStanding {
    /// The candidate's name.
    pub candidate: String,
    /// The issuer's programmes.
    pub programmes: Vec<ProgrammeStanding>,
}

/// Where a candidate stands in a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProgrammeStanding {
    /// The programme.
    pub id: ProgrammeId,
    /// Its title.
    pub title: String,
    /// What every candidate should know about it; may be empty.
    pub notice: String,
    /// Its tracks.
    pub tracks: Vec<TrackStanding>,
}

/// Where a candidate stands in a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrackStanding {
    /// The track's title.
    pub title: String,
    /// One or two sentences about it.
    pub summary: String,
    /// Its certifications; may be empty.
    pub certifications: Vec<CertificationStanding>,
}

/// Where a candidate stands in a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificationStanding {
    /// The certification.
    pub id: CertificationId,
    /// Its title.
    pub title: String,
    /// Its tier.
    pub tier: String,
    /// Whether it can be taken.
    pub status: CertificationStatus,
    /// One or two sentences about it.
    pub summary: String,
    /// How long its credential is valid, in months; `None` while it is only announced.
    pub valid_months: Option<u32>,
    /// Exams passed and tries used; `None` while it is only announced.
    pub standing: Option<Standing>,
    /// Minutes, items and pass mark of each exam.
    pub exams: Vec<ExamFacts>,
    /// The credential, when it is earned.
    pub credential: Option<CredentialLink>,
}

/// What a candidate should know about an exam before asking for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExamFacts {
    /// The exam.
    pub id: ExamId,
    /// Minutes allowed; 0 = untimed.
    pub minutes: u32,
    /// Items in one try.
    pub items: u32,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// An administration this candidate is admitted to, if there is one.
    pub admitted: Option<AdmittedExam>,
}

/// An exam the candidate is admitted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AdmittedExam {
    /// The sitting.
    pub sitting: SittingId,
    /// When it may start.
    pub opens: Wall,
    /// Until when.
    pub closes: Wall,
}

impl AdmittedExam {
    /// An exam with this window.
    pub fn new(sitting: SittingId, window: Window) -> Self {
        Self { sitting, opens: window.opens, closes: window.closes }
    }
}

/// An RFC 9457 problem. `code` is stable; `detail` is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail} ({code})")]
pub struct Problem {
    /// `urn:invigil:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// A few words, the same for every occurrence.
    pub title: String,
    /// What happened and what to do.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// Facts to act on, such as the log size the issuer expects.
    #[serde(default, flatten)]
    pub members: BTreeMap<String, Json>,
}

impl Problem {
    /// A problem without further members.
    pub fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:invigil:problem:{code}"),
            status,
            title: title.to_owned(),
            detail: detail.into(),
            code: code.to_owned(),
            members: BTreeMap::new(),
        }
    }

    /// The same problem with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_takes_what_fits_and_never_nothing() {
        let lines = |n: usize, length: usize| vec![format!("{}\n", "\"".repeat(length)).into_bytes(); n];
        let opening = |seq, length: usize| Opening { seq, salt: [0; 16], content: "\\".repeat(length) };
        for (n, length, opened, bytes_max, taken) in [
            (0, 10, vec![], 1_000, 0),
            (5, 10, vec![], 1_000, 5),
            (5, 100, vec![], 1_000, 4),
            (5, 10, vec![opening(8, 400)], 1_000, 1),
            (5, 10, vec![opening(7, 400)], 1_000, 1),
            (5, 10_000, vec![opening(7, 10_000)], 1_000, 1),
            (5, 10, vec![opening(11, 10_000)], 1_000, 4),
        ] {
            let segment = Segment::fitting(3, 7, lines(n, length), opened.clone(), bytes_max);
            assert_eq!(segment.lines.len(), taken, "{n} lines of {length}");
            let own = opened.into_iter().filter(|opening| opening.seq < 7 + taken as u64).collect::<Vec<_>>();
            assert_eq!((segment.epoch, segment.from_seq, segment.openings), (3, 7, own));
        }
        let whole = Segment::fitting(u32::MAX, u64::MAX >> 11, lines(90, 20), vec![], 4_000);
        assert!(
            (3_500..=4_000).contains(&serde_json::to_vec(&whole).unwrap().len()),
            "what is counted is what is sent"
        );
    }
}
