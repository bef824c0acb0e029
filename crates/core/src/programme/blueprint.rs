//! What an exam should be about, and whether a bank keeps to it.

use crate::ids::{CompetencyId, ExamId, PartId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// By how many items an area of a try may differ, where the programme does not say.
pub const TOLERANCE_ITEMS_DEFAULT: u32 = 1;

/// The areas of a certification and their weights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Blueprint {
    /// The areas, in the order shown. Empty where the programme has no blueprint.
    pub areas: Vec<Area>,
    /// By how many items an area of a try may differ from its weight.
    pub tolerance_items: u32,
}

/// An area of a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Area {
    /// Its title.
    pub title: String,
    /// Its weight in percent.
    pub percent: u8,
    /// What belongs to it, in a few words each.
    pub points: Vec<String>,
    /// Where it is examined; `None` = the programme does not say, and nothing is checked.
    pub examined: Option<Examined>,
}

/// Where an area is examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "in", content = "id")]
pub enum Examined {
    /// By the items of this competency in each exam.
    Competency(CompetencyId),
    /// By an exam of its own.
    Exam(ExamId),
    /// By a part of its own.
    Part(PartId),
}

/// An area of which a try has too many or too few items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation<'a> {
    /// The area.
    pub area: &'a Area,
    /// Items that the try has of it.
    pub items: u32,
    /// Items that its weight asks for, in hundredths.
    pub wanted_hundredths: u32,
}

impl Blueprint {
    /// The sum of all weights; 100 where it is sound.
    pub fn percent_sum(&self) -> u32 {
        self.areas.iter().map(|area| u32::from(area.percent)).sum()
    }

    /// The areas of which a try has too many or too few items. `counts` says how many it has of each competency, `items`
    /// how many in all. An area counts only if it is examined by a competency that `counts` names, also with 0.
    ///
    /// The weights are taken among the areas that competencies examine: an area with an exam of its own asks nothing of
    /// another exam's items.
    pub fn deviations(&self, counts: &BTreeMap<CompetencyId, u32>, items: u32) -> Vec<Deviation<'_>> {
        let counted = |area: &Area| match &area.examined {
            Some(Examined::Competency(id)) => counts.get(id).copied(),
            Some(Examined::Exam(_) | Examined::Part(_)) | None => None,
        };
        let areas = || self.areas.iter().filter_map(|area| Some((area, counted(area)?)));
        let sum: u64 = areas().map(|(area, _)| u64::from(area.percent)).sum();
        let deviation = |(area, has): (_, u32)| {
            let area: &Area = area;
            let wanted = (u64::from(area.percent) * u64::from(items) * 100).checked_div(sum)?;
            let off = u64::from(self.tolerance_items) * 100 < wanted.abs_diff(u64::from(has) * 100);
            let wanted_hundredths = u32::try_from(wanted).unwrap_or(u32::MAX);
            off.then_some(Deviation { area, items: has, wanted_hundredths })
        };
        areas().filter_map(deviation).collect()
    }
}
