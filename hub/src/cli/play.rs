//! `form play`: a form driven by commands on standard input.

use crate::{
    HubError,
    forms::{self, FormError, FormSource},
};
use chrono::{DateTime, FixedOffset, Local, NaiveDateTime};
use clap::Args;
use formplay::{Player, Setup};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use xforms::Definition;

#[derive(Args)]
pub(super) struct Play {
    /// An XForm (`.xml`), a folder of CSV sheets or a workbook.
    path: PathBuf,
    /// Where attached lists are; by default the form's folder.
    #[arg(long)]
    media: Option<PathBuf>,
    /// Makes chance (ids, `random()`) repeatable.
    #[arg(long)]
    seed: Option<u64>,
    /// Makes the time stand still: 2026-03-04T09:30:00+07:00, or without an offset.
    #[arg(long, value_parser = moment)]
    now: Option<DateTime<FixedOffset>>,
    /// The form's name for it, or its code in brackets.
    #[arg(long)]
    language: Option<String>,
}

fn moment(text: &str) -> Result<DateTime<FixedOffset>, String> {
    let local = || {
        let wall: NaiveDateTime = text.parse().ok()?;
        Some(wall.and_local_timezone(Local).single()?.fixed_offset())
    };
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(local)
        .ok_or_else(|| "a date and time, such as 2026-03-04T09:30:00+07:00".to_owned())
}

pub(super) fn run(play: Play) -> Result<(), HubError> {
    let definition = definition(&play.path, play.media.as_deref())?;
    let setup = Setup { now: play.now, seed: play.seed, language: play.language, properties: Vec::new() };
    let mut player = Player::new(definition, setup);
    formplay::run(&mut player, io::stdin().lock(), io::stdout().lock())?;
    Ok(())
}

fn definition(path: &Path, media: Option<&Path>) -> Result<Arc<Definition>, HubError> {
    let mut source = FormSource::open(path)?;
    if let Some(folder) = media {
        source.look_in(folder);
    }
    let inspection = forms::inspect(&source);
    for warning in &inspection.warnings {
        eprintln!("warning: {warning}");
    }
    let (_, definition) = inspection.form.ok_or(FormError::Problems(inspection.errors))?;
    Ok(definition)
}
