//! What is tried against hubs and phones, and whether they held; and whether each attack would have been seen.

use crate::{
    build,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// `NAME…`: the stories so called, or all. `--broken [NAME…]`: each patch of `tests/attack/without` takes a defence out
/// of a copy, whose stories must see that.
pub fn run(args: &[String]) -> Result<()> {
    match args.split_first() {
        Some((first, names)) if first == "--broken" => without(names).map(|_| ()),
        _ => attack(args).map(|_| ()),
    }
}

/// All stories, and two of the patches; the others must fit.
pub fn test() -> Result<Outcome> {
    let stale: Vec<String> =
        patches()?.iter().filter(|patch| !fits(patch)).map(|patch| story(patch)).collect();
    if !stale.is_empty() {
        bail!("make these anew, they don't fit any more: {}", stale.join(", "));
    }
    let held = attack(&[])?;
    let seen = without(&IN_TESTS.map(str::to_owned))?;
    Ok(Outcome::Passed(format!("{held}; {seen} defences taken out, each missed")))
}

fn patches() -> Result<Vec<PathBuf>> {
    let inside = fs::read_dir(sh::root().join("tests/attack/without"))?;
    let mut patches: Vec<PathBuf> = inside.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    patches.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
    patches.sort();
    Ok(patches)
}

fn fits(patch: &Path) -> bool {
    let mut check = sh::command("git", &["apply", "--check"], &sh::root());
    check.arg(patch).status().is_ok_and(|status| status.success())
}

/// Both in the hub alone, which is built fastest.
const IN_TESTS: [&str; 2] = ["7-waiting", "10-permissions"];

fn attack(names: &[String]) -> Result<String> {
    let hub = build::all()?;
    let mut command = sh::command(&sh::target().join("debug/attack").to_string_lossy(), &[], &sh::root());
    command.args(names).env("VANGGIA_HUB", hub);
    let printed = sh::watch("attack", command)?;
    Ok(printed.lines().last().unwrap_or_default().to_owned())
}

/// How many patches were tried; an error names those whose absence nobody saw.
fn without(names: &[String]) -> Result<usize> {
    let mut patches = patches()?;
    patches
        .retain(|path| names.is_empty() || names.iter().any(|name| story(path).starts_with(name.as_str())));
    if patches.is_empty() {
        return Ok(0);
    }
    let copy = Copy::make()?;
    let mut unseen = Vec::new();
    for patch in &patches {
        // One that doesn't fit any more keeps none of the others from being tried.
        match copy.sees_it_missing(patch) {
            Ok(true) => {}
            Ok(false) => unseen.push(story(patch)),
            Err(problem) => {
                sh::say(format!("{problem:#}"));
                unseen.push(story(patch));
            }
        }
    }
    if !unseen.is_empty() {
        bail!("nobody saw that these were taken out: {}", unseen.join(", "));
    }
    Ok(patches.len())
}

/// `1-form-names` of `…/1-form-names.patch`: the stories that must see it have names that begin so.
fn story(patch: &Path) -> String {
    patch.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The checkout's files as they are, with a target folder that has its libraries already.
struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make() -> Result<Self> {
        build::all()?;
        let base = sh::target().join("attack");
        let copy = Self { folder: base.join("sources"), target: base.join("target") };
        for folder in [&copy.folder, &copy.target] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        let tracked = sh::output(sh::command("git", &["ls-files", "-z"], &sh::root()))?;
        for name in tracked.split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (sh::root().join(name), copy.folder.join(name));
            // Deleted, and not committed yet.
            if !from.exists() {
                continue;
            }
            fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
            fs::copy(from, to)?;
        }
        // The libraries are the same, whatever the checkout is called; its own crates are built apart, under other names.
        let debug = copy.target.join("debug");
        fs::create_dir_all(&debug)?;
        for part in ["deps", ".fingerprint", "build"] {
            let from = sh::target().join("debug").join(part);
            sh::run(sh::command("cp", &["-al", &from.to_string_lossy(), "."], &debug))?;
        }
        Ok(copy)
    }

    /// Takes the defence out, runs its stories, puts it back.
    fn sees_it_missing(&self, patch: &Path) -> Result<bool> {
        let name = story(patch);
        let patch = patch.to_string_lossy();
        // `git apply` needs no repository; one above would make it look for the files there.
        let apply = |args: &[&str]| {
            let mut command = sh::command("git", args, &self.folder);
            command.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap_or(&self.folder)).arg(&*patch);
            sh::run(command).with_context(|| format!("{patch} doesn't fit any more"))
        };
        apply(&["apply"])?;
        let seen = self.broken(&name);
        apply(&["apply", "--reverse"])?;
        let seen = seen?;
        sh::say(format!("without {name}: {}", if seen { "broken, as it must be" } else { "NOBODY SAW IT" }));
        Ok(seen)
    }

    fn broken(&self, name: &str) -> Result<bool> {
        let build = ["build", "--quiet", "--package", "hub", "--package", "journeys", "--bins"];
        let mut build = sh::command("cargo", &build, &self.folder);
        build.env("CARGO_TARGET_DIR", &self.target);
        sh::run_quietly("attack-build", build)?;
        let debug = self.target.join("debug");
        let mut attack = sh::command(&debug.join("attack").to_string_lossy(), &[name], &self.folder);
        let output = attack.env("VANGGIA_HUB", debug.join("vanggia-hub")).output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        for line in printed.lines().filter(|line| line.starts_with("  broken")) {
            sh::say(line);
        }
        Ok(!output.status.success() && printed.contains("\n  broken "))
    }
}
