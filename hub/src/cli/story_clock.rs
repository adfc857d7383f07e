//! A clock that a file tells, for stories that go through days in seconds. No program for an office has it.

use chrono::{DateTime, FixedOffset};
use model::{Clock, SystemClock, clock::moment};
use std::{fs, io, path::PathBuf, sync::Mutex};

/// It stands where the file says, in milliseconds since 1970.
pub(super) struct StoryClock {
    file: PathBuf,
    last: Mutex<DateTime<FixedOffset>>,
    machine: SystemClock,
}

impl StoryClock {
    pub fn read(file: PathBuf) -> io::Result<Self> {
        let last = Mutex::new(told(&file)?);
        Ok(Self { file, last, machine: SystemClock::default() })
    }
}

fn told(file: &PathBuf) -> io::Result<DateTime<FixedOffset>> {
    let ms = fs::read_to_string(file)?.trim().parse().ok().and_then(moment);
    ms.ok_or_else(|| io::Error::other("the clock's file says no time"))
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A story that is over takes its file along; time stands still then.
        if let Ok(now) = told(&self.file) {
            *last = now;
        }
        *last
    }

    fn monotonic_ms(&self) -> u64 {
        self.machine.monotonic_ms()
    }
}
