//! Which key is the office's, as this phone follows it from that of its enrolment on.

use crate::{Identity, StoreError};
use model::PublicKey;
use rusqlite::Connection;
use wire::keys::{Follows, MAX_STEPS, Pinned, Step};

impl Identity {
    /// What its hub is told of the key that it follows.
    pub(crate) fn follows(&self) -> Follows {
        Follows { key: self.office_key, recovery: self.office_past.recovery.is_some() }
    }

    /// Takes the steps that lead on from the pinned key, in their order: those taken, and whether one did not.
    pub(crate) fn follow<'a>(&mut self, steps: &'a [Step]) -> (Vec<&'a Step>, bool) {
        let mut pinned = Pinned { office: self.office, key: self.office_key, past: self.office_past.clone() };
        let (mut taken, mut refused) = (Vec::new(), false);
        for step in steps.iter().take(MAX_STEPS) {
            match pinned.take(step) {
                Ok(true) => taken.push(step),
                Ok(false) => {}
                Err(_) => refused = true,
            }
        }
        (self.office_key, self.office_past) = (pinned.key, pinned.past);
        (taken, refused)
    }
}

pub(crate) fn keep(db: &Connection, taken: &[&Step]) -> Result<(), StoreError> {
    let mut insert = db.prepare_cached("INSERT INTO office_key (step) VALUES (?1)")?;
    for step in taken {
        insert.execute([serde_json::to_vec(step)?])?;
    }
    Ok(())
}

/// That handed over, one to the next, to the pinned one: none that was replaced. What this phone kept before and can
/// read only now may be signed by them.
pub(crate) fn former(db: &Connection) -> Result<Vec<PublicKey>, StoreError> {
    let mut select = db.prepare_cached("SELECT step FROM office_key ORDER BY n")?;
    let mut rows = select.query([])?;
    let mut former = Vec::new();
    while let Some(row) = rows.next()? {
        match serde_json::from_slice(&row.get::<_, Vec<u8>>(0)?)? {
            Step::Changed(signed) => {
                former.push(signed.reopen().map_err(|_| StoreError::Unreadable)?.from);
            }
            Step::Replaced(_) => former.clear(),
            Step::Recovery(_) => {}
        }
    }
    Ok(former)
}
