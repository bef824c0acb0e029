//! Grading by the Academy's rules: an item gives all its marks or none, unless its key says what each choice is worth;
//! short text is compared trimmed and, unless the key says otherwise, without regard to case. No item takes marks from
//! another. The total is that of the served items, never of the bank. Everything is whole numbers.

mod marks;
mod policy;
mod rule;

use marks::Wait;
pub use marks::{Graded, ItemMarks, ManualMarks, Marks, NotManual, Provisional};
pub use policy::MarksPolicy;
pub use rule::Rule;

use crate::{
    digest::{Digest, Salt},
    envelope::{Document, canonical},
    ids::{CompetencyId, ExamId, ItemId, SittingId},
    time::Wall,
    value::Value,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

impl MarkScheme {
    /// The salted digest that a pack's manifest carries.
    pub fn commitment(&self, salt: &Salt) -> Digest {
        Digest::committing(salt, &canonical(self))
    }

    /// Marks the responses to the `served` items. Items without a response give no marks, also where a person would
    /// have marked one. `None` when the scheme has no key for a served item.
    pub fn grade(&self, served: &[ItemId], responses: &BTreeMap<ItemId, Value>) -> Option<Graded> {
        let mut items = Vec::with_capacity(served.len());
        for id in served {
            let key = self.keys.get(id)?;
            let response = responses.get(id).filter(|value| !value.is_empty());
            let given = response.map_or(Some(0), |value| key.rule.given(value, key.marks));
            let wait = if given.is_some() { Wait::ByRule } else { Wait::ForMarker };
            let marks = ItemMarks {
                item: id.clone(),
                competency: key.competency.clone(),
                given: given.unwrap_or(0),
                of: key.marks,
            };
            items.push((marks, wait));
        }
        Some(Provisional { items, manual: Vec::new() }.settled())
    }
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

impl CompetencyScore {
    /// The share of the area in hundredths of a percent, rounded down.
    pub fn percent_hundredths(&self) -> u32 {
        self.score.percent_hundredths()
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
    /// What people gave to items that no rule marks. A result without any has no such member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manual: Vec<ManualMarks>,
    /// When it was graded.
    pub graded: Wall,
}

impl Document for ExamResult {
    const TYPE: &'static str = "invigil/result/1";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Competency;

    fn key(marks: u32, competency: &str, rule: Rule) -> Key {
        Key { marks, competency: competency.parse().ok(), rule, explanation: None, references: vec![] }
    }

    fn scheme() -> MarkScheme {
        let right = |id: &str| Rule::Choices { correct: [id.to_owned()].into() };
        let keys =
            [("q1", key(2, "a", right("x"))), ("q2", key(3, "b", Rule::Marker)), ("q3", key(5, "b", Rule::Marker))];
        MarkScheme {
            exam: "e".parse().unwrap(),
            keys: keys.into_iter().map(|(id, key)| (id.parse().unwrap(), key)).collect(),
        }
    }

    fn ids(ids: &[&str]) -> Vec<ItemId> {
        ids.iter().map(|id| id.parse().unwrap()).collect()
    }

    fn given(marks: &[(&str, u32)]) -> BTreeMap<ItemId, u32> {
        marks.iter().map(|(id, marks)| (id.parse().unwrap(), *marks)).collect()
    }

    #[test]
    fn a_person_completes_what_no_rule_can_mark() {
        let (scheme, marker, at) = (scheme(), "mark-1".parse().unwrap(), Wall::from_unix_ms(0));
        let texts = [("q1", Value::choice("x")), ("q2", Value::text("long")), ("q3", Value::text("longer"))];
        let responses = texts.into_iter().map(|(id, value)| (id.parse().unwrap(), value)).collect();
        let provisional = || match scheme.grade(&ids(&["q1", "q2", "q3"]), &responses) {
            Some(Graded::Provisional(provisional)) => provisional,
            other => panic!("{other:?}"),
        };
        let open: Vec<_> = provisional().open().map(|(id, of)| (id.to_string(), of)).collect();
        assert_eq!(open, [("q2".to_owned(), 3), ("q3".to_owned(), 5)]);
        for (marks, code) in [
            (&[("q1", 1)][..], "marks-item-by-rule"),
            (&[("q2", 4)], "marks-too-many"),
            (&[("q2", 3), ("q9", 1)], "marks-item-not-served"),
        ] {
            let refused = provisional().with_manual(&given(marks), &marker, at).unwrap_err();
            assert_eq!(refused.code(), code, "{marks:?}");
        }
        let Ok(Graded::Provisional(half)) = provisional().with_manual(&given(&[("q2", 3)]), &marker, at) else {
            panic!("one is still open")
        };
        let again = half.clone().with_manual(&given(&[("q2", 1)]), &marker, at).unwrap_err();
        assert_eq!(again.code(), "marks-item-marked");
        let Ok(Graded::Complete(marks)) = half.with_manual(&given(&[("q3", 1)]), &marker, at) else {
            panic!("all are marked")
        };
        assert_eq!(marks.score(), Score { given: 6, of: 10 });
        assert_eq!(marks.manual.iter().map(|m| (m.item.as_str(), m.given)).collect::<Vec<_>>(), [("q2", 3), ("q3", 1)]);
        let area = |id: &str| Competency { id: id.parse().unwrap(), title: id.to_owned() };
        let areas = marks.by_competency(&[area("b"), area("a"), area("none")]);
        let shown: Vec<_> = areas.iter().map(|a| (a.title.as_str(), a.score, a.percent_hundredths())).collect();
        assert_eq!(
            shown,
            [("b", Score { given: 4, of: 8 }, 5_000), ("a", Score { given: 2, of: 2 }, 10_000)],
            "in the exam's order, without areas that had no items"
        );
    }

    #[test]
    fn what_was_not_answered_waits_for_nobody() {
        let empty = [("q2".parse().unwrap(), Value::text("  "))].into();
        let Some(Graded::Complete(marks)) = scheme().grade(&ids(&["q1", "q2", "q3"]), &empty) else {
            panic!("nothing waits")
        };
        assert_eq!(marks.score(), Score { given: 0, of: 10 });
        assert_eq!(scheme().grade(&ids(&["q9"]), &BTreeMap::new()), None);
    }

    #[test]
    fn a_result_of_the_first_version_is_read_and_written_alike() {
        let old = r#"{"sitting":"s","exam":"e","submission":"5c2c0e8df8e5ac4a2a2e7d1b7f0a7d3e0c1c6d3f9b1a2c3d4e5f60718293a4b5",
            "markScheme":"5c2c0e8df8e5ac4a2a2e7d1b7f0a7d3e0c1c6d3f9b1a2c3d4e5f60718293a4b5","score":{"given":1,"of":2},
            "passPercent":50,"passed":true,"competencies":[{"id":"a","title":"A","score":{"given":1,"of":2}}],
            "graded":"2026-11-22T09:30:00.000Z"}"#;
        let json: serde_json::Value = serde_json::from_str(old).unwrap();
        let mut result: ExamResult = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&result).unwrap(), json);
        let marks =
            ManualMarks { item: "q2".parse().unwrap(), given: 1, marker: "m".parse().unwrap(), at: result.graded };
        result.manual.push(marks);
        let json = serde_json::to_value(&result).unwrap();
        assert_eq!(json["manual"][0]["given"], 1);
        assert_eq!(serde_json::from_value::<ExamResult>(json).unwrap(), result);
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
