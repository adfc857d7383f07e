//! All that a shell may see: typed calls, `…View` records with finished texts, and events.
//!
//! A shell makes one [`App`] for its process, calls it from one serial background queue and draws what comes back.
//! It holds no rule. Only synchronisation runs on a thread of the core and reports to a [`SyncObserver`].

uniffi::setup_scaffolding!("vanggia");

mod access;
mod api;
mod cases;
mod error;
mod forms;
mod households;
mod photos;
mod platform;
mod session;
mod state;
mod syncing;
mod texts;
mod today;
pub mod view;

pub use api::{App, AppConfig, SyncHandle};
pub use error::AppError;
pub use platform::{KeyStore, KeyStoreFailure, SyncObserver};
pub use session::FormSession;
