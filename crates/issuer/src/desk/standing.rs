//! Where a candidate stands in every programme of this issuer.

use super::{Desk, result::credential_url};
use crate::{
    fault::Fault,
    keys::Card,
    store::{Earned, Status},
};
use invigil_core::{
    SittingId, Wall,
    admission::InWindow,
    exchange::{
        AdmittedExam, CandidateStanding, CertificationStanding, CredentialLink, ExamFacts, ProgrammeStanding,
        TrackStanding,
    },
    programme::{Certification, ExamSummary},
};

impl Desk {
    /// Where the candidate of a sitting stands.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn standing(&self, sitting: &SittingId, now: Wall) -> Result<CandidateStanding, Fault> {
        let status = self.store.status(sitting)?;
        let programmes = status.programmes.iter().map(|programme| ProgrammeStanding {
            id: programme.id.clone(),
            title: programme.title.clone(),
            notice: programme.notice.clone(),
            tracks: programme
                .tracks
                .iter()
                .map(|track| TrackStanding {
                    title: track.title.clone(),
                    summary: track.summary.clone(),
                    certifications: track.certifications.iter().map(|c| self.certification(c, &status, now)).collect(),
                })
                .collect(),
        });
        Ok(CandidateStanding { programmes: programmes.collect(), candidate: status.candidate.name.clone() })
    }

    fn certification(&self, certification: &Certification, status: &Status, now: Wall) -> CertificationStanding {
        let requirements = certification.requirements.as_ref();
        let exams = requirements.map(|requirements| &requirements.exams[..]).unwrap_or_default();
        let earned = status.earned.iter().find(|earned| earned.certification == certification.id);
        CertificationStanding {
            id: certification.id.clone(),
            title: certification.title.clone(),
            tier: certification.tier.clone(),
            status: certification.status,
            summary: certification.summary.clone(),
            valid_months: requirements.map(|requirements| requirements.valid_months),
            standing: status.past.standing(certification, now),
            exams: exams.iter().map(|exam| exam_facts(exam, status, now)).collect(),
            credential: earned.map(|earned| credential_link(self.card(), earned)),
        }
    }
}

/// Where a credential is and what it says.
pub fn credential_link(card: &Card, earned: &Earned) -> CredentialLink {
    CredentialLink {
        title: earned.title.clone(),
        url: credential_url(&card.issuer.origin, &earned.id),
        valid_from: earned.valid_from,
        valid_until: earned.valid_until,
    }
}

fn exam_facts(exam: &ExamSummary, status: &Status, now: Wall) -> ExamFacts {
    let open = |window: &invigil_core::admission::Window| window.place(now) != InWindow::After;
    let admitted = status.admitted.iter().find(|(_, id, window)| *id == exam.id && open(window));
    ExamFacts {
        id: exam.id.clone(),
        minutes: exam.minutes,
        items: exam.items,
        pass_percent: exam.pass_percent,
        admitted: admitted.map(|(sitting, _, window)| AdmittedExam::new(sitting.clone(), *window)),
    }
}
