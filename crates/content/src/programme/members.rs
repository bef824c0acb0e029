//! Reading the members of a programme's documents, each with a finding where it says nothing that can be used.

use super::ENTRIES_MAX;
use crate::{
    academy::{FILE_BYTES_MAX, Fields, Node, parse, text, whole},
    check::{Findings, read_file},
};
use std::path::Path;

/// The longest name, title or address, in characters.
pub const LINE_CHARS_MAX: usize = 300;
/// The longest text of several sentences, in characters.
pub const TEXT_CHARS_MAX: usize = 5_000;

/// Reads a YAML document that says `type: KIND`.
pub fn document(path: &Path, kind: &str, findings: &mut Findings) -> Option<Node> {
    let text = match read_file(path) {
        Ok(text) => text,
        Err(why) => {
            let message = format!("The file cannot be read: {why}.");
            findings.error("unreadable", None, message, "Check its name, and that it is UTF-8 text that you may read.");
            return None;
        }
    };
    if FILE_BYTES_MAX < text.len() {
        let message = format!("The file has more than {FILE_BYTES_MAX} bytes.");
        findings.error("file-too-large", None, message, "Shorten it.");
        return None;
    }
    let node = match parse(&text) {
        Ok(node) => node,
        Err(why) => {
            let message = format!("The file is not valid YAML: {why}.");
            findings.error("yaml-invalid", None, message, "Correct the YAML near that place.");
            return None;
        }
    };
    if Fields::of(&node).and_then(|fields| fields.text("type")) == Some(kind) {
        return Some(node);
    }
    let code = match kind {
        "programme" => "not-a-programme",
        "partner" => "not-a-partner",
        "badges" => "not-badges",
        _angoff => "not-angoff",
    };
    let message = format!("The file does not say “type: {kind}”.");
    findings.error(code, None, message, "Add it, or put another file in its place.");
    None
}

/// Notes every name of a mapping that nobody reads.
pub fn only(fields: Fields<'_>, known: &[&str], at: &str, findings: &mut Findings) {
    for name in fields.unknown(known).into_iter().take(ENTRIES_MAX) {
        let name: String = name.chars().take(60).collect();
        let message = format!("“{name}” is not a name that is read in {at}.");
        findings.note("unknown-key", Some(at), message, "Correct its spelling, or take it out.");
    }
}

/// The entries of a list; nothing when it is absent.
pub fn list<'a>(fields: Fields<'a>, name: &str, at: &str, findings: &mut Findings) -> &'a [Node] {
    match fields.find(name) {
        Some(Node::List(nodes)) if nodes.len() <= ENTRIES_MAX => nodes,
        Some(Node::List(nodes)) => {
            let message = format!("“{name}” of {at} has {} entries, and {ENTRIES_MAX} are read at most.", nodes.len());
            findings.error("too-many-entries", Some(at), message, "Shorten the list.");
            &nodes[..ENTRIES_MAX]
        }
        Some(Node::Null | Node::Scalar(_) | Node::Map(_)) => {
            let message = format!("“{name}” of {at} is not a list.");
            findings.error("not-a-list", Some(at), message, "Write each entry in a line of its own after a “-”.");
            &[]
        }
        None => &[],
    }
}

/// The texts of a list.
pub fn texts(fields: Fields<'_>, name: &str, at: &str, findings: &mut Findings) -> Vec<String> {
    let nodes = list(fields, name, at, findings);
    let read: Vec<String> = nodes.iter().filter_map(text).map(|text| cut(text, TEXT_CHARS_MAX)).collect();
    if read.len() < nodes.len() {
        let message = format!("“{name}” of {at} has entries that are not texts; they are left out.");
        findings.error("not-a-text", Some(at), message, "Write one text in each entry, in quotes where it has a “:”.");
    }
    read
}

/// The entries of a list that are mappings.
pub fn mappings<'a>(fields: Fields<'a>, name: &str, at: &str, findings: &mut Findings) -> Vec<Fields<'a>> {
    let nodes = list(fields, name, at, findings);
    nodes.iter().filter_map(|node| mapping(node, at, findings)).collect()
}

/// A mapping.
pub fn mapping<'a>(node: &'a Node, at: &str, findings: &mut Findings) -> Option<Fields<'a>> {
    let fields = Fields::of(node);
    if fields.is_none() {
        let message = format!("An entry of {at} is not a mapping of names to values.");
        findings.error("entry-not-a-mapping", None, message, "Write lines such as “id: …” after its “-”.");
    }
    fields
}

/// A text that has to be there.
pub fn needed(fields: Fields<'_>, name: &str, at: &str, findings: &mut Findings) -> String {
    let text = fields.text(name);
    if text.is_none() {
        let message = format!("{} has no {name}.", capitalised(at));
        findings.error("member-missing", None, message, format!("Add “{name}: …”."));
    }
    cut(text.unwrap_or_default(), TEXT_CHARS_MAX)
}

