//! An exam as candidates see it. Nothing here tells which answer is right; that is `grading::MarkScheme`.

use crate::{
    ids::{CompetencyId, ExamId, ItemId},
    value::{Base, List, Value},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The longest answer to a text-entry item, in characters. The Academy's own limit.
pub const TEXT_ENTRY_CHARS_MAX: u32 = 500;
/// The longest answer to an extended-text item, in characters.
pub const EXTENDED_TEXT_CHARS_MAX: u32 = 20_000;

/// An exam: its rules and the whole bank of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exam {
    /// The exam's identifier within its certification.
    pub id: ExamId,
    /// The title shown to candidates.
    pub title: String,
    /// What the exam is about, as safe HTML; may be empty.
    pub description: String,
    /// BCP 47 tag of the content's language.
    pub language: String,
    /// Time allowed before accommodations; 0 = untimed.
    pub minutes: u32,
    /// The least share of marks that passes, 0–100.
    pub pass_percent: u8,
    /// Items served in one try; 0 = all.
    pub items_per_try: u32,
    /// Tries allowed; 0 = unlimited.
    pub tries_max: u32,
    /// What is shuffled for each try.
    pub shuffle: Shuffle,
    /// The areas that results are broken down by.
    pub competencies: Vec<Competency>,
    /// The bank, in its authored order.
    pub items: Vec<Item>,
}

/// What a try shuffles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shuffle {
    /// The order of the items.
    pub items: bool,
    /// The order of the choices within each item.
    pub choices: bool,
}

/// An area of knowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Competency {
    /// Identifier that items name.
    pub id: CompetencyId,
    /// The title shown to candidates.
    pub title: String,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Item {
    /// The authored identifier, unique in its exam.
    pub id: ItemId,
    /// The Academy's derived identifier (a version 5 UUID of its own recipe).
    pub canonical_id: String,
    /// The question as safe HTML.
    pub prompt: String,
    /// The author's own instructions as plain text; `None` = the usual ones of the interaction.
    pub instructions: Option<String>,
    /// How it is answered.
    pub interaction: Interaction,
    /// What a right answer is worth.
    pub marks: u32,
    /// The area it belongs to.
    pub competency: Option<CompetencyId>,
}

/// How an item is answered, in QTI's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Interaction {
    /// Take one choice (`maxChoices` 1), or any number of them (`maxChoices` 0).
    Choice {
        /// 1 = one choice; 0 = any number.
        max_choices: u32,
        /// The choices in authored order.
        choices: Vec<Choice>,
    },
    /// Write a few words.
    TextEntry {
        /// The longest answer, in characters.
        chars_max: u32,
    },
    /// Write at length.
    ExtendedText {
        /// The longest answer, in characters.
        chars_max: u32,
    },
}

/// One choice of a choice interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Choice {
    /// The authored identifier, unique in its item.
    pub id: String,
    /// The choice as safe HTML.
    pub content: String,
}

/// Why a value is not a response to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// Another cardinality or base type.
    Type,
    /// A choice the item does not offer.
    UnknownChoice,
    /// Longer than the interaction allows.
    TooLong,
}

impl Interaction {
    /// Whether `value` can be a response to this interaction.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn admits(&self, value: &Value) -> Result<(), Misfit> {
        match (self, value) {
            (Self::Choice { max_choices: 1, choices }, Value::Base(Base::Identifier(id))) => {
                offered(choices, std::slice::from_ref(id))
            }
            (Self::Choice { max_choices: 0, choices }, Value::List(List::Identifier(ids))) => offered(choices, ids),
            (Self::TextEntry { chars_max } | Self::ExtendedText { chars_max }, Value::Base(Base::String(text))) => {
                if text.chars().nth(*chars_max as usize).is_some() {
                    Err(Misfit::TooLong)
                } else {
                    Ok(())
                }
            }
            (Self::Choice { .. } | Self::TextEntry { .. } | Self::ExtendedText { .. }, _) => Err(Misfit::Type),
        }
    }
}

fn offered<'a>(choices: &[Choice], ids: impl IntoIterator<Item = &'a String>) -> Result<(), Misfit> {
    let known = |id: &String| choices.iter().any(|choice| choice.id == *id);
    if ids.into_iter().all(known) { Ok(()) } else { Err(Misfit::UnknownChoice) }
}
