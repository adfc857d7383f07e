//! One at a time takes what a device sends; who comes next interrupts, as the line of who is there may be dead.

use std::{
    collections::HashMap,
    ops::Deref,
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

/// A turn that somebody has until this is dropped.
pub struct Taken {
    /// Kept beside its lock: a turn that nobody has or waits for is forgotten.
    turn: Arc<Turn>,
    _guard: OwnedMutexGuard<()>,
}

impl Deref for Taken {
    type Target = Turn;
    fn deref(&self) -> &Turn {
        &self.turn
    }
}

impl Turns {
    fn of(&self, of: &str) -> Arc<Turn> {
        let mut active = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        active.retain(|_, turn| Arc::strong_count(turn) > 1);
        active.entry(of.to_owned()).or_default().clone()
    }

    /// The turn, if nobody has it: interrupts nobody.
    pub fn if_idle(&self, of: &str) -> Option<Taken> {
        let turn = self.of(of);
        let guard = turn.lock.clone().try_lock_owned().ok()?;
        Some(Taken { turn, _guard: guard })
    }

    /// Waits until nobody else has the turn, interrupting who does.
    pub async fn turn(&self, of: &str) -> Taken {
        let turn = self.of(of);
        turn.waiting.fetch_add(1, Ordering::SeqCst);
        turn.interrupt.notify_waiters();
        let guard = turn.lock.clone().lock_owned().await;
        turn.waiting.fetch_sub(1, Ordering::SeqCst);
        Taken { turn, _guard: guard }
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
