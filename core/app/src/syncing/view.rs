//! How a synchronisation goes.

#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncPhase {
    Connecting,
    /// Texts go up first.
    Sending,
    Receiving,
    Forms,
    /// Photos last.
    Photos,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncProgress {
    pub phase: SyncPhase,
    /// Changes, entries, files or bytes by phase; `total` 0 if unknown.
    pub done: u64,
    pub total: u64,
    /// Finished text.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncSummary {
    /// `ok`, or the stable code of what stopped it; what had come through stays.
    pub code: String,
    /// Finished text: what was done, or what to do now.
    pub text: String,
    pub changes_sent: u64,
    pub changes_received: u64,
    pub photos_sent: u64,
    pub photo_bytes_sent: u64,
    pub forms_received: u64,
    /// Changes that the hub keeps but could not take up yet.
    pub held_back: u64,
    /// After a cut link: how many times a photo went on where it stopped.
    pub resumed_uploads: u64,
}

/// What still waits for the office.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncState {
    pub changes_waiting: u32,
    pub photos_waiting: u32,
    /// Finished text such as `Đồng bộ lần cuối 24/11/2026 15:04`, or that it never was.
    pub last: String,
    /// What the hub could not take up yet, each with its reason.
    pub held_back: Vec<HeldBackRow>,
    /// This phone can't go on with its office until it is enrolled again, which keeps all that is here.
    pub enrol_again: Option<EnrolAgain>,
    /// What keeps things from being as they should until somebody does something.
    pub notices: Vec<SyncNotice>,
    /// The packs that the office published, as far as they count for this phone; empty while it works by the app's own
    /// rules and none is to come.
    pub packs: Vec<PackRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PackStanding {
    /// This phone works by it.
    Active,
    /// It counts from a day to come on.
    Coming,
    /// This phone could not take it; one before it stays in use.
    Aside,
}

/// A pack of the office: kinds, law, rights, forms.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PackRow {
    /// Such as `quoc_gia`.
    pub id: String,
    pub title: String,
    pub version: String,
    /// dd/mm/yyyy; empty if it can't be known.
    pub from: String,
    pub standing: PackStanding,
    /// Why it stays aside, such as `pack.needs`; stable. Else empty.
    pub code: String,
    /// Finished text: title, version and how it stands.
    pub text: String,
}

/// Why `Access::enrol_again` is needed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrolAgain {
    /// Such as `sync.forked`; stable.
    pub code: String,
    /// Finished text: why, and what to do.
    pub text: String,
}

/// Something that the worker should know of this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncNotice {
    /// Such as `form.bad-name`; stable.
    pub code: String,
    /// Finished text: what it is, and what to do.
    pub text: String,
}

/// A form or record that the hub keeps apart or refused.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldBackRow {
    /// Why, such as `admission.scope`; stable.
    pub code: String,
    /// The record's kind and id: the submission, where it came from one.
    pub kind: String,
    pub id: String,
    /// Finished text.
    pub text: String,
}
