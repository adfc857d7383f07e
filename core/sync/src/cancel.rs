//! Stops a run at its next step, also while it waits to try again.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

#[derive(Clone, Default)]
pub struct Cancel(Arc<(Mutex<bool>, Condvar)>);

impl Cancel {
    pub fn cancel(&self) {
        let (cancelled, changed) = &*self.0;
        *cancelled.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    pub fn is_cancelled(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits that long, or until cancelled.
    pub(crate) fn wait(&self, milliseconds: u64) {
        let (cancelled, changed) = &*self.0;
        let guard = cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_timeout_while(guard, Duration::from_millis(milliseconds), |cancelled| !*cancelled));
    }
}
