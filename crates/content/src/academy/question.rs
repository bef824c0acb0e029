//! One question: its text, its options, its key.

use super::{
    ACADEMY_CHARS_MAX, Authoring, TEXT_CHARS_MAX,
    exam::plain_id,
    fields::{Fields, flag, texts},
    id,
    key::{self, Opt},
    kind::{Kind, Spelling},
    partial,
    yaml::Node,
};
use crate::{
    check::Findings,
    render::{self, Change, Rendered},
};
use invigil_core::{
    CompetencyId, ItemId,
    grading::{Key, MarksPolicy},
    item::{Competency, Item},
};
use std::collections::BTreeSet;

/// A question that can be served and marked, with the authored texts that lints look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its place among the question entries of the file, counted from 0.
    pub place: usize,
    /// What candidates see.
    pub item: Item,
    /// How it is marked.
    pub key: Key,
    /// The authored Markdown of the question.
    pub text: String,
    /// The authored options, in their order.
    pub options: Vec<Opt>,
    /// What only authors see.
    pub authoring: Authoring,
}

impl Question {
    /// The name that findings call it by.
    pub fn name(&self) -> &str {
        &self.authoring.authored_id
    }
}

/// Reads every entry of a question list. Those that cannot be served or marked are left out, each with an error.
pub fn read_all(
    entries: &[Node],
    scope: &str,
    competencies: &[Competency],
    policy: &MarksPolicy,
    findings: &mut Findings,
) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut used = BTreeSet::new();
    let mut place = 0;
    for (index, entry) in entries.iter().enumerate() {
        if *entry == Node::Null {
            let message = format!("Entry {} of the question list is empty.", index + 1);
            findings.error("null-question", None, message, "Take out the “-” that nothing follows.");
            continue;
        }
        let mut reader = Reader { scope, competencies, policy, findings };
        questions.extend(reader.read(entry, index, place).and_then(|question| reader.with_own_id(question, &mut used)));
        place += 1;
    }
    questions
}

/// Reads one question after another of a file.
pub(super) struct Reader<'a> {
    scope: &'a str,
    competencies: &'a [Competency],
    pub(super) policy: &'a MarksPolicy,
    pub(super) findings: &'a mut Findings,
}

