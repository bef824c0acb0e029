//! Programmes as data: an organisation's tracks, their certifications and exams, and where a candidate stands in them.

pub mod angoff;
pub mod blueprint;
mod requirements;
mod standing;

pub use requirements::{Badge, ExamSummary, Part, Recertification, RecertifyBy, Requirements};
pub use standing::{
    ExamStanding, ExamState, Held, History, PartRecord, PartStanding, PartState, Past, RecertificationStanding,
    RecertificationState, Standing, Try,
};

use crate::{
    ids::{CertificationId, ExamId, PartnerId, ProgrammeId},
    recognition::Recognition,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// Organisations that take part, by identifier.
    #[serde(default)]
    pub partners: Vec<Partner>,
    /// What people are recognised for, in the order shown.
    #[serde(default)]
    pub recognitions: Vec<Recognition>,
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

/// An organisation that takes part in a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Partner {
    /// Its identifier: the name of its file.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// Its home page.
    pub url: String,
    /// One or two sentences about it.
    pub summary: String,
    /// Since when: a year, a month or a day, such as `2026`, `2026-01` or `2026-01-15`.
    pub since: String,
    /// What it does in the programme, at least one.
    pub roles: Vec<PartnerRole>,
}

/// What a partner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartnerRole {
    /// It prepares people for the exams.
    Training,
    /// It counts the programme's credentials, for example for a job or a course.
    Recognises,
    /// It issues certifications of its own in the programme.
    Issues,
    /// It gives the places or people that supervise exams.
    Proctors,
}

/// A line of certifications for one audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Track {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One or two sentences about it, which say for whom it is.
    pub summary: String,
    /// Its tiers, the lowest first. Empty where the programme names none.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Its certifications, in the order shown; may be empty.
    pub certifications: Vec<Certification>,
}

/// A step within a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tier {
    /// The name that certifications give.
    pub id: String,
    /// The name shown to people.
    pub title: String,
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
    /// What to hold or know before.
    #[serde(default)]
    pub prerequisites: Prerequisites,
    /// What people ask before they register.
    #[serde(default)]
    pub about: About,
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

/// What to hold or know before a certification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prerequisites {
    /// Certifications of which a valid credential is needed, all of them. Nothing can be taken without.
    pub certifications: Vec<CertificationId>,
    /// What a candidate should know or have done. Nobody checks it.
    pub open: Vec<String>,
}

/// What people ask before they register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct About {
    /// For whom it is; may be empty.
    pub audience: String,
    /// What it is about, in a few words each.
    pub focus: Vec<String>,
    /// How it is examined.
    pub format: Vec<Format>,
    /// What it costs.
    pub fee: Fee,
    /// How to prepare.
    pub preparation: Vec<Preparation>,
}

/// A way of examining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Items with answers to choose from or a few words to write, marked by rule.
    MultipleChoice,
    /// Texts that a person marks.
    Essay,
    /// Tasks on a running system.
    Practical,
    /// A piece of work made outside of an exam, marked by a person.
    Capstone,
}

/// What taking part costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum Fee {
    /// Nothing.
    #[default]
    Free,
    /// An amount of money. It is shown as it is written; nothing here takes money.
    Amount {
        /// A decimal number such as `120` or `99.50`.
        amount: String,
        /// Three capital letters, such as `EUR`.
        currency: String,
    },
}

/// Pages to prepare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preparation {
    /// What they are about.
    pub title: String,
    /// The pages.
    pub links: Vec<Link>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    /// Its title.
    pub title: String,
    /// Its address, `https:` or `http:`.
    pub url: String,
}

impl Programme {
    /// The certification with this identifier.
    pub fn certification(&self, id: &CertificationId) -> Option<&Certification> {
        self.tracks.iter().flat_map(|track| &track.certifications).find(|c| c.id == *id)
    }

    /// The certification that has this exam, also as the short one of its recertification, and the exam.
    pub fn exam(&self, id: &ExamId) -> Option<(&Certification, &ExamSummary)> {
        self.tracks.iter().flat_map(|track| &track.certifications).find_map(|certification| {
            let mut exams = certification.requirements.as_ref()?.exams_of_all_kinds();
            exams.find(|exam| exam.id == *id).map(|exam| (certification, exam))
        })
    }

    /// What somebody is recognised for who earns this certification.
    pub fn recognitions_for<'a>(&'a self, id: &'a CertificationId) -> impl Iterator<Item = &'a Recognition> {
        self.recognitions.iter().filter(move |recognition| recognition.follows_from(id))
    }

    /// A certification that needs itself by way of its prerequisites; `None` when there is none.
    pub fn prerequisite_cycle(&self) -> Option<&CertificationId> {
        let all: BTreeMap<&CertificationId, &Certification> =
            self.tracks.iter().flat_map(|track| &track.certifications).map(|c| (&c.id, c)).collect();
        let needs = |id: &CertificationId| all.get(id).into_iter().flat_map(|c| &c.prerequisites.certifications);
        let mut needed_by: BTreeMap<&CertificationId, Vec<&CertificationId>> = BTreeMap::new();
        let mut open: BTreeMap<&CertificationId, usize> = BTreeMap::new();
        for id in all.keys().copied() {
            for needed in needs(id).filter(|needed| all.contains_key(needed)) {
                needed_by.entry(needed).or_default().push(id);
                *open.entry(id).or_default() += 1;
            }
        }
        // Whatever has no open needs is taken away, and closes a need of those that wait for it.
        let mut ready: Vec<&CertificationId> = all.keys().copied().filter(|id| !open.contains_key(id)).collect();
        while let Some(id) = ready.pop() {
            for waiting in needed_by.remove(id).unwrap_or_default() {
                let left = open.get_mut(waiting)?;
                *left -= 1;
                if *left == 0 {
                    open.remove(waiting);
                    ready.push(waiting);
                }
            }
        }
        // What stays goes in circles or leads into one: as many steps as there are certifications end inside.
        let mut id = open.keys().next().copied()?;
        for _ in 0..open.len() {
            id = needs(id).find(|needed| open.contains_key(needed))?;
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests;
