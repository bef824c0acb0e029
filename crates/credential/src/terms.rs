//! Context validation: every member and every type of a document is one that its pinned contexts define, in the place
//! where it stands, and its value is one that becomes part of the RDF dataset.
//!
//! A JSON-LD processor drops what no context defines, and says nothing. What was dropped is not signed, so anybody could
//! add it. This follows the idea of W3C *Data Integrity* §2.4.1 and goes further: [`expect`] counts the statements that a
//! document must become, and whoever makes the dataset compares.

use crate::contexts::{UNSETTLED, terms};
use oxrdf::NamedNode;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The terms in force at a place, with their definitions.
type Active = BTreeMap<&'static str, &'static Json>;

/// The part of a document that its signature would not cover, or that programs would not read alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uncovered(pub(crate) String);

/// How many RDF statements `document` becomes if nothing is lost.
///
/// # Errors
/// The first member, type or value that would be lost.
pub(crate) fn expect(document: &Map<String, Json>) -> Result<usize, Uncovered> {
    let mut active = Active::new();
    let contexts = document.get("@context").and_then(Json::as_array).ok_or_else(|| uncovered("@context"))?;
    for context in contexts {
        let terms = context.as_str().and_then(terms).ok_or_else(|| uncovered("@context"))?;
        active.extend(terms.iter().map(|(name, definition)| (name.as_str(), definition)));
    }
    node(document.iter().filter(|(name, _)| *name != "@context"), &active, &mut BTreeSet::new())
}

fn uncovered(what: &str) -> Uncovered {
    Uncovered(what.chars().take(80).collect())
}

/// Counts the statements about one object. `active` are the terms of its surroundings: those of a type hold in the object
/// itself and not below it. `named` are the objects so far that have an `id`: each may be described in one place, or a part
/// could be moved under the signature to where nobody looks for it.
fn node<'a>(
    members: impl Iterator<Item = (&'a String, &'a Json)>,
    active: &Active,
    named: &mut BTreeSet<&'a str>,
) -> Result<usize, Uncovered> {
    let members: Vec<_> = members.collect();
    let mut local = active.clone();
    let mut count = 0;
    for kind in members.iter().filter(|(name, _)| keyword(active, name) == Some("@type")).map(|(_, value)| value) {
        let kinds = match kind {
            Json::Array(kinds) => kinds.as_slice(),
            Json::String(_) => std::slice::from_ref(*kind),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => &[],
        };
        if kinds.is_empty() || has_twins(kinds) {
            return Err(uncovered("type"));
        }
        for kind in kinds.iter().map(|kind| kind.as_str().unwrap_or_default()) {
            let definition = active.get(kind).filter(|definition| is_class(kind) && iri_of(definition).is_some());
            scope(&mut local, definition.ok_or_else(|| uncovered(kind))?)?;
            count += 1;
        }
    }
    for (name, value) in members {
        match keyword(&local, name) {
            Some("@type") => {}
            Some("@id") => {
                iri(value).filter(|id| named.insert(id)).ok_or_else(|| uncovered(name))?;
            }
            _ => count += member(name, value, (&local, active), named)?,
        }
    }
    Ok(count)
}

fn member<'a>(
    name: &str,
    value: &'a Json,
    (local, around): (&Active, &Active),
    named: &mut BTreeSet<&'a str>,
) -> Result<usize, Uncovered> {
    let lost = || uncovered(name);
    let definition = local.get(name).filter(|_| !is_class(name) && !UNSETTLED.contains(&name)).ok_or_else(lost)?;
    iri_of(definition).ok_or_else(lost)?;
    // Lists and graphs become other statements than one for each value. No document of ours has any.
    if !matches!(definition.get("@container").and_then(Json::as_str), None | Some("@set")) {
        return Err(lost());
    }
    let mut below = around.clone();
    scope(&mut below, definition)?;
    let values = match value {
        Json::Array(values) => values.as_slice(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => std::slice::from_ref(value),
    };
    if values.is_empty() || has_twins(values) {
        return Err(lost());
    }
    let mut count = values.len();
    for value in values {
        match (value, definition.get("@type").and_then(Json::as_str)) {
            (Json::Object(members), _) => count += node(members.iter(), &below, named)?,
            (Json::String(_), Some("@id")) => drop(iri(value).ok_or_else(lost)?),
            (Json::String(text), Some("@vocab")) => {
                below.get(text.as_str()).and_then(|term| iri_of(term)).map(drop).ok_or_else(lost)?;
            }
            (Json::String(text), _) if text.contains(is_written_differently) => return Err(lost()),
            (Json::String(_) | Json::Bool(_), _) => {}
            (Json::Null | Json::Number(_) | Json::Array(_), _) => return Err(lost()),
        }
    }
    Ok(count)
}

/// Classes have capitals and members have none. Contexts do not say which a term is, and Open Badges gives `criteria` and
/// `Criteria` one IRI: a document could be respelled under its signature.
fn is_class(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Programs do not agree on how these characters are written in canonical N-Quads, so a signature over them holds in one
/// program and not in another. None of them can be seen.
pub(crate) fn is_written_differently(letter: char) -> bool {
    let is_space = matches!(letter, '\t' | '\n' | '\r');
    (letter.is_ascii_control() && !is_space) || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// Statements are a set: of two equal values one is lost.
fn has_twins(values: &[Json]) -> bool {
    values.iter().enumerate().any(|(at, value)| values[..at].contains(value))
}

/// Adds the terms that a type or a member brings with it.
fn scope(active: &mut Active, definition: &'static Json) -> Result<(), Uncovered> {
    match definition.get("@context") {
        None => Ok(()),
        Some(Json::Object(terms)) => {
            active.extend(terms.iter().map(|(name, definition)| (name.as_str(), definition)));
            Ok(())
        }
        Some(_) => Err(uncovered("@context")),
    }
}

/// The keyword that a term stands for.
fn keyword(active: &Active, name: &str) -> Option<&'static str> {
    active.get(name).and_then(|definition| definition.as_str()).filter(|text| text.starts_with('@'))
}

/// The IRI of a term that is no keyword.
fn iri_of(definition: &'static Json) -> Option<&'static str> {
    let text = definition.as_str().or_else(|| definition.get("@id")?.as_str())?;
    (!text.starts_with('@')).then_some(text)
}

/// The value as an absolute IRI: any other is dropped or resolved against an address that nobody wrote.
fn iri(value: &Json) -> Option<&str> {
    value.as_str().filter(|text| NamedNode::new(*text).is_ok())
}
