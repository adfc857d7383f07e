//! Columns and values that SQLite has no type for.

use rusqlite::{
    Error, Row,
    types::{FromSqlError, Type},
};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// SQLite's integers are signed; ours are counts, positions and times far below 2^63.
pub fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub fn uint(row: &Row, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A count, or milliseconds since 1970; `None` for what has not been.
pub fn optional_uint(row: &Row, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|number| u64::try_from(number).unwrap_or(0)))
}

/// A text that stands for an id, a feed, a role.
pub fn parsed<T: FromStr>(row: &Row, column: usize) -> rusqlite::Result<T> {
    text(row, column)?.parse().map_err(|_| unreadable(column))
}

pub fn optional_parsed<T: FromStr>(row: &Row, column: usize) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null().map_err(|_| unreadable(column))? {
        Some(text) => text.parse().map(Some).map_err(|_| unreadable(column)),
        None => Ok(None),
    }
}

pub fn json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(text(row, column)?).map_err(|_| unreadable(column))
}

pub fn text<'a>(row: &'a Row, column: usize) -> rusqlite::Result<&'a str> {
    row.get_ref(column)?.as_str().map_err(|_| unreadable(column))
}

/// Says which column, never what stands in it.
fn unreadable(column: usize) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, Box::new(FromSqlError::InvalidType))
}

/// Texts as a JSON list.
pub fn list<T: ToString>(texts: &[T]) -> String {
    serde_json::Value::from_iter(texts.iter().map(T::to_string)).to_string()
}
