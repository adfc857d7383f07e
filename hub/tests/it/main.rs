//! The hub through its real face: a server on loopback, signed changes, real files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test stops where it fails

mod alarm;
mod alike;
mod architecture;
mod backup;
mod cases;
mod command_line;
mod content;
mod contract;
mod desk;
mod dry_run;
mod enrolment;
mod feeds;
mod forms;
mod full_disk;
mod http;
mod invariants;
mod lists;
mod messages;
mod office_key;
mod orders;
mod packs;
mod permission;
mod photos;
mod publishing;
mod push;
mod quotas;
mod roles;
mod routes;
mod scope;
mod scopes;
mod tls;
mod versions;
mod workbook;
mod world;
