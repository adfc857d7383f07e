//! Who may see what: roles and the places they hold for.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a user of phone or console may do; each console page asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Visits households; sees what they entered and their commune's households.
    Collaborator,
    /// The commune's officer for social affairs.
    CommuneOfficer,
    /// Manages cases at the commune or the centre.
    CaseManager,
    /// Head of the centre or chairman of the commune.
    Head,
    /// Runs the hub: users, devices, forms. No case content.
    Administrator,
}

impl Role {
    pub const ALL: [Role; 5] =
        [Role::Collaborator, Role::CommuneOfficer, Role::CaseManager, Role::Head, Role::Administrator];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Collaborator => "collaborator",
            Role::CommuneOfficer => "commune_officer",
            Role::CaseManager => "case_manager",
            Role::Head => "head",
            Role::Administrator => "administrator",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownAccess;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownAccess)
    }
}

/// A commune, a province or the whole country by code. Written `commune:00070`, `province:15`, `all`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Commune(String),
    Province(String),
    All,
}

/// The text names no role or place.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a role or place")]
pub struct UnknownAccess;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Commune(code) => write!(f, "commune:{code}"),
            Place::Province(code) => write!(f, "province:{code}"),
            Place::All => f.write_str("all"),
        }
    }
}

impl FromStr for Place {
    type Err = UnknownAccess;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("commune", code)) if !code.is_empty() => Ok(Place::Commune(code.to_owned())),
            Some(("province", code)) if !code.is_empty() => Ok(Place::Province(code.to_owned())),
            None if text == "all" => Ok(Place::All),
            _ => Err(UnknownAccess),
        }
    }
}

crate::encoding::serde_as_text!(Place);
