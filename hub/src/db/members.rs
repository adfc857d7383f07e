//! Who may see a restricted case: its `case_member` records, ready to look up.

use super::{
    DbError, Read, Tx,
    column::{id, read_id, record},
};
use model::{CaseId, RecordRef, UserId};
use rusqlite::{named_params, params};

pub fn is_member(read: &Read, user: UserId, case: CaseId) -> Result<bool, DbError> {
    read.exists(
        "SELECT 1 FROM case_members WHERE office = ?1 AND user = ?2 AND case_id = ?3",
        params![read.office(), id(user.0), id(case.0)],
    )
}

/// Those whom a case's members' records name, disabled users too; not who stands in.
pub fn named(read: &Read, case: CaseId) -> Result<Vec<UserId>, DbError> {
    read.all(
        "SELECT DISTINCT user FROM case_members WHERE office = ?1 AND case_id = ?2 AND record <> ?3",
        params![read.office(), id(case.0), record(&case.reference())],
        |row| Ok(UserId(read_id(row, 0)?)),
    )
}

/// The cases of a user.
pub fn cases(read: &Read, user: UserId) -> Result<Vec<CaseId>, DbError> {
    read.all(
        "SELECT DISTINCT case_id FROM case_members WHERE office = ?1 AND user = ?2",
        params![read.office(), id(user.0)],
        |row| Ok(CaseId(read_id(row, 0)?)),
    )
}

/// What the record says now: a user of a case, or nobody. A case's own record says who stands in while nobody manages it.
pub fn set(tx: &Tx, of: &RecordRef, case: CaseId, members: &[UserId]) -> Result<(), DbError> {
    let of = record(of);
    tx.execute("DELETE FROM case_members WHERE office = ?1 AND record = ?2", params![tx.office(), of])?;
    for user in members {
        tx.execute(
            "INSERT INTO case_members (office, case_id, user, record) VALUES (:office, :case, :user, :record)",
            named_params! { ":office": tx.office(), ":case": id(case.0), ":user": id(user.0), ":record": of },
        )?;
    }
    Ok(())
}
