//! Where the YAML of a page ends and its Markdown begins.

/// A page cut in two.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// The YAML with its opening `---`, so that a parser counts lines as an editor does.
    pub yaml: &'a str,
    /// The Markdown after the closing `---`.
    pub body: &'a str,
    /// Whether the closing `---` is there.
    pub closed: bool,
}

/// Cuts a page after its front matter; `None` when it does not begin with a line `---`.
pub fn split(text: &str) -> Option<Page<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.len() - text.trim_start().len();
    let mut at = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        let fence = line.trim_end() == "---";
        match (number, fence) {
            (0, false) => return None,
            (0, true) | (_, false) => at += line.len(),
            (_, true) => return Some(Page { yaml: &text[..at], body: &text[at + line.len()..], closed: true }),
        }
    }
    (start < text.len()).then_some(Page { yaml: text, body: "", closed: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_lies_between_two_lines_of_dashes() {
        let page = |yaml, body, closed| Some(Page { yaml, body, closed });
        for (text, expected) in [
            ("---\na: 1\n---\nbody\n", page("---\na: 1\n", "body\n", true)),
            ("---\r\na: 1\r\n---\r\nbody", page("---\r\na: 1\r\n", "body", true)),
            ("\u{feff}---\na: 1\n---", page("---\na: 1\n", "", true)),
            ("\n---\na: 1\n---  \nb", page("\n---\na: 1\n", "b", true)),
            ("---\na: |\n  x\n  ---\nb: 1\n", page("---\na: |\n  x\n  ---\nb: 1\n", "", false)),
            ("---\n---\n", page("---\n", "", true)),
            ("---", page("---", "", false)),
            ("title: x\n---\n", None),
            ("+++\na = 1\n+++\n", None),
            ("text\n\n---\na: 1\n---\n", None),
            ("", None),
            (" \n", None),
        ] {
            assert_eq!(split(text), expected, "{text:?}");
        }
    }
}
