//! Bounded tries with growing, jittered waits. The jitter comes from a seed, so that a run can be replayed.

#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Tries of one request in all, at least 1.
    pub tries: u32,
    pub first_wait_ms: u64,
    pub longest_wait_ms: u64,
    pub seed: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { tries: 4, first_wait_ms: 500, longest_wait_ms: 8_000, seed: 0 }
    }
}

impl Retry {
    /// How long to wait after `failed` failed tries: doubled each time, then between half and all of it.
    pub(crate) fn wait_ms(&mut self, failed: u32) -> u64 {
        let doubled = self.first_wait_ms.saturating_mul(1 << failed.saturating_sub(1).min(20));
        let longest = doubled.min(self.longest_wait_ms);
        // SplitMix64: enough to keep phones of one office from knocking in step.
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        longest / 2 + mixed % (longest / 2 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Retry;

    #[test]
    fn waits_grow_to_a_bound_and_can_be_replayed() {
        let mut retry = Retry { tries: 9, first_wait_ms: 100, longest_wait_ms: 1_000, seed: 7 };
        let waits: Vec<u64> = (1..9).map(|failed| retry.wait_ms(failed)).collect();
        for (failed, wait) in (0..).zip(&waits) {
            let longest = (100 << failed).min(1_000);
            assert!((longest / 2..=longest).contains(wait), "{wait} of {longest}");
        }
        let mut again = Retry { seed: 7, ..retry };
        assert_eq!(again.wait_ms(1), waits[0]);
    }
}
