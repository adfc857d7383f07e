//! A wrapper whose `Debug` says nothing.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that must not reach a log: names, phone numbers, notes.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted<T>(pub T);

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹redacted›")
    }
}
