//! What proctors see of sittings. Every log is verified before anything of it is shown, and nothing that failed to
//! verify is shown. Answers are not shown at all.

use super::{
    Desk,
    append::evidence,
    view::{AdmissionFacts, Ended, LogFacts, RecordView, SittingDetail, SittingView, SittingsView},
};
use crate::{
    fault::Fault,
    store::{Overview, Stored, Which},
};
use invigil_core::{
    Signed, SittingId, Wall,
    admission::{Admission, Lease, Titled},
    checkpoint::{Checkpoint, PaperCode},
    log::Record,
    programme::Programme,
    role::{Act, Grant, may},
    sitting::{Event, Phase, Sitting},
    submission::{LogRef, Receipt, Submission},
    time::Moment,
    verify::{Anchors, Verdict, Verified, verify},
};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The most sittings in one list: those of the latest admissions.
const LIST_MAX: usize = 1_000;

/// A log that was read and verified once and holds until something is added to it.
struct Watched {
    key: (u64, bool),
    checkpoints: u64,
    verdict: Verdict,
    log: Option<Log>,
}

/// What was verified.
struct Log {
    admission: Signed<Admission>,
    verified: Verified,
    fold: Sitting,
    began: Option<Began>,
}

/// When a sitting began, and whether that was without the issuer.
#[derive(Clone, Copy)]
struct Began {
    at: Wall,
    offline: bool,
}

/// Verified logs by sitting.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<SittingId, Arc<Watched>>>);

impl Desk {
    /// The sittings that somebody with these roles may follow.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn sittings(&self, grants: &[Grant], now: Wall) -> Result<SittingsView, Fault> {
        let programmes = self.store.programmes()?;
        let followed = programmes.iter().filter(|one| may(grants, Act::Follow, &one.organisation.id));
        let followed: Vec<_> = followed.map(|programme| programme.id.clone()).collect();
        let overviews = self.store.overviews(Which::Of(&followed), LIST_MAX)?;
        let views = overviews
            .iter()
            .map(|overview| self.watched(overview).map(|watched| view(overview, &watched, &programmes, now)));
        Ok(SittingsView { time: now, sittings: views.collect::<Result<_, Fault>>()? })
    }

    /// One sitting in full. That `account` read it is in the audit before it is returned.
    ///
    /// # Errors
    /// `SittingUnknown`.
    pub fn sitting(&self, id: &SittingId, account: &str, now: Wall) -> Result<SittingDetail, Fault> {
        let overview = self.store.overviews(Which::Sitting(id), 1)?.pop().ok_or(Fault::SittingUnknown)?;
        self.store.audit(now, account, "sitting-read", id.as_str())?;
        let watched = self.watched(&overview)?;
        let sitting = view(&overview, &watched, &self.store.programmes()?, now);
        let log = watched.log.as_ref();
        let reference = log.map(|log| log.verified.log);
        let records = log.into_iter().flat_map(|log| &log.verified.records);
        let deleted = self.store.deleted_evidence(id)?;
        let kept = records.clone().filter_map(evidence).filter(|(sha256, _)| !deleted.contains(sha256));
        Ok(SittingDetail {
            sitting,
            admission: log.map(|log| facts(&log.admission)),
            paper_code: reference.map(|log| PaperCode::of(id, log.size, &log.head).to_string()),
            log: reference.map(|LogRef { size, head }| LogFacts { size, head }),
            checkpoints: watched.checkpoints,
            aside: self.store.aside(id)?,
            missing_evidence: self.missing(id, kept)?,
            records: records.map(record_view).collect::<Result<_, _>>()?,
        })
    }

    fn watched(&self, overview: &Overview) -> Result<Arc<Watched>, Fault> {
        let key = (overview.size, overview.submitted);
        let id = &overview.sitting;
        let known = || self.watched.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watched) = known().get(id).filter(|watched| watched.key == key && watched.log.is_some()) {
            return Ok(watched.clone());
        }
        let stored = self.store.stored(id)?;
        let checkpoints = stored.checkpoints.len() as u64;
        let (verdict, log) = match self.verify_stored(stored) {
            Ok(Some(log)) => (log.verified.verdict.clone(), Some(log)),
            Ok(None) => (Verdict::Unanchored, None),
            // One damaged sitting must not hide the others, and nothing of it can be shown.
            Err(fault) => {
                tracing::error!(sitting = %id, why = ?fault, "a stored sitting does not verify");
                (Verdict::Broken { seq: 0, why: "the stored documents do not verify".to_owned() }, None)
            }
        };
        let watched = Arc::new(Watched { key, checkpoints, verdict, log });
        let mut known = known();
        if LIST_MAX <= known.len() {
            known.clear();
        }
        known.insert(id.clone(), watched.clone());
        Ok(watched)
    }

    /// Verifies a stored log with its documents. The last checkpoint vouches for all before it; only where the log does
    /// not hold are the others asked how far it did. `None` before the redemption.
    fn verify_stored(&self, stored: Stored) -> Result<Option<Log>, Fault> {
        let Some(admission) = stored.admission else { return Ok(None) };
        let admission = self.open_own::<Admission>(&admission)?;
        let leases: Result<Vec<Signed<Lease>>, Fault> =
            stored.leases.iter().map(|lease| self.open_own(lease)).collect();
        let leases = leases?;
        let device = leases.last().map(|lease| lease.device);
        let (submission, receipt) = match stored.submission {
            Some((submission, receipt)) => {
                let submission = Signed::<Submission>::open_with(&submission, |_| device)?;
                (Some(submission), Some(self.open_own::<Receipt>(&receipt)?))
            }
            None => (None, None),
        };
        let mut checkpoints = stored.checkpoints.iter().map(|bytes| self.open_own::<Checkpoint>(bytes));
        let last = checkpoints.next().transpose()?.into_iter().collect();
        let mut anchors =
            Anchors { admission: admission.clone(), leases, checkpoints: last, submission, receipt, paper_code: None };
        let lines = stored.lines.concat();
        let mut verified = verify(&lines, &anchors);
        if matches!(verified.verdict, Verdict::Broken { .. }) {
            anchors.checkpoints.extend(checkpoints.collect::<Result<Vec<_>, Fault>>()?);
            verified = verify(&lines, &anchors);
        }
        let mut fold = Sitting::new(&admission);
        verified.records.iter().for_each(|record| fold.apply(record));
        let began = verified.records.iter().find_map(|record| {
            let Event::Began { server, start, .. } = record.event else { return None };
            Some(Began { at: server.unwrap_or(record.at.wall), offline: start.is_none() })
        });
        Ok(Some(Log { admission, verified, fold, began }))
    }
}

