//! A hub and a phone as they stand before what is measured: made once, copied for each run.

use crate::content::Content;
use anyhow::{Context, Result, bail, ensure};
use journeys::{
    headless::{Headless, copy},
    hub::{self, HubProcess},
    link::{Counts, Line, Link},
    synthetic::COMMUNES,
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use sync::Retry;

/// Where both stand.
pub struct Scene {
    folder: PathBuf,
    /// Changes that the hub has when all is synchronised.
    pub changes: u64,
}

/// What one run of one side was like.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// `None`: it came to no end.
    pub seconds: Option<f64>,
    /// Until all texts were through.
    pub texts_seconds: Option<f64>,
    pub counts: Counts,
    pub phone_peak: u64,
    pub hub_peak: u64,
    pub phone_disk: u64,
    pub hub_disk: u64,
}

impl Figures {
    /// Of a run in `at`, which goes: what the phone's process told, with its times only if all came through.
    pub fn told(
        told: Option<&Value>,
        through: bool,
        counts: Counts,
        hub_peak: u64,
        at: &Path,
    ) -> Result<Self> {
        let time = |name: &str| told.and_then(|told| told[name].as_f64());
        let figures = Self {
            seconds: time("seconds").filter(|_| through),
            texts_seconds: time("texts_seconds"),
            counts,
            phone_peak: told.and_then(|told| told["peak_bytes"].as_u64()).unwrap_or_default(),
            hub_peak,
            phone_disk: size(&at.join("phone"))?,
            hub_disk: size(&at.join("hub"))?,
        };
        fs::remove_dir_all(at)?;
        Ok(figures)
    }
}

impl Scene {
    /// A phone whose worker has been visiting since it last synchronised.
    pub fn of_work(folder: &Path, content: impl FnOnce(&Headless) -> Result<Content>) -> Result<Self> {
        let hub = office(folder)?;
        hub.publish("vang_gia")?;
        let phone = enrolled(&hub, &folder.join("phone"))?;
        all_through(&phone)?;
        let content = content(&phone)?;
        content.commit_to(&phone)?;
        phone.store.close()?;
        hub.stop()?;
        Ok(Self { folder: folder.to_owned(), changes: content.changes() })
    }

    /// A new phone, and an office that knows its commune.
    pub fn of_office(folder: &Path, content: &Content) -> Result<Self> {
        let hub = office(folder)?;
        let writer = enrolled(&hub, &folder.join("writer"))?;
        content.commit_to(&writer)?;
        all_through(&writer)?;
        writer.store.close()?;
        enrolled(&hub, &folder.join("phone"))?.store.close()?;
        hub.stop()?;
        Ok(Self { folder: folder.to_owned(), changes: content.changes() })
    }

    /// Synchronises copies in `at` over a line.
    pub fn run(&self, at: &Path, line: Line, patience: Duration) -> Result<Figures> {
        for part in ["hub", "phone"] {
            copy(&self.folder.join(part), &at.join(part))?;
        }
        let hub = HubProcess::serve(&at.join("hub"))?;
        let link = Link::over(&hub.url, line)?;
        let mut phone = Command::new(std::env::current_exe()?);
        phone.arg("phone").arg(at.join("phone")).arg(link.url("https"));
        let told = tell(phone, patience)?;
        let (counts, hub_peak) = (link.counts(), hub.peak_memory()?);
        let all_there = hub.count("changes")? == self.changes && hub.count("waiting")? == 0;
        drop(link);
        hub.stop()?;
        let through = told.as_ref().filter(|told| told["problem"].is_null());
        ensure!(through.is_none() || all_there, "the hub has other changes than the phone made");
        Figures::told(told.as_ref(), through.is_some(), counts, hub_peak, at)
    }
}

fn office(folder: &Path) -> Result<HubProcess> {
    fs::create_dir_all(folder)?;
    let hub = HubProcess::serve(&folder.join("hub"))?;
    hub.add_user("mai", "Lý Thị Mai", "case_manager", &[&format!("commune:{}", COMMUNES[0].0)], false)?;
    Ok(hub)
}

fn enrolled(hub: &HubProcess, folder: &Path) -> Result<Headless> {
    Headless::enrol(&hub.invite("mai", None)?, folder, "Máy đo")
}

fn all_through(phone: &Headless) -> Result<()> {
    let report = phone.sync(&mut phone.transport(None)?, Retry::default(), &mut |_| {});
    if let Some(problem) = report.problem {
        bail!("the scene can't be made: {problem}");
    }
    Ok(())
}

/// The phone's process: opens the folder, synchronises, tells how it was in a line of JSON.
pub fn phone(folder: &Path, address: &str) -> Result<Value> {
    let phone = Headless::open(folder)?;
    let mut transport = phone.transport(Some(address))?;
    // Opening took memory of its own (the PIN): the high-water mark begins anew.
    fs::write("/proc/self/clear_refs", "5")?;
    let started = Instant::now();
    let mut texts = None;
    let report = phone.sync(&mut transport, Retry::default(), &mut |progress| {
        if matches!(progress.phase, sync::Phase::Forms | sync::Phase::Photos) {
            texts.get_or_insert(started.elapsed());
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    phone.store.close()?;
    Ok(serde_json::json!({
        "seconds": seconds,
        "texts_seconds": texts.map(|texts| texts.as_secs_f64()),
        "problem": report.problem.map(|problem| problem.code()),
        "peak_bytes": own_peak()?,
    }))
}

fn own_peak() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    hub::peak_of(&status)
}

/// The line of JSON that a process tells; `None` if it gave up, or was not done in time and is ended.
pub fn tell(mut command: Command, patience: Duration) -> Result<Option<Value>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("no output")?;
    let line = std::thread::spawn(move || BufReader::new(stdout).lines().next());
    if !ended(&mut child, patience)? {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    }
    let line = line.join().ok().flatten().transpose()?;
    Ok(line.map(|line| serde_json::from_str(&line)).transpose()?)
}

fn ended(child: &mut Child, patience: Duration) -> Result<bool> {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(false)
}

/// Bytes of all files below.
pub fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
