//! One at a time takes what a phone sends to an address, or of itself; who comes next interrupts, as the line of who is
//! there may be dead.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::{Notify, OwnedMutexGuard};

/// Turns by what they are for.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Arc<Turn>>>);

#[derive(Default)]
pub struct Turn {
    lock: Arc<tokio::sync::Mutex<()>>,
    waiting: AtomicUsize,
    interrupt: Notify,
}

impl Turns {
    /// Waits until nobody else has the turn, interrupting who does.
    pub async fn turn(&self, of: &str) -> (Arc<Turn>, OwnedMutexGuard<()>) {
        let turn = {
            let mut active = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            active.retain(|_, turn| Arc::strong_count(turn) > 1);
            active.entry(of.to_owned()).or_default().clone()
        };
        turn.waiting.fetch_add(1, Ordering::SeqCst);
        turn.interrupt.notify_waiters();
        let guard = turn.lock.clone().lock_owned().await;
        turn.waiting.fetch_sub(1, Ordering::SeqCst);
        (turn, guard)
    }
}

impl Turn {
    /// Returns once somebody else wants it.
    pub async fn wanted(&self) {
        let notified = self.interrupt.notified();
        tokio::pin!(notified);
        notified.as_mut().enable();
        if self.waiting.load(Ordering::SeqCst) == 0 {
            notified.await;
        }
    }
}
