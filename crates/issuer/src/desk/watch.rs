//! What proctors see of sittings. Every log is verified before anything of it is shown, and nothing that failed to
//! verify is shown. Answers are not shown at all.

use super::Desk;
use crate::{
    fault::Fault,
    store::{Overview, Stored, Supervision},
};
use invigil_core::{
    AdministrationId, CertificationId, Digest, ExamId, Signed, SittingId, Wall,
    admission::{Admission, Candidate, Issuer, Lease, Titled},
    checkpoint::{Checkpoint, PaperCode},
    log::Record,
    policy::{Control, Level, Policy},
    sitting::{Closing, Event, Phase, Sitting},
    submission::{LogRef, Receipt, Submission},
    time::Moment,
    verify::{Anchors, Verdict, Verified, verify},
};
use serde::Serialize;
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

/// The most sittings in one list: those of the latest admissions.
const LIST_MAX: usize = 1_000;

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
    /// When the first item was shown: the issuer's time, or the machine's for an offline start.
    pub began: Option<Wall>,
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

/// A log that was read and verified once and holds until something is added to it.
struct Watched {
    key: (u64, bool),
    checkpoints: u64,
    admission: Option<Signed<Admission>>,
    verified: Option<Verified>,
    fold: Option<Sitting>,
    began: Option<Wall>,
}

/// Verified logs by sitting.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<SittingId, Arc<Watched>>>);

impl Desk {
    /// The list of sittings.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn sittings(&self, now: Wall) -> Result<SittingsView, Fault> {
        let programmes = self.store.programmes()?;
        let overviews = self.store.overviews(None, LIST_MAX)?;
        let views = overviews.iter().map(|overview| {
            let watched = self.watched(overview)?;
            view(overview, &watched, &programmes, now)
        });
        Ok(SittingsView { time: now, sittings: views.collect::<Result<_, Fault>>()? })
    }

    /// One sitting in full. That `account` read it is in the audit before it is returned.
    ///
    /// # Errors
    /// `SittingUnknown`.
    pub fn sitting(&self, id: &SittingId, account: &str, now: Wall) -> Result<SittingDetail, Fault> {
        let overview = self.store.overviews(Some(id), 1)?.pop().ok_or(Fault::SittingUnknown)?;
        self.store.audit(now, account, "sitting-read", id.as_str())?;
        let watched = self.watched(&overview)?;
        let sitting = view(&overview, &watched, &self.store.programmes()?, now)?;
        let log = watched.verified.as_ref().map(|verified| verified.log);
        let records = watched.verified.iter().flat_map(|verified| &verified.records);
        Ok(SittingDetail {
            sitting,
            admission: watched.admission.as_deref().map(facts),
            paper_code: log.map(|log| PaperCode::of(id, log.size, &log.head).to_string()),
            log: log.map(|LogRef { size, head }| LogFacts { size, head }),
            checkpoints: watched.checkpoints,
            records: records.map(record_view).collect::<Result<_, _>>()?,
        })
    }

    fn watched(&self, overview: &Overview) -> Result<Arc<Watched>, Fault> {
        let key = (overview.size, overview.submitted);
        let id = &overview.sitting;
        let known = || self.watched.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watched) = known().get(id).filter(|watched| watched.key == key && watched.admission.is_some()) {
            return Ok(watched.clone());
        }
        let watched = Arc::new(self.watch(self.store.stored(id)?, key)?);
        known().insert(id.clone(), watched.clone());
        Ok(watched)
    }

    /// Verifies a stored log with its documents. The last checkpoint vouches for all before it.
    fn watch(&self, stored: Stored, key: (u64, bool)) -> Result<Watched, Fault> {
        let Some(admission) = stored.admission else {
            return Ok(Watched { key, checkpoints: 0, admission: None, verified: None, fold: None, began: None });
        };
        let admission = self.open_own::<Admission>(&admission)?;
        let leases: Result<Vec<Signed<Lease>>, Fault> = stored.leases.iter().map(|lease| self.open_own(lease)).collect();
        let leases = leases?;
        let device = leases.last().map(|lease| lease.device);
        let (submission, receipt) = match stored.submission {
            Some((submission, receipt)) => {
                let submission = Signed::<Submission>::open_with(&submission, |_| device)?;
                (Some(submission), Some(self.open_own::<Receipt>(&receipt)?))
            }
            None => (None, None),
        };
        let checkpoint = stored.checkpoint.map(|bytes| self.open_own::<Checkpoint>(&bytes)).transpose()?;
        let checkpoints = checkpoint.into_iter().collect();
        let anchors =
            Anchors { admission: admission.clone(), leases, checkpoints, submission, receipt, paper_code: None };
        let verified = verify(&stored.lines.concat(), &anchors);
        let mut fold = Sitting::new(&admission);
        verified.records.iter().for_each(|record| fold.apply(record));
        let began = verified.records.iter().find_map(|record| match &record.event {
            Event::Began { server, .. } => Some(server.unwrap_or(record.at.wall)),
            _ => None,
        });
        Ok(Watched {
            key,
            checkpoints: stored.checkpoints,
            admission: Some(admission),
            verified: Some(verified),
            fold: Some(fold),
            began,
        })
    }
}

