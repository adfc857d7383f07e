//! Formatting, clippy, all Rust tests, and pyxform as the reference for the forms.

use crate::sh::Outcome;
use anyhow::Result;

pub fn test() -> Result<Outcome> {
    Ok(Outcome::Skipped("not here yet".to_owned()))
}
