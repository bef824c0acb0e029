//! What the served items gave: complete, or waiting for a person.

use super::{CompetencyScore, Score};
use crate::{
    ids::{CompetencyId, ItemId, MarkerId},
    item::Competency,
    time::Wall,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came out of grading by rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Graded {
    /// Every item has its marks.
    Complete(Marks),
    /// Some items wait for a person.
    Provisional(Provisional),
}

/// What each served item gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// One entry for each served item, in the order served.
    pub items: Vec<ItemMarks>,
    /// What people gave, in the order of time.
    pub manual: Vec<ManualMarks>,
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

/// What a person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManualMarks {
    /// The item.
    pub item: ItemId,
    /// Marks given.
    pub given: u32,
    /// Who gave them.
    pub marker: MarkerId,
    /// When.
    pub at: Wall,
}

/// Marks of which some wait for a person. It has no score, so that nobody takes it for a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    pub(super) items: Vec<(ItemMarks, Wait)>,
    pub(super) manual: Vec<ManualMarks>,
}

/// Whether an item has its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    ByRule,
    ForMarker,
    Marked,
}

/// Why marks by a person are not taken. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotManual {
    /// The item was not served.
    #[error("item {0} was not part of this exam. Take it out of the marks")]
    NotServed(ItemId),
    /// A rule marks the item.
    #[error("item {0} is marked by its key. Only a correction of the key can change its marks")]
    ByRule(ItemId),
    /// The item has marks already.
    #[error("item {0} has been marked. A correction is a regrade, with its reason")]
    Marked(ItemId),
    /// More marks than the item has.
    #[error("item {item} gives at most {of} marks, not {given}. Correct the number")]
    TooMany {
        /// The item.
        item: ItemId,
        /// What was to be given.
        given: u32,
        /// What the item has.
        of: u32,
    },
}

impl NotManual {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotServed(_) => "marks-item-not-served",
            Self::ByRule(_) => "marks-item-by-rule",
            Self::Marked(_) => "marks-item-marked",
            Self::TooMany { .. } => "marks-too-many",
        }
    }
}

impl Provisional {
    /// The items that wait for a person, in the order served, with what each can give.
    pub fn open(&self) -> impl Iterator<Item = (&ItemId, u32)> {
        self.items.iter().filter(|(_, wait)| *wait == Wait::ForMarker).map(|(marks, _)| (&marks.item, marks.of))
    }

    /// Takes the marks that a person gave. It stays provisional while items are left, so that several people can share
    /// the work.
    ///
    /// # Errors
    /// The first item, in their order, that cannot be marked so.
    pub fn with_manual(
        mut self,
        given: &BTreeMap<ItemId, u32>,
        marker: &MarkerId,
        at: Wall,
    ) -> Result<Graded, NotManual> {
        for (item, given) in given {
            let found = self.items.iter_mut().find(|(marks, _)| marks.item == *item);
            let Some((marks, wait)) = found else { return Err(NotManual::NotServed(item.clone())) };
            match wait {
                Wait::ByRule => return Err(NotManual::ByRule(item.clone())),
                Wait::Marked => return Err(NotManual::Marked(item.clone())),
                Wait::ForMarker if marks.of < *given => {
                    return Err(NotManual::TooMany { item: item.clone(), given: *given, of: marks.of });
                }
                Wait::ForMarker => {}
            }
            marks.given = *given;
            *wait = Wait::Marked;
            self.manual.push(ManualMarks { item: item.clone(), given: *given, marker: marker.clone(), at });
        }
        Ok(self.settled())
    }

    pub(super) fn settled(self) -> Graded {
        if self.open().next().is_some() {
            return Graded::Provisional(self);
        }
        let items = self.items.into_iter().map(|(marks, _)| marks).collect();
        Graded::Complete(Marks { items, manual: self.manual })
    }
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
