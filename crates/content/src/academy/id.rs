//! The Academy's derived identifiers: version 5 UUIDs of its theme's own recipe, so that the same Markdown gives the
//! same identifiers here and in Layer5 Cloud. Source: `layouts/partials/academy/{normalize-id,derive-uuid}.html` of
//! layer5io/academy-theme.

use sha1::{Digest, Sha1};

/// The part of a file's path that identifiers are derived from: what follows its last folder named `content`, else its
/// last folder named `exams`, else its file name. The place of a checkout on a disk must not change identifiers.
pub fn scope(path: &str) -> String {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let folders = &parts[..parts.len().saturating_sub(1)];
    let root = ["content", "exams"].iter().find_map(|name| folders.iter().rposition(|part| part == name));
    match root {
        Some(place) => parts[place + 1..].join("/"),
        None => parts.last().copied().unwrap_or_default().to_owned(),
    }
}

/// The identifier of a page. Without an authored one it is derived from the page's relative address.
pub fn page(scope: &str, authored: Option<&str>) -> String {
    let address = || {
        let stem = scope.strip_suffix(".md").unwrap_or(scope);
        let stem = stem.strip_suffix("_index").or_else(|| stem.strip_suffix("index")).unwrap_or(stem);
        format!("/{}/", stem.trim_end_matches('/').to_lowercase())
    };
    match authored.map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => canonical(scope, id),
        None => canonical(scope, &address()),
    }
}

/// The identifier of a question in the file at `scope`.
pub fn question(scope: &str, authored: &str) -> String {
    canonical(&format!("{scope}#question:{authored}"), authored)
}

/// The identifier of an option of a question in the file at `scope`.
pub fn option(scope: &str, question: &str, authored: &str) -> String {
    canonical(&format!("{scope}#question:{question}#option:{authored}"), authored)
}

fn canonical(scope: &str, name: &str) -> String {
    if is_uuid(name) { name.to_ascii_lowercase() } else { derived(scope, name) }
}

fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => (b'1'..=b'5').contains(byte),
            19 => b"89abAB".contains(byte),
            _digit => byte.is_ascii_hexdigit(),
        })
}

fn derived(scope: &str, name: &str) -> String {
    let hash = Sha1::digest(format!("academy-theme:{scope}:{name}"));
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let variant = match digits.as_bytes()[16] {
        b'0'..=b'3' => '8',
        b'4'..=b'7' => '9',
        b'8'..=b'9' | b'a'..=b'b' => 'a',
        _c_to_f => 'b',
    };
    let [a, b, c, d, e] = [&digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32]];
    format!("{a}-{b}-5{c}-{variant}{d}-{e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str =
        "certifications/c5ada327-8a58-4c8a-b9fa-51b95696488c/certified-meshery-contributor/meshery-server.md";

    #[test]
    fn the_page_has_the_published_identifier() {
        assert_eq!(page(SERVER, None), "d8526058-cc7d-5d2d-acc5-df08a0c63c21");
    }

    #[test]
    fn its_question_q1_has_the_derived_identifier() {
        assert_eq!(question(SERVER, "q1"), "ac349d65-0ab3-595b-8227-001adab8a6bb");
    }

    #[test]
    fn option_b_of_q1_has_the_derived_identifier() {
        assert_eq!(option(SERVER, "q1", "b"), "bfe053c7-d55e-54ea-9dca-01602971833c");
    }

    #[test]
    fn an_authored_uuid_stays_and_is_lower_case() {
        let uuid = "A2852B8B-4C68-4897-8E5A-5B5C1A470B17";
        assert_eq!(question(SERVER, uuid), uuid.to_lowercase());
        assert_ne!(question(SERVER, &uuid.replace("-4897", "-0897")), uuid.to_lowercase().replace("-4897", "-0897"));
    }

    #[test]
    fn the_scope_does_not_depend_on_where_the_checkout_lies() {
        for (path, expected) in [
            ("/home/a/meshery-academy/content/certifications/x/m.md", "certifications/x/m.md"),
            ("content/certifications/x/m.md", "certifications/x/m.md"),
            ("C:\\work\\content\\x\\m.md", "x/m.md"),
            ("../exams/./meshery/cmc/m.md", "meshery/cmc/m.md"),
            ("/tmp/content", "content"),
            ("m.md", "m.md"),
            ("/tmp/m.md", "m.md"),
            ("", ""),
        ] {
            assert_eq!(scope(path), expected, "{path}");
        }
    }
}
