//! Batches coming up and feeds going down.
//!
//! [`receive`] verifies what a phone pushed and makes it durable; [`admission`] decides, batch by batch, whether it
//! enters a feed; [`pull`] reads feeds for those they are granted to, in [`pieces`] where it can.

pub mod admission;
pub mod pieces;
pub mod pull;
pub mod receive;
mod submission;

/// Codes of batches that are not kept, beside those of [`model::BatchError`].
pub mod refusal {
    /// The device's key was used twice.
    pub const FORKED: &str = "push.forked";
    /// A change's id stands at another place.
    pub const ID_TAKEN: &str = "push.id-taken";
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
    pub const REVOKED: &str = "admission.revoked";
    /// This program failed over it; it is kept and tried again.
    pub const FAILED: &str = "admission.failed";
}
