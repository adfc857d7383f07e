//! Who read what of restricted cases (Decree 56/2017/NĐ-CP, article 24).

use super::{
    DbError, Tx,
    column::{id, int},
};
use model::{RecordRef, UserId};
use rusqlite::named_params;

pub fn add(tx: &Tx, user: UserId, action: &str, subject: &RecordRef) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO audit (office, id, at, user, action, subject)
         VALUES (:office, :id, :now, :user, :action, :subject)",
        named_params! {
            ":office": tx.office(), ":id": id(uuid::Uuid::now_v7()), ":now": int(tx.now()),
            ":user": id(user.0), ":action": action, ":subject": subject.to_string(),
        },
    )?;
    Ok(())
}
