//! A real `vanggia-hub` process over a folder, on an ephemeral port of loopback.

use crate::story_clock::StoryClock;
use anyhow::{Context, Error, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// What a hub reads to go by another clock than this machine's.
const CLOCK: &str = "VANGGIA_CLOCK";

/// The top folder of the checkout.
pub fn checkout() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The hub's program beside this one, fresh from these sources; or the one that `VANGGIA_HUB` names.
pub fn program() -> Result<PathBuf> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PROGRAM.get_or_init(|| build().map_err(|error| format!("{error:#}"))).clone().map_err(Error::msg)
}

fn build() -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("VANGGIA_HUB") {
        return Ok(program.into());
    }
    let here = std::env::current_exe()?;
    // target/debug/demo, or target/debug/deps/journey-1a2b.
    let folder = here.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    let folder = folder.context("this program lies in no folder")?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", "hub"]).current_dir(checkout());
    // What `cargo test` says of this program would look to build scripts (ring's) like another build each time.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_")) {
            build.env_remove(name);
        }
    }
    if folder.ends_with("release") {
        build.arg("--release");
    }
    if let Some(target) = folder.parent() {
        build.arg("--target-dir").arg(target);
    }
    let program = folder.join("vanggia-hub");
    if !build.status().context("can't start cargo")?.success() || !program.is_file() {
        bail!("the hub can't be built: cargo build -p hub");
    }
    Ok(program)
}

/// A user of the hub, with the password that it made.
#[derive(Debug, Clone)]
pub struct Login {
    pub login: String,
    pub password: String,
}

/// A running hub; ended with this value.
pub struct HubProcess {
    child: Child,
    folder: PathBuf,
    clock: Option<PathBuf>,
    /// Such as `https://127.0.0.1:40123`.
    pub url: String,
}

impl HubProcess {
    /// Serves the hub in `folder` (made if empty) with TLS on a port of the system's choice.
    ///
    /// # Errors
    /// When the program can't be built or does not get ready.
    pub fn serve(folder: &Path) -> Result<Self> {
        Self::serve_with(folder, &["--listen", "127.0.0.1:0"])
    }

    /// The same with other options of `serve`.
    ///
    /// # Errors
    /// As [`HubProcess::serve`].
    pub fn serve_with(folder: &Path, options: &[&str]) -> Result<Self> {
        Self::serve_by(None, folder, options)
    }

    /// The same by the clock of a story, which moves where that does.
    ///
    /// # Errors
    /// As [`HubProcess::serve`].
    pub fn serve_by(clock: Option<&StoryClock>, folder: &Path, options: &[&str]) -> Result<Self> {
        let clock = clock.map(|clock| clock.file().to_owned());
        let mut command = Command::new(program()?);
        command.envs(clock.iter().map(|file| (CLOCK, file)));
        command.arg("serve").arg("--data").arg(folder).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        if std::env::var_os("VANGGIA_LOG").is_none() {
            command.env("VANGGIA_LOG", "error");
        }
        let mut child = command.spawn().context("can't start the hub")?;
        let stdout = child.stdout.take().context("the hub has no output")?;
        for line in BufReader::new(stdout).lines() {
            if let Some(url) = line?.strip_prefix("ready ") {
                return Ok(Self { url: url.trim().to_owned(), child, folder: folder.to_owned(), clock });
            }
        }
        let _ = child.wait();
        bail!("the hub ended before it was ready")
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one of the hub's commands over this folder; what it prints.
    ///
    /// # Errors
    /// With what the command said, when it fails.
    pub fn command(&self, args: &[&str]) -> Result<String> {
        run(self.clock.as_deref(), &self.folder, args)
    }

    /// Adds a user; `places` such as `commune:06040`.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn add_user(
        &self,
        login: &str,
        name: &str,
        role: &str,
        places: &[&str],
        on_duty: bool,
    ) -> Result<Login> {
        let mut args = vec!["user", "add", "--login", login, "--name", name, "--role", role];
        for place in places {
            args.extend(["--place", place]);
        }
        if on_duty {
            args.push("--on-duty");
        }
        let printed = self.command(&args)?;
        let password = printed.lines().find_map(|line| line.strip_prefix("password "));
        let password = password.context("the hub told no password")?.trim().to_owned();
        Ok(Login { login: login.to_owned(), password })
    }

    /// An invitation for a user's phone, to be reached at `address` (a link in front of the hub) or directly.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn invite(&self, login: &str, address: Option<&str>) -> Result<String> {
        let address = address.unwrap_or(&self.url);
        Ok(self.command(&["invite", "--login", login, "--address", address])?.trim().to_owned())
    }

    /// Publishes a form of the catalogue.
    ///
    /// # Errors
    /// With the form's problems.
    pub fn publish(&self, form: &str) -> Result<()> {
        let folder = checkout().join("packs/quoc_gia/forms").join(form);
        self.command(&["form", "publish", &folder.to_string_lossy()])?;
        Ok(())
    }

    /// How many records of a kind the hub has.
    pub fn records(&self, kind: &str) -> Result<u64> {
        let stats: serde_json::Value = serde_json::from_str(&self.command(&["stats"])?)?;
        Ok(stats["records"][kind].as_u64().unwrap_or_default())
    }

    /// A count of `vanggia-hub stats`.
    ///
    /// # Errors
    /// When there is no such count.
    pub fn count(&self, what: &str) -> Result<u64> {
        let stats: serde_json::Value = serde_json::from_str(&self.command(&["stats"])?)?;
        stats[what].as_u64().with_context(|| format!("no count of {what}"))
    }

    /// The most memory that it ever had, in bytes (VmHWM).
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn peak_memory(&self) -> Result<u64> {
        peak_memory(&self.child)
    }

    /// Ends it as an operator does (SIGTERM), so that it finishes its writes.
    ///
    /// # Errors
    /// When it can't be told.
    pub fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it without warning (SIGKILL).
    ///
    /// # Errors
    /// When it can't be ended.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most memory that a process ever had, in bytes (VmHWM).
///
/// # Errors
/// When the system does not tell.
pub fn peak_memory(process: &Child) -> Result<u64> {
    peak_of(&std::fs::read_to_string(format!("/proc/{}/status", process.id()))?)
}

/// The same of what `/proc/…/status` says.
///
/// # Errors
/// When it does not.
pub fn peak_of(status: &str) -> Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// Runs one of the hub's commands over a folder.
///
/// # Errors
/// With what the command said, when it fails.
pub fn command(folder: &Path, args: &[&str]) -> Result<String> {
    run(None, folder, args)
}

fn run(clock: Option<&Path>, folder: &Path, args: &[&str]) -> Result<String> {
    let mut command = Command::new(program()?);
    command.envs(clock.map(|file| (CLOCK, file)));
    command.args(args).arg("--data").arg(folder).stdin(Stdio::null());
    let output = command.output()?;
    if !output.status.success() {
        bail!("vanggia-hub {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
