//! The Android app: compiled and tested by Maven and Robolectric, linked into a debug APK.

use crate::sh::Outcome;
use anyhow::Result;

pub fn test() -> Result<Outcome> {
    Ok(Outcome::Skipped("not here yet".to_owned()))
}
