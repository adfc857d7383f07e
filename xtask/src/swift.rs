//! The Swift package on Linux: a whole visit against a real hub, screen models, and the views type-checked.

use crate::sh::Outcome;
use anyhow::Result;

pub fn test() -> Result<Outcome> {
    Ok(Outcome::Skipped("not here yet".to_owned()))
}
