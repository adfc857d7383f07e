//! Figures, beside the peers where there is one.

use anyhow::{Result, bail};

pub fn run(_args: &[String]) -> Result<()> {
    bail!("not here yet")
}
