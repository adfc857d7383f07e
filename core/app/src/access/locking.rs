//! Unlock, lock, hide, pause, resume.

use super::{view::WorkerView, worker, workers};
use crate::{
    error::Fault,
    shared::Shared,
    state::{AppState, AppStatus, Moment, Opened},
};
use std::sync::Arc;
use store::{Keys, Store, WorkerFolder};

/// Takes the keys out with the PIN and opens the files.
pub fn unlock(shared: &Shared, pin: &str) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    let folder = match &*shared.state() {
        AppState::NotEnrolled => return Err(Fault::new("app.not-enrolled")),
        AppState::Locked(folder) | AppState::Paused { folder, .. } => Some(folder.clone()),
        AppState::Unlocked(_) => None,
    };
    match folder {
        Some(folder) => {
            let keys = folder.unlock(pin, &shared.hardware, &*shared.clock)?;
            open(shared, folder, keys)
        }
        None => worker(&shared.desk()?),
    }
}

/// Opens the files with keys that were just taken out.
pub fn open(shared: &Shared, folder: WorkerFolder, keys: Keys) -> Result<WorkerView, Fault> {
    let store = folder.open(&keys, shared.clock.clone(), shared.built_in.clone())?;
    // Ciphertexts that no draft names (a process killed between photo and answer). Nothing waits for it.
    let _ = store.prune();
    // For the lock screen, which does without.
    let _ = store.identity().and_then(|id| folder.set_label(&id.worker.name.0, &shared.hardware));
    workers::remember(shared, &folder);
    *shared.state() = AppState::Unlocked(Opened { folder, keys, store: Arc::new(store) });
    worker(&shared.desk()?)
}

/// Goes on without the key of restricted cases; only the PIN brings it back.
pub fn hide_restricted(shared: &Shared) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    let before = shared.desk()?.store;
    shared.closing();
    let reopened = reopen(shared, &before, Keys::without_restricted);
    shared.forget();
    reopened?;
    worker(&shared.desk()?)
}

/// Closes the files and opens them with what `keys` makes of the keys that are held; locked where that fails.
pub fn reopen(
    shared: &Shared,
    before: &Arc<Store>,
    keys: impl FnOnce(&Keys) -> Keys,
) -> Result<Arc<Store>, Fault> {
    let mut state = shared.state();
    let (folder, keys) = match &*state {
        AppState::Unlocked(opened) if Arc::ptr_eq(&opened.store, before) => {
            (opened.folder.clone(), keys(&opened.keys))
        }
        // Left meanwhile.
        _ => return Err(Fault::new("app.paused")),
    };
    *state = AppState::Locked(folder.clone());
    // What still holds the files does nothing more with them.
    before.close()?;
    let store = Arc::new(folder.open(&keys, shared.clock.clone(), shared.built_in.clone())?);
    *state = AppState::Unlocked(Opened { folder, keys, store: store.clone() });
    Ok(store)
}

/// Stops what runs, closes the files and forgets the keys.
pub fn lock(shared: &Shared) {
    shared.closing();
    let opened = {
        let mut state = shared.state();
        let folder = match &*state {
            AppState::NotEnrolled => return,
            AppState::Locked(folder) | AppState::Paused { folder, .. } => folder.clone(),
            AppState::Unlocked(opened) => opened.folder.clone(),
        };
        std::mem::replace(&mut *state, AppState::Locked(folder))
    };
    if let AppState::Unlocked(opened) = opened {
        // Every answer was committed before; closing only folds the write-ahead log back.
        let _ = opened.store.close();
    }
    shared.forget();
}

/// Closes the files, which a suspended app may not hold open, and keeps the keys for a while.
pub fn pause(shared: &Arc<Shared>) {
    shared.closing();
    let store = {
        let mut state = shared.state();
        let AppState::Unlocked(opened) = &*state else { return };
        let since = Moment::now(&*shared.clock);
        let store = opened.store.clone();
        *state = AppState::Paused { folder: opened.folder.clone(), keys: opened.keys.clone(), since };
        store
    };
    let _ = store.close();
    shared.watch();
}

/// Opens the files again, or says that the PIN is needed.
pub fn resume(shared: &Shared) -> Result<AppStatus, Fault> {
    let _turn = shared.turn()?;
    let paused = match &*shared.state() {
        AppState::Paused { folder, keys, .. } => Some((folder.clone(), keys.clone())),
        _ => None,
    };
    if let Some((folder, keys)) = paused {
        let store = Arc::new(folder.open(&keys, shared.clock.clone(), shared.built_in.clone())?);
        let mut state = shared.state();
        // Locked meanwhile: then it stays so.
        if matches!(*state, AppState::Paused { .. }) {
            *state = AppState::Unlocked(Opened { folder, keys, store });
        }
    }
    Ok(shared.status())
}
