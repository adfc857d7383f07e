//! Who may see what: roles and the places they hold for. Both are open text: a pack or a newer program may know more of
//! them.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

/// What a user of phone or console may do, by a row of the rulebook (`roles.csv`). One without a row has no rights, and
/// its code for a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(Cow<'static, str>);

impl Role {
    pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
        Self(code.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A commune, a province or the whole country by code; a facility or a desk by the id that its office gave it. Written
/// `commune:00070`, `province:15`, `all`, `facility:<id>`, `desk:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Commune(String),
    Province(String),
    All,
    Facility(String),
    Desk(String),
    /// Of a newer program, as it was written; covers nothing here.
    Other(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Commune(code) => write!(f, "commune:{code}"),
            Place::Province(code) => write!(f, "province:{code}"),
            Place::All => f.write_str("all"),
            Place::Facility(id) => write!(f, "facility:{id}"),
            Place::Desk(id) => write!(f, "desk:{id}"),
            Place::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for Place {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("commune", code)) if !code.is_empty() => Place::Commune(code.to_owned()),
            Some(("province", code)) if !code.is_empty() => Place::Province(code.to_owned()),
            Some(("facility", id)) if !id.is_empty() => Place::Facility(id.to_owned()),
            Some(("desk", id)) if !id.is_empty() => Place::Desk(id.to_owned()),
            None if text == "all" => Place::All,
            _ => Place::Other(text.to_owned()),
        })
    }
}

crate::encoding::serde_as_text!(Place);
