//! Time comes in through [`Clock`], so that a scenario can be replayed; order comes from the hybrid logical clock.

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Viet Nam has one time zone (Decision 134/2002/QĐ-TTg) and no summer time. Deadlines, days and stored times count in
/// it, wherever a phone thinks it is.
pub const VIETNAM: FixedOffset = match FixedOffset::east_opt(7 * 3600) {
    Some(zone) => zone,
    None => panic!("seven hours are less than a day"),
};

/// The same moment, told by Vietnam's time.
pub fn vietnam<Z: TimeZone>(at: &DateTime<Z>) -> DateTime<FixedOffset> {
    at.with_timezone(&VIETNAM)
}

/// The moment so many milliseconds after the beginning of 1970, by Vietnam's time; `None` beyond what a calendar holds.
pub fn moment(ms: u64) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp_millis(i64::try_from(ms).ok()?).map(|at| vietnam(&at))
}

/// The device's clocks.
pub trait Clock: Send + Sync {
    /// Wall clock; may be wrong.
    fn now(&self) -> DateTime<FixedOffset>;
    /// Milliseconds since an arbitrary start; never goes back.
    fn monotonic_ms(&self) -> u64;

    /// Wall clock in milliseconds since 1970 (0 for a clock before it).
    fn now_ms(&self) -> u64 {
        u64::try_from(self.now().timestamp_millis()).unwrap_or(0)
    }
}

/// The operating system's clocks.
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<FixedOffset> {
        vietnam(&Utc::now())
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A reading of the hybrid logical clock: wall milliseconds and a counter within them. Written `[ms, n]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp(pub u64, pub u32);

impl Stamp {
    /// What it counts as once a hub received its change, milliseconds since 1970: nothing is made later than that, and a
    /// clock that says so is ahead.
    #[must_use]
    pub fn received(self, at_ms: u64) -> Self {
        if self.0 > at_ms { Self(at_ms, 0) } else { self }
    }
}

/// How far ahead of our own wall clock another's stamp may pull ours.
pub const MAX_AHEAD_MS: u64 = 10 * 60 * 1000;

/// The hybrid logical clock of one device: never goes back, follows what it has seen, within [`MAX_AHEAD_MS`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Hlc {
    last: Stamp,
}

impl Hlc {
    /// Continues after `last`, the newest stamp that this device has kept.
    pub fn after(last: Stamp) -> Self {
        Self { last }
    }

    /// The next stamp for a change made here.
    pub fn tick(&mut self, now_ms: u64) -> Stamp {
        self.last = if now_ms > self.last.0 {
            Stamp(now_ms, 0)
        } else {
            Stamp(self.last.0, self.last.1.saturating_add(1))
        };
        self.last
    }

    /// The newest stamp made or seen, to go on after.
    pub fn last(&self) -> Stamp {
        self.last
    }

    /// Takes note of a stamp from elsewhere. A clock too far ahead is ignored: it never pulls the others along.
    pub fn observe(&mut self, seen: Stamp, now_ms: u64) {
        if seen > self.last && seen.0 <= now_ms.saturating_add(MAX_AHEAD_MS) {
            self.last = seen;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_vietnams_wherever_the_device_is() {
        assert_eq!(*SystemClock::default().now().offset(), VIETNAM);
        assert_eq!(VIETNAM.local_minus_utc(), 25_200);
        assert_eq!(moment(1_795_507_740_000).unwrap().to_rfc3339(), "2026-11-24T15:09:00+07:00");
        assert_eq!(moment(u64::MAX), None);
    }

    #[test]
    fn stamps_grow_even_when_the_wall_clock_goes_back() {
        let mut clock = Hlc::default();
        let first = clock.tick(1_000);
        let second = clock.tick(400);
        assert!(second > first);
        assert_eq!(second, Stamp(1_000, 1));
    }

    #[test]
    fn a_clock_far_ahead_pulls_nobody_along() {
        let mut clock = Hlc::default();
        clock.observe(Stamp(MAX_AHEAD_MS + 2_000, 0), 1_000);
        assert_eq!(clock.tick(1_001), Stamp(1_001, 0));
        clock.observe(Stamp(60_000, 3), 1_002);
        assert_eq!(clock.tick(1_003), Stamp(60_000, 4));
    }
}
