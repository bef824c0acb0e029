//! Redeeming a code: the first device gets the sitting, and gets the same documents whenever it asks again.

use super::{Desk, seat::HANDED_IN, token_digest};
use crate::{
    fault::Fault,
    paper::Paper,
    store::{Binding, Ticket},
};
use invigil_content::sealing;
use invigil_core::{
    Digest, Signed, Wall,
    admission::{Admission, InWindow, Lease, PackRef, Redemption, Titled},
    code::Code,
    exchange::Admitted,
    form::{Draw, Form},
    policy::{Level, Policy},
    programme::{Certification, ExamSummary, Programme},
};

impl Desk {
    /// Redeems a code for the device that signed `body`. `token` and `seed` are fresh random bytes.
    ///
    /// # Errors
    /// `CodeUnknown`, `CodeUsed`, `CodeExpired`, `SeatStays`, `AgreementNeeded`, or what is wrong with the body.
    pub fn redeem(&self, body: &[u8], token: [u8; 32], seed: [u8; 32], now: Wall) -> Result<Admitted, Fault> {
        let redemption = Signed::<Redemption>::open_with(body, |redemption| Some(redemption.device))?;
        sealing::check_recipient(&redemption.recipient).map_err(|why| Fault::BadRequest(why.to_string()))?;
        let code: Code = redemption.code.parse().map_err(|_| Fault::CodeUnknown)?;
        let (sitting, pack) = self.store.sitting_of_code(&code.digest())?.ok_or(Fault::CodeUnknown)?;
        let paper = self.paper(&pack)?;
        let (_, pack_size) = self.store.pack_paper(&pack)?.ok_or(Fault::PackUnknown)?;
        let token = hex::encode(token);
        let bound = self.store.redeem(&sitting, &token_digest(&token), |ticket| {
            if let Some((epoch, lease)) = ticket.leases.last() {
                // The device that has the sitting keeps it, by whichever code it asks: what it wrote and has not sent yet
                // would otherwise come too late.
                if self.open_own::<Lease>(lease)?.device == redemption.device {
                    return Ok(None);
                }
                if *epoch == ticket.epoch {
                    return Err(Fault::CodeUsed);
                }
                // It may have been handed in since the link was made.
                if ticket.submitted {
                    return Err(Fault::SeatStays(HANDED_IN));
                }
            }
            // A sitting that has begun may be taken over for as long as it takes to hand it in.
            if !ticket.began && ticket.administration.window.place(now) == InWindow::After {
                return Err(Fault::CodeExpired);
            }
            // Whoever has begun may go on at another computer.
            if !ticket.began {
                self.agreed(ticket.agreement_due, &ticket.administration.programme)?;
            }
            let (admission, made) = match &ticket.admission {
                Some(bytes) => (self.open_own::<Admission>(bytes)?, false),
                None => {
                    let pack = PackRef { digest: pack, size: pack_size };
                    (self.seal(self.admission(ticket, &paper, pack, Digest::from(seed))?, now), true)
                }
            };
            let lease = Lease {
                sitting: sitting.clone(),
                admission: admission.digest(),
                device: redemption.device,
                epoch: ticket.epoch,
                from_seq: ticket.size,
            };
            Ok(Some(Binding {
                admission: made.then(|| (admission.bytes().to_vec(), admission.digest())),
                lease: self.seal(lease, now).bytes().to_vec(),
                recipient: redemption.recipient.clone(),
            }))
        })?;
        tracing::info!(%sitting, "redeemed");
        let leases = bound.leases.iter().map(|lease| serde_json::from_slice(lease)).collect::<Result<_, _>>()?;
        Ok(Admitted { admission: serde_json::from_slice(&bound.admission)?, leases, token })
    }

