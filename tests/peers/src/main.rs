//! Forms and scripts on our engine and on JavaRosa; every difference is a failure or is listed with its reason.
//! `javarosa [--seeds N] [--from M] [NAME …]`: the written forms (those whose name holds NAME), then N generated ones.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it speaks to a terminal

mod case;
mod compare;
mod generate;
mod known;
mod oracle;

use anyhow::{Context, Result, bail};
use case::Case;
use known::Known;
use oracle::Oracle;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem:#}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    seeds: u64,
    from: u64,
    names: Vec<String>,
}

fn options() -> Result<Options> {
    let mut options = Options { seeds: 0, from: 0, names: Vec::new() };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let number = |text: Option<String>| -> Result<u64> {
            text.with_context(|| format!("{arg} takes a number"))?.parse().with_context(|| arg.clone())
        };
        match arg.as_str() {
            "--seeds" => options.seeds = number(args.next())?,
            "--from" => options.from = number(args.next())?,
            name => options.names.push(name.to_owned()),
        }
    }
    Ok(options)
}

fn run() -> Result<()> {
    let options = options()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../javarosa");
    let mut known = Known::read(&folder.join("differences.tsv"))?;
    let mut oracle = Oracle::start()?;
    let media = tempfile::tempdir()?;
    let wanted =
        |case: &Case| options.names.is_empty() || options.names.iter().any(|n| case.name.contains(n));
    let cases = case::read_folder(&folder.join("forms"))?;
    let (mut run, mut steps, mut failed) = (0, 0, 0);
    for case in cases.iter().filter(|case| wanted(case)) {
        let new = compare::compare(&mut oracle, &mut known, case, &lay_out(case, media.path())?)?;
        run += 1;
        steps += case.script.len();
        failed += usize::from(!new.is_empty());
        for difference in new {
            println!("{}: {difference}", case.name);
        }
    }
    println!("{run} forms, {steps} lines of script, {failed} differ");
    if options.names.is_empty() && options.from == 0 {
        known.unused()?;
    }
    let differing = generated(&mut oracle, &mut known, &options, media.path())?;
    if failed + differing > 0 {
        bail!("{} forms differ from JavaRosa", failed + differing);
    }
    Ok(())
}

/// Shown in full are the first ones that differ.
const SHOWN: usize = 3;

fn generated(oracle: &mut Oracle, known: &mut Known, options: &Options, media: &Path) -> Result<usize> {
    let (mut steps, mut differing) = (0, Vec::new());
    for seed in options.from..options.from + options.seeds {
        let case = generate::case(seed);
        steps += case.script.len();
        let found = compare::compare(oracle, known, &case, media)?;
        if found.is_empty() {
            continue;
        }
        differing.push(seed);
        if differing.len() <= SHOWN {
            println!("{}", compare::shortened(oracle, known, case, media)?);
        } else {
            found.first().iter().for_each(|difference| println!("seed {seed}: {difference}"));
        }
    }
    if options.seeds > 0 {
        println!(
            "{} generated forms, {steps} commands, {} differ: {differing:?}",
            options.seeds,
            differing.len()
        );
    }
    Ok(differing.len())
}

/// Writes a case's lists into a folder of their own.
fn lay_out(case: &Case, base: &Path) -> Result<PathBuf> {
    let folder = base.join(case.name.replace(['/', ' '], "-"));
    std::fs::create_dir_all(&folder)?;
    for (name, content) in &case.files {
        std::fs::write(folder.join(name), content)?;
    }
    Ok(folder)
}
