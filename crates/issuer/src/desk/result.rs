//! From responses to a signed result, and from results to a credential.

use super::{Desk, revocation::status_entry};
use crate::{
    fault::Fault,
    paper::Paper,
    store::{Earned, Grading, ToGrade},
};
use invigil_core::{
    ItemId, Signed, Value, Wall,
    admission::Admission,
    checkpoint::crockford,
    grading::{ExamResult, Graded},
    policy::Release,
    programme::{Certification, ExamSummary, Programme, Requirements, Try},
    submission::Submission,
};
use invigil_credential::{AchievementFacts, AchievementKind, Credential, ExamLine, Profile, months_after};
use std::collections::BTreeMap;

impl Desk {
    /// Grades: the signed result, whether it passed, and whether the candidate may see it at once. `None` when a
    /// person has to mark an item.
    pub(super) fn result(
        &self,
        submission: &Signed<Submission>,
        admission: &Admission,
        responses: &BTreeMap<ItemId, Value>,
        paper: &Paper,
        now: Wall,
    ) -> Option<(Vec<u8>, bool, bool)> {
        let served: Vec<ItemId> = submission.answers.iter().map(|answer| answer.item.clone()).collect();
        let Graded::Complete(marks) = paper.marks.grade(&served, responses)? else { return None };
        let score = marks.score();
        let passed = score.reaches(admission.pass_percent);
        let result = ExamResult {
            sitting: admission.sitting.clone(),
            exam: admission.exam.id.clone(),
            submission: submission.digest(),
            mark_scheme: paper.marks.commitment(&paper.salt),
            score,
            pass_percent: admission.pass_percent,
            passed,
            competencies: marks.by_competency(&paper.exam.competencies),
            manual: marks.manual,
            graded: now,
        };
        let released = match admission.policy.results {
            Release::AtOnce => true,
            Release::AfterReview => false,
        };
        Some((self.seal(result, now).bytes().to_vec(), passed, released))
    }

    /// The credential, when this result completes what the certification asks for: every exam, every part, and what has
    /// to be held before.
    pub(super) fn earn(
        &self,
        grading: &Grading,
        admission: &Admission,
        state: &ToGrade,
        id: [u8; 16],
        salt: [u8; 16],
        now: Wall,
    ) -> Result<Option<Earned>, Fault> {
        let Some((bytes, true, true)) = &grading.result else { return Ok(None) };
        if state.issued.contains(&admission.certification.id) {
            return Ok(None);
        }
        let Some((programme, certification, requirements)) = certification(state, admission) else { return Ok(None) };
        let mut past = state.past.clone();
        let began = state.began.unwrap_or(now);
        past.tries.push(Try { exam: admission.exam.id.clone(), began, passed: Some(true) });
        if past.standing(certification, now).is_none_or(|standing| !standing.is_complete()) {
            return Ok(None);
        }
        let mut passes = Vec::with_capacity(state.passes.len() + 1);
        for bytes in state.passes.iter().chain([bytes]) {
            passes.push(self.open_own::<ExamResult>(bytes)?);
        }
        let line = |exam: &ExamSummary| passes.iter().find(|pass| pass.exam == exam.id).map(|pass| line(exam, pass));
        let Some(exams) = requirements.exams.iter().map(line).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let id = crockford(&id).to_lowercase();
        let card = self.card();
        let valid_until = months_after(now, requirements.valid_months)
            .ok_or_else(|| Fault::Internal("the end of the credential is beyond the year 9999".into()))?;
        let credential = Credential {
            id: credential_url(&card.issuer.origin, &id),
            issuer: Profile {
                did: card.issuer.did.clone(),
                name: card.issuer.name.clone(),
                url: card.issuer.origin.clone(),
            },
            holder: admission.candidate.name.clone(),
            salt,
            achievement: achievement(programme, certification, requirements),
            exams,
            valid_from: now,
            valid_until: Some(valid_until),
            status: Some(status_entry(card, state.place)?),
        };
        let signed = credential.sign(self.keys.credential(), &card.credential_method());
        let bytes = signed.map_err(|why| Fault::Internal(why.to_string()))?;
        Ok(Some(Earned {
            id,
            certification: certification.id.clone(),
            title: requirements.badge.title.clone(),
            valid_from: now,
            valid_until,
            place: Some(state.place),
            bytes,
        }))
    }
}

/// Where anybody can fetch a credential.
pub(super) fn credential_url(origin: &str, id: &str) -> String {
    format!("{origin}/credentials/{id}")
}

fn certification<'a>(
    state: &'a ToGrade,
    admission: &Admission,
) -> Option<(&'a Programme, &'a Certification, &'a Requirements)> {
    let programme = state.programmes.iter().find(|programme| programme.id == admission.programme.id)?;
    let certification = programme.certification(&admission.certification.id)?;
    Some((programme, certification, certification.requirements.as_ref()?))
}

fn line(exam: &ExamSummary, pass: &ExamResult) -> ExamLine {
    ExamLine {
        exam: exam.id.to_string(),
        title: exam.title.clone(),
        pass_percent: pass.pass_percent,
        score: pass.score,
        submission: pass.submission,
    }
}

fn achievement(programme: &Programme, certification: &Certification, requirements: &Requirements) -> AchievementFacts {
    let exams: Vec<_> = requirements
        .exams
        .iter()
        .map(|exam| format!("“{}” with at least {} % of the marks", exam.title, exam.pass_percent))
        .collect();
    AchievementFacts {
        id: format!("urn:invigil:achievement:{}:{}", programme.id, certification.id),
        kind: AchievementKind::Certification,
        name: requirements.badge.title.clone(),
        description: requirements.badge.description.clone(),
        narrative: format!("Pass every exam of {}: {}.", certification.title, exams.join("; ")),
        image: None,
        tags: Vec::new(),
    }
}
