//! The clock of a story that goes through days in seconds: phones and hub go by it.

use anyhow::{Context, Result};
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone};
use model::{Clock, SystemClock, clock::VIETNAM, clock::moment};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// It stands until it is turned. A hub reads it from its file.
pub struct StoryClock {
    file: PathBuf,
    ms: AtomicU64,
    machine: SystemClock,
}

/// `28/11/2026 22:40`, by Vietnam's time.
///
/// # Errors
/// When it isn't written so.
pub fn time(text: &str) -> Result<DateTime<FixedOffset>> {
    let wall = NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M")?;
    VIETNAM.from_local_datetime(&wall).single().context("there is no such time")
}

impl StoryClock {
    /// # Errors
    /// When the file can't be written.
    pub fn at(text: &str, file: PathBuf) -> Result<Arc<Self>> {
        let clock = Arc::new(Self { file, ms: AtomicU64::new(0), machine: SystemClock::default() });
        clock.turn_to(text)?;
        Ok(clock)
    }

    /// # Errors
    /// When the file can't be written.
    pub fn turn_to(&self, text: &str) -> Result<()> {
        let ms = u64::try_from(time(text)?.timestamp_millis())?;
        // Whole or not at all: the hub reads it at any moment.
        let new = self.file.with_extension("new");
        fs::write(&new, ms.to_string())?;
        fs::rename(&new, &self.file)?;
        self.ms.store(ms, Ordering::SeqCst);
        Ok(())
    }

    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<FixedOffset> {
        moment(self.ms.load(Ordering::SeqCst)).unwrap_or_default()
    }

    fn monotonic_ms(&self) -> u64 {
        self.machine.monotonic_ms()
    }
}
