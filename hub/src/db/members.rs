//! Who may see a restricted case: its `case_member` records, ready to look up.

use super::{DbError, Read, Tx};
use model::{CaseId, RecordRef, UserId};
use rusqlite::named_params;

pub fn is_member(read: &Read, user: UserId, case: CaseId) -> Result<bool, DbError> {
    read.exists(
        "SELECT 1 FROM case_members WHERE office = ?1 AND user = ?2 AND case_id = ?3",
        [read.office(), &user.to_string(), &case.to_string()],
    )
}

/// What the record says now: a user of a case, or nobody.
pub fn set(tx: &Tx, record: &RecordRef, member: Option<(CaseId, &str)>) -> Result<(), DbError> {
    let record = record.to_string();
    tx.execute("DELETE FROM case_members WHERE office = ?1 AND record = ?2", [tx.office(), &record])?;
    let Some((case, user)) = member else { return Ok(()) };
    tx.execute(
        "INSERT OR IGNORE INTO case_members (office, case_id, user, record)
         VALUES (:office, :case, :user, :record)",
        named_params! { ":office": tx.office(), ":case": case.to_string(), ":user": user, ":record": record },
    )?;
    Ok(())
}
