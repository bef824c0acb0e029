//! A response's content: cardinality × base type, in the JSON binding of QTI's response variables.
//!
//! `{"base":{"identifier":"a"}}`, `{"list":{"identifier":["a","c"]}}`, `{"base":{"string":"kubectl"}}`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// A response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// Cardinality single.
    Base(Base),
    /// Cardinality multiple: a set, order does not matter.
    List(List),
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Base {
    /// The identifier of a choice.
    Identifier(String),
    /// Text the candidate wrote.
    String(String),
}

/// Several values of one base type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum List {
    /// Identifiers of choices.
    Identifier(BTreeSet<String>),
}

impl Value {
    /// One choice.
    pub fn choice(id: impl Into<String>) -> Self {
        Self::Base(Base::Identifier(id.into()))
    }

    /// Several choices.
    pub fn choices(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::List(List::Identifier(ids.into_iter().map(Into::into).collect()))
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Base(Base::String(text.into()))
    }

    /// Whether it says nothing: no choice taken, or only white space.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Base(Base::Identifier(id)) => id.is_empty(),
            Self::Base(Base::String(text)) => text.trim().is_empty(),
            Self::List(List::Identifier(ids)) => ids.is_empty(),
        }
    }
}
