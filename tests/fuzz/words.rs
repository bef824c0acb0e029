//! What people paste and type: links, codes, keys, times, identifiers.

use invigil_client::link::Link;
use invigil_core::{
    Digest, ItemId, PublicKey, Value, Wall,
    checkpoint::{PaperCode, crockford, from_crockford},
    code::Code,
    log::Actor,
};
use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

/// A text as each of them. What is read is written so that it reads the same.
pub fn words(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Some(link) = same::<Link>(text) {
        let origin = link.origin();
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).expect("an origin");
        assert!(!rest.contains(['/', '@', '?', '#', ' ']), "{origin}");
        assert!(link.is_this_machine() || origin.starts_with("https://"), "{origin}");
    }
    if let Some(code) = same::<Code>(text) {
        assert_eq!(code.passphrase().len(), 10);
        assert!(!format!("{code:?}").contains(code.passphrase()), "a code is never printed");
    }
    same::<PaperCode>(text);
    same::<PublicKey>(text);
    same::<Digest>(text);
    same::<Wall>(text);
    same::<ItemId>(text);
    same::<Actor>(text);
    // Only whole groups of eight characters have one spelling.
    if let Some(bytes) = from_crockford(text).filter(|bytes| bytes.len().is_multiple_of(5)) {
        assert_eq!(from_crockford(&crockford(&bytes)), Some(bytes));
    }
    if let Ok(Some(value)) = serde_json::from_str::<Option<Value>>(text) {
        let written = serde_json::to_string(&value).expect("a value is JSON");
        assert_eq!(serde_json::from_str::<Value>(&written).expect("what was written is read"), value);
    }
}

fn same<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    let written = value.to_string();
    assert_eq!(written.parse::<T>().unwrap_or_else(|why| panic!("{written}: {why:?}")), value);
    Some(value)
}
