//! All that a shell may see: typed calls, `…View` records with finished texts, and events.
//!
//! A shell makes one [`App`] for its process, calls it and the clients it gives (one a noun: [`Access`], [`Today`],
//! [`Households`], [`Cases`], [`Records`], [`Law`], [`Forms`], [`Syncing`]) from one serial background queue, and draws what comes back. It
//! holds no rule. Only synchronisation runs on a thread of the core and reports to a [`SyncObserver`].
//!
//! Each noun has its calls in `noun.rs`, beside the folder with its views and use cases.

uniffi::setup_scaffolding!("vanggia");

mod access;
mod app;
mod cases;
mod config;
mod desk;
mod error;
mod form;
mod households;
mod law;
mod lifecycle;
mod mutex;
mod people;
mod photos;
mod platform;
mod records;
mod shared;
mod speaker;
mod state;
mod steps;
mod syncing;
mod texts;
mod today;

/// What screens show: immutable records with finished, localised texts.
pub mod view {
    pub use crate::{
        access::view::*,
        cases::view::*,
        config::Language,
        form::view::*,
        households::view::*,
        law::ArticleView,
        people::MemberRow,
        records::view::*,
        speaker::{ConflictValue, ConflictView, Fact},
        state::AppStatus,
        steps::view::*,
        syncing::view::*,
        today::view::*,
    };
}

pub use access::Access;
pub use app::App;
pub use cases::Cases;
pub use config::AppConfig;
pub use error::AppError;
pub use form::{FormSession, Forms, find_labels};
pub use households::Households;
pub use law::Law;
pub use platform::{KeyStore, KeyStoreFailure};
pub use records::Records;
pub use syncing::{SyncHandle, SyncObserver, Syncing};
pub use texts::dates::utc_offset_seconds;
pub use today::Today;

#[cfg(test)]
mod tests;
