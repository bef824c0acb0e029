//! Handing out the content identity at the start, with the deadline.

use super::Desk;
use crate::{
    fault::Fault,
    store::{HeldStart, ToStart},
};
use invigil_content::sealing;
use invigil_core::{
    SittingId, Wall,
    admission::{Admission, InWindow, Lease, Start},
    log::Record,
    programme::{Certification, ExamState, Past},
    sitting::Event,
};

/// How much later than the first a later start of a sitting may end at least: an answer that was lost on its way is asked
/// for again within this time, and costs nothing.
const START_GRACE_MS: u64 = 120_000;

impl Desk {
    /// Opens the exam for a sitting: the signed start. Once the sitting has begun it is the one it began with; on
    /// another device one with the same times, sealed to that device. Until then each is of its own time, and no later
    /// one ends after the first but for a grace: with the first the exam can be read.
    ///
    /// # Errors
    /// `LeaseEnded`, `WindowNotOpen`, `WindowClosed` (also when the first start has ended), `SittingOver`, `AgreementNeeded`,
    /// `CheckInNeeded`, or
    /// `NotEligible` when another try came in between.
    pub fn start(&self, sitting: &SittingId, epoch: u32, now: Wall) -> Result<Vec<u8>, Fault> {
        let paper = self.paper_for(sitting)?;
        let bytes = self.store.start(sitting, now, |state| {
            let admission = self.open_own::<Admission>(&state.admission)?;
            let lease = self.open_own::<Lease>(&state.lease)?;
            if lease.epoch != epoch {
                return Err(Fault::LeaseEnded { sent: epoch, current: lease.epoch, kept: lease.from_seq });
            }
            let give = |at: Wall, deadline: Option<Wall>| -> Result<HeldStart, Fault> {
                let sealed = sealing::to_recipient_armored(&state.recipient, paper.content_identity.as_bytes());
                let content_sealed = sealed.map_err(|why| Fault::Internal(why.to_string()))?;
                let start = self.seal(Start { sitting: sitting.clone(), at, deadline, content_sealed }, now);
                Ok(HeldStart { digest: start.digest(), bytes: start.bytes().to_vec() })
            };
            if state.closed {
                return began_with(state)?.ok_or(Fault::SittingOver);
            }
            if let Some(line) = &state.began {
                let record = Record::parse(line).map_err(|why| Fault::Internal(why.to_string()))?;
                return match began_with(state)? {
                    Some(given) if record.epoch == epoch => Ok(given),
                    Some(given) => {
                        let start = self.open_own::<Start>(&given.bytes)?;
                        give(start.at, start.deadline)
                    }
                    None => give(record.at.wall, deadline(&admission, record.at.wall, None)),
                };
            }
            match admission.window.place(now) {
                InWindow::Before => return Err(Fault::WindowNotOpen { opens: admission.window.opens }),
                InWindow::After => return Err(Fault::WindowClosed { closed: admission.window.closes }),
                InWindow::Within => {}
            }
            if let Some(due) = &state.check_in_due {
                return Err(self.check_in_needed(due));
            }
            self.agreed(state.agreement_due, &admission.programme.id)?;
            let certification =
                state.programmes.iter().find_map(|programme| programme.certification(&admission.certification.id));
            if let Some(certification) = certification {
                eligible(certification, &admission.exam.id, &state.past, now)?;
            }
            let first = state.given.first().map(|given| self.open_own::<Start>(&given.bytes)).transpose()?;
            let deadline = deadline(&admission, now, first.and_then(|first| first.deadline));
            if let Some(closed) = deadline.filter(|deadline| *deadline <= now) {
                return Err(Fault::WindowClosed { closed });
            }
            give(now, deadline)
        })?;
        tracing::info!(%sitting, "start given");
        Ok(bytes)
    }
}

/// When an exam ends that begins now; `None` when it is untimed. `first` is when it ends under the sitting's first start.
fn deadline(admission: &Admission, now: Wall, first: Option<Wall>) -> Option<Wall> {
    let whole = now.plus_ms(u64::from(admission.minutes) * 60_000).min(admission.window.closes);
    // What a restart gives back just after the beginning is not lost just before it.
    let grace_ms = START_GRACE_MS.max(admission.policy.restart_allowance_ms);
    (0 < admission.minutes).then(|| first.map_or(whole, |first| whole.min(first.plus_ms(grace_ms))))
}

/// The start that the log says the sitting began with. A sitting that began offline has none.
fn began_with(state: &ToStart) -> Result<Option<HeldStart>, Fault> {
    let Some(line) = &state.began else { return Ok(None) };
    let record = Record::parse(line).map_err(|why| Fault::Internal(why.to_string()))?;
    let Event::Began { start: Some(digest), .. } = record.event else { return Ok(None) };
    Ok(state.given.iter().find(|given| given.digest == digest).cloned())
}

/// Whether a candidate with this past may take the exam now.
///
/// # Errors
/// `NotEligible` with the reason as a sentence.
pub fn eligible(
    certification: &Certification,
    exam: &invigil_core::ExamId,
    past: &Past,
    now: Wall,
) -> Result<(), Fault> {
    let standing = past.standing(certification, now);
    let Some(standing) = standing.as_ref().and_then(|standing| standing.exam(exam)) else { return Ok(()) };
    let why = match standing.state {
        ExamState::Open => return Ok(()),
        ExamState::Passed => "the candidate has passed this exam already".to_owned(),
        ExamState::Pending => "an earlier try of this exam waits for its result".to_owned(),
        ExamState::CoolingDown { until } => format!("the next try of this exam is possible from {until} on"),
        ExamState::NoTriesLeft => format!("all {} tries of this exam are used", standing.tries_max),
        ExamState::PrerequisitesMissing => "another certification has to be held first".to_owned(),
        ExamState::NotYet { until } => format!("the exam renews a credential, which is possible from {until} on"),
        ExamState::Expired => "the credential that the exam renews has expired".to_owned(),
    };
    Err(Fault::NotEligible { why })
}