/// An identifier that has to be there.
pub fn id<T: std::str::FromStr<Err: std::fmt::Display>>(
    fields: Fields<'_>,
    what: &str,
    findings: &mut Findings,
) -> Option<T> {
    match fields.text("id").unwrap_or_default().parse() {
        Ok(id) => Some(id),
        Err(why) => {
            let message = format!("A {what} has no identifier that can be used: {why}.");
            findings.error("id-missing", None, message, "Give it an “id” of its own.");
            None
        }
    }
}

/// A web address; empty when it is none, so that nobody is led anywhere else.
pub fn address(written: &str, at: &str, findings: &mut Findings) -> String {
    let host = ["https://", "http://"].iter().find_map(|scheme| written.strip_prefix(scheme));
    let plain = |host: &str| {
        host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && !written.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\`".contains(c))
            && !host.split(['/', '?', '#']).next().unwrap_or_default().contains('@')
            && written.len() <= LINE_CHARS_MAX
    };
    if host.is_some_and(plain) {
        return written.to_owned();
    }
    if !written.is_empty() {
        let message = format!("The address of {at} is not a web address.");
        findings.error("url-invalid", None, message, "Write it with “https://”.");
    }
    String::new()
}

/// A whole number between two others, both included; `None` when the member is absent or something else.
pub fn number(
    fields: Fields<'_>,
    name: &str,
    range: std::ops::RangeInclusive<u32>,
    at: &str,
    findings: &mut Findings,
) -> Option<u32> {
    let node = fields.find(name)?;
    let number = whole(node).and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
    if number.is_none() {
        let message = format!(
            "“{name}” of {at} is not a whole number from {} to {}; it is left out.",
            range.start(),
            range.end()
        );
        findings.error("number-invalid", None, message, "Write digits only.");
    }
    number
}

/// A share in percent with at most two decimals, in hundredths of a percent.
pub fn hundredths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || 3 < whole.len() || 2 < decimals.len() || !digits(whole) || !digits(decimals) {
        return None;
    }
    let number: u32 = format!("{whole}{decimals:0<2}").parse().ok()?;
    (number <= invigil_core::programme::angoff::WHOLE).then_some(number)
}

/// Whether a text is a day, a month or a year of the calendar. `parts` says how many of the three have to be there.
pub fn is_date(text: &str, parts: std::ops::RangeInclusive<usize>) -> bool {
    let pieces: Vec<&str> = text.split('-').collect();
    let number = |piece: &str, length: usize| {
        let digits = piece.len() == length && piece.bytes().all(|byte| byte.is_ascii_digit());
        if digits { piece.parse::<u32>().ok() } else { None }
    };
    let Some(year) = number(pieces[0], 4).filter(|year| *year != 0) else { return false };
    let month = pieces.get(1).map_or(Some(1), |piece| number(piece, 2));
    let day = pieces.get(2).map_or(Some(1), |piece| number(piece, 2));
    let (Some(month), Some(day)) = (month, day) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _other => 0,
    };
    parts.contains(&pieces.len()) && (1..=days).contains(&day)
}

pub fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_two_decimals_at_most() {
        for (text, expected) in [
            ("70", Some(7_000)),
            ("70.5", Some(7_050)),
            ("70.55", Some(7_055)),
            ("0.01", Some(1)),
            ("100", Some(10_000)),
            ("100.01", None),
            ("70.555", None),
            ("-1", None),
            (".5", None),
            ("1e2", None),
            ("", None),
            ("99999999999", None),
        ] {
            assert_eq!(hundredths(text), expected, "{text:?}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, any, day) in [
            ("2026", true, false),
            ("2026-02", true, false),
            ("2026-02-28", true, true),
            ("2024-02-29", true, true),
            ("2026-02-29", false, false),
            ("1900-02-29", false, false),
            ("2026-13", false, false),
            ("2026-1-1", false, false),
            ("0000", false, false),
            ("2026-01-01-01", false, false),
            ("soon", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_date(text, 1..=3), is_date(text, 3..=3)), (any, day), "{text:?}");
        }
    }

    #[test]
    fn only_web_addresses_are_kept() {
        for (text, kept) in [
            ("https://example.org", true),
            ("http://example.org/a?b=c#d", true),
            ("https://docs.example.org/a@b", true),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https:///etc", false),
            ("https://user@example.org", false),
            ("https://example.org/\"onclick", false),
            ("https://example.org/ x", false),
            ("", false),
        ] {
            let mut findings = Findings::of("f");
            assert_eq!(!address(text, "it", &mut findings).is_empty(), kept, "{text:?}");
            assert_eq!(findings.into_list().is_empty(), kept || text.is_empty(), "{text:?}");
        }
    }
}
