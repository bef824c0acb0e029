//! What a question offers to choose from.

use super::{
    MARKS_MAX, OPTIONS_MAX,
    fields::{Fields, flag, text, whole},
    key::Opt,
    kind::Kind,
    partial::option_marks,
    question::Reader,
    yaml::Node,
};
use crate::render;
use invigil_core::item::{Choice, EXTENDED_TEXT_CHARS_MAX, Interaction, TEXT_ENTRY_CHARS_MAX};
use std::collections::BTreeSet;

impl Reader<'_> {
    pub(super) fn options(&mut self, name: &str, kind: Kind, fields: Fields<'_>) -> Vec<Opt> {
        let entries = match fields.find("options") {
            Some(Node::List(entries)) => entries.as_slice(),
            Some(Node::Null | Node::Scalar(_) | Node::Map(_)) | None => &[],
        };
        if OPTIONS_MAX < entries.len() {
            let message = format!("Question {name} has more than {OPTIONS_MAX} options; the rest is left out.");
            self.findings.error("too-many-options", Some(name), message, "Split the question.");
        }
        let read = entries.iter().take(OPTIONS_MAX).enumerate();
        let mut options: Vec<Opt> = read.filter_map(|(index, entry)| self.option(name, index + 1, entry)).collect();
        if kind == Kind::TrueFalse && options.is_empty() {
            let fixed = [("true", "True"), ("false", "False")];
            options.extend(fixed.map(|(id, text)| Opt { id: id.into(), text: text.into(), right: false, marks: None }));
        }
        let mut used = BTreeSet::new();
        for (index, option) in options.iter_mut().enumerate() {
            if !used.insert(option.id.clone()) {
                let message = format!("More than one option of question {name} is called {}.", option.id);
                self.findings.error("duplicate-option-id", Some(name), message, "Give each option an “id” of its own.");
                option.id = format!("option-{}-again", index + 1);
            }
        }
        options
    }

    fn option(&mut self, name: &str, number: usize, entry: &Node) -> Option<Opt> {
        let fields = Fields::of(entry);
        let written = match fields {
            Some(fields) => fields.text("text"),
            None => text(entry),
        };
        let Some(written) = written else {
            let message = format!("Option {number} of question {name} has no text.");
            self.findings.error(
                "option-empty",
                Some(name),
                message,
                "Add “text: …”; put a text such as null in quotes.",
            );
            return None;
        };
        let id = fields.and_then(|fields| fields.text("id"));
        let right = match fields.and_then(|fields| fields.find("isCorrect")) {
            Some(node) => flag(node).unwrap_or_else(|| {
                let message = format!("It is not clear whether option {number} of question {name} is right.");
                self.findings.error("flag-unclear", Some(name), message, "Write “isCorrect: true”, or leave it out.");
                false
            }),
            None => false,
        };
        let id = id.map_or_else(|| format!("option-{number}"), |id| id.chars().take(128).collect());
        let marks = fields.and_then(|fields| fields.find("marks")).map(|node| whole(node).and_then(option_marks));
        if marks == Some(None) {
            let message = format!("The marks of option {number} of question {name} are not a whole number.");
            let remedy = format!("Write a whole number from -{MARKS_MAX} to {MARKS_MAX}, or take them out.");
            self.findings.error("marks-invalid", Some(name), message, remedy);
        }
        Some(Opt { id, text: written.to_owned(), right, marks: marks.flatten() })
    }

    pub(super) fn interaction(&mut self, name: &str, kind: Kind, options: &[Opt]) -> Option<Interaction> {
        let max_choices = match kind {
            Kind::SingleAnswer | Kind::TrueFalse => 1,
            Kind::MultipleAnswers => 0,
            Kind::ShortAnswer => return Some(Interaction::TextEntry { chars_max: TEXT_ENTRY_CHARS_MAX }),
            Kind::Essay => return Some(Interaction::ExtendedText { chars_max: EXTENDED_TEXT_CHARS_MAX }),
        };
        if options.len() < 2 {
            let message = format!("Question {name} has {} to choose from.", counted(options.len(), "option"));
            self.findings.error("options-missing", Some(name), message, "Give it at least two options.");
            return None;
        }
        let mut choices = Vec::with_capacity(options.len());
        for option in options {
            let what = format!("Option {}", option.id);
            let content = self.rendered(name, &what, &option.text, render::inline)?;
            if render::is_blank(&content) {
                let message = format!("Nothing of option {} of question {name} can be shown.", option.id);
                self.findings.error("option-empty", Some(name), message, "Write the option as Markdown.");
            }
            self.academy_length(name, &what, &option.text);
            choices.push(Choice { id: option.id.clone(), content });
        }
        Some(Interaction::Choice { max_choices, choices })
    }
}

/// “no option”, “1 option”, “2 options”.
fn counted(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _many => format!("{number} {noun}s"),
    }
}
