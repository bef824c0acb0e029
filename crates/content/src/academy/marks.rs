//! What a question is worth: by its own word, or by the exam's policy.

use super::{
    MARKS_MAX,
    fields::{Fields, text, whole},
    question::Reader,
    yaml::Node,
};
use crate::check::Findings;
use invigil_core::grading::MarksPolicy;
use std::collections::BTreeMap;

/// Reads `itemMarks` of an exam or of a certification's page; `None` when it is absent or says nothing usable.
pub fn policy(fields: Fields<'_>, findings: &mut Findings) -> Option<MarksPolicy> {
    let node = fields.find("itemMarks")?;
    let policy = match (node, text(node)) {
        (_, Some("stated")) => Some(MarksPolicy::Stated),
        (_, Some("equal")) => Some(MarksPolicy::Equal),
        (_, Some("two")) => Some(MarksPolicy::Two),
        (Node::Map(entries), _) => {
            let entry = |(word, node): &(String, Node)| Some((word.trim().to_owned(), marks(node)?));
            let table: Option<BTreeMap<String, u32>> = entries.iter().map(entry).collect();
            table.filter(|table| !table.is_empty()).map(|table| MarksPolicy::ByDifficulty { table })
        }
        (Node::Null | Node::Scalar(_) | Node::List(_), _) => None,
    };
    if policy.is_none() {
        let message = "“itemMarks” does not say how items get their marks; each keeps its own.".to_owned();
        let remedy = "Write “equal”, “two”, “stated”, or a table such as “{easy: 1, medium: 2, hard: 3}”.";
        findings.error("item-marks-unknown", None, message, remedy);
    }
    policy
}

/// The policy of an exam that names none: the questions' own marks, or one each where no question states any.
pub fn policy_of(fields: Fields<'_>, entries: &[Node], findings: &mut Findings) -> MarksPolicy {
    let states = |node: &Node| Fields::of(node).is_some_and(|question| question.has("marks"));
    policy(fields, findings).unwrap_or_else(|| {
        let none = !fields.has("itemMarks") && !entries.iter().any(states);
        if none { MarksPolicy::Equal } else { MarksPolicy::Stated }
    })
}

fn marks(node: &Node) -> Option<u32> {
    whole(node).and_then(|marks| u32::try_from(marks).ok()).filter(|marks| (1..=MARKS_MAX).contains(marks))
}

impl Reader<'_> {
    /// What a question is worth.
    pub(super) fn marks(&mut self, name: &str, fields: Fields<'_>) -> u32 {
        let stated = fields.find("marks").map(marks);
        let given = self.policy.marks(stated.flatten(), fields.text("difficulty"));
        if stated == Some(None) || (*self.policy == MarksPolicy::Stated && given.is_none()) {
            let message = format!("Question {name} does not say how many marks it gives; it is read as 1.");
            let remedy = format!("Write “marks: …”, a whole number from 1 to {MARKS_MAX}.");
            self.findings.error("marks-invalid", Some(name), message, remedy);
        } else if let (Some(Some(stated)), Some(given)) = (stated, given)
            && stated != given
        {
            let message = format!("Question {name} says that it gives {stated}, and by “itemMarks” it gives {given}.");
            self.findings.warning("marks-differ", Some(name), message, "Take out its “marks”, or make them the same.");
        }
        given.unwrap_or_else(|| {
            if *self.policy != MarksPolicy::Stated {
                let message = format!("The difficulty of question {name} is not in the table of “itemMarks”.");
                let remedy = "Write one of the table's words under “difficulty”, or add it to the table.";
                self.findings.error("difficulty-unknown", Some(name), message, remedy);
            }
            1
        })
    }
}
