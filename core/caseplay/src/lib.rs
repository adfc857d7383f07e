//! Plays cases by commands, one line of JSON each; each answers one. The language is described in `docs/cases.md`.
//!
//! People, their phones and the hub are all here: what somebody does is signed by their phone's key, merged by the
//! rulebook's rule and folded as anywhere else. Only what may be sent to whom is left out: all that is written is known.

#![forbid(unsafe_code)]

mod command;
mod error;
mod fill;
mod player;
mod show;
mod world;

pub use error::PlayError;
pub use player::{Form, Player};

use std::io::{BufRead, Write};

/// Plays what comes in until it ends. Each answer is written at once, so that a program can wait for it.
///
/// # Errors
/// Only of `input` and `output`: what a command can't do is its answer.
pub fn run(player: &mut Player, input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    for line in input.lines() {
        if let Some(answer) = player.play(&line?) {
            writeln!(output, "{answer}")?;
            output.flush()?;
        }
    }
    Ok(())
}
