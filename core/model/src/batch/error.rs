//! Why a batch is not taken for what it says it is.

/// Ask the sender again for what is damaged; what is newer waits for an update.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BatchError {
    #[error("the page is of a version newer than this program knows")]
    Newer,
    #[error("the batch is of a suite that this program does not know")]
    UnknownSuite,
    #[error("the page's bytes can't be unpacked")]
    Packing,
    #[error("the page ends too early")]
    Truncated,
    #[error("something follows where the page should end")]
    Trailing,
    #[error("a number is written longer than it must be, or is too large")]
    LongInteger,
    #[error("a flag or state is set that this program does not know")]
    UnknownFlag,
    #[error("a number points at nothing")]
    NoSuchEntry,
    #[error("the page names what it does not use")]
    Unused,
    #[error("a text is not UTF-8")]
    NotText,
    #[error("a value is not JSON that every reader reads alike")]
    NotJson,
    #[error("something stands twice, or in the wrong order")]
    Order,
    #[error("the batch is larger than allowed")]
    TooLarge,
    #[error("the batch has no changes")]
    Empty,
    #[error("a name or kind is empty")]
    NoName,
    #[error("the changes' numbers can't be")]
    Sequence,
    #[error("the hidden changes are not stood for by one hash for each largest subtree")]
    WrongHidden,
    #[error("a seed stands beside something that is hidden below it")]
    SeedBesideHidden,
    #[error("the batch is another office's")]
    WrongOffice,
    #[error("the batch is another device's")]
    WrongDevice,
    #[error("the batch is another worker's")]
    WrongAuthor,
    #[error("the batch is not what its device signed")]
    WrongSignature,
    #[error("the public key is not written in the canonical way")]
    KeyNotCanonical,
    #[error("the public key is of small order")]
    KeySmallOrder,
    #[error("the batch does not come straight after the device's batch before")]
    Gap,
    #[error("the batch goes on from another batch than the device's one before")]
    BrokenChain,
    #[error("the two are views of different batches")]
    OtherBatch,
    #[error("the ordinary part names a restricted record")]
    NamesRestricted,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl BatchError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Newer => "batch.newer",
            Self::UnknownSuite => "batch.unknown-suite",
            Self::Packing => "batch.packing",
            Self::Truncated => "batch.truncated",
            Self::Trailing => "batch.trailing",
            Self::LongInteger => "batch.long-integer",
            Self::UnknownFlag => "batch.unknown-flag",
            Self::NoSuchEntry => "batch.no-such-entry",
            Self::Unused => "batch.unused",
            Self::NotText => "batch.not-text",
            Self::NotJson => "batch.not-json",
            Self::Order => "batch.order",
            Self::TooLarge => "batch.too-large",
            Self::Empty => "batch.empty",
            Self::NoName => "batch.no-name",
            Self::Sequence => "batch.sequence",
            Self::WrongHidden => "batch.wrong-hidden",
            Self::SeedBesideHidden => "batch.seed-beside-hidden",
            Self::WrongOffice => "batch.wrong-office",
            Self::WrongDevice => "batch.wrong-device",
            Self::WrongAuthor => "batch.wrong-author",
            Self::WrongSignature => "batch.wrong-signature",
            Self::KeyNotCanonical => "batch.key-not-canonical",
            Self::KeySmallOrder => "batch.key-small-order",
            Self::Gap => "batch.gap",
            Self::BrokenChain => "batch.broken-chain",
            Self::OtherBatch => "batch.other-batch",
            Self::NamesRestricted => "batch.names-restricted",
            Self::NoRandomness => "batch.no-randomness",
        }
    }
}
