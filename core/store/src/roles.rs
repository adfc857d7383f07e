//! Who is what at the office, as it signed it; kept for ever, so that what was done on a day can be judged by that day.

use crate::{Store, StoreError, device::Device, office_keys, pull::PROGRAM};
use chrono::NaiveDate;
use model::{PublicKey, Role, UserId};
use rusqlite::{Connection, Transaction};
use wire::{
    roles::{RoleStatement, SignedRole, Told},
    signed::BadStatement,
};

/// What is kept of a statement.
enum Kept {
    /// Of a user.
    Of(UserId),
    /// For a newer program.
    Unread,
    /// It says nothing here: not signed by this office, of another one, or told by another number.
    Nothing,
}

/// `former`: keys that handed over to the office's, of what came in their time.
fn judge(device: &Device, former: &[PublicKey], serial: u64, statement: &SignedRole) -> Kept {
    let identity = &device.identity;
    let by_former = |why| former.iter().find_map(|key| statement.verify(key).ok()).ok_or(why);
    match statement.verify(&identity.office_key).or_else(by_former) {
        Ok(said) if said.office == identity.office && said.serial == serial => Kept::Of(said.user),
        Err(BadStatement::Unreadable) => Kept::Unread,
        Ok(_) | Err(BadStatement::NotSigned) => Kept::Nothing,
    }
}

/// Keeps those that are new, and says whether there were any. One that says nothing here is left out, and not asked for
/// again.
pub(crate) fn take(tx: &Transaction<'_>, device: &Device, told: &[Told]) -> Result<bool, StoreError> {
    read_again(tx, device)?;
    let before = statements_read(tx)?;
    let mut read = before;
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO role_statement (serial, user, program, body) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Told { serial, statement } in told {
        if *serial <= read {
            continue;
        }
        read = *serial;
        let user = match judge(device, &[], *serial, statement) {
            Kept::Of(user) => Some(user.to_string()),
            Kept::Unread => None,
            Kept::Nothing => continue,
        };
        insert.execute((serial.cast_signed(), user, PROGRAM, serde_json::to_vec(statement)?))?;
    }
    tx.execute("UPDATE device SET statements_read = ?1", [read.cast_signed()])?;
    Ok(read > before)
}

/// Those that another version of the program could not read.
fn read_again(tx: &Transaction<'_>, device: &Device) -> Result<(), StoreError> {
    let mut select =
        tx.prepare_cached("SELECT serial, body FROM role_statement WHERE user IS NULL AND program <> ?1")?;
    let unread = select.query_map([PROGRAM], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let unread = unread.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()?;
    let former = if unread.is_empty() { Vec::new() } else { office_keys::former(tx)? };
    for (serial, body) in unread {
        let user = match judge(device, &former, serial.cast_unsigned(), &serde_json::from_slice(&body)?) {
            Kept::Of(user) => Some(user.to_string()),
            Kept::Unread => None,
            Kept::Nothing => {
                tx.execute("DELETE FROM role_statement WHERE serial = ?1", [serial])?;
                continue;
            }
        };
        let update = "UPDATE role_statement SET user = ?2, program = ?3 WHERE serial = ?1";
        tx.execute(update, (serial, user, PROGRAM))?;
    }
    Ok(())
}

fn statements_read(db: &Connection) -> Result<u64, StoreError> {
    let read: i64 = db.query_row("SELECT statements_read FROM device", [], |row| row.get(0))?;
    Ok(read.cast_unsigned())
}

/// All that the office said of a user.
pub(crate) fn of_user(db: &Connection, user: UserId) -> Result<Vec<RoleStatement>, StoreError> {
    let mut select = db.prepare_cached("SELECT body FROM role_statement WHERE user = ?1")?;
    let mut rows = select.query([user.to_string()])?;
    let mut statements = Vec::new();
    while let Some(row) = rows.next()? {
        let statement: SignedRole = serde_json::from_slice(&row.get::<_, Vec<u8>>(0)?)?;
        statements.push(statement.reopen().map_err(|_| StoreError::Unreadable)?);
    }
    Ok(statements)
}

impl Store {
    /// The number of the last statement that came: those after it are asked for.
    pub fn statements_read(&self) -> Result<u64, StoreError> {
        self.read(statements_read)
    }

    /// What a user was on a day (in Viet Nam), as far as this phone was told. `None`: nothing.
    pub fn role_of(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, StoreError> {
        let statements = self.read(|db| of_user(db, user))?;
        Ok(RoleStatement::held(statements, day).map(|held| held.role))
    }
}
