//! What synchronising costs: our phone (store and sync, a process of its own) and hub (the real program, TLS) beside
//! PouchDB (plain HTTP), with the same invented work, over loopback and over slow lines.
//!
//! `bench-sync [ROW …]`: all rows but `far`, or those named; prints a line of JSON for each side of each row. What is made
//! before lies in memory where there is `/dev/shm`, what is measured on disk. Rows over loopback: the median of three runs.
//! Rows over slow lines: one run each, all at once, as they mostly wait. The hub is the program that `VANGGIA_HUB` names.
//! `bench-sync phone FOLDER ADDRESS` is the phone's process.
#![allow(clippy::print_stdout)] // its output is its purpose

mod content;
mod peer;
mod scene;

use anyhow::{Result, bail};
use content::Content;
use journeys::link::Line;
use peer::{Direction, Peer};
use scene::{Figures, Scene};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::TempDir;

const RUNS: usize = 3;
/// A run over loopback, and one over a slow line, that takes longer has no end.
const PATIENCE: Duration = Duration::from_secs(900);
const SLOW_PATIENCE: Duration = Duration::from_secs(540);

#[derive(Clone, Copy)]
enum Work {
    /// So many visits, to be pushed.
    Visits(usize),
    /// A commune of so many households, to be pulled.
    Commune(usize),
    /// Eight visits and their photos.
    Day,
}

struct Row {
    name: &'static str,
    work: Work,
    /// kbit/s; `None`: loopback.
    line: Option<u64>,
    /// Of 1,000 segments.
    lost: u32,
    peer: bool,
    runs: usize,
}

const ROWS: [Row; 8] = [
    Row { name: "push", work: Work::Visits(10_000), line: None, lost: 0, peer: true, runs: RUNS },
    Row { name: "commune", work: Work::Commune(5_000), line: None, lost: 0, peer: true, runs: RUNS },
    Row { name: "far", work: Work::Commune(50_000), line: None, lost: 0, peer: false, runs: 1 },
    Row { name: "visits_64", work: Work::Visits(455), line: Some(64), lost: 50, peer: true, runs: 1 },
    Row { name: "visits_8", work: Work::Visits(20), line: Some(8), lost: 50, peer: true, runs: 1 },
    Row { name: "commune_64", work: Work::Commune(500), line: Some(64), lost: 0, peer: true, runs: 1 },
    Row { name: "day_64", work: Work::Day, line: Some(64), lost: 0, peer: true, runs: 1 },
    Row { name: "day_256", work: Work::Day, line: Some(256), lost: 0, peer: true, runs: 1 },
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, folder, address] = arguments.as_slice()
        && command == "phone"
    {
        println!("{}", scene::phone(Path::new(folder), address)?);
        return Ok(());
    }
    if let Some(unknown) = arguments.iter().find(|name| ROWS.iter().all(|row| row.name != *name)) {
        bail!("no row {unknown}");
    }
    let chosen = |row: &&Row| match arguments.as_slice() {
        [] => row.name != "far",
        named => named.iter().any(|name| name == row.name),
    };
    let (fast, slow): (Vec<&Row>, Vec<&Row>) = ROWS.iter().filter(chosen).partition(|row| row.line.is_none());
    for row in fast {
        measure(row)?;
    }
    thread::scope(|scope| {
        let rows: Vec<_> = slow.into_iter().map(|row| scope.spawn(move || measure(row))).collect();
        rows.into_iter().try_for_each(|row| row.join().unwrap_or_else(|_| bail!("a row broke")))
    })
}

