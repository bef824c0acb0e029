//! The names that mean something in an exam file. Whatever else stands there is noted, because it may be misspelt.

use super::{fields::Fields, yaml::Node};
use crate::check::Findings;
use std::collections::BTreeMap;

const NOTES_MAX: usize = 50;

const EXAM_KEYS: &[&str] = &[
    "title",
    "id",
    "type",
    "layout",
    "passPercentage",
    "passingPercentage",
    "timeLimit",
    "maxAttempts",
    "numberOfQuestions",
    "final",
    "isOptional",
    "weight",
    "draft",
    "level",
    "category",
    "categories",
    "tags",
    "questions",
    "description",
    "slug",
    "date",
    "lastmod",
    "linkTitle",
    "banner",
    "url",
    "aliases",
    "author",
    "authors",
    "competencies",
    "shuffle",
    "public",
    "language",
    "itemMarks",
];
const QUESTION_KEYS: &[&str] = &[
    "id",
    "text",
    "type",
    "marks",
    "options",
    "correctAnswer",
    "explanation",
    "caseSensitive",
    "instructions",
    "multipleAnswers",
    "competency",
    "accepted",
    "references",
    "difficulty",
    "review",
    "partialCredit",
];
const OPTION_KEYS: &[&str] = &["id", "text", "isCorrect", "marks"];

/// Notes every name that nobody reads, once.
pub fn unknown(fields: Fields<'_>, entries: &[Node], findings: &mut Findings) {
    let mut unknown: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for name in fields.unknown(EXAM_KEYS) {
        *unknown.entry(("the exam", name)).or_default() += 1;
    }
    for question in entries.iter().filter_map(Fields::of) {
        for name in question.unknown(QUESTION_KEYS) {
            *unknown.entry(("a question", name)).or_default() += 1;
        }
        let Some(Node::List(options)) = question.find("options") else { continue };
        for name in options.iter().filter_map(Fields::of).flat_map(|option| option.unknown(OPTION_KEYS)) {
            *unknown.entry(("an option", name)).or_default() += 1;
        }
    }
    for ((place, name), times) in unknown.into_iter().take(NOTES_MAX) {
        let name: String = name.chars().take(60).collect();
        let message = format!("“{name}” is not a name that is read in {place} (found {times}×).");
        findings.note("unknown-key", None, message, "Correct its spelling, or take it out.");
    }
}
