//! The prints of the national pack, as people get them: blank, filled, in both languages.

#![allow(clippy::unwrap_used, clippy::panic)] // a failing expectation is what a test is for

mod around;
mod papers;
mod world;
