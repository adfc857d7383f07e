//! A feed is a scope: what a phone subscribes to and what the hub numbers without gaps.

use crate::CaseId;
use std::{convert::Infallible, fmt, str::FromStr};

/// Written `commune:00070` or `case:<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// The households of one commune and all that belongs to them.
    Commune(String),
    /// One restricted case: for its members only.
    Case(CaseId),
    /// Of a newer program, as it was written: not read here, and from its start once the program knows it.
    Other(String),
}

impl Feed {
    pub fn is_known(&self) -> bool {
        !matches!(self, Feed::Other(_))
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feed::Commune(code) => write!(f, "commune:{code}"),
            Feed::Case(id) => write!(f, "case:{id}"),
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
            _ => None,
        };
        Ok(known.unwrap_or_else(|| Feed::Other(text.to_owned())))
    }
}

crate::encoding::serde_as_text!(Feed);
