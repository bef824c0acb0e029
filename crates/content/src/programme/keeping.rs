//! How often and by when a certification is taken, what else it asks for, and how it is kept.

use super::{
    Reading, exams,
    members::{id, mappings, needed, number, only},
};
use crate::{
    academy::{Fields, Node, whole},
    check::Findings,
    render,
};
use invigil_core::{
    CertificationId,
    programme::{Part, Recertification, RecertifyBy},
};
use std::path::Path;

const TRIES_MAX: u32 = 1_000;
const DAYS_MAX: u32 = 3_650;
const MONTHS_MAX: u32 = 1_200;
const FAILURES_MAX: usize = 50;

/// Tries, waits and time of a certification.
pub struct Retakes {
    /// Tries allowed per exam; 0 = unlimited.
    pub tries_max: u32,
    /// Days to wait after each failed try.
    pub cool_down_days: Vec<u32>,
    /// Months within which everything must be passed; 0 = no limit.
    pub within_months: u32,
}

/// Reads `retakes` of a certification's page.
pub fn retakes(fields: Fields<'_>, findings: &mut Findings) -> Retakes {
    let none = Retakes { tries_max: 0, cool_down_days: Vec::new(), within_months: 0 };
    let Some(own) = fields.find("retakes").and_then(Fields::of) else { return none };
    let at = "“retakes”";
    only(own, &["tries", "coolDownDays", "withinMonths"], at, findings);
    Retakes {
        tries_max: number(own, "tries", 0..=TRIES_MAX, at, findings).unwrap_or(0),
        cool_down_days: own.find("coolDownDays").map(|node| cool_down(node, findings)).unwrap_or_default(),
        within_months: number(own, "withinMonths", 1..=MONTHS_MAX, at, findings).unwrap_or(0),
    }
}

/// One number for every failure, or a list with one for each.
fn cool_down(node: &Node, findings: &mut Findings) -> Vec<u32> {
    let days = |node: &Node| whole(node).and_then(|n| u32::try_from(n).ok()).filter(|days| *days <= DAYS_MAX);
    let read = match node {
        Node::List(nodes) if nodes.len() <= FAILURES_MAX => nodes.iter().map(days).collect(),
        Node::Scalar(_) => days(node).map(|days| vec![days]),
        Node::Null | Node::List(_) | Node::Map(_) => None,
    };
    let Some(days) = read else {
        let message = "“coolDownDays” is neither a number of days nor a short list of them.".to_owned();
        let remedy = "Write “14”, or “[14, 30]” for the first failure and all later ones.";
        findings.error("number-invalid", None, message, remedy);
        return Vec::new();
    };
    if days.iter().all(|days| *days == 0) { Vec::new() } else { days }
}

/// Reads `parts` of a certification's page, each with the weight that the page gives it.
pub fn parts(fields: Fields<'_>, findings: &mut Findings) -> Vec<(Part, Option<u32>)> {
    let mut parts: Vec<(Part, Option<u32>)> = Vec::new();
    for entry in mappings(fields, "parts", "the page", findings) {
        let Some(id) = id(entry, "part", findings) else { continue };
        let at = format!("part {id}");
        only(entry, &["id", "title", "description", "passPercentage", "weight"], &at, findings);
        if parts.iter().any(|(part, _)| part.id == id) {
            let message = format!("More than one part is called {id}.");
            findings.error("duplicate-part-id", Some("parts"), message, "Give each an “id” of its own.");
            continue;
        }
        let pass = number(entry, "passPercentage", 0..=100, &at, findings);
        if pass.is_none() {
            let message = format!("The {at} has no pass mark; 70 % is used.");
            findings.warning("part-pass-mark-missing", Some("parts"), message, "Add “passPercentage: 70”.");
        }
        let weight = number(entry, "weight", 1..=100, &at, findings);
        let part = Part {
            title: needed(entry, "title", &at, findings),
            description: render::block(&needed(entry, "description", &at, findings)).html,
            pass_percent: pass.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(70),
            weight: 1,
            id,
        };
        parts.push((part, weight));
    }
    parts
}

/// Settles what exams and parts weigh: by the page, which then has to say it of all of them, or all alike.
pub fn settle_weights(weights: Vec<(&mut u32, Option<u32>)>, findings: &mut Findings) -> bool {
    let stated = weights.iter().filter(|(_, stated)| stated.is_some()).count();
    if stated == 0 {
        return false;
    }
    if stated < weights.len() {
        let message =
            "Some exams and parts of the page have a weight and others have none; all count alike.".to_owned();
        findings.error("weights-partial", Some("exams"), message, "Give each a “weight”, or none.");
        return false;
    }
    let sum: u32 = weights.iter().filter_map(|(_, stated)| *stated).sum();
    if sum != 100 {
        let message = format!("The exams and parts of the page weigh {sum} together.");
        findings.error("weights-sum", Some("exams"), message, "Let their “weight” add up to 100.");
    }
    for (weight, stated) in weights {
        *weight = stated.unwrap_or(1);
    }
    true
}

/// Reads `recertification` of a certification's page.
pub fn recertification(
    folder: &Path,
    certification: &CertificationId,
    fields: Fields<'_>,
    reading: &mut Reading,
    findings: &mut Findings,
) -> Option<Recertification> {
    let at = "“recertification”";
    let node = fields.find("recertification")?;
    let Some(own) = Fields::of(node) else {
        let message = "“recertification” is not a mapping.".to_owned();
        findings.error(
            "recertification-invalid",
            Some("recertification"),
            message,
            "Write “by” and “fromDays” under it.",
        );
        return None;
    };
    only(own, &["by", "exam", "fromDays"], at, findings);
    let from_days = number(own, "fromDays", 1..=DAYS_MAX, at, findings);
    let by = match (own.text("by"), own.find("exam")) {
        (Some("retake"), None) => Some(RecertifyBy::Retake),
        (Some("delta"), Some(node)) => {
            // Its own findings say what is wrong with the file.
            let listed = exams::one(folder, certification, node, reading, findings)?;
            Some(RecertifyBy::Delta { exam: Box::new(listed.summary) })
        }
        (Some(_) | None, _) => None,
    };
    let (Some(by), Some(from_days)) = (by, from_days) else {
        let message = "“recertification” does not say how a credential is renewed.".to_owned();
        let remedy = "Write “by: retake”, or “by: delta” and “exam: FILE”, and “fromDays: 90”.";
        findings.error("recertification-invalid", Some("recertification"), message, remedy);
        return None;
    };
    Some(Recertification { by, from_days })
}
