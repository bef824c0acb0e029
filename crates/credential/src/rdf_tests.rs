//! What becomes RDF, what does not, and that the difference is noticed.

use super::*;
use crate::CONTEXTS;
use serde_json::json;

fn subject(members: &Json) -> Map<String, Json> {
    let mut subject = json!({"type": ["AchievementSubject"], "role": "r"});
    for (name, value) in members.as_object().unwrap() {
        subject[name] = value.clone();
    }
    let document = json!({
        "@context": CONTEXTS, "id": "urn:a", "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": subject,
    });
    let Json::Object(document) = document else { unreachable!() };
    document
}

/// Trap: a JSON-LD processor drops members that no context defines, so the signature holds with and without them.
#[test]
fn a_member_that_no_context_defines_is_refused_and_not_dropped() {
    let plain = subject(&json!({}));
    assert!(canonical(&plain).is_ok());
    let added = subject(&json!({"unknownTerm": "added"}));
    let (with, without) = (dataset(&added, &PINNED).unwrap(), dataset(&plain, &PINNED).unwrap());
    assert_eq!(lines(with), lines(without), "the processor sees no difference");
    assert_eq!(canonical(&added), Err(Uncovered("unknownTerm".into())));
}

#[test]
fn what_would_be_lost_is_named() {
    let thing = json!({"type": ["Result"], "value": "1"});
    for (members, lost) in [
        (json!({"result": [thing]}), None),
        (json!({"result": thing}), None),
        (json!({"identifier": [{"type": "IdentityObject", "hashed": true}]}), None),
        (json!({"id": "did:web:a%3A80#z"}), None),
        (json!({"role": "\t\r\n\"\\ü😀"}), None),
        // Defined elsewhere, and not here.
        (json!({"achievementType": "Badge"}), Some("achievementType")),
        (json!({"validFrom": "2026-11-22T09:30:00Z"}), Some("validFrom")),
        (json!({"result": [{"value": "1"}]}), Some("value")),
        (json!({"result": [{"type": ["Result"], "role": "r"}]}), Some("role")),
        (json!({"result": [{"type": ["Achievement", "Result"], "criteria": {"value": "1"}}]}), Some("value")),
        // Types that are none.
        (json!({"result": [{"type": ["Unknown"]}]}), Some("Unknown")),
        (json!({"result": [{"type": ["role"], "value": "1"}]}), Some("role")),
        (json!({"result": [{"type": ["https://example.org/Type"]}]}), Some("https://example.org/Type")),
        (json!({"result": [{"type": []}]}), Some("type")),
        (json!({"result": [{"type": {"id": "urn:t"}}]}), Some("type")),
        (json!({"type": "id"}), Some("id")),
        // One IRI under two names.
        (json!({"achievement": {"type": ["Achievement"], "Criteria": {"narrative": "n"}}}), Some("Criteria")),
        (json!({"result": [{"type": ["alignment"]}]}), Some("alignment")),
        // Values that become nothing, or what programs read differently.
        (json!({"role": null}), Some("role")),
        (json!({"role": []}), Some("role")),
        (json!({"role": 1}), Some("role")),
        (json!({"role": [["r"]]}), Some("role")),
        (json!({"role": ["r", "r"]}), Some("role")),
        (json!({"role": "\u{1}"}), Some("role")),
        (json!({"role": "\u{c}"}), Some("role")),
        (json!({"role": "\u{7f}"}), Some("role")),
        (json!({"role": "\u{ffff}"}), Some("role")),
        (json!({"result": [thing, thing]}), Some("result")),
        (json!({"image": "no address"}), Some("image")),
        (json!({"image": "relative"}), Some("image")),
        (json!({"id": "relative"}), Some("id")),
        (json!({"id": "_:blank"}), Some("id")),
        (json!({"id": 7}), Some("id")),
        // Words of JSON-LD, which could mean anything.
        (json!({"@id": "urn:b"}), Some("@id")),
        (json!({"@context": {"x": "urn:x"}}), Some("@context")),
        (json!({"role": {"@value": "r"}}), Some("@value")),
        (json!({"result": [{"@graph": []}]}), Some("@graph")),
        (json!({"https://example.org/member": "r"}), Some("https://example.org/member")),
        (json!({"achievement": {"type": ["ResultDescription"], "allowedValue": ["a"]}}), Some("allowedValue")),
    ] {
        let said = canonical(&subject(&members)).map(drop);
        assert_eq!(said, lost.map_or(Ok(()), |lost| Err(Uncovered(lost.into()))), "{members}");
    }
}

