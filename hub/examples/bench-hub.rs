//! How many submissions with a photo the hub takes durably: 8 clients, then 64, each pushing one signed batch with a form
//! of about 4 KB and then a photo of 500 KB, against a hub process of its own with its data on disk. The photo goes up
//! as the phone sends it: created with its bytes, one request. Beside each what the disk takes of such files alone.
//!
//! `bench-hub [FOLDER]`: the folder for the data (default: a new one in the system's temporary folder).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "../tests/it/http.rs"]
mod http;

use hub::{
    Hub,
    db::{self, users::NewUser},
    forms,
    office::{self, devices, users},
    secret, serve,
};
use model::{Place, RecordEdit, RecordRef, SystemClock, kind};
use ring::rand::{SecureRandom, SystemRandom};
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};
use testkit::{
    Client,
    records::{household, under},
};
use wire::push::Outcome;

const ROWS: [(usize, &str, &str); 2] = [
    (8, "hub.submissions_per_s", "hub.disk_photos_per_s"),
    (64, "hub.submissions_64_per_s", "hub.disk_photos_64_per_s"),
];
const PHOTO: usize = 500_000;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
const RUNS: usize = 3;

fn open(folder: &Path) -> Hub {
    Hub::open(folder, Arc::new(SystemClock::default())).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [command, folder] if command == "serve" => run_server(Path::new(folder)),
        [folder] => measure(PathBuf::from(folder)),
        _ => measure(std::env::temp_dir().join(format!("vanggia-bench-{}", std::process::id()))),
    }
}

/// The other process. Ends when its standard input does.
fn run_server(folder: &Path) {
    let options = serve::Options { listen: "127.0.0.1:0".parse().unwrap(), plain: true, names: Vec::new() };
    let ready = |url: &str| {
        println!("ready {url}");
        std::io::stdout().flush().unwrap();
    };
    let (told, stop) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        let _ = told.send(());
    });
    serve::serve(open(folder), &options, ready, async {
        let _ = stop.await;
    })
    .unwrap();
}

fn measure(folder: PathBuf) {
    let form = prepare(&folder);
    let mut server = Command::new(std::env::current_exe().unwrap())
        .arg("serve")
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("ready ").unwrap().to_owned();

    for (clients, submissions, disk) in ROWS {
        // In turns, as other work on the machine slows both.
        let runs = (0..RUNS).map(|_| (run(&folder, &url, &form, clients), write_alone(&folder, clients)));
        let (taken, written): (Vec<_>, Vec<_>) = runs.unzip();
        for (name, mut figures) in [(submissions, taken), (disk, written)] {
            figures.sort_by(f64::total_cmp);
            println!(r#"{{"name":"{name}","value":{:.1}}}"#, figures[RUNS / 2]);
        }
    }
    drop(server.stdin.take());
    server.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Id and version of a published form.
fn prepare(folder: &Path) -> (String, String) {
    let hub = open(folder);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = forms::FormSource::open(&repository.join("forms/vang_gia")).unwrap();
    let form = forms::check(&rulebook::Rulebook::built_in().unwrap(), &source).unwrap();
    let published = (form.id.clone(), form.version.clone());
    hub.write_now(move |hub, tx| office::forms::publish(hub, tx, &form)).unwrap();
    published
}

/// A new user's one-time code.
fn invite(folder: &Path, url: &str, login: String) -> String {
    let new = NewUser {
        login,
        name: "Thử".into(),
        role: model::Role::COMMUNE_OFFICER,
        places: vec![Place::Commune("00070".into())],
        on_duty: false,
    };
    let (hash, url) = (secret::hash_password("mot mat khau").unwrap(), url.to_owned());
    let invitation = open(folder).write_now(move |hub, tx| {
        let id = users::add(tx, new, &hash)?;
        let user = db::users::by_id(tx, id)?.unwrap();
        devices::invite(hub, tx, &user, &url)
    });
    invitation.unwrap().code
}

/// Submissions a second.
fn run(folder: &Path, url: &str, form: &(String, String), clients: usize) -> f64 {
    let together = Arc::new(Barrier::new(clients));
    let clients: Vec<_> = (0..clients)
        .map(|_| {
            let together = together.clone();
            let code = invite(folder, url, uuid::Uuid::now_v7().to_string());
            let (link, form) = (http::link(url), form.clone());
            std::thread::spawn(move || {
                let mut phone = Client::enrol(link, &code);
                // Random bytes once: making them is no work of the hub.
                let mut photo = vec![0; PHOTO];
                SystemRandom::new().fill(&mut photo).unwrap();
                together.wait();
                let (mut count, started) = (0u32, Instant::now());
                let mut before = 0;
                while started.elapsed() < WARM_UP + MEASURED {
                    submit(&mut phone, &form, &mut photo);
                    if started.elapsed() < WARM_UP {
                        before += 1;
                    }
                    count += 1;
                }
                f64::from(count - before) / (started.elapsed() - WARM_UP).as_secs_f64()
            })
        })
        .collect();
    clients.into_iter().map(|client| client.join().unwrap()).sum()
}

/// Files of a photo's size a second, made durable by so many threads.
fn write_alone(folder: &Path, threads: usize) -> f64 {
    let folder = folder.join("alone");
    std::fs::create_dir(&folder).unwrap();
    let started = Instant::now();
    let threads: Vec<_> = (0..threads)
        .map(|n| {
            let folder = folder.clone();
            std::thread::spawn(move || {
                let photo = vec![7; PHOTO];
                (0u32..)
                    .take_while(|_| started.elapsed() < MEASURED / 2)
                    .map(|k| {
                        let mut file = std::fs::File::create(folder.join(format!("{n}-{k}"))).unwrap();
                        file.write_all(&photo).unwrap();
                        file.sync_data().unwrap();
                    })
                    .count()
            })
        })
        .collect();
    let count: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let rate = count as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_dir_all(folder).unwrap();
    rate
}

fn submit(phone: &mut Client, (form, version): &(String, String), photo: &mut [u8]) {
    let home = household("00070");
    let answers = "nhà có bốn người, trẻ nhỏ chưa đi học; ".repeat(70);
    let xml = format!(
        r#"<data id="{form}" version="{version}"><observation><obs_facts>{answers}</obs_facts></observation></data>"#
    );
    photo[..16].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    let address = wire::blob::address(photo);
    let visit =
        under(kind::VISIT, &home.record).set("date", "2026-11-24").set("agreed", "thăm lại sau một tháng");
    let submission = RecordEdit::new(RecordRef::new(kind::SUBMISSION, uuid::Uuid::now_v7()))
        .under(home.record.clone())
        .set("form", form.as_str())
        .set("version", version.as_str())
        .set("xml", xml)
        .set("started_at", "2026-11-24T08:00:00+07:00")
        .set("finished_at", "2026-11-24T08:40:00+07:00");
    let picture = under(kind::PHOTO, &visit.record).set("caption", "trước nhà");
    let changes = phone.batch(vec![submission, home, visit, picture]);
    let outcomes = phone.outcomes(&changes);
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted), "{outcomes:?}");
    assert_eq!(phone.create_upload(&address, photo.len(), Some(photo)).offset(), PHOTO as u64);
    // A client's own memory is not what is measured.
    phone.changes.clear();
}
