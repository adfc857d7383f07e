//! What was acknowledged in this epoch, in its order: batches, photos, orders. Each is noted in the transaction that keeps
//! it; receipts name the newest, and who is shown one for what isn't here was rewound.

use super::{
    DbError, Read, Tx,
    column::{int, uint},
    mark,
};
use model::encoding::Bytes;
use rusqlite::params;
use wire::receipt::Mark;

/// How many there are, and the mark of the newest.
pub fn newest(read: &Read) -> Result<(u64, Mark), DbError> {
    let newest = read.find(
        "SELECT n, mark FROM acknowledged WHERE office = ?1 ORDER BY n DESC LIMIT 1",
        params![read.office()],
        |row| Ok((uint(row, 0)?, Bytes(row.get(1)?))),
    )?;
    Ok(newest.unwrap_or((0, mark::START)))
}

/// The mark that the last of so many had.
pub fn mark(read: &Read, count: u64) -> Result<Option<Mark>, DbError> {
    if count == 0 {
        return Ok(Some(mark::START));
    }
    read.find(
        "SELECT mark FROM acknowledged WHERE office = ?1 AND n = ?2",
        params![read.office(), int(count)],
        |row| Ok(Bytes(row.get(0)?)),
    )
}

pub(super) fn add(tx: &Tx, what: &[u8]) -> Result<(), DbError> {
    let (count, before) = newest(tx)?;
    tx.execute(
        "INSERT INTO acknowledged (office, n, mark) VALUES (?1, ?2, ?3)",
        params![tx.office(), int(count + 1), mark::after(before, &[what]).0],
    )?;
    Ok(())
}

/// A new epoch has none.
pub(super) fn forget(tx: &Tx) -> Result<(), DbError> {
    tx.execute("DELETE FROM acknowledged WHERE office = ?1", params![tx.office()])?;
    Ok(())
}
