//! The specification names every finding and every code, so that nobody has to read the source to know them.

use crate::root;
use std::{fs, path::Path};

/// The codes that the source files below `path` give to findings and errors.
fn codes(path: &Path) -> Vec<String> {
    let mut codes = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        codes.extend(entries.flat_map(|entry| self::codes(&entry.unwrap().path())));
    } else {
        let text = fs::read_to_string(path).unwrap();
        let text: String = text.split("#[cfg(test)]").next().unwrap().split_whitespace().collect();
        for start in [".error(\"", ".warning(\"", ".note(\"", "=>(\"", "=>\"", "in[(\"", "),(\""] {
            let found = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
            codes.extend(found.filter(|code| is_code(code)).map(str::to_owned));
        }
    }
    codes
}

fn is_code(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[test]
fn every_code_stands_in_the_specification() {
    for (source, document, least) in [
        ("academy", "exam-source.md", 40),
        ("check", "exam-source.md", 15),
        ("programme", "programme.md", 40),
        ("programme.rs", "programme.md", 8),
        ("pack", "pack.md", 20),
    ] {
        let codes = codes(&root().join("crates/content/src").join(source));
        assert!(least <= codes.len(), "only {} codes found in {source}", codes.len());
        let document = fs::read_to_string(root().join("docs/formats").join(document)).unwrap();
        for code in codes {
            assert!(document.contains(&format!("`{code}`")), "{code} of {source} is not in the specification");
        }
    }
}
