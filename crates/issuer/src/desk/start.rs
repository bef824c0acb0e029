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
    programme::{ExamState, Requirements, Try},
    sitting::Event,
};

impl Desk {
    /// Opens the exam for a sitting: the signed start. Once the sitting has begun it is the one it began with; on
    /// another device one with the same times, sealed to that device.
    ///
    /// # Errors
    /// `LeaseEnded`, `WindowNotOpen`, `WindowClosed`, `SittingOver`, or `NotEligible` when another try came in between.
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
                    None => give(record.at.wall, deadline(admission.minutes, record.at.wall, admission.window.closes)),
                };
            }
            match admission.window.place(now) {
                InWindow::Before => return Err(Fault::WindowNotOpen { opens: admission.window.opens }),
                InWindow::After => return Err(Fault::WindowClosed { closed: admission.window.closes }),
                InWindow::Within => {}
            }
            let certification =
                state.programmes.iter().find_map(|programme| programme.certification(&admission.certification.id));
            if let Some(requirements) = certification.and_then(|c| c.requirements.as_ref()) {
                eligible(requirements, &admission.exam.id, &state.tries, now)?;
            }
            give(now, deadline(admission.minutes, now, admission.window.closes))
        })?;
        tracing::info!(%sitting, "start given");
        Ok(bytes)
    }
}

/// When an exam ends that begins now; `None` when it is untimed.
fn deadline(minutes: u32, now: Wall, closes: Wall) -> Option<Wall> {
    (0 < minutes).then(|| now.plus_ms(u64::from(minutes) * 60_000).min(closes))
}

/// The start that the log says the sitting began with. A sitting that began offline has none.
fn began_with(state: &ToStart) -> Result<Option<HeldStart>, Fault> {
    let Some(line) = &state.began else { return Ok(None) };
    let record = Record::parse(line).map_err(|why| Fault::Internal(why.to_string()))?;
    let Event::Began { start: Some(digest), .. } = record.event else { return Ok(None) };
    Ok(state.given.iter().find(|given| given.digest == digest).cloned())
}

/// Whether a candidate with these tries may take the exam now.
///
/// # Errors
/// `NotEligible` with the reason as a sentence.
pub fn eligible(
    requirements: &Requirements,
    exam: &invigil_core::ExamId,
    tries: &[Try],
    now: Wall,
) -> Result<(), Fault> {
    let standing = requirements.standing(tries, now);
    let Some(standing) = standing.exams.into_iter().find(|standing| standing.exam == *exam) else { return Ok(()) };
    let why = match standing.state {
        ExamState::Open => return Ok(()),
        ExamState::Passed => "the candidate has passed this exam already".to_owned(),
        ExamState::Pending => "an earlier try of this exam waits for its result".to_owned(),
        ExamState::CoolingDown { until } => format!("the next try of this exam is possible from {until} on"),
        ExamState::NoTriesLeft => format!("all {} tries of this exam are used", standing.tries_max),
    };
    Err(Fault::NotEligible { why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_exam_runs_past_its_window() {
        let at = |minute: i64| Wall::from_unix_ms(minute * 60_000);
        for (minutes, closes, expected) in
            [(30, 100, Some(at(40))), (30, 35, Some(at(35))), (0, 100, None), (30, 40, Some(at(40)))]
        {
            assert_eq!(deadline(minutes, at(10), at(closes)), expected);
        }
    }
}
