//! The phone's encrypted storage: one folder for each worker with a key file, a SQLCipher database and photo ciphertexts.
//!
//! [`WorkerFolder`] makes, unlocks and opens it; [`Store`] holds drafts, records, the outbox, forms and photos' states.
//! An answer is acknowledged after its commit; what is finished together is one transaction.

#![forbid(unsafe_code)]

mod attempts;
mod blobs;
mod carrying;
mod commit;
mod contents;
mod denied;
mod device;
mod drafts;
mod erasure;
mod error;
mod files;
mod folder;
mod former;
mod forms;
mod identity;
mod keys;
mod listing;
mod office_keys;
mod open;
mod outbox;
mod packs;
mod pending;
mod progress;
mod pull;
mod records;
mod recovery;
mod roles;
mod rules;
mod salvage;
mod sealing;
mod search;
mod state;
mod taking;
mod tree;
mod verified;
mod witness;

pub use blobs::Blob;
pub use carrying::CarriedOver;
pub use commit::Committed;
pub use drafts::{CarriedDraft, Draft, DraftRow, DraftStep, NewDraft, SetAside, Snapshot, StoredAnswer};
pub use error::StoreError;
pub use folder::{Enrolment, WorkerFolder};
pub use former::Former;
pub use forms::{LabelledForm, RefusedForm, StoredForm};
pub use identity::{Identity, SyncTimes};
pub use keys::{HardwareKey, HardwareKeyError, Keys, check_pin};
pub use listing::{ListPage, Listed};
pub use open::Store;
pub use outbox::{HeldBack, Waiting};
pub use packs::{PackHere, PackState, WantedPack, code as pack_code};
pub use pending::{forget_pending_key, pending_key};
pub use progress::Progress;
pub use pull::Pulled;
pub use records::Record;
pub use salvage::{SALVAGED, Salvaged};

// The phone and the office of tests/it, for the tests that look inside.
#[cfg(test)]
extern crate self as store;
#[cfg(test)]
#[path = "../tests/it/common.rs"]
mod common;
