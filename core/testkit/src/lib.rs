//! One office and one phone for the tests of all crates, and the contract that the office keeps as the real hub does.
//!
//! An [`Office`] follows the wire's rules in memory, and over HTTP where it is [`serve`]d. A [`Phone`] signs, a
//! [`Client`] is one that talks to a hub over a [`Link`]. [`contract`] says what every hub does; it runs against the
//! office here and against the hub in `hub/tests`, so that no test believes in a hub that isn't there.

#![forbid(unsafe_code)]
// Helpers of tests: what fails here fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod clock;
pub mod contract;
mod http;
pub mod link;
pub mod office;
mod page;
mod phone;
pub mod records;
mod serve;

pub use client::Client;
pub use clock::{START_MS, TestClock};
pub use http::{Request, Response};
pub use link::{Dice, Link};
pub use office::Office;
pub use page::{filled, filled_at};
pub use phone::{Phone, new_key};
pub use serve::serve;

/// Lowercase hex SHA-256, as photos and form files are named.
pub fn address(bytes: &[u8]) -> String {
    wire::blob::address(bytes)
}
