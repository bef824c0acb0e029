//! What is wrong with exam files, said so that an author knows what to do.
//!
//! An error means that an exam would be graded wrongly or cannot be served; a warning is a defect that Invigil can live
//! with; a note is something worth knowing.

mod bank;
mod bias;
mod report;
mod similar;
mod walk;

pub(crate) use bank::lints;
pub use report::{render_human, render_json, render_sarif};
pub(crate) use walk::read as read_file;
pub use walk::{FILES_MAX, check_paths};

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The exam would be graded wrongly or cannot be served. No pack is built from it.
    Error,
    /// A defect that does not keep the exam from being served and graded.
    Warning,
    /// Worth knowing.
    Note,
}

/// One thing to know about an exam file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// A stable kebab-case name of this kind of finding.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The file, as it was named by the caller.
    pub file: String,
    /// The question's authored identifier; `None` when it is about the whole file.
    pub item: Option<String>,
    /// One plain sentence that says what is the case.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What a check of several files found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The number of files that were read as exams.
    #[serde(skip)]
    pub files: usize,
    /// The number of question entries in all files, defective ones included.
    pub questions: usize,
    /// Everything found, in the order of files and of places within them.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The number of findings of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Collects the findings of one file.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    file: String,
    list: Vec<Finding>,
}

/// The most findings kept for one file; a file with more is broken as a whole.
const FINDINGS_MAX: usize = 10_000;

impl Findings {
    pub(crate) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new() }
    }

    pub(crate) fn error(&mut self, code: &'static str, item: Option<&str>, message: String, remedy: impl Into<String>) {
        self.add(Severity::Error, code, item, message, remedy.into());
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        item: Option<&str>,
        message: String,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Warning, code, item, message, remedy.into());
    }

    pub(crate) fn note(&mut self, code: &'static str, item: Option<&str>, message: String, remedy: impl Into<String>) {
        self.add(Severity::Note, code, item, message, remedy.into());
    }

    fn add(&mut self, severity: Severity, code: &'static str, item: Option<&str>, message: String, remedy: String) {
        if self.list.len() < FINDINGS_MAX {
            let (file, item) = (self.file.clone(), item.map(str::to_owned));
            self.list.push(Finding { code, severity, file, item, message, remedy });
        }
    }

    pub(crate) fn append(&mut self, other: Findings) {
        let left = FINDINGS_MAX.saturating_sub(self.list.len());
        self.list.extend(other.list.into_iter().take(left));
    }

    pub(crate) fn errors(&self) -> Vec<Finding> {
        self.list.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect()
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}
