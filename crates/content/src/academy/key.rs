//! What a right answer is: the flags of the options, `correctAnswer` and `accepted`.

use super::{
    fields::{Fields, flag, texts},
    kind::Kind,
};
use crate::check::Findings;
use invigil_core::{grading::Rule, item::TEXT_ENTRY_CHARS_MAX};
use std::collections::BTreeSet;

/// An option of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt {
    /// Its identifier, unique in its question.
    pub id: String,
    /// Its authored text.
    pub text: String,
    /// Whether it is flagged as right.
    pub right: bool,
    /// What it gives, or takes where it is negative, by partial credit.
    pub marks: Option<i32>,
}

/// Reads the rule of a question; `None` and a finding when there is no key.
pub fn rule(kind: Kind, name: &str, options: &[Opt], fields: Fields<'_>, findings: &mut Findings) -> Option<Rule> {
    match kind {
        Kind::SingleAnswer | Kind::MultipleAnswers | Kind::TrueFalse => {
            choices(name, options, fields, findings).map(|correct| Rule::Choices { correct })
        }
        Kind::ShortAnswer => text_rule(name, options, fields, findings),
        Kind::Essay => Some(Rule::Marker),
    }
}

fn choices(name: &str, options: &[Opt], fields: Fields<'_>, findings: &mut Findings) -> Option<BTreeSet<String>> {
    let flagged: BTreeSet<String> = options.iter().filter(|option| option.right).map(|o| o.id.clone()).collect();
    let answer = fields.find("correctAnswer");
    let named = answer.and_then(texts).and_then(|answers| named(&answers, options));
    let remedy = "Write the identifiers of the right options under “correctAnswer”, or take it out.";
    match (answer, &named) {
        (Some(_), None) if flagged.is_empty() => {
            let message = format!("The correct answer of question {name} names an option that it does not have.");
            findings.error("key-names-no-option", Some(name), message, remedy);
        }
        // It cannot mean another option, so the flags decide.
        (Some(_), None) => {
            let message = format!("The correct answer of question {name} is none of its options; its flags are used.");
            findings.warning("contradictory-key", Some(name), message, remedy);
        }
        (Some(_), Some(named)) if !named.is_empty() && !flagged.is_empty() && *named != flagged => {
            let message = format!("The correct answer of question {name} contradicts the flags of its options.");
            findings.error("contradictory-key", Some(name), message, remedy);
        }
        (Some(_) | None, _) => {}
    }
    let correct = if flagged.is_empty() { named.unwrap_or_default() } else { flagged };
    if correct.is_empty() {
        let message = format!("Question {name} has no right answer.");
        findings.error("no-key", Some(name), message, "Add “isCorrect: true” to the right option.");
        return None;
    }
    Some(correct)
}

/// The options that `answers` name: by identifier, by several identifiers with commas between them, or by text.
fn named(answers: &[&str], options: &[Opt]) -> Option<BTreeSet<String>> {
    let by_id = |name: &str| {
        let exact = options.iter().find(|option| option.id == name);
        exact.or_else(|| options.iter().find(|option| option.id.eq_ignore_ascii_case(name))).map(|o| o.id.clone())
    };
    let by_text = |name: &str| options.iter().find(|option| option.text.trim() == name).map(|o| o.id.clone());
    let mut found = BTreeSet::new();
    for answer in answers {
        let parts = || answer.split(',').map(str::trim).filter(|part| !part.is_empty());
        if let Some(id) = by_id(answer) {
            found.insert(id);
        } else if let Some(ids) = parts().map(by_id).collect::<Option<Vec<_>>>() {
            found.extend(ids);
        } else {
            found.insert(by_text(answer)?);
        }
    }
    Some(found)
}

fn text_rule(name: &str, options: &[Opt], fields: Fields<'_>, findings: &mut Findings) -> Option<Rule> {
    let mut accepted: Vec<String> = Vec::new();
    for member in ["correctAnswer", "accepted"] {
        let Some(node) = fields.find(member) else { continue };
        match texts(node) {
            Some(answers) => accepted.extend(answers.into_iter().map(str::to_owned)),
            None => {
                let message = format!("“{member}” of question {name} is neither a text nor a list of texts.");
                findings.error("key-not-text", Some(name), message, "Write one text, or a list of texts.");
            }
        }
    }
    if accepted.is_empty() {
        accepted.extend(options.iter().filter(|option| option.right).map(|option| option.text.clone()));
    }
    let mut seen = BTreeSet::new();
    accepted.retain(|answer| seen.insert(answer.clone()));
    if let Some(long) = accepted.iter().find(|answer| answer.chars().nth(TEXT_ENTRY_CHARS_MAX as usize).is_some()) {
        let start: String = long.chars().take(30).collect();
        let message = format!("Question {name} accepts “{start}…”, which is longer than a candidate can write.");
        let remedy = format!("Shorten it to {TEXT_ENTRY_CHARS_MAX} characters, or make the question an essay.");
        findings.error("accepted-too-long", Some(name), message, remedy);
    }
    if accepted.is_empty() {
        let message = format!("Question {name} has no right answer.");
        findings.error("no-key", Some(name), message, "Add “correctAnswer: …”, and other spellings under “accepted”.");
        return None;
    }
    Some(Rule::Text { accepted, case_sensitive: case_sensitive(name, fields, findings) })
}

fn case_sensitive(name: &str, fields: Fields<'_>, findings: &mut Findings) -> bool {
    let Some(node) = fields.find("caseSensitive") else { return false };
    flag(node).unwrap_or_else(|| {
        let message = format!("It is not clear whether capital letters matter in question {name}; they do not.");
        findings.warning("case-unclear", Some(name), message, "Write “caseSensitive: true” or “caseSensitive: false”.");
        false
    })
}
