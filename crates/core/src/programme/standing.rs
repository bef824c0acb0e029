//! Where a candidate stands in a certification: what is passed, what can be taken now, and if not, why not.

use super::{Certification, ExamSummary, Part, RecertifyBy, Requirements};
use crate::{
    ids::{CertificationId, ExamId, PartId},
    time::Wall,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

const DAY_MS: u64 = 86_400_000;

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

/// Something handed in for a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRecord {
    /// The part.
    pub part: PartId,
    /// When it was handed in.
    pub at: Wall,
    /// Whether it passed; `None` = not marked yet.
    pub passed: Option<bool>,
}

/// A credential's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// From when it is valid.
    pub from: Wall,
    /// Until when.
    pub until: Wall,
}

/// What a candidate has done.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    /// Tries, of any exam.
    pub tries: &'a [Try],
    /// What was handed in for parts.
    pub parts: &'a [PartRecord],
    /// The newest credential of this certification that was not revoked.
    pub credential: Option<Held>,
    /// Certifications of which the candidate has a valid credential now.
    pub holds: &'a [CertificationId],
}

/// What a candidate has done before: what decides whether they may take an exam, and what it earns them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Their tries, the oldest first.
    pub tries: Vec<Try>,
    /// Their credentials that were not revoked, one for each certification.
    pub credentials: Vec<(CertificationId, Held)>,
}

impl Past {
    /// The certifications of which they have a valid credential at `at`.
    pub fn holds(&self, at: Wall) -> Vec<CertificationId> {
        let valid = self.credentials.iter().filter(|(_, held)| held.from <= at && at <= held.until);
        valid.map(|(certification, _)| certification.clone()).collect()
    }

    /// Where they stand in a certification at `at`; `None` while it is only announced.
    pub fn standing(&self, certification: &Certification, at: Wall) -> Option<Standing> {
        let own = self.credentials.iter().find(|(id, _)| *id == certification.id);
        let credential = own.map(|(_, held)| *held);
        let history = History { tries: &self.tries, credential, holds: &self.holds(at), ..History::default() };
        certification.standing(&history, at)
    }
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
    /// Each part, in the certification's order.
    #[serde(default)]
    pub parts: Vec<PartStanding>,
    /// Certifications that have to be held first and are not.
    #[serde(default)]
    pub prerequisites_missing: Vec<CertificationId>,
    /// Until when everything has to be passed; after it the oldest pass no longer counts. `None` = no limit runs.
    #[serde(default)]
    pub complete_by: Option<Wall>,
    /// How the credential can be renewed; `None` while there is none, or no rule for it.
    #[serde(default)]
    pub recertification: Option<RecertificationStanding>,
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
    /// Another certification has to be held first: see [`Standing::prerequisites_missing`].
    PrerequisitesMissing,
    /// It renews a credential, for which it is too early.
    NotYet {
        /// From when it can be taken.
        until: Wall,
    },
    /// It renews a credential, which has expired: the certification's own exams are open again.
    Expired,
}

/// Where a candidate stands in a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartStanding {
    /// The part.
    pub part: PartId,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub state: PartState,
}

/// Whether a part is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum PartState {
    /// It is passed.
    Passed,
    /// Nothing has been handed in.
    Outstanding,
    /// It waits for a marker.
    Pending,
    /// It was marked and did not pass; it can be handed in again.
    Failed,
}

/// How a credential can be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecertificationStanding {
    /// Whether it can be renewed now.
    pub state: RecertificationState,
    /// The short exam that renews it; `None` where the certification's own exams do.
    pub exam: Option<ExamStanding>,
}

/// Whether a credential can be renewed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum RecertificationState {
    /// From a later time on.
    NotYet {
        /// From when.
        until: Wall,
    },
    /// It can.
    Open {
        /// Until when: the expiry.
        until: Wall,
    },
    /// The credential has expired; the certification begins anew.
    Expired,
}

impl Standing {
    /// Whether everything is passed that a credential needs.
    pub fn is_complete(&self) -> bool {
        self.passed == self.of
            && self.parts.iter().all(|part| part.state == PartState::Passed)
            && self.prerequisites_missing.is_empty()
    }

