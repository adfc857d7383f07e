//! Who may use this phone: enrol, unlock, lock.

mod enrolling;
mod locking;
mod recovering;
mod salvaging;
pub mod view;
pub mod workers;

use crate::{
    desk::Desk,
    error::{AppError, Fault},
    shared::Shared,
};
pub use locking::{pause, resume, unlock};
use std::sync::Arc;
use store::StoreError;
use view::{CarriedOverView, RecoveryRequest, SalvagedView, WorkerOnPhone, WorkerView};

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
    /// Leaves the app unlocked. After a lost answer it may be asked again with the same invitation.
    pub fn enrol(&self, invitation: String, pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(enrolling::enrol(&self.shared, &invitation, &pin))
    }

    /// For a phone that can't go on with its office (`SyncState::enrol_again`): the unlocked worker's records, drafts and
    /// unsent work go on under a new identity, by a new invitation for the same worker.
    pub fn enrol_again(&self, invitation: String) -> Result<CarriedOverView, AppError> {
        self.shared.localized(enrolling::enrol_again(&self.shared, &invitation))
    }

    /// Who may use this phone, in the order of their enrolment.
    pub fn workers(&self) -> Result<Vec<WorkerOnPhone>, AppError> {
        self.shared.localized(workers::all(&self.shared))
    }

    /// Locks who is using the phone and asks for the PIN of this one.
    pub fn choose_worker(&self, id: String) -> Result<(), AppError> {
        self.shared.localized(workers::choose(&self.shared, &id))
    }

    /// Of the unlocked worker. A wrong present PIN counts as one at the lock screen.
    pub fn change_pin(&self, pin: String, new_pin: String) -> Result<(), AppError> {
        self.shared.localized(recovering::change_pin(&self.shared, &pin, &new_pin))
    }

    /// For the chosen worker whose PIN was forgotten or whose hardware key is gone: what the office makes a code of.
    pub fn recovery_request(&self) -> Result<RecoveryRequest, AppError> {
        self.shared.localized(recovering::request(&self.shared))
    }

    /// Opens with the code that the office read out (20 characters, as they are typed) and sets a new PIN. Leaves the app
    /// unlocked; the code is used up.
    pub fn recover(&self, code: String, new_pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(recovering::recover(&self.shared, &code, &new_pin))
    }

    /// For `store.damaged`: keeps what can be read, under the same PIN, and puts the damaged files aside as they are. Leaves
    /// the app unlocked; `enrol_again` is next.
    pub fn salvage(&self, pin: String) -> Result<SalvagedView, AppError> {
        self.shared.localized(salvaging::salvage(&self.shared, &pin))
    }

    /// For a chosen worker's folder that nothing opens any more (`store.key-file-damaged`, or `salvage` says
    /// `app.nothing-salvaged`): it is put aside as it is, and this phone can be enrolled anew. Only after asking twice.
    pub fn set_aside(&self) -> Result<(), AppError> {
        self.shared.localized(salvaging::set_aside(&self.shared))
    }

    pub fn unlock(&self, pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(unlock(&self.shared, &pin))
    }

    /// Takes what belongs to restricted cases out of sight until the phone was locked and unlocked with the PIN: their key
    /// is forgotten. Forms that are open are closed; their drafts stay.
    pub fn hide_restricted(&self) -> Result<WorkerView, AppError> {
        self.shared.localized(locking::hide_restricted(&self.shared))
    }

    /// Forgets the keys.
    pub fn lock(&self) {
        locking::lock(&self.shared);
    }

    pub fn worker(&self) -> Result<WorkerView, AppError> {
        self.shared.with(worker)
    }
}

pub fn worker(desk: &Desk) -> Result<WorkerView, Fault> {
    let hidden = desk.store.restricted_locked().then(|| Fault::from(StoreError::RestrictedLocked));
    let restricted_hidden = hidden.map(|fault| fault.text(desk.lang));
    let worker = desk.store.identity()?.worker;
    Ok(WorkerView::of(&desk.rulebook, &worker, restricted_hidden, desk.lang))
}