impl Reader<'_> {
    fn read(&mut self, entry: &Node, index: usize, place: usize) -> Option<Question> {
        let number = index + 1;
        let Some(fields) = Fields::of(entry) else {
            let message = format!("Question {number} is not a mapping of names to values.");
            self.findings.error(
                "question-not-a-mapping",
                None,
                message,
                "Write lines such as “text: …” under its “-”.",
            );
            return None;
        };
        let name: String =
            fields.text("id").map_or_else(|| format!("question-{number}"), |id| id.chars().take(128).collect());
        let name = name.as_str();
        if !fields.has("id") {
            let message = format!("Question {number} has no identifier; it is called {name}.");
            self.findings.note(
                "id-missing",
                Some(name),
                message,
                "Give it an “id” of its own, so that it can be moved.",
            );
        }
        for member in fields.contradictions() {
            let message = format!("Question {name} gives “{member}” more than once, with different values.");
            self.findings.error("duplicate-key", Some(name), message, "Keep one of them.");
        }
        let kind = self.kind(name, fields);
        let markdown = self.markdown(name, fields);
        let marks = self.marks(name, fields);
        let options = self.options(name, kind?, fields);
        let rule = partial::rule(kind?, name, marks, &options, fields, self.findings);
        let rule = rule.or_else(|| key::rule(kind?, name, &options, fields, self.findings));
        let explanation = self.explanation(name, fields);
        let competency = self.competency(name, fields);
        let (markdown, prompt) = markdown?;
        let interaction = self.interaction(name, kind?, &options)?;
        let item = Item {
            id: name.parse().ok().or_else(|| plain_id(name))?,
            canonical_id: id::question(self.scope, name),
            prompt,
            instructions: fields.text("instructions").map(|text| text.chars().take(TEXT_CHARS_MAX).collect()),
            interaction,
            marks,
            competency: competency.clone(),
        };
        let references = fields.find("references").and_then(texts).unwrap_or_default();
        let references = references.into_iter().map(str::to_owned).collect();
        let key = Key { marks, competency, rule: rule?, explanation, references };
        let authoring = Authoring {
            authored_id: name.to_owned(),
            difficulty: fields.text("difficulty").map(str::to_owned),
            review: fields.find("review").map(json),
        };
        Some(Question { place, item, key, text: markdown, options, authoring })
    }

    /// Makes sure that no two items share an identifier, which would lose one of them and its key.
    fn with_own_id(&mut self, mut question: Question, used: &mut BTreeSet<ItemId>) -> Option<Question> {
        if question.item.id.as_str() != question.authoring.authored_id {
            let (name, id) = (question.authoring.authored_id.as_str(), &question.item.id);
            let message =
                format!("The identifier of question {name} has characters that are not allowed; it is read as {id}.");
            self.findings.warning("id-invalid", Some(name), message, "Use letters, digits and “. _ : / -” only.");
        }
        if used.contains(&question.item.id) {
            let name = question.name().to_owned();
            let message = format!("More than one question is called {name}.");
            self.findings.error(
                "duplicate-question-id",
                Some(&name),
                message,
                "Give each question an “id” of its own.",
            );
            question.item.id = plain_id(&format!("question-{}-again", question.place + 1))?;
        }
        // Taken only if an author chose that name, too; then the item is left out, and the error says so already.
        used.insert(question.item.id.clone()).then_some(question)
    }

    fn kind(&mut self, name: &str, fields: Fields<'_>) -> Option<Kind> {
        let several = fields.find("multipleAnswers").and_then(flag) == Some(true);
        let Some(written) = fields.text("type") else {
            let kind = if several { Kind::MultipleAnswers } else { Kind::SingleAnswer };
            let message = format!("Question {name} has no type; it is read as “{}”.", kind.name());
            self.findings.warning("type-missing", Some(name), message, "Add “type: …”.");
            return Some(kind);
        };
        let shown: String = written.chars().take(40).collect();
        let Some((kind, spelling)) = Kind::read(written) else {
            let message = format!("Question {name} has the type “{shown}”, which is none of the format's types.");
            let remedy = "Use single-answer, multiple-answers, true-false, short-answer or essay.";
            self.findings.error("unknown-type", Some(name), message, remedy);
            return None;
        };
        let message = format!("Question {name} has the misspelt type “{shown}”; it is read as “{}”.", kind.name());
        let remedy = format!("Write “type: {}”.", kind.name());
        match spelling {
            Spelling::Exact => {}
            Spelling::Dialect => self.findings.note("misspelt-type", Some(name), message, remedy),
            Spelling::Repaired => self.findings.warning("misspelt-type", Some(name), message, remedy),
        }
        Some(kind)
    }

    /// The authored text and its HTML.
    fn markdown(&mut self, name: &str, fields: Fields<'_>) -> Option<(String, String)> {
        let Some(markdown) = fields.text("text") else {
            let message = format!("Question {name} has no text.");
            self.findings.error(
                "text-missing",
                Some(name),
                message,
                "Add “text: …”; put a text such as null in quotes.",
            );
            return None;
        };
        let rendered = self.rendered(name, "The text", markdown, render::block)?;
        if render::is_blank(&rendered) {
            let message = format!("Nothing of the text of question {name} can be shown.");
            self.findings.error("text-missing", Some(name), message, "Write the question as Markdown.");
            return None;
        }
        self.academy_length(name, "The text", markdown);
        Some((markdown.to_owned(), rendered))
    }

    pub(super) fn rendered(
        &mut self,
        name: &str,
        what: &str,
        markdown: &str,
        render: fn(&str) -> Rendered,
    ) -> Option<String> {
        let length = markdown.chars().count();
        if TEXT_CHARS_MAX < length {
            let message =
                format!("{what} of question {name} has {length} characters, and {TEXT_CHARS_MAX} are read at most.");
            self.findings.error("text-too-long", Some(name), message, "Shorten it.");
            return None;
        }
        let rendered = render(markdown);
        for change in &rendered.changes {
            let (code, happened, remedy) = match change {
                Change::Image => ("image-removed", "holds an image, which is not shown", "Say in words what it shows."),
                Change::Markup => (
                    "markup-as-text",
                    "holds HTML, which candidates see as plain text",
                    "Put it in back-ticks if that is meant, else write Markdown.",
                ),
                Change::Formula => (
                    "formula-as-code",
                    "holds a formula that cannot be typeset, which is shown as code",
                    "Correct the LaTeX, or write “\\$” for a plain dollar sign.",
                ),
            };
            self.findings.warning(code, Some(name), format!("{what} of question {name} {happened}."), remedy);
        }
        Some(rendered.html)
    }

    pub(super) fn academy_length(&mut self, name: &str, what: &str, markdown: &str) {
        let length = markdown.chars().count();
        if ACADEMY_CHARS_MAX < length {
            let message =
                format!("{what} of question {name} has {length} characters; the Academy takes {ACADEMY_CHARS_MAX}.");
            self.findings.note(
                "text-long",
                Some(name),
                message,
                "Shorten it, if the exam is also used in the Academy.",
            );
        }
    }

    fn explanation(&mut self, name: &str, fields: Fields<'_>) -> Option<String> {
        self.rendered(name, "The explanation", fields.text("explanation")?, render::block)
    }

    fn competency(&mut self, name: &str, fields: Fields<'_>) -> Option<CompetencyId> {
        let written = fields.text("competency")?;
        let known = self.competencies.iter().find(|competency| competency.id.as_str() == written);
        if known.is_none() {
            let shown: String = written.chars().take(60).collect();
            let message =
                format!("Question {name} belongs to “{shown}”, which the exam does not list; it counts for none.");
            let remedy = "Correct it, or list it under “competencies” of the exam.";
            self.findings.warning("competency-undeclared", Some(name), message, remedy);
        }
        known.map(|competency| competency.id.clone())
    }
}

fn json(node: &Node) -> serde_json::Value {
    match node {
        Node::Null => serde_json::Value::Null,
        Node::Scalar(text) => text.as_str().into(),
        Node::List(nodes) => nodes.iter().map(json).collect(),
        Node::Map(entries) => {
            serde_json::Value::Object(entries.iter().map(|(key, node)| (key.clone(), json(node))).collect())
        }
    }
}
