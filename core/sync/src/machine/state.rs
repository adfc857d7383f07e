//! Where a synchronisation stands: what it waits for.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Begin,
    Hello {
        asked_ms: u64,
    },
    TimeNoted,
    PushRead,
    /// Changes after `after` up to `last` are on their way.
    PushSent {
        after: u64,
        last: u64,
    },
    PushKept {
        go_on: bool,
    },
    PullCursors,
    PullSent,
    PullApplied {
        more: bool,
    },
    FormListAsked,
    FormsCompared,
    FormFileAsked,
    FormKept,
    FormListTaken,
    BlobsListed,
    MissingAsked,
    BlobsMarked,
    BlobsRead,
    BundleSent,
    Upload,
    Finishing,
}
