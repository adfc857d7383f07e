//! A feed is a scope: what a phone subscribes to and what the hub numbers without gaps.

use crate::CaseId;
use std::{fmt, str::FromStr};

/// Written `commune:00070` or `case:<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// The households of one commune and all that belongs to them.
    Commune(String),
    /// One restricted case: for its members only.
    Case(CaseId),
}

/// The text names no feed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a feed")]
pub struct NotAFeed;

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feed::Commune(code) => write!(f, "commune:{code}"),
            Feed::Case(id) => write!(f, "case:{id}"),
        }
    }
}

impl FromStr for Feed {
    type Err = NotAFeed;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("commune", code)) if !code.is_empty() => Ok(Feed::Commune(code.to_owned())),
            Some(("case", id)) => id.parse().map(Feed::Case).map_err(|_| NotAFeed),
            _ => Err(NotAFeed),
        }
    }
}

crate::encoding::serde_as_text!(Feed);
