//! What no HTML that reaches a window may hold, read from its text by other code than the sanitiser's.

use invigil_content::render;
use invigil_core::{
    grading::MarkScheme,
    item::{Exam, Interaction},
};

/// Panics unless the text is HTML that runs nothing and loads nothing.
pub fn harmless(html: &str) {
    assert_eq!(render::clean(html), html, "cleaning changes it");
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, behind) = read_tag(&rest[at + 1..]).unwrap_or_else(|| panic!("a tag without an end in {html}"));
        check_tag(tag, html);
        rest = behind;
    }
}

/// The text of a tag and what is behind it; a quoted attribute may hold `>`.
fn read_tag(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    })?;
    Some((&text[..end], &text[end + 1..]))
}

fn check_tag(tag: &str, html: &str) {
    const ELEMENTS: &str = " script style iframe object embed link meta base form input button img svg video audio \
                            source a annotation-xml mglyph template noscript textarea title ";
    let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    let name = name.trim_start_matches('/');
    assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()), "the element <{name}> in {html}");
    assert!(!ELEMENTS.contains(&format!(" {name} ")), "the element <{name}> in {html}");
    while let Some((attribute, value)) = attributes.split_once("=\"") {
        let attribute = attribute.trim();
        let loads = ["style", "href", "src", "srcdoc", "srcset", "action", "formaction", "id", "name"];
        assert!(!attribute.starts_with("on") && !loads.contains(&attribute), "the attribute {attribute} in {html}");
        attributes = value.split_once('"').unwrap_or_else(|| panic!("an open attribute in {html}")).1;
    }
}

/// Every text of an exam that a window shows as HTML.
pub fn exam(exam: &Exam, marks: &MarkScheme) {
    harmless(&exam.description);
    for item in &exam.items {
        harmless(&item.prompt);
        match &item.interaction {
            Interaction::Choice { choices, .. } => choices.iter().for_each(|choice| harmless(&choice.content)),
            Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => {}
        }
    }
    marks.keys.values().filter_map(|key| key.explanation.as_deref()).for_each(harmless);
}
