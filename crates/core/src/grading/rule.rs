//! What a right answer is, and how much of one another answer is.

use crate::value::{Base, List, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a right answer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Rule {
    /// Exactly these choices.
    Choices {
        /// Identifiers of the right choices.
        correct: BTreeSet<String>,
    },
    /// Marks for each choice taken, as QTI's `mapResponse` adds them up: never below none, never above the item's.
    Map {
        /// Marks of the choices that give or take any. A choice that is not named gives none.
        choices: BTreeMap<String, i32>,
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

impl Rule {
    /// Whether `value` is wholly right. An item that a person marks accepts nothing by itself.
    pub fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Choices { correct }, Value::Base(Base::Identifier(id))) => {
                correct.len() == 1 && correct.contains(id)
            }
            (Self::Choices { correct }, Value::List(List::Identifier(ids))) => ids == correct,
            (Self::Map { choices }, Value::Base(Base::Identifier(id))) => {
                choices.get(id).is_some_and(|marks| 0 < *marks && Some(marks) == choices.values().max())
            }
            (Self::Map { choices }, Value::List(List::Identifier(ids))) => {
                self.right_choices().all(|id| ids.contains(id)) && ids.iter().all(|id| 0 <= worth(choices, id))
            }
            (Self::Text { accepted, case_sensitive }, Value::Base(Base::String(text))) => {
                let given = normal(text, *case_sensitive);
                accepted.iter().any(|key| normal(key, *case_sensitive) == given)
            }
            (Self::Choices { .. } | Self::Map { .. } | Self::Text { .. } | Self::Marker, _) => false,
        }
    }

    /// The marks that `value` gets of `marks`; `None` when a person has to say.
    pub fn given(&self, value: &Value, marks: u32) -> Option<u32> {
        match (self, value) {
            (Self::Marker, _) => None,
            (Self::Map { choices }, Value::Base(Base::Identifier(id))) => Some(bounded(worth(choices, id), marks)),
            (Self::Map { choices }, Value::List(List::Identifier(ids))) => {
                Some(bounded(ids.iter().map(|id| worth(choices, id)).sum(), marks))
            }
            (Self::Choices { .. } | Self::Map { .. } | Self::Text { .. }, _) => {
                Some(if self.accepts(value) { marks } else { 0 })
            }
        }
    }

    /// The choices that are right, or give marks.
    pub fn right_choices(&self) -> Box<dyn Iterator<Item = &String> + '_> {
        match self {
            Self::Choices { correct } => Box::new(correct.iter()),
            Self::Map { choices } => Box::new(choices.iter().filter(|(_, marks)| 0 < **marks).map(|(id, _)| id)),
            Self::Text { .. } | Self::Marker => Box::new(std::iter::empty()),
        }
    }
}

fn worth(choices: &BTreeMap<String, i32>, id: &str) -> i64 {
    choices.get(id).copied().map_or(0, i64::from)
}

fn bounded(sum: i64, marks: u32) -> u32 {
    u32::try_from(sum.clamp(0, i64::from(marks))).unwrap_or(0)
}

fn normal(text: &str, case_sensitive: bool) -> String {
    let text = text.trim();
    if case_sensitive { text.to_owned() } else { text.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(ids: &[&str]) -> Rule {
        Rule::Choices { correct: ids.iter().map(|s| (*s).into()).collect() }
    }

    fn map(choices: &[(&str, i32)]) -> Rule {
        Rule::Map { choices: choices.iter().map(|(id, marks)| ((*id).into(), *marks)).collect() }
    }

    #[test]
    fn answers_are_all_or_nothing() {
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
        ] {
            assert_eq!(rule.accepts(&value), right, "{rule:?} {value:?}");
            assert_eq!(rule.given(&value, 3), Some(if right { 3 } else { 0 }), "{rule:?} {value:?}");
        }
        assert!(!Rule::Marker.accepts(&Value::text("anything")));
        assert_eq!(Rule::Marker.given(&Value::text("anything"), 3), None);
    }

    #[test]
    fn partial_credit_adds_up_between_nothing_and_the_whole() {
        let several = map(&[("a", 2), ("b", 1), ("c", -1), ("d", -3)]);
        let one = map(&[("a", 3), ("b", 1)]);
        let greedy = map(&[("a", i32::MAX), ("b", i32::MAX), ("c", i32::MIN)]);
        for (rule, value, marks, given, right) in [
            (&several, Value::choices(["a", "b"]), 3, 3, true),
            (&several, Value::choices(["a"]), 3, 2, false),
            (&several, Value::choices(["a", "b", "c"]), 3, 2, false),
            (&several, Value::choices(["b", "d"]), 3, 0, false),
            (&several, Value::choices(["a", "b", "e"]), 3, 3, true),
            (&several, Value::choices(Vec::<String>::new()), 3, 0, false),
            (&several, Value::choices(["a", "b"]), 2, 2, true),
            (&one, Value::choice("a"), 3, 3, true),
            (&one, Value::choice("b"), 3, 1, false),
            (&one, Value::choice("c"), 3, 0, false),
            (&one, Value::text("a"), 3, 0, false),
            (&greedy, Value::choices(["a", "b"]), 4, 4, true),
            (&greedy, Value::choices(["c"]), 4, 0, false),
        ] {
            assert_eq!((rule.given(&value, marks), rule.accepts(&value)), (Some(given), right), "{rule:?} {value:?}");
        }
    }
}
