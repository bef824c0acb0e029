//! Partial credit: what each option gives or takes.

use super::{
    MARKS_MAX,
    fields::{Fields, flag},
    key::Opt,
    kind::Kind,
};
use crate::check::Findings;
use invigil_core::grading::Rule;
use std::collections::BTreeSet;

/// Reads the rule of a question with `partialCredit`; `None` when it has none and is all or nothing.
pub fn rule(
    kind: Kind,
    name: &str,
    marks: u32,
    options: &[Opt],
    fields: Fields<'_>,
    findings: &mut Findings,
) -> Option<Rule> {
    let wanted = fields.find("partialCredit").is_some_and(|node| {
        flag(node).unwrap_or_else(|| {
            let message = format!("It is not clear whether question {name} gives partial credit; it does not.");
            findings.error("flag-unclear", Some(name), message, "Write “partialCredit: true”, or take it out.");
            false
        })
    });
    let one = match kind {
        Kind::SingleAnswer | Kind::TrueFalse => true,
        Kind::MultipleAnswers => false,
        Kind::ShortAnswer | Kind::Essay if wanted => {
            let message = format!("Question {name} has no options to give partial credit for.");
            findings.warning("partial-credit-unused", Some(name), message, "Take out “partialCredit”.");
            return None;
        }
        Kind::ShortAnswer | Kind::Essay => return None,
    };
    if !wanted {
        if options.iter().any(|option| option.marks.is_some()) {
            let message = format!("Options of question {name} have marks, but it gives all its marks or none.");
            findings.warning(
                "option-marks-unused",
                Some(name),
                message,
                "Add “partialCredit: true”, or take them out.",
            );
        }
        return None;
    }
    let worth = |option: &Opt| i64::from(option.marks.unwrap_or(0));
    let gains = options.iter().map(worth).filter(|marks| 0 < *marks);
    let best = if one { gains.max().unwrap_or(0) } else { gains.sum() };
    if best != i64::from(marks) {
        let message =
            format!("The best answer to question {name} gives {best} by its options, and the question {marks}.");
        let remedy =
            "Let the marks of the right options add up to the question's (with one answer: let the best have them).";
        findings.error("partial-marks-off", Some(name), message, remedy);
    }
    let right = |option: &&Opt| if one { worth(option) == best } else { 0 < worth(option) };
    let flagged = |option: &&Opt| option.right;
    let ids = |wanted: &dyn Fn(&&Opt) -> bool| -> BTreeSet<&str> {
        options.iter().filter(|option| wanted(option)).map(|option| option.id.as_str()).collect()
    };
    if options.iter().any(|option| option.right) && ids(&right) != ids(&flagged) {
        let message = format!("The flags of question {name} contradict the marks of its options.");
        findings.error("contradictory-key", Some(name), message, "Flag those options that give the best answer.");
    }
    let choices = options.iter().filter_map(|option| Some((option.id.clone(), option.marks?))).collect();
    Some(Rule::Map { choices })
}

/// The marks of an option: whole, and no more than a question may have, up or down.
pub fn option_marks(number: i64) -> Option<i32> {
    i32::try_from(number).ok().filter(|marks| marks.unsigned_abs() <= MARKS_MAX)
}
