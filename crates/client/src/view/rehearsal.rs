//! A rehearsed failure as the window shows it.

use invigil_core::{Digest, ItemId, Wall};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A rehearsal of a failure: the network is cut, the application is killed, and comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "stage")]
pub enum Rehearsal {
    /// The network is cut and the kill comes in a moment. It can still be called off.
    Cut {
        /// Milliseconds until the kill.
        #[ts(type = "number")]
        left_ms: u64,
        /// What was tried of the network.
        network: Option<NetworkCut>,
    },
    /// It was killed and came back, and the answers are still sealed by a passphrase.
    Sealed,
    /// It was killed and came back, and this is what was found.
    Back(Outcome),
}

/// What was found after a rehearsed kill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// When the kill was sent.
    pub killed: Wall,
    /// When the application was back with the answers.
    pub back: Wall,
    /// The time between, in milliseconds; `null` when the machine was restarted.
    #[ts(type = "number | null")]
    pub away_ms: Option<u64>,
    /// Each answer that was there before the kill.
    pub answers: Vec<AnswerKept>,
    /// What was tried of the network.
    pub network: Option<NetworkCut>,
}

/// An answer before the kill and after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnswerKept {
    /// The item.
    pub item: ItemId,
    /// SHA-256 of the answer before.
    #[ts(type = "string")]
    pub before: Digest,
    /// SHA-256 of what was read from the disk afterwards; `null` = nothing.
    #[ts(type = "string | null")]
    pub after: Option<Digest>,
}

/// Whether an issuer answered. Practice needs none, so where this device knows none there is nothing to cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkCut {
    /// The issuer's name.
    pub issuer: String,
    /// Before the cut.
    pub before: bool,
    /// While it was cut, before the kill.
    pub during: bool,
    /// While it was still cut, after the kill; `null` until then.
    pub still: Option<bool>,
    /// After the network was let back; `null` until then.
    pub after: Option<bool>,
}
