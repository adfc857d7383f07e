//! How much goes into one exchange: what the line carries in about ten seconds. A cut then costs seconds, and a line of
//! 8 kbit/s still gets through.

/// What a run begins with, in bytes as they travel.
const BEGIN: u64 = 32 * 1024;
/// Below this the round trip is all that is left.
const SMALLEST: u64 = 2 * 1024;
const AIM_MS: u64 = 10_000;
/// The most that a page grows from one exchange to the next.
const GROWTH: u64 = 4;

/// Of one direction of the line, for one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    page: u64,
    most: u64,
}

impl Pace {
    /// `most`: bytes that an exchange may have by the protocol.
    pub fn new(most: u64) -> Self {
        Self { page: BEGIN.min(most), most }
    }

    /// Bytes that the next exchange should have.
    pub fn page(&self) -> u64 {
        self.page
    }

    /// An exchange with so many bytes took so long. One far smaller than a page tells of the round trip only.
    pub fn took(&mut self, bytes: u64, ms: u64) {
        if bytes >= self.page / 2 {
            let carried = bytes.saturating_mul(AIM_MS) / ms.max(1);
            self.page = carried.clamp(self.page / 2, self.page * GROWTH).clamp(SMALLEST, self.most);
        }
    }

    /// An exchange timed out or was cut.
    pub fn failed(&mut self) {
        self.page = (self.page / 2).clamp(SMALLEST.min(self.most), self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of exchanges over a line with this many bytes a second and 600 ms of round trip.
    fn pages(speed: u64, count: usize) -> Vec<u64> {
        let mut pace = Pace::new(4 << 20);
        let mut pages = Vec::new();
        for _ in 0..count {
            let page = pace.page();
            pages.push(page);
            pace.took(page, 600 + page * 1_000 / speed);
        }
        pages
    }

    #[test]
    fn it_settles_at_what_ten_seconds_carry() {
        for (speed, page) in [(1_000, 9_400), (8_000, 75_000), (32_000, 300_000)] {
            let last = *pages(speed, 40).last().unwrap();
            assert!(last.abs_diff(page) < page / 20, "{last} at {speed}");
        }
    }

    #[test]
    fn it_grows_by_steps_up_to_the_most() {
        assert_eq!(pages(100_000_000, 6), [32 << 10, 128 << 10, 512 << 10, 2 << 20, 4 << 20, 4 << 20]);
    }

    #[test]
    fn a_cut_halves_it_down_to_what_still_pays() {
        let mut pace = Pace::new(1 << 20);
        let pages = [(); 6].map(|()| {
            pace.failed();
            pace.page()
        });
        assert_eq!(pages, [16 << 10, 8 << 10, 4 << 10, 2 << 10, 2 << 10, 2 << 10]);
    }

    #[test]
    fn an_exchange_with_little_in_it_tells_nothing() {
        let mut pace = Pace::new(1 << 20);
        pace.took(200, 5_000);
        assert_eq!(pace.page(), 32 << 10);
    }
}
