//! A roster: who is to sit, as a table. Every line is checked before anything is made of any of them.

use crate::{
    csv,
    ids::CandidateId,
    person::{self, Email},
    policy::Control,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The largest roster, in bytes.
pub const ROSTER_BYTES_MAX: usize = 1024 * 1024;
/// The most candidates in one roster.
pub const ROSTER_LINES_MAX: usize = 2_000;
/// The longest cell, in characters.
const CELL_CHARS_MAX: usize = 500;
/// The most extra time, in percent of an exam's minutes.
pub const EXTRA_PERCENT_MAX: u32 = 400;
/// The most extra time, in minutes.
pub const EXTRA_MINUTES_MAX: u32 = 24 * 60;
/// The most findings that are listed.
const FINDINGS_MAX: usize = 200;

/// What a candidate is granted, as a cell says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted {
    /// Percent of the exam's minutes on top.
    pub extra_percent: u32,
    /// Minutes on top.
    pub extra_minutes: u32,
    /// Controls that are not asked for.
    pub without: BTreeSet<Control>,
}

/// One candidate of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The candidate's identifier, when the organisation has one.
    pub id: Option<CandidateId>,
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<Email>,
    /// What they are granted.
    pub granted: Granted,
}

/// Something that has to be mended before a roster is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, when it is about one.
    pub column: Option<&'static str>,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

const COLUMNS: [&str; 4] = ["id", "name", "email", "accommodation"];

/// Reads a roster with the columns `id`, `name`, `email` and `accommodation`, in any order; only `name` has to be there.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines, at most 200 findings.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, Vec<Finding>> {
    let whole = |line, code, message: String| vec![Finding { line, column: None, code, message }];
    if ROSTER_BYTES_MAX < bytes.len() {
        return Err(whole(1, "roster-too-large", format!("a roster has at most {ROSTER_BYTES_MAX} bytes")));
    }
    let records = csv::read(bytes).map_err(|why| whole(why.line, "csv-malformed", why.to_string()))?;
    let Some((header, records)) = records.split_first() else {
        return Err(whole(1, "roster-empty", "the roster is empty; its first line names the columns".to_owned()));
    };
    if ROSTER_LINES_MAX < records.len() {
        return Err(whole(1, "roster-too-long", format!("a roster has at most {ROSTER_LINES_MAX} candidates")));
    }
    let mut check = Check { columns: Vec::new(), findings: Vec::new(), ids: BTreeMap::new(), emails: BTreeMap::new() };
    check.header(header);
    let entries: Vec<_> = if check.findings.is_empty() {
        records.iter().filter_map(|record| check.record(record)).collect()
    } else {
        Vec::new()
    };
    if check.findings.is_empty() { Ok(entries) } else { Err(check.findings) }
}

struct Check {
    columns: Vec<&'static str>,
    findings: Vec<Finding>,
    /// The line that an identifier or an address stands on first.
    ids: BTreeMap<CandidateId, usize>,
    emails: BTreeMap<Email, usize>,
}

impl Check {
    fn find(&mut self, line: usize, column: Option<&'static str>, code: &'static str, message: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { line, column, code, message: message.into() });
        }
    }

    fn header(&mut self, header: &csv::Record) {
        for cell in &header.cells {
            let word = cell.trim().to_lowercase();
            let shown: String = cell.chars().take(40).collect();
            match COLUMNS.into_iter().find(|column| *column == word) {
                None => {
                    let known = COLUMNS.join(", ");
                    self.find(header.line, None, "column-unknown", format!("“{shown}” is not one of: {known}"));
                }
                Some(column) if self.columns.contains(&column) => {
                    self.find(header.line, Some(column), "column-twice", "this column is there twice");
                }
                Some(column) => self.columns.push(column),
            }
        }
        if !self.columns.contains(&"name") {
            self.find(header.line, Some("name"), "column-missing", "the first line names no column “name”");
        }
    }

    fn record(&mut self, record: &csv::Record) -> Option<Entry> {
        let (line, before) = (record.line, self.findings.len());
        if record.cells.len() != self.columns.len() {
            let (has, needs) = (record.cells.len(), self.columns.len());
            self.find(line, None, "cells-missing", format!("this line has {has} cells, and the first one {needs}"));
            return None;
        }
        let mut cells = BTreeMap::new();
        for (column, cell) in self.columns.clone().into_iter().zip(&record.cells) {
            if CELL_CHARS_MAX < cell.chars().count() {
                let long = format!("a cell has at most {CELL_CHARS_MAX} characters");
                self.find(line, Some(column), "cell-too-long", long);
            } else if csv::is_formula(cell) {
                let formula = "a spreadsheet takes this for a formula; it may not begin with = + - @ or a tab";
                self.find(line, Some(column), "formula", formula);
            } else {
                cells.insert(column, cell.trim());
            }
        }
        let cell = |column: &str| cells.get(column).copied().unwrap_or_default();
        let entry = Entry {
            line,
            id: self.id(line, cell("id")),
            name: match (person::name(cell("name")), cells.contains_key("name")) {
                (Ok(name), _) => name,
                (Err(_), false) => String::new(),
                (Err(why), true) => {
                    self.find(line, Some("name"), "name-malformed", why.to_string());
                    String::new()
                }
            },
            email: self.email(line, cell("email")),
            granted: match granted(cell("accommodation")) {
                Ok(granted) => granted,
                Err(why) => {
                    self.find(line, Some("accommodation"), "accommodation-malformed", why);
                    Granted::default()
                }
            },
        };
        (self.findings.len() == before).then_some(entry)
    }

    fn id(&mut self, line: usize, cell: &str) -> Option<CandidateId> {
        if cell.is_empty() {
            return None;
        }
        match cell.parse::<CandidateId>() {
            Err(why) => self.find(line, Some("id"), "id-malformed", why.to_string()),
            Ok(id) => match self.ids.get(&id).copied() {
                Some(first) => self.find(line, Some("id"), "id-twice", format!("line {first} has this identifier too")),
                None => {
                    self.ids.insert(id.clone(), line);
                    return Some(id);
                }
            },
        }
        None
    }

    fn email(&mut self, line: usize, cell: &str) -> Option<Email> {
        if cell.is_empty() {
            return None;
        }
        match cell.parse::<Email>() {
            Err(why) => self.find(line, Some("email"), "email-malformed", why.to_string()),
            Ok(email) => match self.emails.get(&email).copied() {
                Some(first) => {
                    self.find(line, Some("email"), "email-twice", format!("line {first} has this address too"))
                }
                None => {
                    self.emails.insert(email.clone(), line);
                    return Some(email);
                }
            },
        }
        None
    }
}

