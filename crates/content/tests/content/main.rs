//! Tests of the content crate from outside, as one binary.

mod academy;
mod corpora;
mod documents;
mod pack;
mod programme;
mod published;
mod report;

use invigil_content::{Finding, Severity};
use std::path::PathBuf;

/// The project's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Findings as `severity code item`, without the notes that every short example has.
fn codes(findings: &[Finding]) -> Vec<String> {
    let usual = ["explanations-missing", "competencies-missing", "references-missing"];
    let shown = |finding: &Finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        [severity, finding.code, finding.item.as_deref().unwrap_or_default()].join(" ").trim_end().to_owned()
    };
    findings.iter().filter(|finding| !usual.contains(&finding.code)).map(shown).collect()
}

/// A small generator, so that a failing case can be run again from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap_or(0)
    }
}
