//! Synchronisation on a thread of the core; a second call while one runs joins it.

mod audience;
mod report;

use crate::{
    SyncHandle, SyncObserver,
    error::Fault,
    state::{Desk, Shared, locked},
};
use audience::Audience;
use ring::rand::{SecureRandom, SystemRandom};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};
use store::Store;
use sync::{Cancel, HttpTransport, Phase, Progress, Report, Retry, SyncError};

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

/// Starts one, or joins the one that runs.
pub fn start(
    shared: &Arc<Shared>,
    desk: &Desk,
    observer: Arc<dyn SyncObserver>,
) -> Result<Arc<SyncHandle>, Fault> {
    let beginning = Progress { phase: Phase::Connecting, done: 0, total: 0 };
    let mut slot = locked(&shared.running);
    // One that was told to stop (pause, lock, cancel) is not joined: its answer would be that it stopped.
    let goes_on = |running: &&Arc<Running>| !running.audience.has_ended() && !running.cancel.is_cancelled();
    let under_way = slot.as_ref().filter(goes_on).cloned();
    let (running, store) = match under_way {
        Some(running) => (running, None),
        None => {
            let audience = Audience::new(report::progress(beginning, shared.lang()));
            let running = Arc::new(Running { cancel: Cancel::default(), audience });
            *slot = Some(running.clone());
            (running, Some(desk.store.clone()))
        }
    };
    drop(slot);
    let handle = Arc::new(SyncHandle::of(running.clone()));
    let shared = shared.clone();
    let spawned = thread::Builder::new().name("vanggia-sync".into()).spawn(move || match store {
        Some(store) => run(&shared, &running, &store, observer),
        None => running.audience.join(observer),
    });
    spawned.map_err(|_| Fault::new("app.internal"))?;
    Ok(handle)
}

fn run(shared: &Shared, running: &Running, store: &Store, observer: Arc<dyn SyncObserver>) {
    running.audience.join(observer);
    let photos_before = store.waiting().map(|waiting| waiting.photos).unwrap_or_default();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        synchronise(shared, store, &running.cancel, &mut |progress| {
            running.audience.tell(report::progress(progress, shared.lang()));
        })
    }));
    if matches!(&ran, Ok(report) if report.summary.forms_received > 0) {
        shared.forms.changed();
    }
    let left = store.waiting().ok().zip(store.held_back().ok());
    let summary = report::summary(ran.ok(), photos_before, left, shared.lang());
    running.audience.end(summary);
}

fn synchronise(shared: &Shared, store: &Store, cancel: &Cancel, observe: &mut dyn FnMut(Progress)) -> Report {
    let prepared = store.identity().map_err(SyncError::from).and_then(|identity| {
        Ok(HttpTransport::new(&identity.hub_url, identity.ca_pin, Some(identity.token))?)
    });
    match prepared {
        Ok(mut transport) => {
            let retry = Retry { seed: seed(), ..Retry::default() };
            sync::run(store, &mut transport, &*shared.clock, retry, cancel, observe)
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