    /// The exam with this identifier, also that of the recertification.
    pub fn exam(&self, id: &ExamId) -> Option<&ExamStanding> {
        let renewal = self.recertification.as_ref().and_then(|renewal| renewal.exam.as_ref());
        self.exams.iter().chain(renewal).find(|exam| exam.exam == *id)
    }
}

impl Certification {
    /// Where a candidate with this history stands at `at`; `None` while the certification is only announced.
    ///
    /// A pass stays a pass until one of two things happens. Where everything has to be passed within some months, the
    /// oldest pass lapses when they have gone by, and with it the tries up to it. And a credential that expires, or for
    /// which the time to take all exams again has begun, begins the certification anew.
    pub fn standing(&self, history: &History<'_>, at: Wall) -> Option<Standing> {
        let requirements = self.requirements.as_ref()?;
        let missing: Vec<CertificationId> =
            self.prerequisites.certifications.iter().filter(|id| !history.holds.contains(id)).cloned().collect();
        let renewal = Renewal::of(requirements, history.credential);
        let round = Round { requirements, history, from: renewal.round_from(at), ready: missing.is_empty(), at };
        let lapsed = round.lapsed();
        let exams = requirements.exams.iter().zip(lapsed.exams).map(|(exam, lapsed)| round.exam(exam, lapsed));
        let exams: Vec<_> = exams.collect();
        let parts = requirements.parts.iter().zip(lapsed.parts).map(|(part, lapsed)| round.part(part, lapsed));
        let passed = exams.iter().filter(|exam| exam.state == ExamState::Passed).count();
        Some(Standing {
            passed: count(passed),
            of: count(exams.len()),
            exams,
            parts: parts.collect(),
            prerequisites_missing: missing,
            complete_by: lapsed.next,
            recertification: renewal.standing(&round),
        })
    }
}

/// What becomes of the credential that the candidate holds.
struct Renewal<'a> {
    requirements: &'a Requirements,
    held: Option<Held>,
}

impl<'a> Renewal<'a> {
    fn of(requirements: &'a Requirements, held: Option<Held>) -> Self {
        Self { requirements, held }
    }

    /// From when the credential can be renewed.
    fn opens(&self) -> Option<Wall> {
        let (held, rule) = (self.held?, self.requirements.recertification.as_ref()?);
        Some(held.until.minus_ms(u64::from(rule.from_days) * DAY_MS).max(held.from))
    }

    /// What began before this counts for the credential that is there, and not for the next one.
    fn round_from(&self, at: Wall) -> Option<Wall> {
        let held = self.held?;
        let by = self.requirements.recertification.as_ref().map(|rule| &rule.by);
        let opens = match by {
            Some(RecertifyBy::Retake) => self.opens()?,
            Some(RecertifyBy::Delta { .. }) | None => held.until,
        };
        (opens <= at).then_some(opens)
    }

    fn standing(&self, round: &Round<'_>) -> Option<RecertificationStanding> {
        let (held, opens) = (self.held?, self.opens()?);
        let state = if held.until < round.at {
            RecertificationState::Expired
        } else if round.at < opens {
            RecertificationState::NotYet { until: opens }
        } else {
            RecertificationState::Open { until: held.until }
        };
        let exam = match &self.requirements.recertification.as_ref()?.by {
            RecertifyBy::Retake => None,
            RecertifyBy::Delta { exam } => {
                let own = Round { from: Some(opens), ..*round };
                let mut standing = own.exam(exam, None);
                match state {
                    RecertificationState::NotYet { until } => standing.state = ExamState::NotYet { until },
                    RecertificationState::Expired => standing.state = ExamState::Expired,
                    RecertificationState::Open { .. } => {}
                }
                Some(standing)
            }
        };
        Some(RecertificationStanding { state, exam })
    }
}

/// What counts towards one credential.
#[derive(Clone, Copy)]
struct Round<'a> {
    requirements: &'a Requirements,
    history: &'a History<'a>,
    /// What began before this does not count.
    from: Option<Wall>,
    /// Whether the prerequisites are held.
    ready: bool,
    at: Wall,
}

/// The passes that no longer count, for each exam and each part.
struct Lapsed {
    exams: Vec<Option<Wall>>,
    parts: Vec<Option<Wall>>,
    /// When the next pass lapses.
    next: Option<Wall>,
}

