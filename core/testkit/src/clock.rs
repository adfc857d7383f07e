//! A clock that the test moves.

use chrono::{DateTime, FixedOffset};
use model::Clock;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// 2025-11-24T16:00:00Z.
pub const START_MS: u64 = 1_764_000_000_000;

pub struct TestClock(AtomicU64);

impl TestClock {
    pub fn at(ms: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(ms)))
    }

    pub fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn advance_s(&self, seconds: u64) {
        self.pass(seconds * 1000);
    }

    pub fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let ms = i64::try_from(self.monotonic_ms()).unwrap();
        DateTime::from_timestamp_millis(ms).unwrap().fixed_offset()
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}
