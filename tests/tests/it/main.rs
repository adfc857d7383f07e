//! Stories across all crates: real cores, real encrypted folders, a real hub process over TLS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod access;
mod architecture;
mod backup;
mod bad_lines;
mod broken_link;
mod cases;
mod conflict;
mod desk;
mod erased;
mod forged;
mod forked;
mod full_disk;
mod killed;
mod landed;
mod lending;
mod moved_away;
mod office_key;
mod outsider;
mod packs;
mod permissions;
mod plain_form;
mod practice;
mod restricted;
mod roles;
mod secrecy;
mod visit;
