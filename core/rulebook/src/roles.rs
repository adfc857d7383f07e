//! Roles (`roles.csv`): what those who have one get to see, and whether they run the office.

use crate::{Rulebook, table::Tables};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Role {
    pub code: String,
    pub sees: Sees,
    /// Adds users, invites and ends their phones, publishes packs and forms.
    #[serde(deserialize_with = "crate::table::yes")]
    pub runs_office: bool,
    /// Sees all phones and when they last synchronised.
    #[serde(deserialize_with = "crate::table::yes")]
    pub sees_devices: bool,
}

/// Whose households and cases come to a role's phones and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sees {
    Nothing,
    /// Of restricted cases those that one is a member of, and no households.
    Cases,
    /// Those, and what is in one's places.
    Places,
}

pub(crate) fn read(tables: &mut Tables) -> Vec<Role> {
    tables.rows("roles.csv")
}

impl Rulebook {
    /// In the order of the table.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// `None` for a role without a row: it has no rights.
    pub fn role_of(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.code == code)
    }

    /// Whose content comes to who has the role.
    pub fn sees(&self, role: &str) -> Sees {
        self.role_of(role).map_or(Sees::Nothing, |role| role.sees)
    }
}