fn view(overview: &Overview, watched: &Watched, programmes: &[Programme], now: Wall) -> SittingView {
    let administration = &overview.administration;
    let log = watched.log.as_ref();
    let fold = log.map(|log| &log.fold);
    let began = log.and_then(|log| log.began);
    // An exam that has gone from its programme keeps the titles that its admission was given.
    let known = super::redeem::find_exam(programmes, administration).ok();
    let exam = known.map(|(_, _, exam)| exam.title.clone()).or(log.map(|log| log.admission.exam.title.clone()));
    let certification =
        known.map(|(_, c, _)| c.title.clone()).or(log.map(|log| log.admission.certification.title.clone()));
    let answered = fold.map_or(0, |fold| fold.responses().values().filter(|response| response.answered).count());
    let of = log.map(|log| log.admission.items).or(known.map(|(_, _, exam)| exam.items));
    SittingView {
        id: overview.sitting.clone(),
        candidate: overview.candidate.clone(),
        exam: Titled { id: administration.exam.clone(), title: exam.unwrap_or_default() },
        certification: Titled { id: administration.certification.clone(), title: certification.unwrap_or_default() },
        administration: administration.id.clone(),
        supervision: administration.supervision,
        phase: fold.map_or(Phase::Admitted, Sitting::phase),
        level: fold.and_then(Sitting::level),
        opens: administration.window.opens,
        closes: administration.window.closes,
        first_start: overview.first_start,
        starts: overview.starts,
        began: began.map(|began| began.at),
        began_offline: began.is_some_and(|began| began.offline),
        last_record: fold.and_then(Sitting::last).map(|last| last.wall),
        remaining_ms: fold.and_then(|fold| remaining_ms(fold, overview.received, now)),
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
        of: of.unwrap_or(0),
        log_size: log.map_or(0, |log| log.verified.log.size),
        verdict: (&watched.verdict).into(),
        closing: fold.and_then(Sitting::closing).map(|(cause, _)| cause),
        result: ended(overview),
        flagged: overview.flagged,
    }
}

fn ended(overview: &Overview) -> Option<Ended> {
    match (overview.submitted, overview.result) {
        (_, Some((true, true))) => Some(Ended::Passed),
        (_, Some((false, true))) => Some(Ended::Failed),
        (_, Some((_, false))) | (true, None) => Some(Ended::UnderReview),
        (false, None) => None,
    }
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
