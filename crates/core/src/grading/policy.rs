//! How the items of an exam get their marks.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the items of an exam get their marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum MarksPolicy {
    /// Each item states its own, as in the Academy's files.
    #[default]
    Stated,
    /// One for each item.
    Equal,
    /// Two for each item.
    Two,
    /// By the author's word for how hard an item is.
    ByDifficulty {
        /// Marks for each word.
        table: BTreeMap<String, u32>,
    },
}

impl MarksPolicy {
    /// The marks of an item that states `stated` and is called `difficulty` by its author. `None` when the policy gives
    /// it none: nothing is stated, or the word is not in the table.
    pub fn marks(&self, stated: Option<u32>, difficulty: Option<&str>) -> Option<u32> {
        match self {
            Self::Stated => stated,
            Self::Equal => Some(1),
            Self::Two => Some(2),
            Self::ByDifficulty { table } => table.get(difficulty?).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_gives_every_item_its_marks() {
        let table = MarksPolicy::ByDifficulty { table: [("easy".to_owned(), 1), ("hard".to_owned(), 3)].into() };
        for (policy, stated, difficulty, marks) in [
            (MarksPolicy::Stated, Some(4), Some("hard"), Some(4)),
            (MarksPolicy::Stated, None, Some("hard"), None),
            (MarksPolicy::Equal, Some(4), None, Some(1)),
            (MarksPolicy::Two, None, None, Some(2)),
            (table.clone(), Some(9), Some("hard"), Some(3)),
            (table.clone(), Some(9), Some("fair"), None),
            (table, Some(9), None, None),
        ] {
            assert_eq!(policy.marks(stated, difficulty), marks, "{policy:?} {stated:?} {difficulty:?}");
        }
    }
}
