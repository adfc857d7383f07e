//! Wrong PINs are counted and slowed. The count survives a restart, and is written before the PIN is tried, so that
//! killing the app in the middle wins nothing.

use crate::{StoreError, files};
use serde::{Deserialize, Serialize};
use std::{fs, io::Write, path::Path};

/// Wrong PINs that cost no waiting.
const FREE: u32 = 4;
/// Seconds to wait after the fifth wrong PIN, the sixth …; the last holds from then on.
const WAITS: [u64; 5] = [30, 60, 5 * 60, 15 * 60, 60 * 60];
/// Always this long, so that it can be overwritten in place on a full disk.
const LENGTH: usize = 128;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    failures: u32,
    /// Wall clock in milliseconds when the wait began.
    since_ms: u64,
    wait_ms: u64,
}

impl Attempts {
    /// A file that is gone or was tampered with counts as many wrong tries: removing it must not pay.
    pub fn read(path: &Path) -> Self {
        let read = fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.unwrap_or(Self { failures: FREE, ..Self::default() })
    }

    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let mut text = serde_json::to_vec(self)?;
        text.resize(LENGTH, b' ');
        match files::write_durably(path, &text).map_err(StoreError::from) {
            // A full disk must neither lock the worker out nor make tries free.
            Err(StoreError::Full) => {
                let mut file = fs::OpenOptions::new().write(true).open(path)?;
                file.write_all(&text)?;
                Ok(file.sync_all()?)
            }
            other => other,
        }
    }

    /// Milliseconds still to wait. A clock that went back starts the wait again: it never shortens it.
    pub fn remaining_ms(&mut self, now_ms: u64) -> u64 {
        if now_ms < self.since_ms {
            self.since_ms = now_ms;
        }
        self.wait_ms.saturating_sub(now_ms - self.since_ms)
    }

    /// Counts a try as wrong until it proves right.
    #[must_use]
    pub fn failed(self, now_ms: u64) -> Self {
        let failures = self.failures.saturating_add(1);
        let wait = match failures.checked_sub(FREE + 1) {
            None => 0,
            Some(n) => WAITS.get(n as usize).copied().unwrap_or(WAITS[WAITS.len() - 1]),
        };
        Self { failures, since_ms: now_ms, wait_ms: wait * 1000 }
    }
}

/// Seconds, rounded up.
pub(crate) fn seconds(ms: u64) -> u32 {
    u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_a_clock_set_back_starts_them_again() {
        let mut attempts = Attempts::default();
        for _ in 0..FREE {
            attempts = attempts.failed(1_000_000);
            assert_eq!(attempts.remaining_ms(1_000_000), 0);
        }
        attempts = attempts.failed(1_000_000);
        assert_eq!(attempts.remaining_ms(1_010_000), 20_000);
        assert_eq!(attempts.remaining_ms(5_000), 30_000, "back by a quarter of an hour");
        assert_eq!(attempts.remaining_ms(6_000), 29_000);
        for _ in 0..20 {
            attempts = attempts.failed(2_000_000);
        }
        assert_eq!(attempts.remaining_ms(2_000_000), 3_600_000);
    }

    #[test]
    fn a_file_taken_away_is_no_clean_slate() {
        let folder = tempfile::tempdir().unwrap();
        let attempts = Attempts::read(&folder.path().join("attempts.json")).failed(10);
        assert_eq!(attempts.wait_ms, 30_000);
    }
}
