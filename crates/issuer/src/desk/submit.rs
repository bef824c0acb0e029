//! Taking a submission: it must be that of the stored log, word for word, before there is a receipt.

use super::{Desk, append::response};
use crate::{
    fault::Fault,
    paper::Paper,
    store::{Grading, Submitted, ToGrade},
};
use invigil_core::{
    Digest, ItemId, Signed, SittingId, Value, Wall,
    admission::{Admission, Lease},
    log::Record,
    sitting::{Response, Sitting},
    submission::{EvidenceRef, LogRef, Opening, Receipt, ResponseRef, Submission, captured},
};
use std::collections::BTreeMap;

impl Desk {
    /// Takes a submission and returns the signed receipt. The same submission gets the same bytes for ever.
    /// `credential` and `salt` are fresh random bytes for a credential that it may earn.
    ///
    /// # Errors
    /// `LeaseEnded`, `EvidenceMissing`, `SubmissionDiffers`, `LogIncomplete`, `OpeningsMissing`, `SubmissionMismatch`, or a refused signature.
    pub fn submit(
        &self,
        sitting: &SittingId,
        epoch: u32,
        body: &[u8],
        credential: [u8; 16],
        salt: [u8; 16],
        now: Wall,
    ) -> Result<Vec<u8>, Fault> {
        let paper = self.paper_for(sitting)?;
        let receipt = self.store.submit(sitting, &salt, |state| {
            let admission = self.open_own::<Admission>(&state.admission)?;
            let lease = self.open_own::<Lease>(&state.lease)?;
            if lease.epoch != epoch {
                let kept = state.lines.len() as u64;
                return Err(Fault::LeaseEnded { sent: epoch, current: lease.epoch, kept });
            }
            let submission = Signed::<Submission>::open(body, &lease.device)?;
            if let Some((digest, receipt)) = &state.before {
                let same = *digest == submission.digest();
                return if same { Ok(Submitted::Before(receipt.clone())) } else { Err(Fault::SubmissionDiffers) };
            }
            let responses = judge(&submission, &admission, epoch, state)?;
            self.all_here(&submission, state)?;
            let mut grading = self.grade(&submission, &admission, &responses, &paper, now)?;
            grading.earned = self.earn(&grading, &admission, state, credential, salt, now)?;
            Ok(Submitted::New(Box::new(grading)))
        })?;
        tracing::info!(%sitting, "submitted");
        Ok(receipt)
    }

    fn grade(
        &self,
        submission: &Signed<Submission>,
        admission: &Admission,
        responses: &BTreeMap<ItemId, Value>,
        paper: &Paper,
        now: Wall,
    ) -> Result<Grading, Fault> {
        let receipt = Receipt {
            sitting: submission.sitting.clone(),
            submission: submission.digest(),
            log: submission.log,
            received: now,
        };
        Ok(Grading {
            digest: submission.digest(),
            submission: submission.bytes().to_vec(),
            receipt: self.seal(receipt, now).bytes().to_vec(),
            received: now,
            result: self.result(submission, admission, responses, paper, now),
            earned: None,
        })
    }
}

/// Holds a submission against the stored log. Returns the responses to the served items.
fn judge(
    submission: &Signed<Submission>,
    admission: &Signed<Admission>,
    epoch: u32,
    state: &ToGrade,
) -> Result<BTreeMap<ItemId, Value>, Fault> {
    let fits = |fits: bool, why: &'static str| if fits { Ok(()) } else { Err(Fault::SubmissionMismatch(why)) };
    fits(submission.sitting == admission.sitting, "it is of another sitting")?;
    fits(submission.admission == admission.digest(), "it names another admission")?;
    fits(submission.pack == admission.pack.digest, "it names another pack")?;
    let named = |piece: &EvidenceRef| state.evidence.get(&piece.sha256) == Some(&piece.size);
    let accounted = || submission.evidence.iter().chain(&submission.lost);
    fits(accounted().all(named), "it names evidence that the log does not")?;
    let log = log_of(&state.lines);
    if log.size < submission.log.size {
        return Err(Fault::LogIncomplete { log_size: log.size });
    }
    fits(log == submission.log, "it names another log than the one that was received")?;
    let records = records(&state.lines)?;
    let own = captured(&records, epoch);
    fits(own.iter().all(|piece| accounted().any(|p| p == piece)), "it leaves out evidence that its device kept")?;
    let mut fold = Sitting::new(admission);
    records.iter().for_each(|record| fold.apply(record));
    fits(fold.closing().is_some_and(|(cause, _)| cause == submission.cause), "the log does not end as it says")?;
    fits(fold.try_used(), "the sitting never began")?;
    let named: Vec<_> = submission.answers.iter().map(|answer| (&answer.item, answer.response)).collect();
    let reference = |response: &Response| ResponseRef { seq: response.seq, commitment: response.commitment };
    let logged = fold.served().iter().map(|item| (item, fold.responses().get(item).map(reference)));
    fits(named == logged.collect::<Vec<_>>(), "its answers are not the log's last responses")?;
    let seqs = || submission.answers.iter().filter_map(|answer| answer.response).map(|response| response.seq);
    let missing: Vec<u64> = seqs().filter(|seq| !state.openings.contains_key(seq)).collect();
    if !missing.is_empty() {
        return Err(Fault::OpeningsMissing { seqs: missing });
    }
    let value = |seq: u64| state.openings.get(&seq).and_then(|opening: &Opening| response(opening)).flatten();
    Ok(submission
        .answers
        .iter()
        .filter_map(|answer| Some((answer.item.clone(), value(answer.response?.seq)?)))
        .collect())
}

fn log_of(lines: &[Vec<u8>]) -> LogRef {
    LogRef { size: lines.len() as u64, head: lines.last().map_or(Digest::of([]), Digest::of) }
}

/// The stored records.
fn records(lines: &[Vec<u8>]) -> Result<Vec<Record>, Fault> {
    let stored = |line: &Vec<u8>| Record::parse(line).map_err(|why| Fault::Internal(format!("a stored record: {why}")));
    lines.iter().map(stored).collect()
}