    fn admission(&self, ticket: &Ticket, paper: &Paper, pack: PackRef, seed: Digest) -> Result<Admission, Fault> {
        let administration = &ticket.administration;
        let (programme, certification, exam) = find_exam(&ticket.programmes, administration)?;
        let used = ticket.past.tries.iter().filter(|t| t.exam == exam.id).count();
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        let draw = Draw { set: used, seed };
        let items = Form::draw(&paper.exam, &draw).items.len();
        let granted = &ticket.accommodation;
        let extra_minutes = extra_minutes(exam.minutes, granted.extra_percent, granted.extra_minutes);
        Ok(Admission {
            sitting: ticket.sitting.clone(),
            issuer: self.card().issuer.clone(),
            candidate: ticket.candidate.clone(),
            administration: administration.id.clone(),
            programme: Titled { id: programme.id.clone(), title: programme.title.clone() },
            certification: Titled { id: certification.id.clone(), title: certification.title.clone() },
            exam: Titled { id: exam.id.clone(), title: exam.title.clone() },
            try_number: used.saturating_add(1),
            tries_max: certification.requirements.as_ref().map_or(0, |requirements| requirements.tries_max),
            window: administration.window,
            minutes: exam.minutes.saturating_add(extra_minutes),
            extra_minutes,
            pass_percent: exam.pass_percent,
            items: u32::try_from(items).unwrap_or(u32::MAX),
            policy: relaxed(&administration.policy, &granted.without),
            pack,
            draw,
            start_sealed: administration.start_sealed.clone(),
            resume_recipient: administration.resume_recipient.clone(),
            resume_sealed: administration.resume_sealed.clone(),
            evidence_recipient: administration.policy.pictures.map(|_| self.card().evidence.clone()),
        })
    }
}

/// The programme, certification and exam of an administration.
pub(super) fn find_exam<'a>(
    programmes: &'a [Programme],
    administration: &crate::store::Administration,
) -> Result<(&'a Programme, &'a Certification, &'a ExamSummary), Fault> {
    let programme = programmes.iter().find(|programme| programme.id == administration.programme);
    programme
        .and_then(|programme| programme.exam(&administration.exam).map(|(c, exam)| (programme, c, exam)))
        .ok_or_else(|| Fault::Internal(format!("exam {} is no longer in its programme", administration.exam)))
}

/// Minutes on top of an exam's own; part minutes count as whole ones. An untimed exam stays untimed.
fn extra_minutes(minutes: u32, percent: u32, more: u32) -> u32 {
    if minutes == 0 {
        return 0;
    }
    let share = (u64::from(minutes) * u64::from(percent)).div_ceil(100);
    u32::try_from(share).unwrap_or(u32::MAX).saturating_add(more)
}

/// The policy without the controls that an accommodation takes away.
fn relaxed(policy: &Policy, without: &std::collections::BTreeSet<invigil_core::policy::Control>) -> Policy {
    let mut relaxed = policy.clone();
    relaxed.controls.retain(|control| !without.contains(control));
    // A policy without controls computes to L0. That is the accommodation's doing, so it must not keep the candidate
    // from starting.
    if relaxed.controls.is_empty() && !policy.controls.is_empty() {
        relaxed.assurance_min = Level::L0;
    }
    relaxed
}

#[cfg(test)]
mod tests {
    use super::*;
    use invigil_core::policy::Control;

    #[test]
    fn extra_time_is_rounded_up_and_never_times_an_untimed_exam() {
        for (minutes, percent, more, extra) in
            [(30, 25, 0, 8), (30, 0, 0, 0), (60, 50, 10, 40), (0, 50, 10, 0), (5, 1, 0, 1)]
        {
            assert_eq!(extra_minutes(minutes, percent, more), extra, "{minutes} + {percent} % + {more}");
        }
    }

    #[test]
    fn an_accommodation_takes_controls_away_and_never_the_way_in() {
        let strict = Policy::preset("strict").unwrap();
        for (without, left, least) in
            [(vec![], 7, Level::L1), (vec![Control::Keyboard], 6, Level::L1), (Control::ALL.to_vec(), 0, Level::L0)]
        {
            let relaxed = relaxed(&strict, &without.iter().copied().collect());
            assert_eq!((relaxed.controls.len(), relaxed.assurance_min), (left, least), "{without:?}");
        }
    }
}
