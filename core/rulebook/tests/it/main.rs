//! Through the public face: the built-in tables, and small ones that say something else.

#![allow(clippy::unwrap_used)] // a test stops where it fails

mod articles;
mod dated;
mod diff;
mod edit;
mod layers;
mod list;
mod listing;
mod permissions;
mod placement;
mod tables;
mod titles;
mod units;
