//! Failed tries (enrolment codes, passwords) are counted by address, so that nobody guesses through.

use crate::HubError;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

const WINDOW_MS: u64 = 60_000;
const FAILURES: u32 = 20;
/// More addresses than this at once: forget them all rather than grow.
const ADDRESSES: usize = 10_000;

#[derive(Default)]
pub struct FailureLimit {
    /// Start of the window, failures in it.
    by_address: Mutex<HashMap<IpAddr, (u64, u32)>>,
}

impl FailureLimit {
    /// Before a try.
    pub fn check(&self, address: IpAddr, now: u64) -> Result<(), HubError> {
        let failures = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.get(&address) {
            Some((start, count)) if now < start + WINDOW_MS && *count >= FAILURES => Err(HubError::TooMany),
            _ => Ok(()),
        }
    }

    /// After a failed one.
    pub fn failed(&self, address: IpAddr, now: u64) {
        let mut failures = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESSES {
            failures.clear();
        }
        let (start, count) = failures.entry(address).or_insert((now, 0));
        if now >= *start + WINDOW_MS {
            (*start, *count) = (now, 0);
        }
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_twenty_failures_an_address_waits_and_others_don_t() {
        let limit = FailureLimit::default();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..FAILURES {
            limit.check(one, 1_000).unwrap();
            limit.failed(one, 1_000);
        }
        assert_eq!(limit.check(one, 2_000).unwrap_err().status(), 429);
        assert!(limit.check(other, 2_000).is_ok());
        assert!(limit.check(one, 1_000 + WINDOW_MS).is_ok());
    }
}
