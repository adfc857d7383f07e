//! Short locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value is whole after each of our short locks, so that a panic elsewhere spoils nothing.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
