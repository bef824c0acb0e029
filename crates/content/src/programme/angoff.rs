//! The record of a pass mark that judges set: a file beside the exam.

use super::{
    Reading, below,
    members::{document, hundredths, is_date, needed, number, only},
};
use crate::{
    academy::{Fields, Node, text},
    check::Findings,
};
use invigil_core::{ItemId, item::Exam, programme::angoff::Angoff};
use std::{collections::BTreeMap, path::Path};

const JUDGES_MAX: u32 = 1_000;
const ROUNDS_MAX: u32 = 100;
/// The most items that one finding names.
const NAMED_MAX: usize = 5;

/// Reads a record and holds its mark against its means, and the exam's items and pass mark against it.
pub fn read(folder: &Path, file: &str, exam: &Exam, reading: &mut Reading) -> Option<Angoff> {
    let path = below(folder, file);
    let mut findings = Findings::of(&path.as_deref().unwrap_or(folder).to_string_lossy());
    let record = match path {
        Some(path) => record(&path, exam, &mut findings),
        None => {
            let message = format!("The record “{file:.100}” lies outside of the certification's folder.");
            findings.error("path-outside", None, message, "Put the file into the folder.");
            None
        }
    };
    if let Some(record) = &record {
        check(record, exam, &mut findings);
    }
    reading.findings.extend(findings.into_list());
    record
}

fn record(path: &Path, exam: &Exam, findings: &mut Findings) -> Option<Angoff> {
    let node = document(path, "angoff", findings)?;
    let fields = Fields::of(&node)?;
    let at = "the record";
    only(fields, &["type", "exam", "judges", "rounds", "held", "mark", "items"], at, findings);
    if fields.text("exam").is_some_and(|id| id != exam.id.as_str()) {
        let message = format!("The record is of another exam than {}.", exam.id);
        findings.error("angoff-other-exam", Some("exam"), message, "Name the record of this exam.");
    }
    let held = needed(fields, "held", at, findings);
    if !held.is_empty() && !is_date(&held, 3..=3) {
        let message = "“held” is not a day.".to_owned();
        findings.error("date-invalid", Some("held"), message, "Write it as “2026-01-15”.");
    }
    for name in ["judges", "rounds"].into_iter().filter(|name| !fields.has(name)) {
        let message = format!("The record does not say how many {name} there were.");
        findings.error("member-missing", Some(name), message, format!("Add “{name}: …”."));
    }
    let judges = number(fields, "judges", 1..=JUDGES_MAX, at, findings);
    let rounds = number(fields, "rounds", 1..=ROUNDS_MAX, at, findings);
    let mark_hundredths = fields.text("mark").and_then(hundredths);
    if mark_hundredths.is_none() {
        let message = "The record's “mark” is not a share in percent.".to_owned();
        findings.error("angoff-share-invalid", Some("mark"), message, "Write a number from 0 to 100, such as “70.25”.");
    }
    let means = means(fields, findings)?;
    Some(Angoff { judges: judges?, rounds: rounds?, held, means, mark_hundredths: mark_hundredths? })
}

fn means(fields: Fields<'_>, findings: &mut Findings) -> Option<BTreeMap<ItemId, u32>> {
    let Some(Node::Map(entries)) = fields.find("items") else {
        let message = "The record has no means of the items.".to_owned();
        findings.error("member-missing", Some("items"), message, "Add “items: {ITEM: 65.5}” with every item.");
        return None;
    };
    let mut means = BTreeMap::new();
    for (id, node) in entries {
        let mean = text(node).and_then(hundredths);
        let (Ok(id), Some(mean)) = (id.parse::<ItemId>(), mean) else {
            let message = format!("The mean of item {id:.60} is not a share in percent.");
            findings.error("angoff-share-invalid", Some("items"), message, "Write a number from 0 to 100.");
            return None;
        };
        if means.insert(id.clone(), mean).is_some() {
            let message = format!("The record has more than one mean of item {id}.");
            findings.error("duplicate-key", Some("items"), message, "Keep one of them.");
        }
    }
    Some(means)
}

fn check(record: &Angoff, exam: &Exam, findings: &mut Findings) {
    let marks: BTreeMap<ItemId, u32> = exam.items.iter().map(|item| (item.id.clone(), item.marks)).collect();
    let Some(computed) = record.computed(&marks) else {
        let missing = marks.keys().filter(|id| !record.means.contains_key(*id));
        let unknown = record.means.keys().filter(|id| !marks.contains_key(*id));
        let named: Vec<&str> = missing.chain(unknown).take(NAMED_MAX).map(ItemId::as_str).collect();
        let message = format!("The record's items are not those of the exam; they differ in {}.", named.join(", "));
        findings.error("angoff-items-differ", Some("items"), message, "Let judges rate every item, and no other.");
        return;
    };
    let shown = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    if computed != record.mark_hundredths {
        let message = format!(
            "The record states a mark of {} %, and {} % follows from its means.",
            shown(record.mark_hundredths),
            shown(computed)
        );
        findings.error("angoff-mark-differs", Some("mark"), message, "Correct the means, or the mark.");
    }
    if record.pass_percent() != u32::from(exam.pass_percent) {
        let message = format!(
            "The exam passes from {} % on, and the record's mark is {} %.",
            exam.pass_percent,
            shown(record.mark_hundredths)
        );
        let remedy = "Make “passPercentage” the mark as a whole number, or say beside it why not.";
        findings.warning("angoff-pass-mark-differs", Some("mark"), message, remedy);
    }
}
