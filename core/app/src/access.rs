//! Who may use this phone: enrol, unlock, lock.

mod enrolling;
mod locking;
pub mod view;

use crate::{
    desk::Desk,
    error::{AppError, Fault},
    shared::Shared,
};
pub use locking::{pause, resume, unlock};
use std::sync::Arc;
use view::{CarriedOverView, WorkerView};

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

    pub fn unlock(&self, pin: String) -> Result<WorkerView, AppError> {
        self.shared.localized(unlock(&self.shared, &pin))
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
    Ok(WorkerView::of(&desk.rulebook, &desk.store.identity()?.worker, desk.lang))
}
