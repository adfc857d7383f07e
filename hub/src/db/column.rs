//! Columns and values that the engine has no type for. Ids are kept as their 16 bytes, a record as its id with its
//! kind's name behind it: rows then lie by the time at which they were made. Long texts are kept packed.

use super::DbError;
use chrono::NaiveDate;
use model::{
    RecordRef, Verified,
    batch::codec::{self, Packing},
    encoding::Bytes,
};
use packing::{Packer, Unpacker};
use rusqlite::{
    Error, Row,
    types::{FromSqlError, Type, ValueRef},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, str::FromStr};
use uuid::Uuid;

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

/// An id, to be written.
pub fn id(id: Uuid) -> [u8; 16] {
    id.into_bytes()
}

/// An id of any type.
pub fn read_id(row: &Row, column: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

pub fn optional_id(row: &Row, column: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

/// A record, to be written.
pub fn record(record: &RecordRef) -> Vec<u8> {
    [record.id.as_bytes(), record.kind.as_str().as_bytes()].concat()
}

pub fn read_record(row: &Row, column: usize) -> rusqlite::Result<RecordRef> {
    optional_record(row, column)?.ok_or_else(|| unreadable(column))
}

pub fn optional_record(row: &Row, column: usize) -> rusqlite::Result<Option<RecordRef>> {
    let Some(bytes) = row.get_ref(column)?.as_blob_or_null().map_err(|_| unreadable(column))? else {
        return Ok(None);
    };
    let (id, kind) = bytes.split_first_chunk::<16>().ok_or_else(|| unreadable(column))?;
    let kind = std::str::from_utf8(kind).map_err(|_| unreadable(column))?;
    Ok(Some(RecordRef::new(kind.to_owned(), Uuid::from_bytes(*id))))
}

/// A text that stands for a feed, a role.
pub fn parsed<T: FromStr>(row: &Row, column: usize) -> rusqlite::Result<T> {
    text(row, column)?.parse().map_err(|_| unreadable(column))
}

pub fn optional_day(row: &Row, column: usize) -> rusqlite::Result<Option<NaiveDate>> {
    if row.get_ref(column)? == ValueRef::Null { Ok(None) } else { parsed(row, column).map(Some) }
}

pub fn json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(text(row, column)?).map_err(|_| unreadable(column))
}

/// Many phones wait for one writer.
const LEVEL: i32 = 3;

thread_local! {
    static PACKER: RefCell<Option<Packer>> = RefCell::new(Packer::new(LEVEL).ok());
    static UNPACKER: RefCell<Option<Unpacker>> = RefCell::new(Unpacker::new().ok());
}

/// A long text, to be written; `None` only where memory is out.
pub fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| packer.as_mut()?.pack(bytes))
}

/// A value as packed JSON, to be written.
pub fn pack_json<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    pack(&serde_json::to_vec(value).ok()?)
}

pub fn packed_json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    serde_json::from_slice(&unpacked(row, column)?).map_err(|_| unreadable(column))
}

/// The bytes that were packed.
pub fn unpacked(row: &Row, column: usize) -> rusqlite::Result<Vec<u8>> {
    let packed = row.get_ref(column)?.as_blob().map_err(|_| unreadable(column))?;
    let bytes = UNPACKER.with_borrow_mut(|unpacker| unpacker.as_mut()?.unpack(packed));
    bytes.ok_or_else(|| unreadable(column))
}

/// A batch as it is kept, to be written.
pub fn pack_batch(batch: &Verified) -> Result<Vec<u8>, DbError> {
    let page =
        codec::encode(&[batch], Packing::Plain).map_err(|_| DbError::Internal("a batch can't be written"))?;
    pack(&page).ok_or(DbError::Internal("a batch can't be packed"))
}

/// The batch in `body`, which was verified when it was kept under the hash of its `statement`.
pub fn batch(row: &Row, body: usize, statement: usize) -> rusqlite::Result<Verified> {
    let mut batches = codec::decode(&unpacked(row, body)?).map_err(|_| unreadable(body))?;
    let (Some(batch), true) = (batches.pop(), batches.is_empty()) else { return Err(unreadable(body)) };
    batch.reopen(&Bytes(row.get(statement)?)).map_err(|_| unreadable(body))
}

pub fn text<'a>(row: &'a Row, column: usize) -> rusqlite::Result<&'a str> {
    row.get_ref(column)?.as_str().map_err(|_| unreadable(column))
}

/// Texts as a JSON list.
pub fn list<T: Clone + Into<serde_json::Value>>(texts: &[T]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Says which column, never what stands in it.
pub fn unreadable(column: usize) -> Error {
    Error::FromSqlConversionFailure(column, Type::Null, Box::new(FromSqlError::InvalidType))
}
