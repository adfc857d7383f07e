//! Running other programs, with what they print kept short.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Prints a line: this is a command-line tool.
#[allow(clippy::print_stdout)]
pub fn say(text: impl std::fmt::Display) {
    println!("{text}");
}

/// The checkout's top folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// What is kept between runs and checkouts (Swift's toolchain, the Python environment, npm packages).
pub fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("VANGGIA_CACHE").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".cache").join("vanggia"))
    });
    let folder = base.context("neither VANGGIA_CACHE nor HOME is set")?;
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A command in `folder`.
pub fn command(program: &str, args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    // What `cargo run` says of this program would look to build scripts (ring's) like another build each time.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it with its output shown.
pub fn run(mut command: Command) -> Result<()> {
    let shown = show(&command);
    let status = command.status().with_context(|| format!("can't start {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// Runs it with its output in `target/logs/{name}.log`; shows the end of that only if it failed.
pub fn run_quietly(name: &str, mut command: Command) -> Result<()> {
    let folder = target().join("logs");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.log"));
    let log = std::fs::File::create(&path)?;
    let shown = show(&command);
    command.stdout(log.try_clone()?).stderr(log);
    let status = command.status().with_context(|| format!("can't start {shown}"))?;
    if !status.success() {
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        say(lines[lines.len().saturating_sub(60)..].join("\n"));
        bail!("{shown}: {status} (all of it in {})", path.display());
    }
    Ok(())
}

/// Runs it with its standard output shown line by line, and returns that as well.
pub fn watch(name: &str, mut command: Command) -> Result<String> {
    let shown = show(&command);
    command.stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("can't start {shown}"))?;
    let mut printed = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            say(&line);
            printed.push_str(&line);
            printed.push('\n');
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{name}: {shown}: {status}");
    }
    Ok(printed)
}

/// What it prints.
pub fn output(mut command: Command) -> Result<String> {
    let shown = show(&command);
    let output = command.output().with_context(|| format!("can't start {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a program of that name is on the path.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn show(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// How a part of the tests ended; a failure is an error instead.
pub enum Outcome {
    /// With what it covered, such as `12 tests`.
    Passed(String),
    /// Can't run on this machine, and why.
    Skipped(String),
}
