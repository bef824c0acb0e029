//! One certification: its page and its exams.

use super::{Reading, below, exam, list};
use crate::{
    academy::{Fields, front_matter, text, whole},
    check::{Findings, read_file},
    render,
};
use invigil_core::{
    CertificationId,
    item::Exam,
    programme::{Badge, ExamSummary, Requirements},
};
use std::path::Path;

const VALID_MONTHS_DEFAULT: u32 = 24;

/// What a certification's page says.
#[derive(Debug, Default)]
pub struct Page {
    /// The page's text as safe HTML.
    pub description: String,
    /// What passing asks for; `None` when no exam can be read.
    pub requirements: Option<Requirements>,
}

/// Reads `_index.md` of a certification's folder and the exams it lists.
pub fn read(folder: &Path, id: &CertificationId, reading: &mut Reading) -> Page {
    let path = folder.join("_index.md");
    let mut findings = Findings::of(&path.to_string_lossy());
    let page = match read_file(&path) {
        Ok(markdown) => page(folder, id, &markdown, reading, &mut findings),
        Err(why) => {
            let message = format!("The certification's page cannot be read: {why}.");
            findings.error("unreadable", None, message, "Add an _index.md to its folder.");
            Page::default()
        }
    };
    reading.findings.extend(findings.into_list());
    page
}

fn page(folder: &Path, id: &CertificationId, markdown: &str, reading: &mut Reading, findings: &mut Findings) -> Page {
    let Some((node, body)) = front_matter(markdown, findings) else { return Page::default() };
    let Some(fields) = Fields::of(&node) else { return Page::default() };
    if fields.text("type") != Some("certification") {
        let message = "The page is not marked as a certification.".to_owned();
        findings.warning("not-a-certification", None, message, "Add “type: certification”.");
    }
    if let Some(academy_id) = fields.text("id") {
        reading.academy_ids.insert(id.clone(), academy_id.to_owned());
    }
    let body = if body.trim().is_empty() { fields.text("description").unwrap_or_default() } else { body };
    let exams = exams(folder, id, fields, reading, findings);
    let requirements = (!exams.is_empty()).then(|| Requirements {
        valid_months: valid_months(fields, findings),
        tries_max: number(fields, "retakes", "tries", findings).unwrap_or(0),
        cool_down_days: number(fields, "retakes", "coolDownDays", findings).unwrap_or(0),
        badge: badge(fields, findings),
        exams: exams.iter().map(|(file, exam)| summary(file, exam)).collect(),
    });
    if let Some(requirements) = &requirements {
        compare(fields, requirements, &exams, findings);
    }
    Page { description: render::block(body).html, requirements }
}

fn exams(
    folder: &Path,
    id: &CertificationId,
    fields: Fields<'_>,
    reading: &mut Reading,
    findings: &mut Findings,
) -> Vec<(String, Exam)> {
    let files: Vec<&str> = list(fields, "exams").iter().filter_map(text).collect();
    if files.is_empty() {
        let message = "The certification lists no exams.".to_owned();
        findings.error("exams-missing", None, message, "Add “exams:” with the names of their files.");
    }
    let mut exams = Vec::new();
    for file in files {
        let Some(path) = below(folder, file) else {
            let message = format!("The exam “{file}” lies outside of the certification's folder.");
            findings.error("path-outside", None, message, "Put the file into the folder.");
            continue;
        };
        if let Some(found) = exam(&path, id, reading) {
            exams.push((file.to_owned(), found.bank.exam.clone()));
        }
    }
    exams
}

fn summary(file: &str, exam: &Exam) -> ExamSummary {
    let bank = u32::try_from(exam.items.len()).unwrap_or(u32::MAX);
    ExamSummary {
        id: exam.id.clone(),
        title: exam.title.clone(),
        file: file.to_owned(),
        minutes: exam.minutes,
        items: if exam.items_per_try == 0 { bank } else { exam.items_per_try.min(bank) },
        pass_percent: exam.pass_percent,
    }
}

/// What the page promises and the exams do otherwise: each exam's own rule is the one that is applied.
fn compare(fields: Fields<'_>, requirements: &Requirements, exams: &[(String, Exam)], findings: &mut Findings) {
    let promised = fields.find("passPercentage").and_then(whole);
    for (file, exam) in exams {
        if promised.is_some_and(|percent| percent != i64::from(exam.pass_percent)) {
            let message = format!("The page and the exam “{file}” name different pass marks.");
            findings.warning("pass-mark-differs", None, message, "Make them the same; the exam's own is applied.");
        }
        if exam.tries_max != requirements.tries_max {
            let message = format!("The page and the exam “{file}” allow different numbers of tries.");
            findings.warning("tries-differ", None, message, "Make them the same; the page's are applied.");
        }
    }
}

fn valid_months(fields: Fields<'_>, findings: &mut Findings) -> u32 {
    number(fields, "certificate", "expiresIn", findings).filter(|months| 0 < *months).unwrap_or_else(|| {
        let message =
            format!("The page does not say how long the credential holds; {VALID_MONTHS_DEFAULT} months are used.");
        findings.warning("validity-missing", None, message, "Add “expiresIn” in months under “certificate”.");
        VALID_MONTHS_DEFAULT
    })
}

fn number(fields: Fields<'_>, member: &str, name: &str, findings: &mut Findings) -> Option<u32> {
    let node = fields.find(member).and_then(Fields::of)?.find(name)?;
    let number = whole(node).and_then(|number| u32::try_from(number).ok());
    if number.is_none() {
        let message = format!("“{name}” under “{member}” is not a whole number; it is left out.");
        findings.error("number-invalid", None, message, "Write digits only.");
    }
    number
}

fn badge(fields: Fields<'_>, findings: &mut Findings) -> Badge {
    let member = |member: &str, name: &str| fields.find(member).and_then(Fields::of).and_then(|own| own.text(name));
    let title = member("badge", "title").or_else(|| member("certificate", "title")).or_else(|| fields.text("title"));
    if title.is_none() {
        let message = "The page does not say what the credential is called.".to_owned();
        findings.error("badge-missing", None, message, "Add “title” under “badge”.");
    }
    let description = member("badge", "description").or_else(|| fields.text("description"));
    Badge { title: title.unwrap_or_default().to_owned(), description: description.unwrap_or_default().to_owned() }
}
