//! The nouns of casework, their typed ids, the signed [`batch`] of changes that phones and hubs exchange, and the pure merge plan. No I/O.

#![forbid(unsafe_code)]

pub mod access;
pub mod batch;
pub mod clock;
pub mod encoding;
pub mod feed;
pub mod fold;
pub mod id;
pub mod key;
pub mod merge;
pub mod photo;
pub mod record;
pub mod redact;

pub use access::{Place, Role};
pub use batch::{BatchError, OrderId, Rebuilt, Verified};
pub use clock::{Clock, Hlc, Stamp, SystemClock, VIETNAM};
pub use feed::Feed;
pub use fold::fold;
pub use id::{
    CaseId, ChangeId, DeviceId, DraftId, HouseholdId, HubId, OfficeId, PersonId, PhotoId, SubmissionId,
    UserId,
};
pub use key::{DeviceKey, Digest, PublicKey};
pub use merge::{FieldOutcome, FieldState, Head, MergePlan, MergePolicy, RecordState, Said};
pub use photo::{BlobRef, PhotoFile};
pub use record::{RecordEdit, RecordKind, RecordRef, kind};
pub use redact::Redacted;
