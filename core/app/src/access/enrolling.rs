//! Becoming a device of the office: the first time, and again when the one that this phone was can't go on.

use super::{
    locking,
    view::{CarriedOverView, WorkerView},
};
use crate::{error::Fault, shared::Shared, state::AppState};
use model::DeviceKey;
use store::{Enrolment, Former, Identity, Keys, StoreError, WorkerFolder};
use sync::HttpTransport;
use wire::enrol::{Continued, EnrolRequest, Invitation};

pub fn check_pin(pin: &str) -> Result<(), Fault> {
    store::check_pin(pin).map_err(|_| Fault::new("app.pin-too-short"))
}

/// Asks the hub of the invitation for this phone's certificate and makes the worker's folder, beside those of others.
pub fn enrol(shared: &Shared, invitation: &str, pin: &str) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    if !matches!(*shared.state(), AppState::NotEnrolled | AppState::Locked(_)) {
        return Err(Fault::new("app.already-enrolled"));
    }
    let invitation: Invitation = invitation.parse()?;
    check_pin(pin)?;
    let (enrolment, _) = ask(shared, invitation, Vec::new())?;
    let (folder, keys, store) = WorkerFolder::create(
        &shared.root,
        pin,
        &shared.hardware,
        enrolment,
        shared.clock.clone(),
        shared.built_in.clone(),
    )?;
    store.close()?;
    store::forget_pending_key(&shared.root)?;
    locking::open(shared, folder, keys)
}

/// The unlocked worker's folder becomes another device of theirs, by an invitation of the same office. All that is in it
/// stays; what the office does not have waits to be sent.
pub fn enrol_again(shared: &Shared, invitation: &str) -> Result<CarriedOverView, Fault> {
    let _turn = shared.turn()?;
    let invitation: Invitation = invitation.parse()?;
    let before = shared.desk()?.store;
    // Nothing of them could be carried over, and the invitation would be used up.
    if before.restricted_locked() {
        return Err(StoreError::RestrictedLocked.into());
    }
    // A synchronisation that runs would go on in the old name.
    shared.closing();
    let (enrolment, continued) = ask(shared, invitation, before.devices()?)?;
    // Where it was left meanwhile: asked again with the same invitation, it goes on from here.
    let store = locking::reopen(shared, &before, Keys::clone)?;
    let carried = store.carry_over(&enrolment, &continued)?;
    store::forget_pending_key(&shared.root)?;
    Ok(CarriedOverView::of(carried, shared.lang()))
}

/// The hub's answer. Until the folder has the key it can be asked for again.
fn ask(
    shared: &Shared,
    invitation: Invitation,
    devices: Vec<Former>,
) -> Result<(Enrolment, Vec<Continued>), Fault> {
    let signing_key = store::pending_key(&shared.root, &invitation.code, &shared.hardware)?;
    let key = DeviceKey::from_pkcs8(&signing_key)?;
    let mut request = EnrolRequest::new(&invitation.code, &key, &shared.device_name, &shared.app_version);
    for Former { device, key, kept } in devices {
        request = request.continuing(device, &key, kept);
    }
    let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
    let mut answer = sync::enrol(&request, &mut transport)?;
    let continued = std::mem::take(&mut answer.continued);
    let recovery_key = answer.recovery_key;
    let identity = Identity::enrolled(invitation, answer);
    Ok((Enrolment { identity, signing_key, recovery_key }, continued))
}
