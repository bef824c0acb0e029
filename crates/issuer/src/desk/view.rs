//! What the console shows of a sitting, as JSON. Nothing here decides anything.

use crate::store::{Aside, Supervision};
use invigil_core::{
    AdministrationId, CertificationId, Digest, ExamId, SittingId, Wall,
    admission::{Candidate, Issuer, Titled},
    policy::{Control, Level, Policy},
    sitting::{Closing, Phase},
    verify::Verdict,
};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The sittings and the time at which this was true.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SittingsView {
    /// The issuer's time.
    pub time: Wall,
    /// Those of the latest admissions first.
    pub sittings: Vec<SittingView>,
}

/// One sitting in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SittingView {
    /// The sitting.
    pub id: SittingId,
    /// Who sits.
    pub candidate: Candidate,
    /// The exam.
    pub exam: Titled<ExamId>,
    /// The certification.
    pub certification: Titled<CertificationId>,
    /// The scheduled exam.
    pub administration: AdministrationId,
    /// Who looks on.
    pub supervision: Supervision,
    /// Where the sitting is, as its log says.
    pub phase: Phase,
    /// The lowest level reported; `null` before the first report.
    pub level: Option<Level>,
    /// When the exam may start.
    pub opens: Wall,
    /// Until when.
    pub closes: Wall,
    /// When the exam's key was first given to a device: from then on a changed client can read it.
    pub first_start: Option<Wall>,
    /// How often it was given, again or to another device.
    pub starts: u64,
    /// When the first item was shown: the issuer's time, or the machine's for an offline start.
    pub began: Option<Wall>,
    /// Whether it began without the issuer, by the proctor's code: its time and its budget are the machine's word.
    pub began_offline: bool,
    /// When the last record was written, by the machine's calendar.
    pub last_record: Option<Wall>,
    /// Time left, counted on since the last record arrived.
    pub remaining_ms: Option<u64>,
    /// Items answered.
    pub answered: u32,
    /// Items served.
    pub of: u32,
    /// Records received and verified.
    pub log_size: u64,
    /// How sure the log is.
    pub verdict: VerdictView,
    /// How it ended.
    pub closing: Option<Closing>,
    /// How it was graded.
    pub result: Option<Ended>,
    /// Whether another branch of the log was received.
    pub flagged: bool,
}

/// How a sitting was graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It passed.
    Passed,
    /// It did not pass.
    Failed,
    /// It waits for a person.
    UnderReview,
}

/// How sure a log is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictView {
    /// Which of the four.
    pub kind: VerdictKind,
    /// Until when it is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Wall>,
    /// The first record that is not as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Why it is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The same in words.
    pub text: String,
}

/// The four verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// Vouched for entirely.
    Proven,
    /// Vouched for up to a time.
    ProvenUntil,
    /// Consistent in itself.
    Unanchored,
    /// Not what was written.
    Broken,
}

/// One sitting in full, without its answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SittingDetail {
    /// As in the list.
    pub sitting: SittingView,
    /// What the admission says; `null` before the redemption.
    pub admission: Option<AdmissionFacts>,
    /// The code of the log's head that stands on the candidate's screen.
    pub paper_code: Option<String>,
    /// The log's size and head.
    pub log: Option<LogFacts>,
    /// Checkpoints given.
    pub checkpoints: u64,
    /// What was received and lies beside the log.
    pub aside: Aside,
    /// Evidence that the verified records name and that is not here: on its way, said to be lost, or on a device that
    /// the sitting has moved from.
    pub missing_evidence: Vec<Digest>,
    /// The verified records.
    pub records: Vec<RecordView>,
}

/// What an admission says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionFacts {
    /// Who issued it.
    pub issuer: Issuer,
    /// The rules.
    pub policy: Policy,
    /// The least level to start at.
    pub assurance_min: Level,
    /// The controls that are asked for.
    pub controls: BTreeSet<Control>,
    /// Minutes in all.
    pub minutes: u32,
    /// Minutes of those from accommodations.
    pub extra_minutes: u32,
    /// Which try it is.
    pub try_number: u32,
}

/// A log by size and head.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogFacts {
    /// Records.
    pub size: u64,
    /// Digest of the last.
    pub head: Digest,
}

/// One verified record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// Its position.
    pub seq: u64,
    /// When, by the machine's calendar.
    pub at: Wall,
    /// When, in milliseconds of the boot.
    pub elapsed: u64,
    /// The boot.
    pub boot: u32,
    /// Who caused it.
    pub by: String,
    /// What.
    pub kind: String,
    /// Its facts. Of an answer there is only the commitment.
    pub args: Json,
}

impl From<&Verdict> for VerdictView {
    fn from(verdict: &Verdict) -> Self {
        let text = verdict.to_string();
        let plain = |kind| Self { kind, until: None, seq: None, why: None, text: text.clone() };
        match verdict {
            Verdict::Proven => plain(VerdictKind::Proven),
            Verdict::ProvenUntil(until) => Self { until: Some(*until), ..plain(VerdictKind::ProvenUntil) },
            Verdict::Unanchored => plain(VerdictKind::Unanchored),
            Verdict::Broken { seq, why } => {
                Self { seq: Some(*seq), why: Some(why.clone()), ..plain(VerdictKind::Broken) }
            }
        }
    }
}
