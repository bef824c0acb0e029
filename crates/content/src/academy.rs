//! Reads exam files in the format of the Layer5 and Meshery Academy: Markdown with YAML front matter.
//!
//! Invariant: reading never fails as a whole and never panics. What could be read comes back as a bank, what is wrong
//! with the file as findings. `docs/formats/exam-source.md` is the specification; its source is the Academy's theme
//! (layer5io/academy-theme, `layouts/partials/test`).

mod exam;
mod fields;
mod front_matter;
pub mod id;
mod key;
mod kind;
mod marks;
mod names;
mod options;
mod partial;
mod question;
mod yaml;

pub(crate) use fields::{Fields, text, whole};
pub(crate) use front_matter::{Page, split};
pub(crate) use key::Opt;
pub(crate) use marks::policy as marks_policy;
pub(crate) use question::Question;
pub(crate) use yaml::{Node, parse};

use crate::check::{self, Finding, Findings};
use invigil_core::{
    Digest, ItemId,
    grading::{MarkScheme, MarksPolicy},
    item::Exam,
};
use std::collections::BTreeMap;

/// The largest exam file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;
/// The most questions of one exam.
pub const QUESTIONS_MAX: usize = 2_000;
/// The most options of one question.
pub const OPTIONS_MAX: usize = 100;
/// The longest text of a question, an option, an explanation or a description, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// The longest question or option that the Academy's own API carries, in characters.
pub const ACADEMY_CHARS_MAX: usize = 500;
/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 300;
/// The most marks of one question.
pub const MARKS_MAX: u32 = 1_000;

/// What came out of an exam file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The bank; `None` when no question of the file can be used.
    pub bank: Option<Bank>,
    /// The question entries in the file, defective ones included. An empty list entry is none.
    pub questions: usize,
    /// What is wrong with the file or worth knowing about it.
    pub findings: Vec<Finding>,
}

/// An exam with its key, as authors wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// What candidates see.
    pub exam: Exam,
    /// How it is marked.
    pub marks: MarkScheme,
    /// How its items got their marks.
    pub item_marks: MarksPolicy,
    /// Whether the bank is public, which a live exam's should not be.
    pub public: bool,
    /// Digest of the file.
    pub source: Digest,
    /// The part of the file's path that [`id`] derives the Academy's identifiers from.
    pub scope: String,
    /// What only authors see of each item.
    pub authoring: BTreeMap<ItemId, Authoring>,
    /// The errors among the findings. No pack is built from a bank that has any.
    pub faults: Vec<Finding>,
}

/// What only authors see of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authoring {
    /// The authored identifier, which differs from the item's own where that had to be repaired.
    pub authored_id: String,
    /// The author's word for how hard it is.
    pub difficulty: Option<String>,
    /// The review as it stands in the file, for a reviewer's tool to verify. Every scalar is text.
    pub review: Option<serde_json::Value>,
}

/// Reads an exam file. `name` is its path, or any name for it; findings carry it, and identifiers are derived from the
/// part that [`id::scope`] takes.
pub fn read(name: &str, text: &str) -> Reading {
    let mut findings = Findings::of(name);
    let (bank, questions) = match front_matter(text, &mut findings) {
        Some((node, body)) => bank(name, text, &node, body, &mut findings),
        None => (None, 0),
    };
    let bank = bank.map(|bank| Bank { faults: findings.errors(), ..bank });
    Reading { bank, questions, findings: findings.into_list() }
}

/// The YAML of a page and its Markdown body; `None` and a finding when there is no mapping to read.
pub(crate) fn front_matter<'a>(text: &'a str, findings: &mut Findings) -> Option<(Node, &'a str)> {
    if FILE_BYTES_MAX < text.len() {
        let message = format!("The file has {} bytes, and {FILE_BYTES_MAX} are read at most.", text.len());
        findings.error("file-too-large", None, message, "Split it into several exams.");
        return None;
    }
    let Some(Page { yaml, body, closed }) = split(text) else {
        let message = "The file does not begin with YAML front matter.".to_owned();
        findings.error("front-matter-missing", None, message, "Begin it with a line “---”, YAML, and another “---”.");
        return None;
    };
    if !closed {
        let message = "The front matter has no closing line “---”, so the whole file is read as YAML.".to_owned();
        findings.warning("front-matter-unclosed", None, message, "Put a line “---” after the last question.");
    }
    match parse(yaml) {
        Ok(node @ Node::Map(_)) => Some((node, body)),
        Ok(Node::Null | Node::Scalar(_) | Node::List(_)) => {
            let message = "The front matter is not a mapping of names to values.".to_owned();
            findings.error("front-matter-not-a-mapping", None, message, "Write lines such as “title: …”.");
            None
        }
        Err(why) => {
            let message = format!("The front matter is not valid YAML: {why}.");
            findings.error("yaml-invalid", None, message, "Correct the YAML near that place.");
            None
        }
    }
}

fn bank(name: &str, text: &str, node: &Node, body: &str, findings: &mut Findings) -> (Option<Bank>, usize) {
    let Some(fields) = Fields::of(node) else { return (None, 0) };
    let Some((mut exam, public)) = exam::read(fields, body, name, findings) else { return (None, 0) };
    let scope = id::scope(name);
    let entries = exam::entries(fields, findings);
    let total = entries.iter().filter(|entry| **entry != Node::Null).count();
    let item_marks = marks::policy_of(fields, entries, findings);
    let questions = question::read_all(entries, &scope, &exam.competencies, &item_marks, findings);
    names::unknown(fields, entries, findings);
    exam::settle_sets(&mut exam, fields, total, findings);
    exam.items = questions.iter().map(|question| question.item.clone()).collect();
    check::lints(&exam, &questions, total, findings);
    if questions.is_empty() {
        return (None, total);
    }
    let keys = questions.iter().map(|question| (question.item.id.clone(), question.key.clone())).collect();
    let marks = MarkScheme { exam: exam.id.clone(), keys };
    let authoring = questions.into_iter().map(|question| (question.item.id, question.authoring)).collect();
    let source = Digest::of(text);
    (Some(Bank { exam, marks, item_marks, public, source, scope, authoring, faults: Vec::new() }), total)
}
