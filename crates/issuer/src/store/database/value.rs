//! Values as both databases know them: whole numbers, text and bytes.

use super::{Sql, SqlError};
use invigil_core::{Digest, Wall};
use serde::de::DeserializeOwned;
use std::{borrow::Cow, fmt::Display, str::FromStr, sync::Arc};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; a truth is 1 or 0.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What is put in a place of a statement.
#[derive(Debug, Clone)]
pub enum Place<'a> {
    /// Nothing.
    Null,
    /// A whole number; a truth is 1 or 0.
    Int(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(&'a [u8]),
}

/// Gives `Place` a way from other types.
macro_rules! places_from {
    ($($type:ty: $value:ident => $place:expr),* $(,)?) => {
        $(impl<'a> From<$type> for Place<'a> {
            fn from($value: $type) -> Self {
                $place
            }
        })*
    };
}

places_from! {
    i64: n => Self::Int(n),
    u32: n => Self::Int(i64::from(n)),
    // Counts of ours stay far below.
    u64: n => Self::Int(i64::try_from(n).unwrap_or(i64::MAX)),
    bool: yes => Self::Int(i64::from(yes)),
    &'a str: text => Self::Text(Cow::Borrowed(text)),
    &'a String: text => Self::Text(Cow::Borrowed(text)),
    String: text => Self::Text(Cow::Owned(text)),
    &'a [u8]: bytes => Self::Blob(bytes),
    &'a Vec<u8>: bytes => Self::Blob(bytes),
    Wall: time => Self::Int(time.unix_ms()),
    Digest: digest => Self::Text(Cow::Owned(digest.to_string())),
    &Digest: digest => Self::Text(Cow::Owned(digest.to_string())),
}

impl<'a, const N: usize> From<&'a [u8; N]> for Place<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a, T> From<Option<T>> for Place<'a>
where
    Place<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) names: Arc<[String]>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The value of a column.
    ///
    /// # Errors
    /// `Damaged` when there is no such column, or it holds something of another kind.
    pub fn get<T: Column>(&self, column: &str) -> Sql<T> {
        T::of(self.value(column)?).ok_or_else(|| damaged(column, "it is of another kind"))
    }

    /// A column of text that is one of our types.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn parsed<T: FromStr<Err: Display>>(&self, column: &str) -> Sql<T> {
        self.text(column)?.parse().map_err(|why| damaged(column, why))
    }

    /// The same, where the column may be empty.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn parsed_option<T: FromStr<Err: Display>>(&self, column: &str) -> Sql<Option<T>> {
        if *self.value(column)? == Value::Null { Ok(None) } else { self.parsed(column).map(Some) }
    }

    /// A column of JSON.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Sql<T> {
        serde_json::from_str(self.text(column)?).map_err(|why| damaged(column, why))
    }

    fn text(&self, column: &str) -> Sql<&str> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            Value::Null | Value::Int(_) | Value::Blob(_) => Err(damaged(column, "it is no text")),
        }
    }

    fn value(&self, column: &str) -> Sql<&Value> {
        let place = self.names.iter().position(|name| name == column);
        place.and_then(|place| self.values.get(place)).ok_or_else(|| damaged(column, "there is no such column"))
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// The value as this type; `None` when it is of another kind.
    fn of(value: &Value) -> Option<Self>;
}

/// Lets numbers be read.
macro_rules! columns_of_numbers {
    ($($type:ty),*) => {
        $(impl Column for $type {
            fn of(value: &Value) -> Option<Self> {
                let Value::Int(n) = value else { return None };
                Self::try_from(*n).ok()
            }
        })*
    };
}

columns_of_numbers!(i64, u64, u32, u8);

impl Column for bool {
    fn of(value: &Value) -> Option<Self> {
        let Value::Int(n) = value else { return None };
        Some(*n != 0)
    }
}

impl Column for Wall {
    fn of(value: &Value) -> Option<Self> {
        i64::of(value).map(Self::from_unix_ms)
    }
}

impl Column for String {
    fn of(value: &Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        Some(text.clone())
    }
}

impl Column for Vec<u8> {
    fn of(value: &Value) -> Option<Self> {
        let Value::Blob(bytes) = value else { return None };
        Some(bytes.clone())
    }
}

impl<const N: usize> Column for [u8; N] {
    fn of(value: &Value) -> Option<Self> {
        let Value::Blob(bytes) = value else { return None };
        bytes.as_slice().try_into().ok()
    }
}

impl<T: Column> Column for Option<T> {
    fn of(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::of(value).map(Some) }
    }
}

fn damaged(column: &str, why: impl Display) -> SqlError {
    SqlError::Damaged { column: column.to_owned(), why: why.to_string() }
}