impl<'a> Round<'a> {
    /// Whether something of this time counts, where what lies up to `lapsed` does not.
    fn counts(&self, at: Wall, lapsed: Option<Wall>) -> bool {
        self.from.is_none_or(|from| from <= at) && lapsed.is_none_or(|lapsed| lapsed < at)
    }

    fn tries(&self, exam: &ExamId, lapsed: Option<Wall>) -> impl Iterator<Item = &'a Try> {
        self.history.tries.iter().filter(move |t| t.exam == *exam && self.counts(t.began, lapsed))
    }

    fn handed_in(&self, part: &PartId, lapsed: Option<Wall>) -> impl Iterator<Item = &'a PartRecord> {
        self.history.parts.iter().filter(move |record| record.part == *part && self.counts(record.at, lapsed))
    }

    fn lapsed(&self) -> Lapsed {
        let Requirements { exams, parts, within_months, .. } = self.requirements;
        let none = || Lapsed { exams: vec![None; exams.len()], parts: vec![None; parts.len()], next: None };
        if *within_months == 0 {
            return none();
        }
        let passed = |t: &Try| (t.passed == Some(true)).then_some(t.began);
        let done = |record: &PartRecord| (record.passed == Some(true)).then_some(record.at);
        let exams: Vec<Option<Wall>> =
            exams.iter().map(|exam| self.tries(&exam.id, None).filter_map(passed).max()).collect();
        let parts: Vec<Option<Wall>> =
            parts.iter().map(|part| self.handed_in(&part.id, None).filter_map(done).max()).collect();
        let passes = || exams.iter().chain(&parts).copied().flatten();
        let last = passes().max();
        let ends = |pass: Wall| pass.plus_months(*within_months);
        let within = |pass: Wall| last.is_none_or(|last| ends(pass).is_none_or(|end| last < end));
        if exams.iter().chain(&parts).all(|pass| pass.is_some_and(within)) {
            return none();
        }
        let is_over = |pass: &Wall| ends(*pass).is_some_and(|end| end <= self.at);
        Lapsed {
            next: passes().filter(|pass| !is_over(pass)).filter_map(ends).min(),
            exams: exams.into_iter().map(|pass| pass.filter(is_over)).collect(),
            parts: parts.into_iter().map(|pass| pass.filter(is_over)).collect(),
        }
    }

    fn exam(&self, exam: &ExamSummary, lapsed: Option<Wall>) -> ExamStanding {
        let used: Vec<_> = self.tries(&exam.id, lapsed).collect();
        let tries_max = self.requirements.tries_max;
        let failures = used.iter().filter(|t| t.passed == Some(false)).count();
        let days = self.requirements.cool_down_after(failures);
        let last = used.iter().map(|t| t.began).max();
        let cooled = last.map(|began| began.plus_ms(u64::from(days) * DAY_MS));
        let state = if used.iter().any(|t| t.passed == Some(true)) {
            ExamState::Passed
        } else if used.iter().any(|t| t.passed.is_none()) {
            ExamState::Pending
        } else if !self.ready {
            ExamState::PrerequisitesMissing
        } else if 0 < tries_max && tries_max <= count(used.len()) {
            ExamState::NoTriesLeft
        } else {
            match cooled {
                Some(until) if self.at < until => ExamState::CoolingDown { until },
                Some(_) | None => ExamState::Open,
            }
        };
        ExamStanding {
            exam: exam.id.clone(),
            title: exam.title.clone(),
            tries_used: count(used.len()),
            tries_max,
            state,
        }
    }

    fn part(&self, part: &Part, lapsed: Option<Wall>) -> PartStanding {
        let records: Vec<_> = self.handed_in(&part.id, lapsed).collect();
        let has = |passed: Option<bool>| records.iter().any(|record| record.passed == passed);
        let state = if has(Some(true)) {
            PartState::Passed
        } else if has(None) {
            PartState::Pending
        } else if has(Some(false)) {
            PartState::Failed
        } else {
            PartState::Outstanding
        };
        PartStanding { part: part.id.clone(), title: part.title.clone(), state }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
