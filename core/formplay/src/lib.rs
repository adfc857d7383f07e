//! Plays a form by commands, one a line; each answers one line of JSON. The language is described in
//! `docs/form-play.md`.
//!
//! ```
//! use formplay::{Player, Setup};
//! use xforms::Definition;
//!
//! let definition = Definition::parse(
//!     r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
//!          <instance><data id="sum"><a/><b/></data></instance>
//!          <bind nodeset="/data/a" type="int"/><bind nodeset="/data/b" calculate="/data/a + 1"/>
//!        </model></h:head><h:body><input ref="/data/a"/></h:body></h:html>"#,
//! )?;
//! let mut player = Player::new(definition, Setup::default());
//! player.play("answer /data/a 41");
//! let answer = player.play("get b").unwrap_or_default();
//! assert_eq!(answer["value"], "42");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod command;
mod error;
mod json;
mod player;
mod reference;

pub use error::PlayError;
pub use player::{Player, Setup};

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
