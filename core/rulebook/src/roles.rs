//! Roles: which of them have to do with households and cases.

use crate::{Rulebook, table::Tables};
use serde::Deserialize;
use std::collections::HashMap;

/// Whether a role sees content, by its code.
#[derive(Debug)]
pub(crate) struct Roles(HashMap<String, bool>);

#[derive(Deserialize)]
struct Row {
    code: String,
    #[serde(deserialize_with = "crate::table::yes")]
    content: bool,
}

impl Roles {
    pub fn read(tables: &mut Tables) -> Self {
        Self(tables.rows("roles.csv").into_iter().map(|row: Row| (row.code, row.content)).collect())
    }
}

impl Rulebook {
    /// Whether who has the role reads households and cases: gets feeds, may be on duty, may be a case's member. One that
    /// is not known does not.
    pub fn sees_content(&self, role: &str) -> bool {
        self.roles.0.get(role).copied().unwrap_or(false)
    }
}
