//! Why a synchronisation stopped. Whatever had come through by then stays on both sides.

use crate::transport::LinkError;
use model::BatchError;
use store::StoreError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Try again where there is a network.
    #[error("the hub can't be reached: {0}")]
    Link(LinkError),
    /// Somebody else answers at the hub's address: do not go on; ask the office.
    #[error("another hub answers at this address")]
    WrongHub,
    /// The hub does not know this phone's token: enrol again.
    #[error("the hub does not know this phone")]
    Unauthorised,
    /// What was finished here went up into quarantine; nothing comes down any more.
    #[error("the office has revoked this phone")]
    Revoked,
    /// Update the app.
    #[error("the hub speaks another version")]
    Version,
    /// One message alone is more than the hub takes.
    #[error("a message is larger than the hub takes")]
    TooLarge,
    /// Try again later.
    #[error("the hub's disk is full")]
    HubFull,
    /// Try again later; tell the office if it stays.
    #[error("the hub has a problem (status {status})")]
    Hub { status: u16 },
    /// Not what the protocol says; tell the office.
    #[error("the hub's answer can't be understood")]
    BadAnswer,
    /// A file of a form does not have the hash that the hub announced.
    #[error("a form's file arrived damaged")]
    DamagedFile,
    /// The hub keeps refusing a change of this phone, such as for `batch.wrong-signature`. The rest was done.
    #[error("the hub refuses a change of this phone ({code})")]
    Refused { code: String },
    /// The hub has other changes under this phone's numbers: the folder was copied, or went back. Enrol again.
    #[error("the hub has other changes of this phone")]
    Forked,
    /// The hub lacks changes that this phone no longer keeps. The rest was done.
    #[error("the hub lacks older changes of this phone")]
    Gap,
    /// A feed was not read to its end: the hub has more and doesn't send it. The rest was done.
    #[error("the hub has records that it did not send")]
    Behind,
    /// A change came down that its device did not sign, or whose device the office did not certify. It was put aside;
    /// the rest was done.
    #[error("a change from the hub was not made by who it says")]
    Forged,
    /// The hub named a key as the office's that neither the one before nor the recovery key signed: the one before
    /// stays. The rest was done.
    #[error("the hub named a key as the office's that is not")]
    StrangeKey,
    /// A photo's file is gone or unreadable here. The rest was done.
    #[error("a photo's file can't be read")]
    PhotoUnreadable,
    /// The hub has received nothing that names a photo. The rest was done.
    #[error("the hub knows no record of a photo")]
    PhotoUnknown,
    /// The hub takes no more photos of this phone for now. The rest was done.
    #[error("the hub takes no more photos of this phone for now")]
    PhotoQuota,
    /// As much of this phone waits at the hub as it takes; the office must look at it. The rest was done.
    #[error("the hub takes no more changes of this phone until those that wait are decided")]
    Quota,
    /// The phone's own storage; `code` is the store's.
    #[error("the phone's storage has a problem ({code})")]
    Storage { code: &'static str },
    /// Cancelled, or the store was closed meanwhile: the next run goes on from here.
    #[error("stopped")]
    Cancelled,
    /// The code on the invitation is unknown to the hub.
    #[error("the enrolment code is unknown")]
    CodeUnknown,
    #[error("the enrolment code was used already")]
    CodeUsed,
    #[error("the enrolment code has expired")]
    CodeExpired,
    /// The invitation's user is disabled: ask the office.
    #[error("the user of this invitation is disabled")]
    UserDisabled,
    /// The code is for another worker than the one whose work is to go on; it was not used up.
    #[error("the enrolment code is another worker's")]
    OtherWorker,
    /// What the hub made this phone is not what it asked for, or not certified by the office.
    #[error("the hub's certificate for this phone does not fit")]
    BadCertificate,
}

impl SyncError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(LinkError::Unreachable) => "sync.unreachable",
            Self::Link(LinkError::Cut) => "sync.cut",
            Self::Link(LinkError::Timeout) => "sync.timeout",
            Self::Link(LinkError::CertificateDate) => "sync.certificate-date",
            Self::Link(LinkError::Unusable) => "sync.unusable-address",
            Self::Link(LinkError::WrongHub) | Self::WrongHub => "sync.wrong-hub",
            Self::Unauthorised => "sync.unauthorised",
            Self::Revoked => "sync.revoked",
            Self::Version => "sync.version",
            Self::TooLarge => "sync.too-large",
            Self::HubFull => "sync.hub-full",
            Self::Hub { .. } => "sync.hub-problem",
            Self::BadAnswer => "sync.bad-answer",
            Self::DamagedFile => "sync.damaged-file",
            Self::Refused { .. } => "sync.refused",
            Self::Forked => "sync.forked",
            Self::Gap => "sync.gap",
            Self::Behind => "sync.behind",
            Self::Forged => "sync.forged",
            Self::StrangeKey => "sync.strange-key",
            Self::PhotoUnreadable => "sync.photo-unreadable",
            Self::PhotoUnknown => "sync.photo-unknown",
            Self::PhotoQuota => "sync.photo-quota",
            Self::Quota => "sync.quota",
            Self::Storage { code } => code,
            Self::Cancelled => "sync.cancelled",
            Self::CodeUnknown => "enrol.code-unknown",
            Self::CodeUsed => "enrol.code-used",
            Self::CodeExpired => "enrol.code-expired",
            Self::UserDisabled => "enrol.user-disabled",
            Self::OtherWorker => "enrol.other-worker",
            Self::BadCertificate => "enrol.bad-certificate",
        }
    }
}

/// Batches that are refused for these are refused with all that follow them.
const OF_THE_CHAIN: [BatchError; 6] = [
    BatchError::Gap,
    BatchError::BrokenChain,
    BatchError::WrongOffice,
    BatchError::WrongDevice,
    BatchError::WrongAuthor,
    BatchError::WrongSignature,
];

impl SyncError {
    /// Whether this phone can't go on as the device it is, and goes on as another of the same worker: what it made stays
    /// and is sent then.
    pub fn needs_enrolment(&self) -> bool {
        match self {
            Self::Unauthorised | Self::Revoked | Self::Forked | Self::Gap => true,
            Self::Refused { code } => OF_THE_CHAIN.iter().any(|error| error.code() == code),
            Self::Storage { code } => *code == StoreError::Rewound.code(),
            _ => false,
        }
    }
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        match error {
            // Paused or locked meanwhile.
            StoreError::Closed => Self::Cancelled,
            StoreError::OtherHub => Self::WrongHub,
            other => Self::Storage { code: other.code() },
        }
    }
}

impl From<LinkError> for SyncError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::WrongHub => Self::WrongHub,
            other => Self::Link(other),
        }
    }
}
