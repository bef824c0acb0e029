//! A document as canonical N-Quads (RDFC-1.0), which is what `eddsa-rdfc-2022` signs.

use crate::{
    contexts::{PINNED, Pinned},
    terms::{Uncovered, expect},
};
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::{
    BlankNodeRef, Dataset, GraphNameRef, NamedOrBlankNodeRef, QuadRef, TermRef,
    dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm},
};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical N-Quads of a document of which nothing is lost.
///
/// # Errors
/// When a part of it would not become part of them.
pub(crate) fn canonical(document: &Map<String, Json>) -> Result<String, Uncovered> {
    canonical_by(document, &PINNED)
}

fn canonical_by(document: &Map<String, Json>, contexts: &'static [Pinned]) -> Result<String, Uncovered> {
    let expected = expect(document)?;
    let dataset = dataset(document, contexts)?;
    if dataset.len() != expected {
        return Err(Uncovered(format!("{expected} statements, of which {} are left", dataset.len())));
    }
    if !tells_blank_nodes_apart(&dataset) {
        return Err(Uncovered("two objects that only their surroundings tell apart".into()));
    }
    Ok(lines(dataset))
}

/// The dataset of a document with these contexts. What they do not define is lost without a word.
fn dataset(document: &Map<String, Json>, contexts: &'static [Pinned]) -> Result<Dataset, Uncovered> {
    let bytes = Json::from(document.clone()).to_string();
    let parser = JsonLdParser::new().for_slice(bytes.as_bytes()).with_load_document_callback(|url, _| {
        match contexts.iter().find(|(known, _)| *known == url) {
            Some((url, bytes)) => Ok(JsonLdRemoteDocument { document: bytes.to_vec(), document_url: (*url).into() }),
            None => Err(format!("{url} is not pinned").into()),
        }
    });
    parser.collect::<Result<_, _>>().map_err(|why| Uncovered(why.to_string().chars().take(200).collect()))
}

fn lines(mut dataset: Dataset) -> String {
    let hash_algorithm = CanonicalizationHashAlgorithm::Sha256;
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    lines.concat()
}

/// Whether every blank node differs from every other in its own statements. Where two do not, canonicalisation tries the
/// orders of all of them, and a small hostile document takes for ever. No credential of ours has such.
fn tells_blank_nodes_apart(dataset: &Dataset) -> bool {
    let mut statements: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for quad in dataset {
        for node in blank_nodes(quad) {
            statements.entry(node.as_str()).or_default().push(from_the_view_of(node, quad));
        }
    }
    let count = statements.len();
    let distinct: BTreeSet<Vec<String>> = statements
        .into_values()
        .map(|mut statements| {
            statements.sort_unstable();
            statements
        })
        .collect();
    distinct.len() == count
}

fn blank_nodes(quad: QuadRef<'_>) -> impl Iterator<Item = BlankNodeRef<'_>> {
    let subject = match quad.subject {
        NamedOrBlankNodeRef::BlankNode(node) => Some(node),
        NamedOrBlankNodeRef::NamedNode(_) => None,
    };
    let object = match quad.object {
        TermRef::BlankNode(node) => Some(node),
        TermRef::NamedNode(_) | TermRef::Literal(_) => None,
    };
    subject.into_iter().chain(object)
}

/// The statement with `_:a` for the node itself and `_:z` for every other blank node.
fn from_the_view_of(node: BlankNodeRef<'_>, quad: QuadRef<'_>) -> String {
    let (me, other) = (BlankNodeRef::new_unchecked("a"), BlankNodeRef::new_unchecked("z"));
    let seen = |found: BlankNodeRef<'_>| if found == node { me } else { other };
    let subject = match quad.subject {
        NamedOrBlankNodeRef::BlankNode(found) => seen(found).into(),
        named @ NamedOrBlankNodeRef::NamedNode(_) => named,
    };
    let object = match quad.object {
        TermRef::BlankNode(found) => seen(found).into(),
        kept @ (TermRef::NamedNode(_) | TermRef::Literal(_)) => kept,
    };
    QuadRef::new(subject, quad.predicate, object, GraphNameRef::DefaultGraph).to_string()
}

/// The canonical N-Quads of whatever is left of a document with these contexts.
#[cfg(test)]
pub(crate) fn without_validation(
    document: &Map<String, Json>,
    contexts: &'static [Pinned],
) -> Result<String, Uncovered> {
    dataset(document, contexts).map(lines)
}

#[cfg(test)]
#[path = "rdf_tests.rs"]
mod tests;
