//! What this machine can do for an exam: the checks before a start, and the report of a trial.

use invigil_core::{
    SittingId, Wall,
    policy::Level,
    readiness::{Consent, Desktop, ProbeReport},
    sitting::ControlReport,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What this machine can do for the open sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Each check, in the order shown.
    pub checks: Vec<Check>,
    /// Whether the exam may begin now.
    pub may_begin: bool,
    /// Whether it may begin with the proctor's start code instead.
    pub may_begin_by_code: bool,
    /// The level the controls amount to.
    pub level: Level,
}

/// One check. The window shows the texts of `check-ID` and, unless it is fine, of `check-ID-CODE`; of a probe those of
/// `probe-NAME`, and of `check-blind` and `check-silent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Check {
    /// `issuer`, `window`, `pack`, `storage`, `keys`, `clock`, `guard`, a control's name, or `probe-` and a probe's.
    pub id: String,
    /// How it went.
    pub state: CheckState,
    /// What is the matter; empty when it is fine.
    pub code: String,
    /// What the texts name.
    pub args: BTreeMap<String, String>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Fine.
    Fine,
    /// Good to know; the exam may begin.
    Note,
    /// The exam may not begin until it is mended.
    Missing,
}

/// What a report is, and its version. `docs/formats/readiness.md` describes it.
pub const REPORT_TYPE: &str = "invigil/readiness/1";

/// What a trial showed: whether an exam under a policy could begin on this machine as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_TYPE`].
    #[serde(rename = "type", deserialize_with = "of_this_type")]
    pub kind: String,
    /// Version of the application.
    pub version: String,
    /// When, by this machine's calendar.
    pub at: Wall,
    /// The desktop.
    pub desktop: Desktop,
    /// Whether it asks its user before it gives an application its shortcuts.
    pub consent: Consent,
    /// Name of the policy that was tried.
    pub policy: String,
    /// The least level the policy asks for.
    pub assurance_min: Level,
    /// The sitting whose policy it is.
    pub sitting: Option<SittingId>,
    /// The level that the controls amounted to.
    pub level: Level,
    /// Whether an exam could begin here under the policy, as far as this machine has a part in it.
    pub may_begin: bool,
    /// Each check, in the order shown: of the machine, then of the controls, then of the probes.
    pub checks: Vec<Check>,
    /// What each control of the policy showed.
    pub controls: Vec<ControlReport>,
    /// What each probe of the policy showed.
    pub probes: Vec<ProbeReport>,
    /// Names of the aids that run; `null` = nobody asked.
    pub aids: Option<Vec<String>>,
    /// Whether every control was seen to be given back.
    pub released: bool,
}

fn of_this_type<'d, D: Deserializer<'d>>(from: D) -> Result<String, D::Error> {
    let kind = String::deserialize(from)?;
    if kind == REPORT_TYPE { Ok(kind) } else { Err(D::Error::custom(format!("a {REPORT_TYPE} is expected"))) }
}
