//! The exam around its questions.

use super::{
    QUESTIONS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX,
    fields::{Fields, flag, text, texts, time_limit, whole},
    yaml::Node,
};
use crate::{check::Findings, render};
use invigil_core::{
    ExamId,
    item::{Competency, Exam, Shuffle},
};

const PASS_PERCENT_DEFAULT: u8 = 70;
const COMPETENCIES_MAX: usize = 100;

/// Reads everything but the questions and what depends on their number; also whether the bank is public.
pub fn read(fields: Fields<'_>, body: &str, name: &str, findings: &mut Findings) -> Option<(Exam, bool)> {
    for name in fields.contradictions() {
        let message = format!("The exam gives “{name}” more than once, with different values.");
        findings.error("duplicate-key", None, message, "Keep one of them. “timeLimit” and “time_limit” are the same.");
    }
    check_kind(fields, findings);
    let stem = stem(name);
    let exam = Exam {
        id: exam_id(fields, stem, findings)?,
        title: title(fields, stem, findings),
        description: description(fields, body, findings),
        language: language(fields, findings),
        minutes: minutes(fields, findings),
        pass_percent: pass_percent(fields, findings),
        items_per_try: 0,
        tries_max: 0,
        shuffle: shuffle(fields, findings),
        competencies: competencies(fields, findings),
        items: Vec::new(),
    };
    Some((exam, public(fields, findings)))
}

/// The entries of the question list.
pub fn entries<'a>(fields: Fields<'a>, findings: &mut Findings) -> &'a [Node] {
    let remedy = "List the questions under “questions:”, each after a “-”.";
    match fields.find("questions") {
        Some(Node::List(entries)) if entries.len() <= QUESTIONS_MAX => entries,
        Some(Node::List(entries)) => {
            let message = format!("The file has {} questions, and {QUESTIONS_MAX} are read at most.", entries.len());
            findings.error("too-many-questions", None, message, "Split it into several exams.");
            &entries[..QUESTIONS_MAX]
        }
        Some(Node::Null | Node::Scalar(_) | Node::Map(_)) => {
            findings.error("questions-missing", None, "The member “questions” is not a list.".to_owned(), remedy);
            &[]
        }
        None => {
            findings.error("questions-missing", None, "The exam has no questions.".to_owned(), remedy);
            &[]
        }
    }
}

/// Reads how many items a try serves and how many tries there are, which depends on the number of questions.
pub fn settle_sets(exam: &mut Exam, fields: Fields<'_>, total: usize, findings: &mut Findings) {
    if let Some(node) = fields.find("numberOfQuestions") {
        match whole(node).and_then(|number| u32::try_from(number).ok()).filter(|number| 0 < *number) {
            Some(number) => exam.items_per_try = number,
            None => {
                let message = "The number of questions per try is not a whole number above zero.".to_owned();
                findings.error("set-size-invalid", None, message, "Correct “numberOfQuestions”, or leave it out.");
            }
        }
    }
    let sets = u32::try_from(total).ok().and_then(|total| total.checked_div(exam.items_per_try)).unwrap_or(0);
    exam.tries_max = match fields.find("maxAttempts") {
        Some(node) => match whole(node).and_then(|number| u32::try_from(number).ok()) {
            Some(number) => number,
            None => {
                let message = "The number of tries is not a whole number; it is read as unlimited.".to_owned();
                findings.warning("tries-invalid", None, message, "Correct “maxAttempts”; 0 means unlimited.");
                0
            }
        },
        None => 0,
    };
    // The Academy's theme does the same: as many tries as there are sets, unless the author says otherwise.
    if exam.tries_max == 0 && 1 < sets {
        exam.tries_max = sets;
    }
}

fn stem(name: &str) -> &str {
    let mut parts = name.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match stem {
        "_index" | "index" => parts.next().unwrap_or(stem),
        _other => stem,
    }
}

fn check_kind(fields: Fields<'_>, findings: &mut Findings) {
    if !fields.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("test")) {
        let message = "The page is not marked as an exam, so the Academy will not serve it as one.".to_owned();
        findings.warning("not-a-test", None, message, "Add “type: test”.");
    }
    let is = |name| fields.find(name).and_then(flag) == Some(true);
    if is("final") && is("isOptional") {
        let message = "The exam completes its section and is optional, which the Academy refuses to build.".to_owned();
        findings.warning("final-optional", None, message, "Take out “final” or “is_optional”.");
    } else if is("isOptional") {
        let message = "The exam is optional: the Academy does not count it towards a certification.".to_owned();
        findings.note("optional-exam", None, message, "Nothing, if that is meant.");
    }
    if is("draft") {
        let message = "The exam is a draft: the Academy does not publish it.".to_owned();
        findings.note("draft", None, message, "Take out “draft” when it is ready.");
    }
}

fn exam_id(fields: Fields<'_>, stem: &str, findings: &mut Findings) -> Option<ExamId> {
    if let Some(authored) = fields.text("id") {
        if let Ok(id) = authored.parse() {
            return Some(id);
        }
        let message = "The exam's identifier has other characters than letters, digits and “. _ : / -”.".to_owned();
        findings.warning("id-invalid", None, message, "Write it without spaces, for example “meshery-server”.");
        return plain_id(authored);
    }
    plain_id(stem)
}

