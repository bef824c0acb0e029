//! The JSON-LD contexts, pinned: compiled in, compared with their digests by a test, and never fetched. A context that
//! changed would change what a signature means.

use serde_json::{Map, Value as Json};
use std::sync::LazyLock;

/// The context of the W3C Verifiable Credentials Data Model 2.0.
pub(crate) const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";
/// The context of Open Badges 3.0.
pub(crate) const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// A context document by its address.
pub(crate) type Pinned = (&'static str, &'static [u8]);

/// All that may be named.
pub(crate) const PINNED: [Pinned; 2] = [
    (CREDENTIALS, include_bytes!("../contexts/credentials-v2.json")),
    (OPEN_BADGES, include_bytes!("../contexts/open-badges-3.0.3.json")),
];

/// Members that one published copy of a pinned context defines and another does not. To a program with the other copy
/// they are not signed.
pub(crate) const UNSETTLED: [&str; 2] = ["jti", "endorsementJwt"];

static PARSED: LazyLock<Vec<(&'static str, Map<String, Json>)>> = LazyLock::new(|| {
    let parse = |(url, bytes): Pinned| {
        let Ok(Json::Object(mut document)) = serde_json::from_slice(bytes) else { unreachable!("{url} is JSON") };
        let Some(Json::Object(terms)) = document.remove("@context") else { unreachable!("{url} is a context") };
        (url, terms)
    };
    PINNED.into_iter().map(parse).collect()
});

/// The terms of a pinned context.
pub(crate) fn terms(url: &str) -> Option<&'static Map<String, Json>> {
    PARSED.iter().find(|(known, _)| *known == url).map(|(_, terms)| terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use invigil_core::Digest;

    /// Trap: two different files are published as the same version of the Open Badges context.
    #[test]
    fn the_contexts_are_the_ones_that_were_pinned() {
        for ((url, bytes), digest) in PINNED.into_iter().zip([
            "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
            "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
        ]) {
            assert_eq!(Digest::of(bytes).to_string(), digest, "{url}");
            assert!(include_str!("../contexts/README.md").contains(digest));
            assert!(terms(url).is_some_and(|terms| terms.contains_key("id")));
        }
    }

    /// With two names for one statement, a document could be respelled under its signature.
    #[test]
    fn no_two_members_of_one_place_mean_the_same() {
        fn walk(around: &Map<String, Json>, own: &Map<String, Json>, found: &mut Vec<String>) {
            let active: Map<String, Json> = [around.clone(), own.clone()].into_iter().flatten().collect();
            let mut seen = std::collections::BTreeMap::new();
            for (name, definition) in active.iter().filter(|(name, _)| !name.starts_with(char::is_uppercase)) {
                let iri = definition.as_str().or_else(|| definition.get("@id")?.as_str());
                if let Some(other) = iri.and_then(|iri| seen.insert(iri.to_owned(), name)) {
                    found.push(format!("{other} and {name}"));
                }
            }
            for scoped in own.values().filter_map(|definition| definition.get("@context")?.as_object()) {
                walk(&active, scoped, found);
            }
        }
        let both = [CREDENTIALS, OPEN_BADGES].into_iter().filter_map(terms).flat_map(Map::clone).collect();
        let mut found = Vec::new();
        walk(&Map::new(), &both, &mut found);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, Vec::<String>::new());
    }
}
