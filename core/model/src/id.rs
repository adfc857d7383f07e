//! Typed ids: UUIDv7, so that they sort by the time they were made and need no server to be unique.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id of this moment.
            #[allow(clippy::new_without_default)] // an id out of nothing is never a default
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// One office whose hub this is; the first part of every key at the hub.
    OfficeId,
    /// One hub process's identity; names who issued a cursor.
    HubId,
    /// A worker's or a console user's account.
    UserId,
    /// One enrolled phone of one worker.
    DeviceId,
    HouseholdId,
    PersonId,
    CaseId,
    PhotoId,
    /// A finished form, immutable.
    SubmissionId,
    /// A form being filled on a phone.
    DraftId,
    /// The first half of a change's hash: nobody chooses it.
    ChangeId,
}
