//! What people are recognised for: `badges.yaml`.

use super::members::{document, list, mappings, needed, only};
use crate::{
    academy::{Fields, Node, text},
    check::Findings,
};
use invigil_core::{
    CertificationId,
    recognition::{Category, GivenBy, Recognition, is_slug},
};
use std::{collections::BTreeSet, path::Path};

/// The file of a programme that lists its badges.
pub const FILE: &str = "badges.yaml";

/// Reads the badges of a programme that has `certifications`. A programme without the file has none.
pub fn read(folder: &Path, certifications: &BTreeSet<CertificationId>) -> (Vec<Recognition>, Findings) {
    let path = folder.join(FILE);
    let mut findings = Findings::of(&path.to_string_lossy());
    if path.symlink_metadata().is_err_and(|why| why.kind() == std::io::ErrorKind::NotFound) {
        return (Vec::new(), findings);
    }
    let Some(node) = document(&path, "badges", &mut findings) else { return (Vec::new(), findings) };
    let Some(fields) = Fields::of(&node) else { return (Vec::new(), findings) };
    only(fields, &["type", "badges"], "the file", &mut findings);
    let mut read: Vec<Recognition> = Vec::new();
    let mut labels = BTreeSet::new();
    for fields in mappings(fields, "badges", "the badges", &mut findings) {
        let Some(recognition) = recognition(fields, certifications, &mut findings) else { continue };
        if labels.insert(recognition.label.clone()) {
            read.push(recognition);
        } else {
            let message = format!("More than one badge has the label {}.", recognition.label);
            let label = Some(recognition.label.as_str());
            findings.error("duplicate-label", label, message, "Give each badge a “label” of its own.");
        }
    }
    (read, findings)
}

fn recognition(
    fields: Fields<'_>,
    certifications: &BTreeSet<CertificationId>,
    findings: &mut Findings,
) -> Option<Recognition> {
    let written = fields.text("label").unwrap_or_default();
    let Some(label) = written.parse().ok().filter(|_| is_slug(written)) else {
        let message = format!("“{written:.60}” cannot be the label of a badge.");
        findings.error("label-invalid", None, message, "Write “label: lower-case-words”, at most 100 characters.");
        return None;
    };
    let at = format!("badge {written}");
    only(fields, &["label", "category", "name", "description", "criteria", "given"], &at, findings);
    let category = match fields.text("category") {
        Some("special") => Category::Special,
        Some("achievement") => Category::Achievement,
        Some("project") => Category::Project,
        Some("certification") => Category::Certification,
        Some(_) | None => {
            let message = format!("The {at} has no category.");
            let remedy = "Write “category: special”, “achievement”, “project” or “certification”.";
            findings.error("category-unknown", Some(written), message, remedy);
            return None;
        }
    };
    let mut given_by: Vec<GivenBy> = Vec::new();
    for node in list(fields, "given", &at, findings) {
        let Some(way) = way(node, &at, certifications, findings) else { continue };
        if !given_by.contains(&way) {
            given_by.push(way);
        }
    }
    if given_by.is_empty() {
        let message = format!("The {at} does not say how it is given.");
        let remedy = "Add “given: [operator]”, for example.";
        findings.error("given-missing", Some(written), message, remedy);
    }
    Some(Recognition {
        label,
        category,
        name: needed(fields, "name", &at, findings),
        description: needed(fields, "description", &at, findings),
        criteria: needed(fields, "criteria", &at, findings),
        given_by,
    })
}

fn way(node: &Node, at: &str, known: &BTreeSet<CertificationId>, findings: &mut Findings) -> Option<GivenBy> {
    match text(node) {
        Some("operator") => return Some(GivenBy::Operator),
        Some("csv") => return Some(GivenBy::Csv),
        Some("webhook") => return Some(GivenBy::Webhook),
        Some(_) | None => {}
    }
    let Some(written) = Fields::of(node).and_then(|fields| fields.text("certification")) else {
        let message = format!("The {at} names a way to give it that does not exist.");
        let remedy = "Use operator, csv, webhook, or “certification: ID”.";
        findings.error("given-unknown", Some(at), message, remedy);
        return None;
    };
    let certification = written.parse().ok().filter(|id| known.contains(id));
    if certification.is_none() {
        let message = format!("The {at} follows from “{written:.60}”, which is no certification of the programme.");
        findings.error("given-unknown", Some(at), message, "Name one of the programme's certifications.");
    }
    Some(GivenBy::Certification { certification: certification? })
}
