//! Orders to erase, and the values that each covers.

use super::{
    DbError, Read, Tx, acknowledged,
    column::{id, int, json, read_id, text, uint},
};
use model::{ChangeId, OrderId};
use rusqlite::{named_params, params};
use wire::erasure::{ErasureOrder, Order, Orders};

pub fn find(read: &Read, order: OrderId) -> Result<Option<Order>, DbError> {
    read.find(
        "SELECT body FROM orders WHERE office = ?1 AND id = ?2",
        params![read.office(), id(order.0)],
        |row| json(row, 0),
    )
}

pub fn ids(read: &Read) -> Result<Vec<OrderId>, DbError> {
    let sql = "SELECT id FROM orders WHERE office = ?1";
    read.all(sql, params![read.office()], |row| Ok(OrderId(read_id(row, 0)?)))
}

/// The same order by another key of the office.
pub fn set_signed(tx: &Tx, order: OrderId, signed: &Order) -> Result<(), DbError> {
    tx.execute(
        "UPDATE orders SET body = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(order.0), written(signed)?],
    )?;
    Ok(())
}

fn written(signed: &Order) -> Result<String, DbError> {
    serde_json::to_string(signed).map_err(|_| DbError::Internal("an order can't be written"))
}

/// How long it is as it travels; 0 if it is not here.
pub fn bytes(read: &Read, order: OrderId) -> Result<usize, DbError> {
    let bytes = read.find(
        "SELECT length(CAST(body AS BLOB)) FROM orders WHERE office = ?1 AND id = ?2",
        params![read.office(), id(order.0)],
        |row| uint(row, 0),
    )?;
    Ok(bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default())
}

/// Adds what is ordered to be erased of a change.
pub fn covering(read: &Read, change: ChangeId, to: &mut Orders) -> Result<(), DbError> {
    let fields = read.all(
        "SELECT field, id FROM ordered WHERE office = ?1 AND change = ?2",
        params![read.office(), id(change.0)],
        |row| Ok((text(row, 0)?.to_owned(), OrderId(read_id(row, 1)?))),
    )?;
    fields.into_iter().for_each(|(field, order)| to.cover(change, field, order));
    Ok(())
}

/// Whether it is new here. What an order before covers stays that one's.
pub fn add(tx: &Tx, order: &ErasureOrder, signed: &Order) -> Result<bool, DbError> {
    let body = written(signed)?;
    let added = tx.execute(
        "INSERT OR IGNORE INTO orders (office, id, body, taken_at) VALUES (?1, ?2, ?3, ?4)",
        params![tx.office(), id(order.id.0), body, int(tx.now())],
    )?;
    if added == 0 {
        return Ok(false);
    }
    for (change, fields) in &order.values {
        for field in fields {
            tx.execute(
                "INSERT OR IGNORE INTO ordered (office, change, field, id) VALUES (:office, :change, :field, :id)",
                named_params! {
                    ":office": tx.office(), ":change": id(change.0), ":field": field, ":id": id(order.id.0),
                },
            )?;
        }
    }
    acknowledged::add(tx, order.id.0.as_bytes())?;
    Ok(true)
}
