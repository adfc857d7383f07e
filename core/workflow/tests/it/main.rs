//! Through the public face, with the tables that are built in.

#![allow(clippy::unwrap_used)] // a test stops where it fails

mod cells;
mod clocks;
mod common;
mod conditions;
mod fold;
mod histories;
mod stories;