/// The nearest identifier to a text. `None` cannot happen: what is left are at most 100 characters of identifiers.
pub fn plain_id<T: std::str::FromStr>(text: &str) -> Option<T> {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._:-/".contains(c) { c } else { '-' };
    let plain: String = text.trim().chars().take(100).map(allowed).collect();
    if plain.is_empty() { "unnamed" } else { &plain }.parse().ok()
}

fn title(fields: Fields<'_>, stem: &str, findings: &mut Findings) -> String {
    let Some(title) = fields.text("title") else {
        let message = "The exam has no title; its file name is shown instead.".to_owned();
        findings.warning("title-missing", None, message, "Add “title: …”.");
        return stem.to_owned();
    };
    if TITLE_CHARS_MAX < title.chars().count() {
        let message = format!("The title is longer than {TITLE_CHARS_MAX} characters and is cut.");
        findings.warning(
            "title-too-long",
            None,
            message,
            "Shorten it, and put the rest into the text below the questions.",
        );
    }
    title.chars().take(TITLE_CHARS_MAX).collect()
}

fn description(fields: Fields<'_>, body: &str, findings: &mut Findings) -> String {
    let markdown = if body.trim().is_empty() { fields.text("description").unwrap_or_default() } else { body };
    if TEXT_CHARS_MAX < markdown.chars().count() {
        let message = format!("The description is longer than {TEXT_CHARS_MAX} characters and is left out.");
        findings.warning("description-too-long", None, message, "Shorten the text below the questions.");
        return String::new();
    }
    render::block(markdown).html
}

fn language(fields: Fields<'_>, findings: &mut Findings) -> String {
    let Some(tag) = fields.text("language") else { return "en".to_owned() };
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|p| part(p) && 2 <= p.len() && p.bytes().all(|b| b.is_ascii_alphabetic()));
    if first && parts.all(part) && tag.len() <= 35 {
        return tag.to_owned();
    }
    let message = "The language is not a language tag; it is read as English.".to_owned();
    findings.warning("language-invalid", None, message, "Write a tag such as “en”, “de” or “pt-BR”.");
    "en".to_owned()
}

fn minutes(fields: Fields<'_>, findings: &mut Findings) -> u32 {
    let Some(node) = fields.find("timeLimit") else { return 0 };
    let limit = time_limit(node);
    if !limit.plain {
        let read = if limit.minutes == 0 { "no time limit".to_owned() } else { format!("{} minutes", limit.minutes) };
        let message = format!("The time limit is not a whole number of minutes; it is read as {read}.");
        findings.warning("time-limit-unknown", None, message, "Write whole minutes such as “30”, or “infinite”.");
    }
    limit.minutes
}

fn pass_percent(fields: Fields<'_>, findings: &mut Findings) -> u8 {
    let Some(node) = fields.find("passPercentage").or_else(|| fields.find("passingPercentage")) else {
        return PASS_PERCENT_DEFAULT;
    };
    match whole(node).and_then(|percent| u8::try_from(percent).ok()).filter(|percent| *percent <= 100) {
        Some(percent) => percent,
        None => {
            let message = format!("The pass mark is not a whole number from 0 to 100; {PASS_PERCENT_DEFAULT} is used.");
            findings.error("pass-mark-invalid", None, message, "Correct “passPercentage”.");
            PASS_PERCENT_DEFAULT
        }
    }
}

fn shuffle(fields: Fields<'_>, findings: &mut Findings) -> Shuffle {
    let mut shuffle = Shuffle::default();
    let Some(node) = fields.find("shuffle") else { return shuffle };
    for word in texts(node).unwrap_or_else(|| vec![""]) {
        match word.to_ascii_lowercase().as_str() {
            "options" | "choices" => shuffle.choices = true,
            "items" | "questions" => shuffle.items = true,
            "all" | "true" => shuffle = Shuffle { items: true, choices: true },
            "none" | "false" => {}
            _other => {
                let message = "What to shuffle is not one of “options”, “items” and “all”.".to_owned();
                findings.warning("shuffle-unknown", None, message, "Write “shuffle: options”, for example.");
            }
        }
    }
    shuffle
}

fn public(fields: Fields<'_>, findings: &mut Findings) -> bool {
    let Some(node) = fields.find("public") else { return false };
    flag(node).unwrap_or_else(|| {
        let message = "It is not clear whether the bank is public; it is taken as public.".to_owned();
        findings.warning("public-unclear", None, message, "Write “public: true” or “public: false”.");
        true
    })
}

fn competencies(fields: Fields<'_>, findings: &mut Findings) -> Vec<Competency> {
    let mut list: Vec<Competency> = Vec::new();
    let nodes = match fields.find("competencies") {
        Some(Node::List(nodes)) => nodes.as_slice(),
        Some(Node::Null | Node::Scalar(_) | Node::Map(_)) | None => &[],
    };
    for node in nodes.iter().take(COMPETENCIES_MAX) {
        let member = |name| Fields::of(node).and_then(|fields| fields.text(name));
        let title = member("title").or_else(|| text(node));
        let id = member("id").or(title).and_then(|id| id.parse().ok());
        match (id, title) {
            (Some(id), title) if list.iter().all(|known| known.id != id) => {
                let title = title.unwrap_or(id.as_str()).to_owned();
                list.push(Competency { id, title });
            }
            (Some(_) | None, _) => {
                let message = "A competency has no identifier of its own; it is left out.".to_owned();
                findings.warning("competency-invalid", None, message, "Give each one its own “id” and a “title”.");
            }
        }
    }
    list
}
