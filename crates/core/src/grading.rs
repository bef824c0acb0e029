//! Grading by the Academy's rules: an item gives all its marks or none; several choices are all-or-nothing; short text
//! is compared trimmed and, unless the key says otherwise, without regard to case. Nothing is subtracted.
//! The total is that of the served items, never of the bank.

use crate::{
    digest::{Digest, Salt},
    envelope::{Document, canonical},
    ids::{CompetencyId, ExamId, ItemId, SittingId},
    item::Competency,
    time::Wall,
    value::{Base, List, Value},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// How an exam is marked. It stays with the issuer; a pack commits to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkScheme {
    /// The exam it marks.
    pub exam: ExamId,
    /// One key for each item.
    pub keys: BTreeMap<ItemId, Key>,
}

/// How one item is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    /// What a right answer is worth.
    pub marks: u32,
    /// The area the marks count for.
    pub competency: Option<CompetencyId>,
    /// What a right answer is.
    pub rule: Rule,
    /// Why, as safe HTML; shown in practice and never before the end of an exam.
    pub explanation: Option<String>,
    /// Where to read more.
    pub references: Vec<String>,
}

/// What a right answer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Rule {
    /// Exactly these choices.
    Choices {
        /// Identifiers of the right choices.
        correct: BTreeSet<String>,
    },
    /// One of these texts.
    Text {
        /// Every accepted text.
        accepted: Vec<String>,
        /// Whether upper and lower case differ.
        case_sensitive: bool,
    },
    /// A person marks it.
    Marker,
}

impl MarkScheme {
    /// The salted digest that a pack's manifest carries.
    pub fn commitment(&self, salt: &Salt) -> Digest {
        Digest::committing(salt, &canonical(self))
    }

    /// Marks the responses to the `served` items. Items without a response give no marks. `None` when the scheme has
    /// no key for a served item, or a person has to mark one.
    pub fn grade(&self, served: &[ItemId], responses: &BTreeMap<ItemId, Value>) -> Option<Marks> {
        let mut items = Vec::with_capacity(served.len());
        for id in served {
            let key = self.keys.get(id)?;
            let right = responses.get(id).is_some_and(|value| key.rule.accepts(value));
            if key.rule == Rule::Marker {
                return None;
            }
            items.push(ItemMarks {
                item: id.clone(),
                competency: key.competency.clone(),
                given: if right { key.marks } else { 0 },
                of: key.marks,
            });
        }
        Some(Marks { items })
    }
}

impl Rule {
    /// Whether `value` is right. An item that a person marks accepts nothing by itself.
    pub fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Choices { correct }, Value::Base(Base::Identifier(id))) => {
                correct.len() == 1 && correct.contains(id)
            }
            (Self::Choices { correct }, Value::List(List::Identifier(ids))) => ids == correct,
            (Self::Text { accepted, case_sensitive }, Value::Base(Base::String(text))) => {
                let given = normal(text, *case_sensitive);
                accepted.iter().any(|key| normal(key, *case_sensitive) == given)
            }
            (Self::Choices { .. } | Self::Text { .. } | Self::Marker, _) => false,
        }
    }
}

fn normal(text: &str, case_sensitive: bool) -> String {
    let text = text.trim();
    if case_sensitive { text.to_owned() } else { text.to_lowercase() }
}

/// What each served item gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// One entry for each served item, in the order served.
    pub items: Vec<ItemMarks>,
}

/// What one item gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemMarks {
    /// The item.
    pub item: ItemId,
    /// The area the marks count for.
    pub competency: Option<CompetencyId>,
    /// Marks given.
    pub given: u32,
    /// Marks possible.
    pub of: u32,
}

/// Marks given out of marks possible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Score {
    /// Marks given.
    pub given: u32,
    /// Marks possible.
    pub of: u32,
}

