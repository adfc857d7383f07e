//! A damaged database: what can be read goes on, the rest is put aside and never deleted.

use super::{locking, view::SalvagedView, workers};
use crate::{error::Fault, shared::Shared, state::AppState};
use store::{StoreError, WorkerFolder};

/// The folder of whom the lock screen is for; whoever is in is locked out first.
fn locked(shared: &Shared) -> Result<WorkerFolder, Fault> {
    locking::lock(shared);
    shared.state().folder().cloned().ok_or(Fault::new("app.not-enrolled"))
}

/// Only where something is damaged.
pub fn salvage(shared: &Shared, pin: &str) -> Result<SalvagedView, Fault> {
    let _turn = shared.turn()?;
    let folder = locked(shared)?;
    let keys = folder.unlock(pin, &shared.hardware, &*shared.clock)?;
    let opened = folder.open(&keys, shared.clock.clone(), shared.built_in.clone());
    match opened.and_then(|store| store.check()) {
        Err(StoreError::Damaged) => {}
        Err(error) => return Err(error.into()),
        Ok(()) => return Err(Fault::new("app.not-damaged")),
    }
    let (folder, salvaged) = folder.salvage(&keys).map_err(|error| match error {
        StoreError::Damaged => Fault::new("app.nothing-salvaged"),
        error => error.into(),
    })?;
    *shared.state() = AppState::Locked(folder.clone());
    locking::open(shared, folder, keys)?;
    Ok(SalvagedView::of(salvaged, shared.lang()))
}

/// For a folder that nothing opens any more. It stays on the phone, whole, for the office.
pub fn set_aside(shared: &Shared) -> Result<(), Fault> {
    let _turn = shared.turn()?;
    locked(shared)?.set_aside()?;
    *shared.state() = workers::last(&shared.root)?.map_or(AppState::NotEnrolled, AppState::Locked);
    Ok(())
}
