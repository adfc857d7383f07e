//! Enrol, unlock, lock, pause, resume.

use crate::{
    desk::Desk,
    error::{AppError, Fault},
    shared::Shared,
    state::{AppState, AppStatus, Moment, Opened},
};
use model::DeviceKey;
use ring::rand::SystemRandom;
use rulebook::{Lang, Rulebook};
use std::sync::Arc;
use store::{Enrolment, HardwareKey, Identity, WorkerFolder};
use sync::HttpTransport;
use wire::enrol::{Invitation, Worker};

/// Whose phone this is.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkerView {
    pub name: String,
    pub role: String,
    /// Names of communes or provinces.
    pub places: Vec<String>,
}

/// Who may use this phone.
#[derive(uniffi::Object)]
pub struct Access {
    shared: Arc<Shared>,
}

impl Access {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: shared.clone() }
    }
}

#[uniffi::export]
impl Access {
    /// Makes this phone a device of the worker that the invitation (QR text) is for, with `pin` (six digits or more).
    /// Leaves the app unlocked.
    pub fn enrol(&self, invitation: String, pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(enrol(&self.shared, &invitation, &pin))
    }

    pub fn unlock(&self, pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(unlock(&self.shared, &pin))
    }

    /// Forgets the keys.
    pub fn lock(&self) {
        lock(&self.shared);
    }

    pub fn worker(&self) -> Result<WorkerView, AppError> {
        self.shared.with(worker)
    }
}

const MIN_PIN_DIGITS: usize = 6;

/// Asks the hub of the invitation for this phone's certificate and makes the worker's folder.
pub fn enrol(shared: &Shared, invitation: &str, pin: &str) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    if !matches!(*shared.state(), AppState::NotEnrolled) {
        return Err(Fault::new("app.already-enrolled"));
    }
    let invitation: Invitation = invitation.parse()?;
    if pin.len() < MIN_PIN_DIGITS || !pin.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Fault::new("app.pin-too-short"));
    }
    // The code is good for one try: what can fail on this phone is tried before it is spent.
    std::fs::create_dir_all(&shared.root).map_err(|_| Fault::new("app.folder"))?;
    shared.hardware.hmac(b"vanggia enrolment\n").map_err(store::StoreError::from)?;
    let signing_key = DeviceKey::generate(&SystemRandom::new())?;
    let public = DeviceKey::from_pkcs8(&signing_key)?.public();
    let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
    let answer = sync::enrol(&invitation, public, &shared.device_name, &shared.app_version, &mut transport)?;
    let recovery_key = answer.recovery_key;
    let enrolment = Enrolment { identity: Identity::enrolled(invitation, answer), signing_key, recovery_key };
    let view = worker_view(&shared.rulebook, &enrolment.identity.worker, shared.lang());
    let (folder, keys, store) = WorkerFolder::create(
        &shared.root,
        pin,
        &shared.hardware,
        enrolment,
        shared.clock.clone(),
        shared.rulebook.clone(),
    )?;
    *shared.state() = AppState::Unlocked(Opened { folder, keys, store: Arc::new(store) });
    Ok(view)
}

/// Takes the keys out with the PIN and opens the files.
pub fn unlock(shared: &Shared, pin: &str) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    let folder = match &*shared.state() {
        AppState::NotEnrolled => return Err(Fault::new("app.not-enrolled")),
        AppState::Locked(folder) | AppState::Paused { folder, .. } => Some(folder.clone()),
        AppState::Unlocked(_) => None,
    };
    if let Some(folder) = folder {
        let keys = folder.unlock(pin, &shared.hardware, &*shared.clock)?;
        let store = folder.open(&keys, shared.clock.clone(), shared.rulebook.clone())?;
        // Ciphertexts that no draft names (a process killed between photo and answer). Nothing waits for it.
        let _ = store.prune();
        *shared.state() = AppState::Unlocked(Opened { folder, keys, store: Arc::new(store) });
    }
    worker(&shared.desk()?)
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
        let store = Arc::new(folder.open(&keys, shared.clock.clone(), shared.rulebook.clone())?);
        let mut state = shared.state();
        // Locked meanwhile: then it stays so.
        if matches!(*state, AppState::Paused { .. }) {
            *state = AppState::Unlocked(Opened { folder, keys, store });
        }
    }
    Ok(shared.status())
}

pub fn worker(desk: &Desk) -> Result<WorkerView, Fault> {
    Ok(worker_view(&desk.rulebook, &desk.store.identity()?.worker, desk.lang))
}

fn worker_view(rulebook: &Rulebook, worker: &Worker, lang: Lang) -> WorkerView {
    WorkerView {
        name: worker.name.0.clone(),
        role: rulebook.role(worker.role.as_str(), lang).to_owned(),
        places: worker.places.iter().map(|place| rulebook.units.place_name(place, lang)).collect(),
    }
}