impl Score {
    /// Whether the share reaches `pass_percent`, in whole numbers. Nothing out of nothing does not pass.
    pub fn reaches(&self, pass_percent: u8) -> bool {
        0 < self.of && u64::from(pass_percent) * u64::from(self.of) <= u64::from(self.given) * 100
    }

    /// The share in hundredths of a percent, rounded down: 7250 is 72.5 %.
    pub fn percent_hundredths(&self) -> u32 {
        u64::from(self.given)
            .checked_mul(10_000)
            .and_then(|n| n.checked_div(u64::from(self.of)))
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0)
    }
}

/// A score in one area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompetencyScore {
    /// The area.
    pub id: CompetencyId,
    /// Its title.
    pub title: String,
    /// The marks of its items.
    pub score: Score,
}

impl Marks {
    /// The sum over all served items.
    pub fn score(&self) -> Score {
        self.sum(|_| true)
    }

    /// The sum for each competency that had items, in the order of `competencies`.
    pub fn by_competency(&self, competencies: &[Competency]) -> Vec<CompetencyScore> {
        competencies
            .iter()
            .map(|c| CompetencyScore {
                id: c.id.clone(),
                title: c.title.clone(),
                score: self.sum(|item| item.competency.as_ref() == Some(&c.id)),
            })
            .filter(|c| 0 < c.score.of)
            .collect()
    }

    fn sum(&self, wanted: impl Fn(&ItemMarks) -> bool) -> Score {
        self.items.iter().filter(|item| wanted(item)).fold(Score::default(), |sum, item| Score {
            given: sum.given.saturating_add(item.given),
            of: sum.of.saturating_add(item.of),
        })
    }
}

/// The signed outcome of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExamResult {
    /// The sitting.
    pub sitting: SittingId,
    /// The exam.
    pub exam: ExamId,
    /// The submission it was graded from.
    pub submission: Digest,
    /// The commitment of the mark scheme that was used.
    pub mark_scheme: Digest,
    /// Marks given and possible.
    pub score: Score,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// Whether it passed.
    pub passed: bool,
    /// The same by competency.
    pub competencies: Vec<CompetencyScore>,
    /// When it was graded.
    pub graded: Wall,
}

impl Document for ExamResult {
    const TYPE: &'static str = "invigil/result/1";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_all_or_nothing() {
        let choices = |ids: &[&str]| Rule::Choices { correct: ids.iter().map(|s| (*s).into()).collect() };
        let text = |accepted: &[&str], case_sensitive| Rule::Text {
            accepted: accepted.iter().map(|s| (*s).into()).collect(),
            case_sensitive,
        };
        for (rule, value, right) in [
            (choices(&["a"]), Value::choice("a"), true),
            (choices(&["a"]), Value::choice("b"), false),
            (choices(&["a", "b"]), Value::choice("a"), false),
            (choices(&["a", "b"]), Value::choices(["b", "a"]), true),
            (choices(&["a", "b"]), Value::choices(["a"]), false),
            (choices(&["a", "b"]), Value::choices(["a", "b", "c"]), false),
            (text(&["mutate"], false), Value::text("  Mutate\n"), true),
            (text(&["GET"], true), Value::text("get"), false),
            (text(&["config map", "ConfigMap"], false), Value::text("CONFIGMAP"), true),
            (text(&["a"], false), Value::choice("a"), false),
            (text(&["ÄRGER"], false), Value::text("ärger"), true),
            (Rule::Marker, Value::text("anything"), false),
        ] {
            assert_eq!(rule.accepts(&value), right, "{rule:?} {value:?}");
        }
    }

    #[test]
    fn the_pass_mark_is_reached_exactly() {
        for (given, of, percent, passes) in
            [(7, 10, 70, true), (69, 100, 70, false), (35, 50, 70, true), (0, 0, 0, false), (0, 5, 0, true)]
        {
            assert_eq!(Score { given, of }.reaches(percent), passes, "{given}/{of} at {percent} %");
        }
        assert_eq!(Score { given: 2, of: 3 }.percent_hundredths(), 6666);
    }
}
