//! The sample exam and what its mark scheme accepts.

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
