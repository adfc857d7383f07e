//! The Kotlin binding on the JVM: a whole visit against a real hub.

use crate::sh::Outcome;
use anyhow::Result;

pub fn test() -> Result<Outcome> {
    Ok(Outcome::Skipped("not here yet".to_owned()))
}
