//! Photos through the crate's public face: what comes out, what is refused, and what it costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[cfg(target_os = "linux")]
mod memory;
mod pictures;
mod refusals;
mod take_in;
