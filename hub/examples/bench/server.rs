//! A hub process of its own for a measurement: this program started again, over a folder.

#![allow(dead_code)] // each measurement uses a part of it

use crate::http;
use hub::{
    Hub,
    db::users::{self, NewUser, User},
    forms,
    office::{self, devices},
    serve,
};
use model::{Place, Role, SystemClock};
use rulebook::Rulebook;
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};
use tempfile::TempDir;
use testkit::Client;

pub struct Server {
    process: Child,
    pub url: String,
    pub folder: PathBuf,
    _temporary: TempDir,
}

/// To be called first: in the other process it serves until its standard input ends, and never returns.
pub fn serve_if_asked() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, folder] = arguments.as_slice() else { return };
    assert_eq!(command, "serve");
    let options = serve::Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        plain: true,
        names: Vec::new(),
        alarm: None,
    };
    let ready = |url: &str| {
        println!("ready {url}");
        std::io::stdout().flush().unwrap();
    };
    let (told, stop) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        let _ = told.send(());
    });
    serve::serve(open(Path::new(folder)), &options, ready, async {
        let _ = stop.await;
    })
    .unwrap();
    std::process::exit(0);
}

fn open(folder: &Path) -> Hub {
    Hub::open(folder, Arc::new(SystemClock::default())).unwrap()
}

impl Server {
    pub fn start() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("hub");
        open(&folder);
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(program);
        command.arg("serve").arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready ").unwrap().to_owned();
        Self { process, url, folder, _temporary: temporary }
    }

    /// Publishes forms of the catalogue; returns the id and the version of each, the home visit's first.
    pub fn publish(&self) -> Vec<(String, String)> {
        let forms = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packs/quoc_gia/forms");
        let publish = |name| {
            let source = forms::FormSource::open(&forms.join(name)).unwrap();
            let form = forms::check(&Rulebook::built_in().unwrap(), &source).unwrap();
            let published = (form.id.clone(), form.version.clone());
            self.hub().write_now(move |hub, tx| office::forms::publish(hub, tx, &form, None)).unwrap();
            published
        };
        ["vang_gia", "tiep_nhan_tre_em"].map(publish).into()
    }

    /// The hub's folder, opened beside the process.
    pub fn hub(&self) -> Hub {
        open(&self.folder)
    }

    pub fn user(&self, login: &str, communes: &[String]) -> User {
        self.user_as(login, "commune_officer", communes)
    }

    pub fn user_as(&self, login: &str, role: &str, communes: &[String]) -> User {
        let new = NewUser {
            login: login.into(),
            name: "Thử".into(),
            role: Role::new(role.to_owned()),
            places: communes.iter().cloned().map(Place::Commune).collect(),
            on_duty: false,
        };
        let made = self.hub().write_now(move |hub, tx| {
            let id = office::users::add(hub, tx, new, "-", None)?;
            Ok(users::by_id(tx, id)?.unwrap())
        });
        made.unwrap()
    }

    /// Another phone of the user.
    pub fn phone(&self, user: &User) -> Client {
        let (user, url) = (user.clone(), self.url.clone());
        let invitation = self.hub().write_now(move |hub, tx| devices::invite(hub, tx, &user, &url));
        Client::enrol(http::link(&self.url), &invitation.unwrap().code)
    }

    /// Of the process, in MB: `VmRSS` now, `VmHWM` at most so far.
    pub fn memory(&self, which: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(which)).unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1024.0
    }

    /// What the process has computed so far, in milliseconds: what it does not share with others on this machine.
    pub fn computed(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = |n: usize| fields.split_whitespace().nth(n).unwrap().parse::<f64>().unwrap();
        // utime and stime, of a hundredth of a second each.
        (ticks(11) + ticks(12)) * 10.0
    }

    /// What the database and its log take on the disk, in MB.
    pub fn disk(&self) -> (f64, f64) {
        let size = |name: &str| std::fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        (size("hub.db") as f64 / 1e6, size("hub.db-wal") as f64 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
