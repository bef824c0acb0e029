//! Reads domain types out of rows. A value that does not parse is a damaged store, reported with its column.

use invigil_core::Wall;
use rusqlite::{Row, types::Type};
use serde::de::DeserializeOwned;
use std::{error::Error, str::FromStr};

fn damaged(why: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(why))
}

/// A column of text that is one of our types.
pub fn parsed<T: FromStr<Err: Error + Send + Sync + 'static>>(row: &Row, column: &str) -> rusqlite::Result<T> {
    row.get_ref(column)?.as_str().map_err(damaged)?.parse().map_err(damaged)
}

/// The same, where the column may be empty.
pub fn parsed_option<T: FromStr<Err: Error + Send + Sync + 'static>>(
    row: &Row,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?.map(|text| text.parse().map_err(damaged)).transpose()
}

/// A column of JSON.
pub fn json<T: DeserializeOwned>(row: &Row, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str().map_err(damaged)?).map_err(damaged)
}

/// A column that is a time.
pub fn wall(row: &Row, column: &str) -> rusqlite::Result<Wall> {
    row.get(column).map(Wall::from_unix_ms)
}

/// A column that may be a time.
pub fn wall_option(row: &Row, column: &str) -> rusqlite::Result<Option<Wall>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Wall::from_unix_ms))
}

/// A column that counts.
pub fn count(row: &Row, column: &str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or(0))
}

/// A count as SQLite keeps it.
pub fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
