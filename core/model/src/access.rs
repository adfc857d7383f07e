//! Who may see what: roles and the places they hold for. Both are open text: a newer program may know more of them.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

/// What a user of phone or console may do; each console page asks for one. A role that this program does not know has
/// no rights, and its code for a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(Cow<'static, str>);

impl Role {
    /// Visits households; sees what they entered and their commune's households.
    pub const COLLABORATOR: Role = Role(Cow::Borrowed("collaborator"));
    /// The commune's officer for social affairs.
    pub const COMMUNE_OFFICER: Role = Role(Cow::Borrowed("commune_officer"));
    /// Manages cases at the commune or the centre.
    pub const CASE_MANAGER: Role = Role(Cow::Borrowed("case_manager"));
    /// Head of the centre or chairman of the commune.
    pub const CENTRE_HEAD: Role = Role(Cow::Borrowed("centre_head"));
    /// Runs the hub: users, devices, forms. No case content.
    pub const ADMINISTRATOR: Role = Role(Cow::Borrowed("administrator"));

    pub const KNOWN: [Role; 5] = [
        Role::COLLABORATOR,
        Role::COMMUNE_OFFICER,
        Role::CASE_MANAGER,
        Role::CENTRE_HEAD,
        Role::ADMINISTRATOR,
    ];

    pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
        Self(code.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_known(&self) -> bool {
        Self::KNOWN.contains(self)
    }
}

/// A commune, a province or the whole country by code. Written `commune:00070`, `province:15`, `all`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Commune(String),
    Province(String),
    All,
    /// Of a newer program, as it was written; covers nothing here.
    Other(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Commune(code) => write!(f, "commune:{code}"),
            Place::Province(code) => write!(f, "province:{code}"),
            Place::All => f.write_str("all"),
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
            None if text == "all" => Place::All,
            _ => Place::Other(text.to_owned()),
        })
    }
}

crate::encoding::serde_as_text!(Place);
