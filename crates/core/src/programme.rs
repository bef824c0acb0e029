//! Programmes as data: an organisation's tracks, their certifications and exams, and where a candidate stands in them.

use crate::{
    ids::{CertificationId, ExamId, ProgrammeId},
    time::Wall,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An organisation's body of certifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Programme {
    /// Its identifier.
    pub id: ProgrammeId,
    /// Its title.
    pub title: String,
    /// The organisation behind it.
    pub organisation: Organisation,
    /// What every candidate should know about it; may be empty.
    pub notice: String,
    /// Its tracks, in the order shown.
    pub tracks: Vec<Track>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organisation {
    /// Its identifier in its own systems.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its home page.
    pub url: String,
}

/// A line of certifications for one audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Track {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One or two sentences about it.
    pub summary: String,
    /// Its certifications, in the order shown; may be empty.
    pub certifications: Vec<Certification>,
}

/// What a candidate can earn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certification {
    /// Its identifier.
    pub id: CertificationId,
    /// Its title.
    pub title: String,
    /// Its tier within the track.
    pub tier: String,
    /// Whether it can be taken.
    pub status: CertificationStatus,
    /// One or two sentences about it.
    pub summary: String,
    /// The whole description as safe HTML; empty while it is only announced.
    pub description: String,
    /// What passing asks for; `None` while it is only announced.
    pub requirements: Option<Requirements>,
}

/// Whether a certification can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CertificationStatus {
    /// It has exams.
    Open,
    /// It is planned and has no exams yet.
    Announced,
}

/// What a certification asks for and gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirements {
    /// The exams, all of which must be passed, in the order shown.
    pub exams: Vec<ExamSummary>,
    /// How long the credential is valid, in months.
    pub valid_months: u32,
    /// Tries allowed per exam; 0 = unlimited.
    pub tries_max: u32,
    /// Days between two tries.
    pub cool_down_days: u32,
    /// What the credential is called.
    pub badge: Badge,
}

/// An exam as its programme lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExamSummary {
    /// Its identifier.
    pub id: ExamId,
    /// Its title.
    pub title: String,
    /// Its file, relative to the certification's folder.
    pub file: String,
    /// Minutes allowed; 0 = untimed.
    pub minutes: u32,
    /// Items in one try.
    pub items: u32,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
}

/// The achievement behind a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Badge {
    /// Its title.
    pub title: String,
    /// What it says about its holder.
    pub description: String,
}

impl Programme {
    /// The certification with this identifier.
    pub fn certification(&self, id: &CertificationId) -> Option<&Certification> {
        self.tracks.iter().flat_map(|track| &track.certifications).find(|c| c.id == *id)
    }

    /// The certification that asks for this exam, and the exam.
    pub fn exam(&self, id: &ExamId) -> Option<(&Certification, &ExamSummary)> {
        self.tracks.iter().flat_map(|track| &track.certifications).find_map(|certification| {
            let exams = &certification.requirements.as_ref()?.exams;
            exams.iter().find(|exam| exam.id == *id).map(|exam| (certification, exam))
        })
    }
}

/// A try that counts: its first item was shown and it was not given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// The exam.
    pub exam: ExamId,
    /// When it began.
    pub began: Wall,
    /// Whether it passed; `None` = not graded yet.
    pub passed: Option<bool>,
}

/// Where a candidate stands in a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Standing {
    /// Exams passed.
    pub passed: u32,
    /// Exams asked for.
    pub of: u32,
    /// Each exam, in the certification's order.
    pub exams: Vec<ExamStanding>,
}

/// Where a candidate stands in one exam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExamStanding {
    /// The exam.
    pub exam: ExamId,
    /// Its title.
    pub title: String,
    /// Tries used.
    pub tries_used: u32,
    /// Tries allowed; 0 = unlimited.
    pub tries_max: u32,
    /// Whether another try is possible, and why not.
    pub state: ExamState,
}

/// Whether an exam can be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum ExamState {
    /// It is passed.
    Passed,
    /// It can be taken.
    Open,
    /// A try waits for its result.
    Pending,
    /// The next try is possible from a later time on.
    CoolingDown {
        /// From when.
        until: Wall,
    },
    /// All tries are used.
    NoTriesLeft,
}

impl Requirements {
    /// Where a candidate with these tries stands at `at`.
    pub fn standing(&self, tries: &[Try], at: Wall) -> Standing {
        let exams: Vec<_> = self.exams.iter().map(|exam| self.exam_standing(exam, tries, at)).collect();
        let passed = exams.iter().filter(|exam| exam.state == ExamState::Passed).count();
        Standing { passed: count(passed), of: count(exams.len()), exams }
    }

    fn exam_standing(&self, exam: &ExamSummary, tries: &[Try], at: Wall) -> ExamStanding {
        const DAY_MS: u64 = 86_400_000;
        let used: Vec<_> = tries.iter().filter(|t| t.exam == exam.id).collect();
        let last = used.iter().map(|t| t.began).max();
        let cooled = last.map(|began| began.plus_ms(u64::from(self.cool_down_days) * DAY_MS));
        let state = if used.iter().any(|t| t.passed == Some(true)) {
            ExamState::Passed
        } else if used.iter().any(|t| t.passed.is_none()) {
            ExamState::Pending
        } else if 0 < self.tries_max && self.tries_max <= count(used.len()) {
            ExamState::NoTriesLeft
        } else {
            match cooled {
                Some(until) if at < until => ExamState::CoolingDown { until },
                Some(_) | None => ExamState::Open,
            }
        };
        ExamStanding {
            exam: exam.id.clone(),
            title: exam.title.clone(),
            tries_used: count(used.len()),
            tries_max: self.tries_max,
            state,
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exam_is_open_until_passed_pending_or_out_of_tries() {
        let exam = |id: &str| ExamSummary {
            id: id.parse().unwrap(),
            title: String::new(),
            file: String::new(),
            minutes: 30,
            items: 25,
            pass_percent: 70,
        };
        let requirements = Requirements {
            exams: vec![exam("a"), exam("b")],
            valid_months: 24,
            tries_max: 3,
            cool_down_days: 1,
            badge: Badge { title: String::new(), description: String::new() },
        };
        let day = |n: i64| Wall::from_unix_ms(n * 86_400_000);
        let attempt = |n, passed| Try { exam: "a".parse().unwrap(), began: day(n), passed };
        for (tries, expected) in [
            (vec![], ExamState::Open),
            (vec![attempt(9, None)], ExamState::Pending),
            (vec![attempt(1, Some(false))], ExamState::Open),
            (vec![attempt(10, Some(false))], ExamState::CoolingDown { until: day(11) }),
            (vec![attempt(1, Some(false)), attempt(2, Some(true))], ExamState::Passed),
            (vec![attempt(1, Some(false)), attempt(2, Some(false)), attempt(3, Some(false))], ExamState::NoTriesLeft),
        ] {
            let standing = requirements.standing(&tries, day(10));
            assert_eq!(standing.exams[0].state, expected, "{tries:?}");
            assert_eq!(standing.exams[1].state, ExamState::Open);
            assert_eq!((standing.passed, standing.of), (u32::from(expected == ExamState::Passed), 2));
        }
    }
}
