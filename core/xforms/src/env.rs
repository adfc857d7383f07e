//! What a session takes from outside: the clock, chance, the language, the device.

use chrono::{DateTime, FixedOffset, Local};
use std::{collections::HashMap, fmt, sync::Arc};

pub trait Clock: Send + Sync {
    /// The time now, with the device's offset from UTC.
    fn now(&self) -> DateTime<FixedOffset>;
}

pub trait Random: Send {
    fn next_u64(&mut self) -> u64;
}

/// The device's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
}

/// A clock that stands still, for replays and for checking a submission by its own time.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub DateTime<FixedOffset>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0
    }
}

/// A repeatable source (SplitMix64) for tests and replays; not for ids that must not be guessed.
#[derive(Debug, Clone)]
pub struct SeededRandom(pub u64);

impl Random for SeededRandom {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The operating system's random source, by way of version 4 UUIDs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next_u64(&mut self) -> u64 {
        // Six of a v4 UUID's 128 bits are fixed; two of them hashed together leave none.
        let (a, b) = (uuid::Uuid::new_v4().as_u64_pair(), uuid::Uuid::new_v4().as_u64_pair());
        a.0.rotate_left(17) ^ a.1 ^ b.0.rotate_left(41) ^ b.1.rotate_left(5)
    }
}

/// Values for `jr:preload="property"` (`username`, `deviceid`, `phonenumber`, `email` …).
pub type Properties = HashMap<String, String>;

pub struct Env {
    pub clock: Arc<dyn Clock>,
    pub random: Box<dyn Random>,
    /// Wanted language, as the form names it (or its code in brackets); else the form's default.
    pub language: Option<String>,
    pub properties: Properties,
    /// The instance of this form that was saved last, as XML (spec, Virtual Endpoints); one that is no
    /// instance of the form counts as none.
    pub last_saved: Option<String>,
}

impl Env {
    /// The system's clock and random source, the form's default language, no properties.
    pub fn system() -> Env {
        Env {
            clock: Arc::new(SystemClock),
            random: Box::new(SystemRandom),
            language: None,
            properties: Properties::new(),
            last_saved: None,
        }
    }

    /// Everything fixed: for tests, replays and checking a submission.
    pub fn fixed(now: DateTime<FixedOffset>, seed: u64) -> Env {
        Env {
            clock: Arc::new(FixedClock(now)),
            random: Box::new(SeededRandom(seed)),
            language: None,
            properties: Properties::new(),
            last_saved: None,
        }
    }

    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Env {
        self.language = Some(language.into());
        self
    }

    #[must_use]
    pub fn last_saved(mut self, instance: impl Into<String>) -> Env {
        self.last_saved = Some(instance.into());
        self
    }

    #[must_use]
    pub fn property(mut self, name: impl Into<String>, value: impl Into<String>) -> Env {
        self.properties.insert(name.into(), value.into());
        self
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").field("language", &self.language).finish_non_exhaustive()
    }
}
