//! `pack check`, `pack diff`, `pack export` and `pack show`.

use crate::{
    HubError,
    packs::{self, workbook},
};
use chrono::NaiveDate;
use model::{Clock, SystemClock};
use rulebook::{Difference, Lang, Pack, Problem, Rate, Rulebook, date, vnd};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// dd/mm/yyyy.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").map_err(|_| "a day is written dd/mm/yyyy".to_owned())
}

pub(super) fn check(path: &Path, over: &[PathBuf]) -> Result<(), HubError> {
    let pack = packs::read(path)?;
    let mut all = over.iter().map(|path| packs::read(path)).collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() && pack.about().is_some_and(|about| about.base.is_some()) {
        all.push(Pack::built_in());
    }
    all.push(pack);
    let report = packs::check_over(&all);
    for warning in &report.warnings {
        eprintln!("warning: {}", told(warning));
    }
    for problem in &report.problems {
        println!("{}", told(problem));
    }
    match report.problems.len() {
        0 => {
            println!("no problems, {} warnings", report.warnings.len());
            Ok(())
        }
        count => Err(HubError::Pack(count)),
    }
}

pub(super) fn told(problem: &Problem) -> String {
    format!("{} {}\n  {}\n  {}", problem.place(), problem.code, problem.vi, problem.en)
}

pub(super) fn diff(before: &Path, after: &Path) -> Result<(), HubError> {
    for Difference { text, .. } in rulebook::diff(&packs::read(before)?, &packs::read(after)?) {
        println!("{}\n  {}", text.vi, text.en);
    }
    Ok(())
}

pub(super) fn export(path: &Path, xlsx: &Path) -> Result<(), HubError> {
    match workbook::write(&packs::read(path)?) {
        Ok(bytes) => Ok(fs::write(xlsx, bytes)?),
        Err(problem) => {
            println!("{}", told(&problem));
            Err(HubError::Pack(1))
        }
    }
}

pub(super) fn show_rate(id: &str, fact: Option<NaiveDate>, seen: Option<NaiveDate>) -> Result<(), HubError> {
    let rulebook = Rulebook::built_in()?;
    let Some(first) = rulebook.rates(id).next() else {
        return Err(HubError::Input("there is no such rate"));
    };
    println!("{} / {}", first.name.vi, first.name.en);
    if fact.is_none() && seen.is_none() {
        for rate in rulebook.rates(id) {
            println!("{}", row(rate));
        }
        return Ok(());
    }
    let seen = seen.unwrap_or_else(|| SystemClock::default().now().date_naive());
    let held = rulebook.rate(id, fact.unwrap_or(seen), seen);
    match held.row {
        Some(rate) => println!("{}", row(rate)),
        None => println!("không có mức nào cho ngày này / nothing holds for this day"),
    }
    for note in Lang::ALL.into_iter().filter_map(|lang| held.note(lang)) {
        println!("  {note}");
    }
    Ok(())
}

/// Such as `500.000 đ  01/07/2024 –  Nghị định 76/2024/NĐ-CP`.
fn row(rate: &Rate) -> String {
    let day = |day: Option<NaiveDate>| day.map(date).unwrap_or_default();
    let mut text = format!("{}  {} – {}", vnd(rate.vnd), day(rate.days.from), day(rate.days.to));
    if let Some(in_force) = rate.days.in_force {
        text += &format!("  hiệu lực / in force {}", date(in_force));
    }
    let labels = [Lang::Vi, Lang::En].map(|lang| rate.certainty.label(lang));
    let label = if let [Some(vi), Some(en)] = labels { format!(" ({vi} / {en})") } else { String::new() };
    format!("{text}  {}{label}", rate.article)
}
