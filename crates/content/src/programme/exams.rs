//! The exams that a certification lists.

use super::{
    ExamFile, Reading, angoff, below,
    members::{list, mapping, number, only},
};
use crate::{
    academy::{self, Bank, Fields, Node, text},
    check::{Findings, read_file},
};
use invigil_core::{CertificationId, item::Exam, programme::ExamSummary};
use std::path::Path;

/// An exam as the certification's page lists it, with what its file holds.
pub struct Listed {
    /// The file, relative to the certification's folder.
    pub file: String,
    /// What the page says it weighs.
    pub weight: Option<u32>,
    /// What it holds.
    pub exam: Exam,
    /// Its facts for the programme; the weight is not settled yet.
    pub summary: ExamSummary,
}

/// Reads the exams under `exams` of a certification's page.
pub fn listed(
    folder: &Path,
    id: &CertificationId,
    fields: Fields<'_>,
    reading: &mut Reading,
    findings: &mut Findings,
) -> Vec<Listed> {
    let nodes = list(fields, "exams", "the page", findings);
    if nodes.is_empty() {
        let message = "The certification lists no exams.".to_owned();
        findings.error("exams-missing", None, message, "Add “exams:” with the names of their files.");
    }
    nodes.iter().filter_map(|node| one(folder, id, node, reading, findings)).collect()
}

/// Reads one exam: the name of its file, or a mapping with `file`, `weight` and `angoff`.
pub fn one(
    folder: &Path,
    id: &CertificationId,
    node: &Node,
    reading: &mut Reading,
    findings: &mut Findings,
) -> Option<Listed> {
    let (file, fields) = match text(node) {
        Some(file) => (file, None),
        None => {
            let fields = mapping(node, "the list of exams", findings)?;
            only(fields, &["file", "weight", "angoff"], "an exam of the page", findings);
            let Some(file) = fields.text("file") else {
                let message = "An exam of the page has no file.".to_owned();
                findings.error("member-missing", Some("exams"), message, "Add “file: NAME.md”.");
                return None;
            };
            (file, Some(fields))
        }
    };
    let Some(path) = below(folder, file) else {
        let message = format!("The exam “{file}” lies outside of the certification's folder.");
        findings.error("path-outside", None, message, "Put the file into the folder.");
        return None;
    };
    let at = format!("the exam “{file}”");
    let weight = fields.and_then(|fields| number(fields, "weight", 1..=100, &at, findings));
    let bank = &read(&path, id, reading)?.bank;
    let (exam, item_marks) = (bank.exam.clone(), bank.item_marks.clone());
    let record = fields.and_then(|fields| fields.text("angoff"));
    let angoff = record.and_then(|record| angoff::read(folder, record, &exam, reading));
    let items = u32::try_from(exam.items.len()).unwrap_or(u32::MAX);
    let summary = ExamSummary {
        id: exam.id.clone(),
        title: exam.title.clone(),
        file: file.to_owned(),
        minutes: exam.minutes,
        items: if exam.items_per_try == 0 { items } else { exam.items_per_try.min(items) },
        pass_percent: exam.pass_percent,
        weight: 1,
        item_marks,
        angoff,
    };
    Some(Listed { file: file.to_owned(), weight, exam, summary })
}

/// Reads an exam of a certification into the programme's reading; `None` when it has no bank.
fn read<'r>(path: &Path, certification: &CertificationId, reading: &'r mut Reading) -> Option<&'r ExamFile> {
    let name = path.to_string_lossy();
    let mut findings = Findings::of(&name);
    let text = match read_file(path) {
        Ok(text) => text,
        Err(why) => {
            let message = format!("The exam cannot be read: {why}.");
            findings.error("unreadable", None, message, "Correct the name under “exams” of the certification's page.");
            reading.findings.extend(findings.into_list());
            return None;
        }
    };
    let read = academy::read(&name, &text);
    reading.questions += read.questions;
    reading.findings.extend(read.findings);
    let bank: Bank = read.bank?;
    let id = bank.exam.id.clone();
    if reading.exams.contains_key(&id) {
        let message = format!("More than one exam of the programme is called {id}.");
        findings.error("duplicate-exam-id", None, message, "Give each exam an “id” of its own.");
        reading.findings.extend(findings.into_list());
        return None;
    }
    let file = ExamFile { certification: certification.clone(), path: path.to_owned(), bank };
    Some(reading.exams.entry(id).or_insert(file))
}
