//! What people ask before they register, and what they need before.

use super::members::{LINE_CHARS_MAX, address, cut, mappings, needed, texts};
use crate::{
    academy::{Fields, Node, text},
    check::Findings,
};
use invigil_core::programme::{About, Fee, Format, Link, Preparation, Prerequisites};

/// The members of a certification that this reads, for whoever notes the others.
pub const MEMBERS: &[&str] = &[
    "audience",
    "focus",
    "format",
    "fee",
    "cost",
    "preparation",
    "prerequisiteKnowledge",
    "relatedResources",
    "prerequisites",
];

/// Reads what a certification says about itself.
pub fn about(fields: Fields<'_>, at: &str, findings: &mut Findings) -> About {
    let mut preparation = Vec::new();
    // The first is ours; the others are the Academy's.
    for name in ["preparation", "prerequisiteKnowledge", "relatedResources"] {
        for entry in mappings(fields, name, at, findings) {
            preparation.extend(pages(entry, at, findings));
        }
    }
    About {
        audience: cut(fields.text("audience").unwrap_or_default(), LINE_CHARS_MAX),
        focus: texts(fields, "focus", at, findings),
        format: formats(fields, at, findings),
        fee: fee(fields, at, findings),
        preparation,
    }
}

/// Reads what is needed before a certification. Whether the named certifications exist is seen later.
pub fn prerequisites(fields: Fields<'_>, at: &str, findings: &mut Findings) -> Prerequisites {
    let Some(node) = fields.find("prerequisites") else { return Prerequisites::default() };
    let Some(fields) = Fields::of(node) else {
        let message = format!("The prerequisites of {at} are not a mapping.");
        let remedy = "Write “certifications: [ID]” and “open: [text]” under “prerequisites”.";
        findings.error("prerequisites-invalid", Some("prerequisites"), message, remedy);
        return Prerequisites::default();
    };
    let mut certifications = Vec::new();
    for written in texts(fields, "certifications", at, findings) {
        match written.parse() {
            Ok(id) if !certifications.contains(&id) => certifications.push(id),
            Ok(_again) => {}
            Err(why) => {
                let message = format!("A prerequisite of {at} is no certification: {why}.");
                findings.error("prerequisite-unknown", Some("prerequisites"), message, "Name one by its “id”.");
            }
        }
    }
    Prerequisites { certifications, open: texts(fields, "open", at, findings) }
}

fn pages(fields: Fields<'_>, at: &str, findings: &mut Findings) -> Option<Preparation> {
    let title = needed(fields, "title", &format!("a list of pages of {at}"), findings);
    let mut links = Vec::new();
    for name in ["children", "links"] {
        for link in mappings(fields, name, at, findings) {
            let title = needed(link, "title", &format!("a page of {at}"), findings);
            let written = link.text("link").or_else(|| link.text("url")).unwrap_or_default();
            let url = address(written, &format!("the page “{title:.60}”"), findings);
            if !url.is_empty() {
                links.push(Link { title, url });
            }
        }
    }
    (!links.is_empty()).then_some(Preparation { title, links })
}

fn formats(fields: Fields<'_>, at: &str, findings: &mut Findings) -> Vec<Format> {
    let mut formats = Vec::new();
    for word in texts(fields, "format", at, findings) {
        let format = match word.as_str() {
            "multiple-choice" => Format::MultipleChoice,
            "essay" => Format::Essay,
            "practical" => Format::Practical,
            "capstone" => Format::Capstone,
            _other => {
                let message = format!("“{word:.60}” is no format of {at}; it is left out.");
                let remedy = "Use multiple-choice, essay, practical or capstone.";
                findings.error("format-unknown", Some("format"), message, remedy);
                continue;
            }
        };
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    formats
}

fn fee(fields: Fields<'_>, at: &str, findings: &mut Findings) -> Fee {
    let Some(node) = fields.find("fee").or_else(|| fields.find("cost")) else { return Fee::Free };
    if text(node).is_some_and(|word| word.eq_ignore_ascii_case("free")) {
        return Fee::Free;
    }
    let amount = amount(node);
    if amount.is_none() {
        let message = format!("The fee of {at} cannot be read; it is shown as free.");
        let remedy = "Write “fee: free”, or “fee: {amount: 99.50, currency: EUR}”.";
        findings.error("fee-invalid", Some("fee"), message, remedy);
    }
    amount.unwrap_or_default()
}

fn amount(node: &Node) -> Option<Fee> {
    let fields = Fields::of(node)?;
    let (amount, currency) = (fields.text("amount")?, fields.text("currency")?);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "00"));
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let plain = digits(whole, 1..=9) && digits(part, 1..=3);
    let code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    (plain && code).then(|| Fee::Amount { amount: amount.to_owned(), currency: currency.to_owned() })
}
