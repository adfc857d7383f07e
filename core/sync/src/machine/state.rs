//! Where a synchronisation stands: what it waits for.

use crate::LinkError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Begin,
    PushRead,
    /// Batches after `after` up to `last`, or a part of the first, are on their way.
    PushSent {
        after: u64,
        last: u64,
    },
    /// A push was cut: how far did the hub get? It had acknowledged `after`.
    PushAsked {
        after: u64,
    },
    PushKept {
        go_on: bool,
    },
    PullCursors,
    PullSent,
    PullApplied {
        cut: Option<LinkError>,
    },
    PacksStood,
    PackListAsked,
    PackListTaken,
    PackFileAsked,
    PackFileKept,
    PacksTaken,
    FormsStood,
    FormListAsked,
    FormsCompared,
    FormFileAsked,
    FormFileKept,
    FormKept,
    FormListTaken,
    BlobsListed,
    MissingAsked,
    BlobsMarked,
    BlobsRead,
    BundleSent,
    Upload,
    ReceiptAsked,
    ReceiptKept,
    Finishing,
}
