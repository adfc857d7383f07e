//! The hub through its real face: a server on loopback, signed changes, real files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test stops where it fails

mod architecture;
mod backup;
mod command_line;
mod enrolment;
mod feeds;
mod forms;
mod full_disk;
mod invariants;
mod messages;
mod phone;
mod photos;
mod push;
mod scope;
mod tls;
mod world;
