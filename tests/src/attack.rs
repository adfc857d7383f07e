//! Attacks: what hostile phones, careless colleagues and bad machines try at real hubs and real cores, and what came of
//! it. A [`Story`] tries one thing and notes [`Verdict`]s; whoever runs it prints them.

use anyhow::Result;
use std::fmt::Display;

/// What was tried, from the side of who is to be protected.
#[derive(Debug)]
pub struct Verdict {
    pub held: bool,
    /// What should hold.
    pub promise: String,
    /// What was seen, with its figure.
    pub seen: String,
}

#[derive(Debug, Default)]
pub struct Verdicts(pub Vec<Verdict>);

impl Verdicts {
    /// Notes whether `promise` held, and what was seen.
    pub fn note(&mut self, held: bool, promise: impl Display, seen: impl Display) {
        self.0.push(Verdict { held, promise: promise.to_string(), seen: seen.to_string() });
    }
}

/// One attack. An error in it counts as broken: the promise was not seen to hold.
pub struct Story {
    /// Such as `1-form-names`: what is named by it is a folder of `tests/attack/without`, too.
    pub name: &'static str,
    pub run: fn(&mut Verdicts) -> Result<()>,
}
