//! Batches coming up and feeds going down.
//!
//! [`receive`] verifies what a phone pushed and makes it durable; [`admission`] decides, batch by batch, whether it
//! enters a feed; [`pull`] reads feeds for those they are granted to, in [`pieces`] where it can. Both give [`receipts`].

use crate::db::waiting::Held;
use wire::push::Outcome;

pub mod admission;
pub mod moves;
pub mod pieces;
pub mod pull;
pub mod reading;
pub mod receipts;
pub mod receive;
mod submission;

/// Codes of batches that are not kept, beside those of [`model::BatchError`].
pub mod refusal {
    /// The device's key was used twice.
    pub const FORKED: &str = wire::error::code::FORKED;
    /// As much of the device waits as is taken.
    pub const QUOTA: &str = wire::error::code::PUSH_QUOTA;
    /// A change's id stands at another place.
    pub const ID_TAKEN: &str = "push.id-taken";
}

/// Codes of batches that are kept for good and never admitted, beside those of [`rulebook::Action`].
pub mod denial {
    /// A restricted case would have nobody who manages it.
    pub const NO_MANAGER: &str = "permission.no-manager";
    /// A restricted case would say what it lies under.
    pub const RESTRICTED_PARENT: &str = "permission.restricted-parent";
}

/// Codes of batches that are kept and wait.
pub mod waiting {
    /// The author's places, or their cases, don't cover the record.
    pub const SCOPE: &str = "admission.scope";
    pub const FORM_UNKNOWN: &str = "admission.form-unknown";
    /// The record above, or what says where this one belongs, has not come (after a restored backup).
    pub const PARENT_UNKNOWN: &str = "admission.parent-unknown";
    /// The record lies below itself.
    pub const CYCLE: &str = "admission.cycle";
    /// The commune that it is in is in no table of this program.
    pub const COMMUNE_UNKNOWN: &str = "admission.commune-unknown";
    /// It moves a household out of its author's places: somebody of the receiving side must agree.
    pub const MOVE: &str = "admission.move";
    /// It replaces a value of a batch that waits itself.
    pub const FOLLOWS: &str = "admission.follows";
    /// This program doesn't know its author's role, and so not what they may do.
    pub const ROLE_UNKNOWN: &str = "admission.role-unknown";
    pub const REVOKED: &str = "admission.revoked";
    /// This program failed over it; it is kept and tried again.
    pub const FAILED: &str = "admission.failed";
}

/// What a phone is told of its batch that is not admitted.
fn outcome(held: Held) -> Outcome {
    let code = held.code.unwrap_or_else(|| waiting::FAILED.to_owned());
    match held.denied {
        Some(parts) => Outcome::Denied { code, parts },
        None => Outcome::Waiting { code },
    }
}