/// What a cell grants: words like `25%`, `10min` and `without:keyboard+close`.
fn granted(cell: &str) -> Result<Granted, String> {
    let mut granted = Granted::default();
    for word in cell.split_whitespace() {
        let number = |text: &str, most: u32| text.parse().ok().filter(|number| *number <= most);
        let taken = if let Some(percent) = word.strip_suffix('%') {
            number(percent, EXTRA_PERCENT_MAX).map(|percent| granted.extra_percent = percent)
        } else if let Some(minutes) = word.strip_suffix("min") {
            number(minutes, EXTRA_MINUTES_MAX).map(|minutes| granted.extra_minutes = minutes)
        } else {
            word.strip_prefix("without:").and_then(|names| {
                let control = |name: &str| Control::ALL.into_iter().find(|control| control.word() == name);
                names.split('+').map(control).collect::<Option<Vec<_>>>().map(|all| granted.without.extend(all))
            })
        };
        taken.ok_or_else(|| {
            let word: String = word.chars().take(40).collect();
            let known = Control::ALL.map(Control::word).join(", ");
            format!(
                "“{word}” is no accommodation; write 25%, 10min or without:keyboard+close. The controls are {known}"
            )
        })?;
    }
    Ok(granted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_roster_is_taken() {
        let text = "\u{feff}Name;ID;accommodation;email\r\n Candidate 01 ;c-1;25% 10min without:keyboard+close;A@Example.org\r\n\
                    测试 02;;;\r\n";
        let entries = read(text.as_bytes()).unwrap();
        let granted =
            Granted { extra_percent: 25, extra_minutes: 10, without: [Control::Keyboard, Control::Close].into() };
        assert_eq!(
            entries,
            [
                Entry {
                    line: 2,
                    id: Some("c-1".parse().unwrap()),
                    name: "Candidate 01".into(),
                    email: Some("a@example.org".parse().unwrap()),
                    granted,
                },
                Entry { line: 3, id: None, name: "测试 02".into(), email: None, granted: Granted::default() },
            ]
        );
    }

    #[test]
    fn every_fault_is_said_by_line_and_column() {
        let found = |text: &str| -> Vec<(usize, &str, &str)> {
            let findings = read(text.as_bytes()).err().unwrap_or_default();
            findings.iter().map(|one| (one.line, one.column.unwrap_or("-"), one.code)).collect()
        };
        for (text, expected) in [
            ("", vec![(1, "-", "roster-empty")]),
            ("id,email\n", vec![(1, "name", "column-missing")]),
            ("name,photo\n", vec![(1, "-", "column-unknown")]),
            ("name,name\n", vec![(1, "name", "column-twice")]),
            ("name\n\"A", vec![(2, "-", "csv-malformed")]),
            ("name,id\nA\n", vec![(2, "-", "cells-missing")]),
            (
                "name,id\nA,x\nB,x\nC,a b\n,y\n",
                vec![(3, "id", "id-twice"), (4, "id", "id-malformed"), (5, "name", "name-malformed")],
            ),
            (
                "name,email\nA,a@b.org\nB,A@B.org\nC,c\n",
                vec![(3, "email", "email-twice"), (4, "email", "email-malformed")],
            ),
            (
                "name,email\n=cmd|' /C calc'!A0,-1@b.org\n@A,\n\"\tA\",\n",
                vec![(2, "name", "formula"), (2, "email", "formula"), (3, "name", "formula"), (4, "name", "formula")],
            ),
            (
                "name,accommodation\nA,401%\nB,1441min\nC,without:chair\nD,more\nE,-5%\n",
                vec![
                    (2, "accommodation", "accommodation-malformed"),
                    (3, "accommodation", "accommodation-malformed"),
                    (4, "accommodation", "accommodation-malformed"),
                    (5, "accommodation", "accommodation-malformed"),
                    (6, "accommodation", "formula"),
                ],
            ),
            ("name\nA\u{202e}B\nA\0B\n", vec![(2, "name", "name-malformed"), (3, "name", "name-malformed")]),
        ] {
            assert_eq!(found(text), expected, "{text:?}");
        }
        let long = "n".repeat(CELL_CHARS_MAX + 1);
        assert_eq!(found(&format!("name\n{long}\n")), [(2, "name", "cell-too-long")]);
        let many = "name\n".to_owned() + &"A\n".repeat(ROSTER_LINES_MAX + 1);
        assert_eq!(found(&many), [(1, "-", "roster-too-long")]);
        assert_eq!(found(&" ".repeat(ROSTER_BYTES_MAX + 1)), [(1, "-", "roster-too-large")]);
        assert_eq!(found(&("name,id\n".to_owned() + &"A,a b\n".repeat(1_000))).len(), FINDINGS_MAX);
    }
}
