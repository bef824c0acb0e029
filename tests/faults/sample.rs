//! The sample exam, what its mark scheme accepts, and candidates with so much time that none runs out of it on a machine
//! that has much else to do.

use invigil::stage::Stage;
use invigil_core::{ItemId, Value};
use invigil_tests::root;
use std::{collections::BTreeMap, fs, path::PathBuf};

pub fn sample() -> PathBuf {
    root().join("exams/sample")
}

pub fn sample_exam() -> PathBuf {
    sample().join("first-steps/first-steps.md")
}

pub fn right_answers() -> BTreeMap<ItemId, Value> {
    let text = fs::read_to_string(sample_exam()).expect("the exam is there");
    let bank = invigil_content::academy::read("first-steps.md", &text).bank.expect("a bank");
    invigil::stage::right_answers(&bank.exam, &bank.marks)
}

/// Schedules the exam for half a day. Returns the administration.
pub fn schedule(stage: &Stage) -> String {
    let arguments = ["--exam", "first-steps", "--opens", "now", "--closes", "+12h", "--policy", "open"];
    let json = stage.issuer(&[&["administration", "new"], &arguments[..]].concat()).expect("the exam is scheduled");
    json["id"].as_str().expect("an administration").to_owned()
}

/// Admits a candidate with two more hours. Returns the link.
pub fn admit(stage: &Stage, administration: &str, candidate: &str) -> String {
    let arguments = ["admit", "--administration", administration, "--candidate", candidate, "--extra-minutes", "120"];
    let json = stage.issuer(&[&arguments[..], &["--name", "Test Candidate"]].concat()).expect("an admission");
    json["link"].as_str().expect("a link").to_owned()
}
