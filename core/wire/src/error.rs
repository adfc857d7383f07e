//! What a hub answers when it can't do what was asked: any status of 400 and above carries this body.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub v: u16,
    /// Stable, such as `enrol.code-used`; what a program decides by.
    pub code: String,
    /// For people; holds no personal data.
    pub message_vi: String,
    pub message_en: String,
}

/// The codes a phone acts on. Others are shown with their message.
pub mod code {
    /// 401: the token is unknown.
    pub const UNAUTHORISED: &str = "auth.unauthorised";
    /// 403: the device was revoked; it may push (into quarantine) and never pull.
    pub const REVOKED: &str = "auth.revoked";
    pub const CODE_UNKNOWN: &str = "enrol.code-unknown";
    pub const CODE_USED: &str = "enrol.code-used";
    pub const CODE_EXPIRED: &str = "enrol.code-expired";
    /// 403: the invitation's user is disabled.
    pub const USER_DISABLED: &str = "enrol.user-disabled";
    /// 409: the invitation is for another user than the devices that were to go on.
    pub const OTHER_WORKER: &str = "enrol.other-worker";
    /// 400: the body is no message of this version.
    pub const BAD_MESSAGE: &str = "wire.bad-message";
    /// 426: the message is of a version this hub does not speak.
    pub const VERSION: &str = "wire.version";
    /// 413: more at once than the hub takes.
    pub const TOO_LARGE: &str = "wire.too-large";
    /// Of a batch: the device's key was used twice, and it ended. See [`crate::enrol::Continues`].
    pub const FORKED: &str = "push.forked";
    pub const NOT_FOUND: &str = "wire.not-found";
    /// 409: the upload's bytes don't have the address they claim; they were dropped, begin again.
    pub const WRONG_ADDRESS: &str = "photo.wrong-address";
    /// 409: `Upload-Offset` is not where the upload stands; ask what is `missing`.
    pub const WRONG_OFFSET: &str = "photo.wrong-offset";
    /// 403: nothing that the device may see names such a photo of this length.
    pub const PHOTO_UNKNOWN: &str = "photo.unknown";
    /// 403: the device has sent as many photos as the hub takes for now; an upload that has begun goes on.
    pub const PHOTO_QUOTA: &str = "photo.quota";
    /// Of a batch: as much of this device waits as the hub takes.
    pub const PUSH_QUOTA: &str = "push.quota";
    /// 507: the hub's disk is full; nothing was lost, try again later.
    pub const FULL: &str = "hub.full";
    pub const INTERNAL: &str = "hub.internal";
}
