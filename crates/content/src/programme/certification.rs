//! One certification: its page and its exams.

use super::{
    Reading, about, blueprint,
    exams::{self, Listed},
    keeping, members,
};
use crate::{
    academy::{Fields, front_matter, marks_policy, whole},
    check::{Findings, read_file},
    render,
};
use invigil_core::{
    CertificationId,
    programme::{About, Badge, Prerequisites, Requirements},
};
use std::path::Path;

const VALID_MONTHS_DEFAULT: u32 = 24;
const VALID_MONTHS_MAX: u32 = 1_200;

/// What a certification's page says.
#[derive(Debug, Default)]
pub struct Page {
    /// The page's text as safe HTML.
    pub description: String,
    /// What to hold or know before.
    pub prerequisites: Prerequisites,
    /// What people ask before they register.
    pub about: About,
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
    let exams = exams::listed(folder, id, fields, reading, findings);
    Page {
        description: render::block(body).html,
        prerequisites: about::prerequisites(fields, "the page", findings),
        about: about::about(fields, "the page", findings),
        requirements: (!exams.is_empty()).then(|| requirements(folder, id, fields, exams, reading, findings)),
    }
}

fn requirements(
    folder: &Path,
    id: &CertificationId,
    fields: Fields<'_>,
    mut exams: Vec<Listed>,
    reading: &mut Reading,
    findings: &mut Findings,
) -> Requirements {
    let mut parts = keeping::parts(fields, findings);
    let own = exams.iter_mut().map(|listed| (&mut listed.summary.weight, listed.weight));
    let others = parts.iter_mut().map(|(part, weight)| (&mut part.weight, *weight));
    let weighted = keeping::settle_weights(own.chain(others).collect(), findings);
    let parts: Vec<_> = parts.into_iter().map(|(part, _)| part).collect();
    let blueprint = blueprint::read(fields, findings);
    blueprint::check(&blueprint, &exams, &parts, weighted, findings);
    let retakes = keeping::retakes(fields, findings);
    let requirements = Requirements {
        parts,
        valid_months: valid_months(fields, findings),
        tries_max: retakes.tries_max,
        cool_down_days: retakes.cool_down_days,
        within_months: retakes.within_months,
        recertification: keeping::recertification(folder, id, fields, reading, findings),
        blueprint,
        badge: badge(fields, findings),
        exams: exams.iter().map(|listed| listed.summary.clone()).collect(),
    };
    compare(fields, &requirements, &exams, findings);
    requirements
}

/// What the page promises and the exams do otherwise: each exam's own rule is the one that is applied.
fn compare(fields: Fields<'_>, requirements: &Requirements, exams: &[Listed], findings: &mut Findings) {
    let promised = fields.find("passPercentage").and_then(whole);
    let item_marks = marks_policy(fields, findings);
    for Listed { file, exam, summary, .. } in exams {
        if promised.is_some_and(|percent| percent != i64::from(exam.pass_percent)) {
            let message = format!("The page and the exam “{file}” name different pass marks.");
            findings.warning("pass-mark-differs", None, message, "Make them the same; the exam's own is applied.");
        }
        if exam.tries_max != requirements.tries_max {
            let message = format!("The page and the exam “{file}” allow different numbers of tries.");
            findings.warning("tries-differ", None, message, "Make them the same; the page's are applied.");
        }
        if item_marks.as_ref().is_some_and(|promised| *promised != summary.item_marks) {
            let message = format!("The page and the exam “{file}” give items their marks in different ways.");
            let remedy = "Make “itemMarks” the same in both; the exam's own is applied.";
            findings.warning("item-marks-differ", Some("itemMarks"), message, remedy);
        }
    }
}

fn valid_months(fields: Fields<'_>, findings: &mut Findings) -> u32 {
    let own = fields.find("certificate").and_then(Fields::of);
    let months = own.and_then(|own| members::number(own, "expiresIn", 1..=VALID_MONTHS_MAX, "“certificate”", findings));
    months.unwrap_or_else(|| {
        let message =
            format!("The page does not say how long the credential holds; {VALID_MONTHS_DEFAULT} months are used.");
        findings.warning("validity-missing", None, message, "Add “expiresIn” in months under “certificate”.");
        VALID_MONTHS_DEFAULT
    })
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
