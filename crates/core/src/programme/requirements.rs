//! What a certification asks for: exams, parts that no exam holds, retakes, and how it is kept.

use super::{angoff::Angoff, blueprint::Blueprint};
use crate::{
    grading::{MarksPolicy, Score},
    ids::{ExamId, PartId},
};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What a certification asks for and gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirements {
    /// The exams, all of which must be passed, in the order shown.
    pub exams: Vec<ExamSummary>,
    /// What else must be passed, marked by a person.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// How long the credential is valid, in months.
    pub valid_months: u32,
    /// Tries allowed per exam; 0 = unlimited.
    pub tries_max: u32,
    /// Days to wait after the first failed try, the second and so on; the last entry holds for all later ones.
    /// Empty = none.
    #[serde(default, deserialize_with = "days")]
    pub cool_down_days: Vec<u32>,
    /// Months within which everything must be passed, counted from the first pass; 0 = no limit.
    #[serde(default)]
    pub within_months: u32,
    /// How the credential is renewed; `None` = by no rule of its own.
    #[serde(default)]
    pub recertification: Option<Recertification>,
    /// What the exams are about, and how much of each.
    #[serde(default)]
    pub blueprint: Blueprint,
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
    /// How much it weighs beside the other exams and parts.
    #[serde(default = "one")]
    pub weight: u32,
    /// How its items get their marks.
    #[serde(default)]
    pub item_marks: MarksPolicy,
    /// How its pass mark was found, where judges set it.
    #[serde(default)]
    pub angoff: Option<Angoff>,
}

/// What must be passed and is no exam, such as a capstone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Part {
    /// Its identifier.
    pub id: PartId,
    /// Its title.
    pub title: String,
    /// What it asks for, as safe HTML.
    pub description: String,
    /// The least share of its marks that passes, 0–100.
    pub pass_percent: u8,
    /// How much it weighs beside the exams and other parts.
    pub weight: u32,
}

/// How a credential is renewed before it expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recertification {
    /// By what.
    pub by: RecertifyBy,
    /// From how many days before the expiry on.
    pub from_days: u32,
}

/// By what a credential is renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum RecertifyBy {
    /// By all exams and parts once more.
    Retake,
    /// By one short exam about what is new.
    Delta {
        /// That exam.
        exam: Box<ExamSummary>,
    },
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

impl Requirements {
    /// The exams, and the short one of the recertification.
    pub fn exams_of_all_kinds(&self) -> impl Iterator<Item = &ExamSummary> {
        let delta = self.recertification.as_ref().and_then(|recertification| match &recertification.by {
            RecertifyBy::Delta { exam } => Some(&**exam),
            RecertifyBy::Retake => None,
        });
        self.exams.iter().chain(delta)
    }

    /// Days to wait after this number of failed tries.
    pub fn cool_down_after(&self, failures: usize) -> u32 {
        let Some(last) = self.cool_down_days.len().checked_sub(1) else { return 0 };
        failures.checked_sub(1).map_or(0, |place| self.cool_down_days[place.min(last)])
    }

    /// The weighted mean of all exams and parts in hundredths of a percent, each share cut to hundredths first, as it is
    /// shown, so that anybody can add it up again. `None` while one of them has no score.
    pub fn composite(&self, exams: &BTreeMap<ExamId, Score>, parts: &BTreeMap<PartId, Score>) -> Option<u32> {
        let exams = self.exams.iter().map(|exam| Some((exam.weight, exams.get(&exam.id)?)));
        let parts = self.parts.iter().map(|part| Some((part.weight, parts.get(&part.id)?)));
        let (mut sum, mut weights) = (0_u64, 0_u64);
        for scored in exams.chain(parts) {
            let (weight, score) = scored?;
            sum = sum.saturating_add(u64::from(weight) * u64::from(score.percent_hundredths()));
            weights = weights.saturating_add(u64::from(weight));
        }
        sum.checked_div(weights).and_then(|mean| u32::try_from(mean).ok())
    }
}

fn one() -> u32 {
    1
}

/// Earlier versions stored one number of days for every failure.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Days {
        Each(u32),
        ByFailure(Vec<u32>),
    }
    Ok(match Days::deserialize(deserializer)? {
        Days::Each(0) => Vec::new(),
        Days::Each(days) => vec![days],
        Days::ByFailure(days) => days,
    })
}
