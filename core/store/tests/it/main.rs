//! The store through its public face, over real folders and real SQLCipher files.
#![allow(clippy::unwrap_used)] // in what tests share as well

mod carrying;
mod common;
mod denied;
mod drafts;
mod finishing;
mod households;
mod keys;
mod office_keys;
mod opening;
mod outbox;
mod packs;
mod progress;
mod pull;
mod restricted;
mod roles;
mod salvage;
mod scopes;
mod steps;
mod unknown;
