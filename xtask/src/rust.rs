//! Formatting, clippy and all Rust tests.

use crate::{
    build::{self, ALL_BUT_GENERATOR},
    install,
    sh::{self, Outcome},
};
use anyhow::Result;
use std::path::Path;

pub fn test() -> Result<Outcome> {
    install::build_tools()?;
    // Checks the vectors of the batch format.
    install::programs(&[("python3", "python3")])?;
    let root = sh::root();
    cargo(&root, &["fmt", "--all", "--check"], &[])?;
    cargo(&root, &["clippy", "--quiet", "--all-targets"], &["--", "-D", "warnings"])?;
    let hub = build::all()?;
    let mut tests = sh::command("cargo", &["test"], &root);
    tests.args(ALL_BUT_GENERATOR).env("VANGGIA_HUB", hub);
    let printed = sh::watch("rust-tests", tests)?;
    let (passed, ignored) = counts(&printed);
    Ok(Outcome::Passed(format!("{passed} tests, {ignored} ignored")))
}

fn cargo(root: &Path, args: &[&str], after: &[&str]) -> Result<()> {
    sh::say(format!("cargo {}", args.join(" ")));
    let mut command = sh::command("cargo", args, root);
    if args[0] != "fmt" {
        command.args(ALL_BUT_GENERATOR);
    }
    command.args(after);
    sh::run(command)
}

/// Sums of cargo's closing lines, `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
fn counts(printed: &str) -> (u32, u32) {
    let number = |line: &str, word: &str| -> u32 {
        let parts: Vec<&str> = line.split([' ', ';', '.']).collect();
        parts.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
    };
    let results = printed.lines().filter(|line| line.starts_with("test result:"));
    results.fold((0, 0), |(passed, ignored), line| {
        (passed + number(line, "passed"), ignored + number(line, "ignored"))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds_up_the_closing_lines() {
        let printed = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured\n\
                       test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured";
        assert_eq!(super::counts(printed), (42, 1));
    }
}
