//! A pass mark that judges set by Angoff's method: for each item they say how likely somebody who just deserves to pass
//! is to answer it. The mean over all items, weighted by their marks, is the pass mark.

use crate::ids::ItemId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Certainty, in hundredths of a percent.
pub const WHOLE: u32 = 10_000;

/// The record of a standard setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Angoff {
    /// How many judges took part.
    pub judges: u32,
    /// How many rounds they went through.
    pub rounds: u32,
    /// The day of the last round, `YYYY-MM-DD`.
    pub held: String,
    /// The judges' mean for each item, in hundredths of a percent.
    pub means: BTreeMap<ItemId, u32>,
    /// The mark that they stated, in hundredths of a percent of all marks.
    pub mark_hundredths: u32,
}

impl Angoff {
    /// The mark that follows from the means, in hundredths of a percent, rounded half up. `marks` are the bank's items
    /// with what each is worth. `None` when the items are not those of the record, or are worth nothing.
    pub fn computed(&self, marks: &BTreeMap<ItemId, u32>) -> Option<u32> {
        if !marks.keys().eq(self.means.keys()) {
            return None;
        }
        let sum: u64 = marks.values().map(|marks| u64::from(*marks)).sum();
        let weighted: u64 = marks.values().zip(self.means.values()).map(|(m, p)| u64::from(*m) * u64::from(*p)).sum();
        weighted.checked_add(sum / 2)?.checked_div(sum).and_then(|mark| u32::try_from(mark).ok())
    }

    /// The stated mark as an exam's whole percent, rounded half up.
    pub fn pass_percent(&self) -> u32 {
        self.mark_hundredths.saturating_add(50) / 100
    }
}
