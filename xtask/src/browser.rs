//! The console in a real headless Chromium, against the hub of the demo.

use crate::{
    build, install, pyxform,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Households that the demo makes for it: enough for a second page.
const HOUSEHOLDS: &str = "60";

pub fn test() -> Result<Outcome> {
    install::programs(&[("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")])?;
    let root = sh::root();
    let folder = root.join("tests/browser");
    sh::run_quietly("npm-browser", sh::command("npm", &["ci", "--no-audit", "--no-fund"], &folder))?;

    let work = sh::target().join("browser");
    let workbooks = work.join("workbooks");
    let python = pyxform::python(&root)?;
    let form = root.join("packs/quoc_gia/forms/vang_gia");
    sh::run(sh::command(
        &python.to_string_lossy(),
        &["tests/browser/workbooks.py", &form.to_string_lossy(), &workbooks.to_string_lossy()],
        &root,
    ))?;

    let hub = build::all()?;
    let path = |name: &str| workbooks.join(name).to_string_lossy().into_owned();
    let (pack, broken) = (path("pack.xlsx"), path("pack-broken.xlsx"));
    sh::run(sh::command(&hub.to_string_lossy(), &["pack", "export", "packs/vi_du", "--xlsx", &pack], &root))?;
    let script = ["tests/browser/workbooks.py", "--pack", &pack, &broken];
    sh::run(sh::command(&python.to_string_lossy(), &script, &root))?;
    let facts = work.join("facts.json");
    let demo = sh::target().join("debug/demo");
    let args = ["--households", HOUSEHOLDS, "--facts", &facts.to_string_lossy()];
    let mut command = sh::command(&demo.to_string_lossy(), &args, &root);
    command.env("VANGGIA_HUB", hub);
    let mut demo = Demo::start(command)?;
    demo.wait_until_it_stays()?;
    let shots = sh::target().join("screenshots/console");
    let script =
        ["console.js", &facts.to_string_lossy(), &workbooks.to_string_lossy(), &shots.to_string_lossy()]
            .map(str::to_owned);
    let script: Vec<&str> = script.iter().map(String::as_str).collect();
    let printed = sh::watch("browser", sh::command("node", &script, &folder))?;
    let steps = printed.lines().filter(|line| line.starts_with("ok ")).count();
    Ok(Outcome::Passed(format!("{steps} steps, pictures in {}", shots.display())))
}

/// The running demo; ended with this value.
struct Demo(Child);

impl Demo {
    fn start(mut command: Command) -> Result<Self> {
        Ok(Self(
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("can't start the demo")?,
        ))
    }

    /// Until it says that it waits for Ctrl-C.
    fn wait_until_it_stays(&mut self) -> Result<()> {
        let stdout = self.0.stdout.take().context("the demo has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        for line in lines.by_ref() {
            let line = line?;
            sh::say(format!("  {line}"));
            if line.contains("Ctrl-C") {
                // Goes on reading, so that the demo never waits for its reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(());
            }
        }
        bail!("the demo ended early")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It ends its hub when its standard input closes.
        drop(self.0.stdin.take());
        for _ in 0..100 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