fn view(
    overview: &Overview,
    watched: &Watched,
    programmes: &[invigil_core::programme::Programme],
    now: Wall,
) -> Result<SittingView, Fault> {
    let administration = &overview.administration;
    let (_, certification, exam) = super::redeem::find_exam(programmes, administration)?;
    let fold = watched.fold.as_ref();
    let answered = fold.map_or(0, |fold| fold.responses().values().filter(|response| response.answered).count());
    let of = match fold.map(|fold| fold.served().len()) {
        Some(served) if 0 < served => u32::try_from(served).unwrap_or(u32::MAX),
        Some(_) | None => watched.admission.as_ref().map_or(exam.items, |admission| admission.items),
    };
    Ok(SittingView {
        id: overview.sitting.clone(),
        candidate: overview.candidate.clone(),
        exam: Titled { id: exam.id.clone(), title: exam.title.clone() },
        certification: Titled { id: certification.id.clone(), title: certification.title.clone() },
        administration: administration.id.clone(),
        supervision: administration.supervision,
        phase: fold.map_or(Phase::Admitted, Sitting::phase),
        level: fold.and_then(Sitting::level),
        opens: administration.window.opens,
        closes: administration.window.closes,
        began: watched.began,
        last_record: fold.and_then(Sitting::last).map(|last| last.wall),
        remaining_ms: fold.and_then(|fold| remaining_ms(fold, overview.received, now)),
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
        of,
        log_size: watched.verified.as_ref().map_or(0, |verified| verified.log.size),
        verdict: watched.verified.as_ref().map_or(&Verdict::Unanchored, |verified| &verified.verdict).into(),
        closing: fold.and_then(Sitting::closing).map(|(cause, _)| cause),
        result: match (overview.submitted, overview.result) {
            (_, Some((true, true))) => Some(Ended::Passed),
            (_, Some((false, true))) => Some(Ended::Failed),
            (_, Some((_, false))) | (true, None) => Some(Ended::UnderReview),
            (false, None) => None,
        },
        flagged: overview.flagged,
    })
}

/// The machine's clock is not here; since its last record arrived it has moved on about as much as ours.
fn remaining_ms(fold: &Sitting, received: Option<Wall>, now: Wall) -> Option<u64> {
    let last = fold.last()?;
    let passed = now.since_ms(received?);
    let at = Moment { wall: last.wall.plus_ms(passed), elapsed: last.elapsed.saturating_add(passed), boot: last.boot };
    fold.clock().remaining_ms(&at)
}

fn facts(admission: &Admission) -> AdmissionFacts {
    AdmissionFacts {
        issuer: admission.issuer.clone(),
        assurance_min: admission.policy.assurance_min,
        controls: admission.policy.controls.clone(),
        policy: admission.policy.clone(),
        minutes: admission.minutes,
        extra_minutes: admission.extra_minutes,
        try_number: admission.try_number,
    }
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

fn record_view(record: &Record) -> Result<RecordView, Fault> {
    let mut args = serde_json::to_value(&record.event)?;
    let kind = args.as_object_mut().and_then(|members| members.remove("kind"));
    Ok(RecordView {
        seq: record.seq,
        at: record.at.wall,
        elapsed: record.at.elapsed,
        boot: record.at.boot,
        by: record.by.to_string(),
        kind: kind.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned(),
        args,
    })
}
