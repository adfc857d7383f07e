//! The office's server: receives what phones send, verifies and keeps it, serves it to those who may read it, and
//! shows it in a console.
//!
//! Receiving (durable, acknowledged) is apart from admitting (entering a feed): see [`office::sync`].

#![forbid(unsafe_code)]

pub mod alarm;
pub mod backup;
pub mod cli;
pub mod console;
pub mod db;
pub mod error;
pub mod failures;
pub mod forms;
pub mod http;
pub mod identity;
pub mod net;
pub mod office;
pub mod packs;
pub mod photos;
pub mod recovery;
mod sealing;
pub mod secret;
pub mod serve;
mod state;
pub mod turns;

pub use error::HubError;
pub use state::Hub;
