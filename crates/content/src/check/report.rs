//! A report as text for people, as JSON, and as SARIF for code hosts.

use super::{Finding, Report, Severity};
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, fmt::Write as _};

/// The report for a terminal: findings by file, then one line of totals.
pub fn render_human(report: &Report) -> String {
    let mut text = String::new();
    let mut file = None;
    for finding in &report.findings {
        if file != Some(&finding.file) {
            file = Some(&finding.file);
            line(&mut text, format_args!("{}", finding.file));
        }
        line(&mut text, format_args!("  {:<7}  {}  [{}]", name(finding.severity), finding.message, finding.code));
        line(&mut text, format_args!("           {}", finding.remedy));
    }
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| report.count(severity));
    line(
        &mut text,
        format_args!(
            "{} in {}: {}, {}, {}.",
            plural(report.questions, "question"),
            plural(report.files, "file"),
            plural(errors, "error"),
            plural(warnings, "warning"),
            plural(notes, "note")
        ),
    );
    text
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let written = writeln!(text, "{line}");
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

fn plural(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The report as `{"questions": n, "findings": [{code, severity, file, item, message, remedy}]}`.
pub fn render_json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// The report as SARIF 2.1.0, with one rule for each kind of finding that occurs.
pub fn render_sarif(report: &Report) -> String {
    let codes: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<Json> = codes.iter().map(|code| json!({ "id": code, "name": code })).collect();
    let results: Vec<Json> = report.findings.iter().map(|finding| result(finding, &codes)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "invigil",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn result(finding: &Finding, codes: &BTreeSet<&str>) -> Json {
    let mut location = json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&finding.file) } } });
    if let Some(item) = &finding.item {
        location["logicalLocations"] = json!([{ "name": item, "kind": "element" }]);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "level": name(finding.severity),
        "message": { "text": format!("{} {}", finding.message, finding.remedy) },
        "locations": [location],
    })
}

/// A path as a relative or `file:` address.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            line_free(&mut uri, byte);
        }
    }
    uri
}

fn line_free(uri: &mut String, byte: u8) {
    let written = write!(uri, "%{byte:02X}");
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}
