//! Prints `docs/records.md`: `cargo xtask records`.
#![allow(clippy::print_stdout)] // its output is its purpose

fn main() -> Result<(), rulebook::RulebookErrors> {
    print!("{}", rulebook::Rulebook::built_in()?.printed());
    Ok(())
}
