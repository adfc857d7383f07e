//! The device's side of sync against a simulated hub over simulated links, and its trust over real TLS.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod driver;
mod enrolment;
mod faults;
mod orders;
mod phone;
mod photos;
mod refusals;
mod restored;
mod roles;
mod slow;
mod stall;
mod streaming;
mod tls;
