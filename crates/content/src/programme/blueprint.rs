//! What a certification is about: the areas of its page, held against its exams.

use super::{
    exams::Listed,
    members::{mappings, needed, number, texts},
};
use crate::{academy::Fields, check::Findings};
use invigil_core::{
    CompetencyId, Digest,
    form::{Draw, Form},
    item::Exam,
    programme::{
        Part,
        blueprint::{Area, Blueprint, Examined, TOLERANCE_ITEMS_DEFAULT},
    },
};
use std::collections::BTreeMap;

/// Reads `competencies` and `blueprintTolerance` of a certification's page.
pub fn read(fields: Fields<'_>, findings: &mut Findings) -> Blueprint {
    let tolerance = number(fields, "blueprintTolerance", 0..=1_000, "the page", findings);
    let entries = mappings(fields, "competencies", "the page", findings);
    let areas: Vec<Area> = entries.into_iter().map(|entry| area(entry, findings)).collect();
    let blueprint = Blueprint { areas, tolerance_items: tolerance.unwrap_or(TOLERANCE_ITEMS_DEFAULT) };
    if !blueprint.areas.is_empty() && blueprint.percent_sum() != 100 {
        let message = format!("The competencies of the page weigh {} % together.", blueprint.percent_sum());
        let remedy = "Let their “percentage” add up to 100.";
        findings.error("blueprint-sum", Some("competencies"), message, remedy);
    }
    blueprint
}

fn area(fields: Fields<'_>, findings: &mut Findings) -> Area {
    let title = needed(fields, "title", "a competency of the page", findings);
    let at = format!("the competency “{title:.60}”");
    let percent = number(fields, "percentage", 0..=100, &at, findings);
    let examined = ["competency", "exam", "part"].into_iter().find_map(|place| {
        let written = fields.text(place)?;
        let examined = match place {
            "competency" => written.parse().map(Examined::Competency),
            "exam" => written.parse().map(Examined::Exam),
            _part => written.parse().map(Examined::Part),
        };
        if let Err(why) = &examined {
            let message = format!("Where {at} is examined cannot be read: {why}.");
            findings.error(
                "blueprint-unknown",
                Some("competencies"),
                message,
                "Name a competency or an exam by its “id”.",
            );
        }
        examined.ok()
    });
    Area {
        percent: percent.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0),
        points: texts(fields, "items", &at, findings),
        title,
        examined,
    }
}

/// Holds exams and parts against the blueprint. `weighted` says whether the page gives weights to exams and parts.
pub fn check(blueprint: &Blueprint, exams: &[Listed], parts: &[Part], weighted: bool, findings: &mut Findings) {
    for area in &blueprint.areas {
        let weight = match &area.examined {
            None => continue,
            Some(Examined::Competency(id)) => {
                let known = exams.iter().flat_map(|listed| &listed.exam.competencies).any(|known| known.id == *id);
                known.then_some(None)
            }
            Some(Examined::Exam(id)) => {
                exams.iter().find(|listed| listed.exam.id == *id).map(|listed| Some(listed.summary.weight))
            }
            Some(Examined::Part(id)) => parts.iter().find(|part| part.id == *id).map(|part| Some(part.weight)),
        };
        let title = &area.title;
        match weight {
            None => {
                let message =
                    format!("The competency “{title:.60}” is examined by something that the page does not have.");
                let remedy = "Name a competency of its exams, one of its exams, or one of its parts, by its “id”.";
                findings.error("blueprint-unknown", Some("competencies"), message, remedy);
            }
            Some(Some(weight)) if weighted && weight != u32::from(area.percent) => {
                let message =
                    format!("The competency “{title:.60}” weighs {} %, and what examines it {weight} %.", area.percent);
                let remedy = "Make “percentage” and “weight” the same.";
                findings.warning("blueprint-weight-differs", Some("competencies"), message, remedy);
            }
            Some(_) => {}
        }
    }
    for listed in exams {
        keeps(blueprint, listed, findings);
    }
}

/// Counts the items of each try of an exam.
fn keeps(blueprint: &Blueprint, listed: &Listed, findings: &mut Findings) {
    let exam = &listed.exam;
    let tries = exam.items.len().checked_div(exam.items_per_try as usize).unwrap_or(1).max(1);
    for set in 0..u32::try_from(tries).unwrap_or(u32::MAX) {
        let (counts, items) = served(exam, set);
        for deviation in blueprint.deviations(&counts, items) {
            let message = format!(
                "Set {} of the exam “{}” has {} items of “{:.60}”; its weight asks for {}.{:02}, and {} more or less are \
                 allowed.",
                set + 1,
                listed.file,
                deviation.items,
                deviation.area.title,
                deviation.wanted_hundredths / 100,
                deviation.wanted_hundredths % 100,
                blueprint.tolerance_items
            );
            let remedy = "Add or move items, change the weight, or raise “blueprintTolerance”.";
            findings.warning("blueprint-off", Some(listed.exam.id.as_str()), message, remedy);
        }
    }
}

/// How many items of each competency a try serves, also none, and how many in all.
fn served(exam: &Exam, set: u32) -> (BTreeMap<CompetencyId, u32>, u32) {
    let mut counts: BTreeMap<CompetencyId, u32> =
        exam.competencies.iter().map(|competency| (competency.id.clone(), 0)).collect();
    let items = Form::draw(exam, &Draw { set, seed: Digest::of([]) }).items;
    for competency in items.iter().filter_map(|item| item.competency.as_ref()) {
        *counts.entry(competency.clone()).or_default() += 1;
    }
    (counts, u32::try_from(items.len()).unwrap_or(u32::MAX))
}
