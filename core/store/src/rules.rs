//! The rulebook that places and lists were made by: with another one they are made anew.

use crate::{Store, StoreError, tree::Tree};
use model::RecordRef;
use rusqlite::Connection;

/// After the version, while rows of restricted cases could not be opened.
const SEALED_LEFT: &str = " but for sealed rows";

impl Store {
    /// Places and lists every record that opens by this store's rulebook, if another one did so before.
    pub(crate) fn follow_rulebook(&self) -> Result<(), StoreError> {
        let (whole, locked) = (self.rulebook.version().to_owned(), self.vault.is_locked());
        let in_part = format!("{whole}{SEALED_LEFT}");
        let made_by = self.read(made_by)?;
        if made_by == whole || (locked && made_by == in_part) {
            return Ok(());
        }
        let followed = self.write_lists(|tx| {
            let mut tree = Tree::new(tx, &self.vault, &self.rulebook);
            let mut select =
                tx.prepare("SELECT reference FROM record WHERE restricted = 0 OR ?1 ORDER BY n")?;
            let references = select.query_map([!locked], |row| row.get(0))?;
            for reference in references.collect::<Result<Vec<String>, _>>()? {
                let reference: RecordRef = reference.parse().map_err(|_| StoreError::Unreadable)?;
                tree.follow_rulebook(&reference)?;
            }
            tx.execute("DELETE FROM listing", [])?;
            let shown = tree.finish()?;
            tx.execute("UPDATE device SET rulebook = ?1", [if locked { in_part } else { whole }])?;
            Ok(((), shown))
        });
        match followed {
            // No reason to keep a worker out: lists stay as they were until there is room.
            Err(StoreError::Full) => Ok(()),
            followed => followed,
        }
    }
}

fn made_by(db: &Connection) -> Result<String, StoreError> {
    Ok(db.query_row("SELECT rulebook FROM device", [], |row| row.get(0))?)
}
