//! Synchronisation on a thread of the core; a second call while one runs joins it.

use super::{
    audience::Audience,
    observer::SyncObserver,
    report::{self, Left},
};
use crate::{
    desk::Desk,
    error::Fault,
    form::{self, Catalogue},
    lifecycle::LifecycleObserver,
    mutex::locked,
    shared::Shared,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    thread,
};
use store::{Identity, Store, StoreError};
use sync::{Cancel, HttpTransport, Phase, Progress, Report, Retry, SyncError};
use wire::enrol::OwnDevice;

/// A synchronisation under way.
pub struct Running {
    cancel: Cancel,
    audience: Audience,
}

impl Running {
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The one that runs, if one does.
#[derive(Default)]
pub struct Runs(Mutex<Option<Arc<Running>>>);

impl LifecycleObserver for Runs {
    /// Stops at the next chunk.
    fn on_pause(&self) {
        if let Some(running) = &*locked(&self.0) {
            running.cancel();
        }
    }
}

impl Runs {
    /// Starts one, or joins the one that runs.
    pub fn start(
        &self,
        shared: &Arc<Shared>,
        catalogue: &Arc<Catalogue>,
        desk: &Desk,
        observer: Arc<dyn SyncObserver>,
    ) -> Result<Arc<Running>, Fault> {
        let (running, is_new) = self.take_up(shared);
        let (ours, shared, catalogue, store) =
            (running.clone(), shared.clone(), catalogue.clone(), desk.store.clone());
        let spawned = thread::Builder::new().name("vanggia-sync".into()).spawn(move || {
            if is_new {
                run(&shared, &catalogue, &ours, &store, observer);
            } else {
                ours.audience.join(observer);
            }
        });
        spawned.map_err(|_| Fault::new("app.internal"))?;
        Ok(running)
    }

    /// The one that runs, or one that is to be run now.
    fn take_up(&self, shared: &Shared) -> (Arc<Running>, bool) {
        let mut slot = locked(&self.0);
        // One that was told to stop (pause, lock, cancel) is not joined: its answer would be that it stopped.
        let goes_on =
            |running: &&Arc<Running>| !running.audience.has_ended() && !running.cancel.is_cancelled();
        if let Some(running) = slot.as_ref().filter(goes_on) {
            return (running.clone(), false);
        }
        let beginning = Progress { phase: Phase::Connecting, done: 0, total: 0 };
        let audience = Audience::new(report::progress(beginning, shared.lang()));
        let running = Arc::new(Running { cancel: Cancel::default(), audience });
        *slot = Some(running.clone());
        (running, true)
    }
}

fn run(
    shared: &Shared,
    catalogue: &Catalogue,
    running: &Running,
    store: &Store,
    observer: Arc<dyn SyncObserver>,
) {
    running.audience.join(observer);
    let photos_before = store.waiting().map(|waiting| waiting.photos).unwrap_or_default();
    let known = store.identity().map(|identity| identity.worker.devices).unwrap_or_default();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        synchronise(shared, store, &running.cancel, &mut |progress| {
            running.audience.tell(report::progress(progress, shared.lang()));
        })
    }));
    // Also where none came: one may have been withdrawn.
    catalogue.changed();
    let left = left(store).ok();
    let new = store.identity().map(|identity| other_devices(&identity, &known)).unwrap_or_default();
    let summary = report::summary(ran.ok(), photos_before, left, &new, shared.lang());
    running.audience.end(summary);
}

fn left(store: &Store) -> Result<Left, StoreError> {
    Ok(Left {
        waiting: store.waiting()?,
        held_back: store.held_back()?,
        refused: store.refused_forms()?,
        restricted_locked: store.restricted_locked(),
    })
}

/// Those enrolled for this worker that were not known, but for this phone.
fn other_devices(identity: &Identity, known: &[OwnDevice]) -> Vec<OwnDevice> {
    let is_new = |device: &&OwnDevice| {
        device.device != identity.device && known.iter().all(|known| known.device != device.device)
    };
    identity.worker.devices.iter().filter(is_new).cloned().collect()
}

fn synchronise(shared: &Shared, store: &Store, cancel: &Cancel, observe: &mut dyn FnMut(Progress)) -> Report {
    let prepared = store.identity().map_err(SyncError::from).and_then(|identity| {
        let transport = HttpTransport::new(&identity.hub_url, identity.ca_pin, Some(identity.token))?;
        Ok(transport.of_app(&shared.app_version))
    });
    match prepared {
        Ok(mut transport) => {
            let retry = Retry { seed: seed(), ..Retry::default() };
            let reads = |files: &[(String, Vec<u8>)]| {
                let files = files.iter().cloned().collect();
                form::labels_of(&store.rulebook(), &files).map_err(|fault| fault.code)
            };
            sync::run(store, &mut transport, &*shared.clock, retry, cancel, &reads, observe)
        }
        Err(problem) => Report { summary: sync::Summary::default(), problem: Some(problem) },
    }
}

/// Keeps phones from knocking in step; without randomness they do, which harms nobody.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    let _ = SystemRandom::new().fill(&mut bytes);
    u64::from_be_bytes(bytes)
}