fn measure(row: &Row) -> Result<()> {
    let prepared = match Path::new("/dev/shm") {
        memory if memory.is_dir() => tempfile::tempdir_in(memory)?,
        _ => tempfile::tempdir()?,
    };
    let (made, disk) = (prepared.path(), TempDir::new()?);
    let (scene, peer, facts) = prepare(row, made)?;
    let line = row.line.map_or_else(Line::default, |kbit| Line::village(kbit, row.lost));
    let patience = if row.line.is_some() { SLOW_PATIENCE } else { PATIENCE };
    let at = |who: &str| -> PathBuf { disk.path().join(who) };
    thread::scope(|scope| {
        let ours = || median(row.runs, || scene.run(&at("ours"), line, patience));
        let theirs = || peer.as_ref().map(|peer| median(row.runs, || peer.run(&at("peer"), line, patience)));
        // On a slow line both wait; on loopback one after the other has the machine.
        let (ours, theirs) = if row.line.is_some() {
            let theirs = scope.spawn(theirs);
            let ours = ours();
            (ours, theirs.join().unwrap_or_else(|_| Some(Err(anyhow::anyhow!("the peer's run broke")))))
        } else {
            (ours(), theirs())
        };
        tell(row, "ours", &ours?, &facts);
        if let Some(theirs) = theirs {
            tell(row, "pouchdb", &theirs?, &facts);
        }
        Ok(())
    })
}

/// Both sides, and what the work is: values, the same packed with the ciphertexts.
fn prepare(row: &Row, folder: &Path) -> Result<(Scene, Option<Peer>, Value)> {
    let (ours, theirs) = (folder.join("ours"), folder.join("peer"));
    let mut facts = Value::Null;
    let mut documents = Vec::new();
    let mut note = |content: &Content| -> Result<()> {
        facts = json!({
            "changes": content.changes(),
            "value_bytes": content.value_bytes()?,
            "floor_bytes": content.packed_bytes()?,
        });
        Ok(())
    };
    let (scene, direction) = match row.work {
        Work::Visits(count) => {
            let content = content::visits(count);
            note(&content)?;
            documents = content.documents();
            (Scene::of_work(&ours, |_| Ok(content))?, Direction::Push)
        }
        Work::Day => {
            let scene = Scene::of_work(&ours, |phone| {
                let (content, made) = content::day(phone)?;
                note(&content)?;
                documents = made;
                Ok(content)
            })?;
            (scene, Direction::Push)
        }
        Work::Commune(households) => {
            let content = content::commune(households);
            note(&content)?;
            documents = content.documents();
            (Scene::of_office(&ours, &content)?, Direction::Pull)
        }
    };
    let peer = row.peer.then(|| Peer::prepare(&theirs, direction, &documents)).transpose()?;
    Ok((scene, peer, facts))
}

/// The run with the median time.
fn median(runs: usize, mut run: impl FnMut() -> Result<Figures>) -> Result<Figures> {
    let mut all = (0..runs).map(|_| run()).collect::<Result<Vec<_>>>()?;
    all.sort_by(|a, b| a.seconds.unwrap_or(f64::MAX).total_cmp(&b.seconds.unwrap_or(f64::MAX)));
    Ok(all.swap_remove(runs / 2))
}

fn tell(row: &Row, who: &str, figures: &Figures, facts: &Value) {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let counts = &figures.counts;
    // The busier way's bytes, once.
    let line = row.line.map(|kbit| counts.up().max(counts.down()) as f64 / (kbit * 125) as f64);
    let over = |floor: Option<f64>| figures.seconds.zip(floor).map(|(seconds, floor)| seconds / floor);
    let floor = row.line.and_then(|kbit| Some(facts["floor_bytes"].as_f64()? / (kbit * 125) as f64));
    println!(
        "{}",
        json!({
            "row": row.name,
            "who": who,
            "seconds": figures.seconds,
            "texts_seconds": figures.texts_seconds,
            "floor_seconds": floor,
            "over_floor": over(floor),
            "over_line": over(line),
            "up_mb": megabytes(counts.up()),
            "down_mb": megabytes(counts.down()),
            "connections": counts.connections,
            "turns": counts.turns.len(),
            "phone_peak_mb": megabytes(figures.phone_peak),
            "hub_peak_mb": megabytes(figures.hub_peak),
            "phone_disk_mb": megabytes(figures.phone_disk),
            "hub_disk_mb": megabytes(figures.hub_disk),
            "facts": facts,
        })
    );
}