/// Trap: copies of the Open Badges context differ in two members, so a signature over them holds in one program alone.
#[test]
fn a_member_that_only_one_copy_of_the_context_defines_is_refused() {
    for (name, value) in [("jti", json!("urn:uuid:1")), ("endorsementJwt", json!(["e30"]))] {
        let mut document = subject(&json!({}));
        document.insert(name.into(), value);
        assert_eq!(
            dataset(&document, &PINNED).unwrap().len(),
            dataset(&subject(&json!({})), &PINNED).unwrap().len() + 1
        );
        assert_eq!(canonical(&document), Err(Uncovered(name.into())));
    }
}

/// Trap: oxjsonld has gaps in scoped contexts, so the statements are counted.
#[test]
fn a_statement_that_is_lost_on_the_way_is_noticed() {
    // A processor that passes over the terms which `AchievementSubject` brings with it.
    const GAP: [Pinned; 2] = [
        PINNED[0],
        (
            PINNED[1].0,
            br#"{"@context": {"OpenBadgeCredential": "urn:OpenBadgeCredential", "AchievementSubject": "urn:AchievementSubject"}}"#,
        ),
    ];
    let document = subject(&json!({}));
    assert!(canonical_by(&document, &PINNED).is_ok());
    assert_eq!(canonical_by(&document, &GAP), Err(Uncovered("5 statements, of which 4 are left".into())));
}

#[test]
fn an_object_is_described_in_one_place() {
    let achievement = |id: &str| json!({"id": id, "type": ["Achievement"], "name": id});
    for (first, second, expected) in
        [("urn:x", "urn:y", Ok(())), ("urn:x", "urn:x", Err("id")), ("urn:a", "urn:x", Err("id"))]
    {
        let mut image = achievement(second);
        image["image"] = json!("urn:x");
        let document = subject(&json!({"achievement": [achievement(first), image]}));
        let said = canonical(&document).map(drop);
        assert_eq!(said, expected.map_err(|lost: &str| Uncovered(lost.into())), "{first} {second}");
    }
}

#[test]
fn a_document_that_makes_canonicalisation_take_for_ever_is_refused() {
    // Each result looks like every other until one looks below it: their orders are tried, all 20! of them.
    let result =
        |n: usize| json!({"type": ["Result"], "alignment": {"type": ["Alignment"], "targetCode": n.to_string()}});
    let results: Vec<Json> = (0..20).map(result).collect();
    let refused = canonical(&subject(&json!({"result": results})));
    assert_eq!(refused, Err(Uncovered("two objects that only their surroundings tell apart".into())));
}

#[test]
fn only_pinned_contexts_are_known() {
    for contexts in [
        json!(["https://www.w3.org/ns/credentials/v2", "https://example.org/context.json"]),
        json!("https://www.w3.org/ns/credentials/v2"),
        json!([{"a": "urn:a"}]),
    ] {
        let mut document = subject(&json!({}));
        document.insert("@context".into(), contexts);
        assert_eq!(canonical(&document), Err(Uncovered("@context".into())));
    }
}

/// The statements of a whole credential, held against what another implementation makes of it in
/// `tests/verifiers/dataset.mjs`.
#[test]
fn a_whole_credential_becomes_the_statements_that_it_always_became() {
    let mut document: Map<String, Json> =
        serde_json::from_str(include_str!("../tests/golden/credential.json")).unwrap();
    document.remove("proof");
    expect_test::expect_file!["../tests/golden/credential.nq"].assert_eq(&canonical(&document).unwrap());
}
