//! The app as a shell sees it: real encrypted stores, the catalogue's forms, and an office that answers on loopback.

// Helpers of tests too: what fails here fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod access;
mod anywhere;
mod carrying;
mod cases;
mod drafts;
mod full_disk;
mod hidden;
mod last_saved;
mod office;
mod packs;
mod papers;
mod phone;
mod practice;
mod records;
mod review;
mod sheets;
mod visit;
mod world;
