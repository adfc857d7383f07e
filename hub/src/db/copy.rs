//! Copies of the database: taken while the hub runs, and made the database of a restored hub.

use super::{DbError, Read, Tx, bring_up_to_date, column::read_id, offices};
use model::OfficeId;
use rusqlite::{Connection, backup::Backup, params};
use std::path::Path;

/// Copies the state that `read` sees into a new file, without stopping the writer. Returns the addresses of the
/// photos that are whole in it.
pub fn take(read: &Read, to: &Path) -> Result<Vec<String>, DbError> {
    let mut copy = Connection::open(to)?;
    let backup = Backup::new(read.connection(), &mut copy)?;
    // From within one read transaction: all pages in one step.
    backup.step(-1)?;
    drop(backup);
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let mut statement = copy.prepare("SELECT address FROM blobs WHERE office = ?1 ORDER BY address")?;
    let addresses =
        statement.query_map(params![read.office()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(addresses)
}

/// Makes a copy a restored hub's: with an epoch of its own, in which photos that are not there are not whole.
pub fn begin_epoch(copy: &Path, epoch: &str, photos: &[String]) -> Result<(), DbError> {
    let mut connection = Connection::open(copy)?;
    // It may be from before: what is done to it is done to the present tables.
    bring_up_to_date(&mut connection)?;
    let transaction = connection.transaction()?;
    let office =
        transaction.query_row("SELECT office FROM office", [], |row| Ok(OfficeId(read_id(row, 0)?)))?;
    offices::begin_epoch(&Tx::new(&transaction, office, 0), epoch)?;
    // It will listen elsewhere, and what was found out before the backup is of the time before.
    transaction.execute("UPDATE office SET address = NULL, rewound_at = NULL", [])?;
    transaction.execute_batch("CREATE TEMP TABLE here (address TEXT NOT NULL PRIMARY KEY)")?;
    for address in photos {
        transaction.execute("INSERT INTO here (address) VALUES (?1)", [address])?;
    }
    transaction.execute("DELETE FROM blobs WHERE address NOT IN (SELECT address FROM here)", [])?;
    // What had come of the others did not come along.
    transaction.execute("DELETE FROM uploads", [])?;
    transaction.commit()?;
    Ok(())
}
