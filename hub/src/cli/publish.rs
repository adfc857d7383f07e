//! `pack publish`, `pack approve` and `pack list`.

use super::pack::told;
use crate::{
    Hub, HubError,
    db::packs::{Proposed, open, published},
    office::packs::{self, DryRun, InForce, Preview},
    packs::{PackError, read, workbook},
};
use chrono::NaiveDate;
use rulebook::date;
use std::{fs, path::Path};

pub(super) fn publish(hub: &Hub, path: &Path, from: Option<NaiveDate>) -> Result<(), HubError> {
    let pack = match path.extension() {
        Some(ending) if ending == "xlsx" => workbook::read(&fs::read(path)?)
            .map_err(|problems| printed(PackError::Problems(problems).into()))?,
        _ => read(path)?,
    };
    let (number, checked) = packs::propose(hub, pack, None, from).map_err(printed)?;
    for warning in &checked.warnings {
        eprintln!("warning: {}", told(warning));
    }
    eprintln!(
        "Một quản trị viên phải đồng ý trong bảng điều khiển, mục Gói quy định.\n\
         An administrator has to agree in the console, at Packs."
    );
    println!("proposed {number} {} {}", checked.about.id, checked.about.version);
    Ok(())
}

/// What a proposal changes, and what that touches here.
pub(super) fn show(hub: &Hub, number: u64) -> Result<(), HubError> {
    let Preview { proposal, checked } = hub.read_now(|hub, read| packs::preview(hub, read, number))?;
    println!("{}", row(&proposal));
    let (checked, dry_run) = checked.map_err(|error| printed(error.into()))?;
    for change in &checked.changes {
        println!("{}\n  {}", change.text.vi, change.text.en);
    }
    touched(&dry_run, |line| println!("{line}"));
    Ok(())
}

fn touched(dry_run: &DryRun, print: impl Fn(&str)) {
    for line in dry_run.told() {
        print(&line.vi);
        print(&format!("  {}", line.en));
    }
}

pub(super) fn approve(hub: &Hub, number: u64, from: Option<NaiveDate>) -> Result<(), HubError> {
    if let Ok((_, dry_run)) = hub.read_now(|hub, read| packs::preview(hub, read, number))?.checked {
        touched(&dry_run, |line| eprintln!("{line}"));
    }
    let serial = packs::approve(hub, number, None, from).map_err(printed)?;
    println!("published {serial}");
    Ok(())
}

/// Each problem in both languages.
fn printed(error: HubError) -> HubError {
    match &error {
        HubError::Publishing(PackError::Problems(problems)) => {
            for problem in problems {
                println!("{}", told(problem));
            }
            HubError::Pack(problems.len())
        }
        _ => error,
    }
}

pub(super) fn list(hub: &Hub) -> Result<(), HubError> {
    let (open, published) = hub.read_now(|_, read| Ok((open(read)?, published(read)?)))?;
    let InForce { serials, aside, .. } = &*hub.in_force();
    for waits in &open {
        println!("{}\twaits", row(waits));
    }
    for pack in &published {
        let serial = pack.serial.unwrap_or_default();
        let aside = aside.iter().find(|aside| aside.serial == serial);
        let state = match aside {
            Some(aside) => format!("aside {}", aside.why.code()),
            None if serials.contains(&serial) => "in force".to_owned(),
            None => String::new(),
        };
        println!("{}\tpublished {serial}\t{state}", row(pack));
    }
    Ok(())
}

fn row(pack: &Proposed) -> String {
    format!("{}\t{}\t{}\t{}", pack.number, pack.id, pack.version, date(pack.first_day))
}
