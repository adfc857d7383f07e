//! Speed and memory of the engine on generated forms, one JSON line a figure; `cargo xtask bench forms` sets them beside
//! other engines, which run the same files.
//!
//! - `bench-xforms write FOLDER UNITS.csv`: a folder for each case, with `form.xml`, lists and `steps.tsv`
//! - `bench-xforms run FOLDER ROUNDS`: loads the form and takes the steps in each round, prints the median of each step
//!   over the rounds, and the sum of these, in ms; writes the answers at the end to `FOLDER/values-ours.txt`
//! - `bench-xforms peak FOLDER`: does so once and prints the most memory that the process had, in MB
#![allow(clippy::print_stdout)] // its output is its purpose

mod forms;
mod play;

use forms::Size;
use play::Played;
use std::{collections::BTreeMap, error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder, units] => write(Path::new(folder), &std::fs::read_to_string(units)?),
        ["run", folder, rounds] => run(Path::new(folder), rounds.parse()?),
        ["peak", folder] => peak(Path::new(folder)),
        _ => Err("bench-xforms write FOLDER UNITS.csv | run FOLDER ROUNDS | peak FOLDER".into()),
    }
}

fn write(folder: &Path, units: &str) -> Result<(), Box<dyn Error>> {
    let mut cases = vec![
        forms::big("big", &Size::WHOLE),
        forms::big("big_tenth", &Size::TENTH),
        forms::fan(),
        forms::repeats(1000),
        forms::repeats(50),
        forms::places("places", units, usize::MAX)?,
        forms::places("places_short", units, 3)?,
    ];
    cases.extend([100, 300, 1000, 3000, 10_000].map(forms::growth));
    for case in cases {
        case.write(&folder.join(&case.name))?;
    }
    Ok(())
}

fn run(folder: &Path, rounds: usize) -> Result<(), Box<dyn Error>> {
    let case = play::read(folder)?;
    // By phase and step, the milliseconds of each round.
    let mut phases: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    for round in 0..rounds.max(1) {
        let Played { times, session } = play::play(&case)?;
        for (phase, steps) in times {
            let times = phases.entry(phase).or_default();
            times.resize(steps.len(), Vec::new());
            times.iter_mut().zip(steps).for_each(|(times, time)| times.push(time));
        }
        if round == 0 {
            std::fs::write(folder.join("values-ours.txt"), play::values(&session))?;
        }
    }
    for (phase, steps) in phases {
        let medians: Vec<f64> = steps.into_iter().map(median).collect();
        let (total, count) = (medians.iter().sum::<f64>(), medians.len());
        println!(
            r#"{{"engine":"ours","case":"{}","phase":"{phase}","total_ms":{total:.5},"step_ms":{:.5},"steps":{count}}}"#,
            case.name,
            median(medians)
        );
    }
    Ok(())
}

fn peak(folder: &Path) -> Result<(), Box<dyn Error>> {
    let case = play::read(folder)?;
    play::play(&case)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    println!(r#"{{"engine":"ours","case":"{}","phase":"peak","mb":{:.1}}}"#, case.name, kilobytes / 1024.0);
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
