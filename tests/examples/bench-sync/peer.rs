//! The same by PouchDB: one folder is served by express-pouchdb, another synchronises with it (`tests/bench/sync/pouch.js`).

use crate::scene::{Figures, tell};
use anyhow::{Context, Result, bail};
use journeys::{
    headless::copy,
    hub::{checkout, peak_memory},
    link::{Line, Link},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The side that has all documents before, and what the phone does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Push,
    Pull,
}

pub struct Peer {
    folder: PathBuf,
    direction: Direction,
    documents: usize,
}

impl Peer {
    /// Databases as they stand before.
    pub fn prepare(folder: &Path, direction: Direction, documents: &[Value]) -> Result<Self> {
        let (full, empty) = match direction {
            Direction::Push => ("phone", "hub"),
            Direction::Pull => ("hub", "phone"),
        };
        fs::create_dir_all(folder.join(full))?;
        fs::create_dir_all(folder.join(empty))?;
        let mut fill = node(&["fill"]).arg(folder.join(full).join("office")).stdin(Stdio::piped()).spawn()?;
        let mut input = BufWriter::new(fill.stdin.take().context("no input")?);
        for document in documents {
            serde_json::to_writer(&mut input, document)?;
            input.write_all(b"\n")?;
        }
        drop(input);
        if !fill.wait()?.success() {
            bail!("PouchDB can't be filled");
        }
        Ok(Self { folder: folder.to_owned(), direction, documents: documents.len() })
    }

    /// Synchronises copies in `at` over a line; plain HTTP.
    pub fn run(&self, at: &Path, line: Line, patience: Duration) -> Result<Figures> {
        copy(&self.folder, at)?;
        let mut server = Server::start(&at.join("hub"))?;
        let link = Link::over(&server.url, line)?;
        let mut phone = node(&["sync"]);
        phone.arg(at.join("phone").join("office")).arg(link.url("http") + "/office");
        phone.arg(if self.direction == Direction::Push { "push" } else { "pull" });
        let told = tell(phone, patience)?;
        let (counts, hub_peak) = (link.counts(), peak_memory(&server.child)?);
        server.child.kill()?;
        server.child.wait()?;
        let through = told.as_ref().filter(|told| told["documents"] == self.documents);
        if told.is_some() && through.is_none() {
            bail!("PouchDB did not bring over all documents");
        }
        Figures::told(told.as_ref(), through.is_some(), counts, hub_peak, at)
    }
}

struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Result<Self> {
        let mut child = node(&["serve"]).arg(folder).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("no output")?;
        let line = BufReader::new(stdout).lines().next().context("PouchDB's server does not start")??;
        let url = line.strip_prefix("ready ").context("PouchDB's server does not get ready")?.to_owned();
        Ok(Self { child, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn node(args: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.arg(checkout().join("tests/bench/sync/pouch.js")).args(args).stdin(Stdio::null());
    command
}
