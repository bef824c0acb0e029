//! Lints over a whole bank: what no single question shows by itself.

use super::{Findings, bias, similar};
use crate::academy::{Opt, Question};
use invigil_core::{
    grading::Rule,
    item::{Exam, Interaction},
};
use std::collections::BTreeMap;

/// An accepted short answer of more words than this asks candidates to guess a phrase.
const SHORT_ANSWER_WORDS_MAX: usize = 4;

/// Adds what is to say about a bank. `total` counts the question entries of the file, also those left out.
pub fn lints(exam: &Exam, questions: &[Question], total: usize, findings: &mut Findings) {
    for question in questions {
        match &question.key.rule {
            Rule::Choices { correct } => {
                keyed_options(question, correct.len(), findings);
                equal_options(question, findings);
            }
            Rule::Map { choices } => {
                mapped_options(question, choices, findings);
                equal_options(question, findings);
            }
            Rule::Text { accepted, .. } => accepted_texts(question, accepted, findings),
            Rule::Marker => {
                let message = format!("Question {} is an essay, which a person has to mark.", question.name());
                let remedy = "Make it a short answer: this version of Invigil builds no packs with essays.";
                findings.note("essay-needs-marker", Some(question.name()), message, remedy);
            }
        }
    }
    sets(exam, questions, total, findings);
    similar::questions(exam, questions, findings);
    bias::lints(exam, questions, findings);
    missing(questions, findings);
}

fn keyed_options(question: &Question, keys: usize, findings: &mut Findings) {
    let name = question.name();
    let Interaction::Choice { max_choices, choices } = &question.item.interaction else { return };
    if *max_choices == 1 && 1 < keys {
        let message = format!("Question {name} takes one answer but has {keys} right ones, so nobody can answer it.");
        findings.error("several-keys", Some(name), message, "Make it “multiple-answers”, or flag one option only.");
    } else if *max_choices == 0 && keys == 1 {
        let message = format!("Question {name} asks for several answers but has one right option.");
        findings.warning(
            "one-key-only",
            Some(name),
            message,
            "Make it “single-answer”, or flag the other right options.",
        );
    }
    if keys == choices.len() {
        let message = format!("Every option of question {name} is right.");
        findings.warning("every-option-correct", Some(name), message, "Add options that are wrong.");
    }
}

fn mapped_options(question: &Question, choices: &BTreeMap<String, i32>, findings: &mut Findings) {
    let name = question.name();
    let Interaction::Choice { max_choices: 0, choices: offered } = &question.item.interaction else { return };
    let harmless = |id: &String| choices.get(id).is_none_or(|marks| 0 <= *marks);
    if offered.iter().all(|choice| harmless(&choice.id)) {
        let message = format!("Whoever takes every option of question {name} gets all its marks.");
        let remedy = "Let wrong options take marks away: “marks: -1”.";
        findings.warning("every-option-gains", Some(name), message, remedy);
    }
}

fn equal_options(question: &Question, findings: &mut Findings) {
    let name = question.name();
    for (place, option) in question.options.iter().enumerate() {
        // Capital letters may be what the options differ in.
        let same = |other: &&Opt| other.text.split_whitespace().eq(option.text.split_whitespace());
        let Some(other) = question.options[..place].iter().find(same) else { continue };
        let message = format!("Options {} and {} of question {name} have the same text.", other.id, option.id);
        let right = |id: &String| question.key.rule.right_choices().any(|right| right == id);
        if right(&other.id) == right(&option.id) {
            findings.warning("equal-options", Some(name), message, "Change or take out one of them.");
        } else {
            findings.error("equal-options", Some(name), message, "One is right and one is wrong: change one of them.");
        }
    }
}

fn accepted_texts(question: &Question, accepted: &[String], findings: &mut Findings) {
    let name = question.name();
    let words = accepted.iter().map(|text| text.split_whitespace().count()).min().unwrap_or(0);
    if SHORT_ANSWER_WORDS_MAX < words {
        let message = format!("Question {name} accepts only answers of {words} words or more.");
        findings.warning("accepted-wordy", Some(name), message, "Ask for one or two words, or offer options.");
    }
    if let [only] = accepted {
        let shown: String = only.chars().take(60).collect();
        let message = format!("Question {name} accepts one spelling only: “{shown}”.");
        findings.note("accepted-single", Some(name), message, "List other right spellings under “accepted”.");
    }
}

fn sets(exam: &Exam, questions: &[Question], total: usize, findings: &mut Findings) {
    let size = exam.items_per_try as usize;
    let Some(sets) = total.checked_div(size) else { return };
    if 0 < total && total < size {
        let message = format!("A try serves {size} questions, and the bank has only {total}; it is served whole.");
        findings.note("bank-smaller-than-set", None, message, "Add questions, or lower “numberOfQuestions”.");
        return;
    }
    let rest = total % size;
    if rest != 0 {
        let message =
            format!("The bank's {total} questions do not make full sets of {size}: the last {rest} are never served.");
        findings.warning(
            "bank-not-multiple",
            None,
            message,
            "Add or take out questions, or change “numberOfQuestions”.",
        );
    }
    let mut marks = vec![0_u32; sets];
    for question in questions {
        if let Some(sum) = marks.get_mut(question.place / size) {
            *sum = sum.saturating_add(question.item.marks);
        }
    }
    if marks.windows(2).any(|pair| pair[0] != pair[1]) {
        let list: Vec<String> = marks.iter().map(u32::to_string).collect();
        let message = format!("The sets do not give the same marks: {}.", list.join(", "));
        findings.warning("unequal-sets", None, message, "Move questions between the sets, or change their marks.");
    }
}

fn missing(questions: &[Question], findings: &mut Findings) {
    let count = |lacks: fn(&Question) -> bool| questions.iter().filter(|question| lacks(question)).count();
    for (code, what, number, remedy) in [
        (
            "explanations-missing",
            "explanation",
            count(|question| question.key.explanation.is_none()),
            "Add “explanation: …”; candidates learn from it in practice.",
        ),
        (
            "competencies-missing",
            "competency",
            count(|question| question.item.competency.is_none()),
            "Add “competency: …”; results are broken down by it.",
        ),
        (
            "references-missing",
            "reference",
            count(|question| question.key.references.is_empty()),
            "Add “references: […]”, so that a reviewer can check the key.",
        ),
    ] {
        if 0 < number {
            let message = format!("{number} of {} questions have no {what}.", questions.len());
            findings.note(code, None, message, remedy);
        }
    }
}
