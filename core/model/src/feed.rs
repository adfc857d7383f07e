//! A feed is a scope: what a phone subscribes to and what the hub numbers without gaps.

use crate::{CaseId, OfficeId};
use std::{convert::Infallible, fmt, str::FromStr};

/// Written `commune:00070`, `case:<uuid>`, `office:<uuid>`, `facility:<id>`, `desk:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// The households of one commune and all that belongs to them.
    Commune(String),
    /// One restricted case: for its members only.
    Case(CaseId),
    /// For everybody of an office whose role lets see anything.
    Office(OfficeId),
    /// For those of a facility or a desk: who has it among their places.
    Facility(String),
    Desk(String),
    /// No feed: what stays on the phone that made it. No hub takes or grants it.
    OwnDevice,
    /// Of a newer program, as it was written: not read here, and from its start once the program knows it.
    Other(String),
}

impl Feed {
    /// Whether a hub may have it and this program reads it.
    pub fn is_known(&self) -> bool {
        !matches!(self, Feed::OwnDevice | Feed::Other(_))
    }
}

/// What stands in the place of a feed.
const OWN_DEVICE: &str = "own-device";

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feed::Commune(code) => write!(f, "commune:{code}"),
            Feed::Case(id) => write!(f, "case:{id}"),
            Feed::Office(id) => write!(f, "office:{id}"),
            Feed::Facility(id) => write!(f, "facility:{id}"),
            Feed::Desk(id) => write!(f, "desk:{id}"),
            Feed::OwnDevice => f.write_str(OWN_DEVICE),
            Feed::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for Feed {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let known = match text.split_once(':') {
            Some(("commune", code)) if !code.is_empty() => Some(Feed::Commune(code.to_owned())),
            Some(("case", id)) => id.parse().ok().map(Feed::Case),
            Some(("office", id)) => id.parse().ok().map(Feed::Office),
            Some(("facility", id)) if !id.is_empty() => Some(Feed::Facility(id.to_owned())),
            Some(("desk", id)) if !id.is_empty() => Some(Feed::Desk(id.to_owned())),
            None if text == OWN_DEVICE => Some(Feed::OwnDevice),
            _ => None,
        };
        Ok(known.unwrap_or_else(|| Feed::Other(text.to_owned())))
    }
}

crate::encoding::serde_as_text!(Feed);
