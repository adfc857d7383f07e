//! `form play`: a form driven by commands on standard input.

use crate::{
    HubError,
    forms::{self, FormError, FormSource},
};
use chrono::{DateTime, FixedOffset, Local, NaiveDateTime};
use clap::Args;
use formplay::{Player, Setup};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use xforms::{Definition, Env, LoadError, Session};

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
    /// A submission of the form (its XML) to correct.
    #[arg(long, value_name = "SUBMISSION")]
    edit: Option<PathBuf>,
    /// The instance (its XML) that the form reads at jr://instance/last-saved.
    #[arg(long, value_name = "INSTANCE")]
    last_saved: Option<PathBuf>,
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
    let last_saved = play.last_saved.as_deref().map(fs::read_to_string).transpose()?;
    if let (Some(path), Some(xml)) = (&play.last_saved, &last_saved) {
        // The engine would do without it.
        Session::edit(definition.clone(), Env::system(), xml).map_err(|error| no_instance(path, &error))?;
    }
    let setup =
        Setup { now: play.now, seed: play.seed, language: play.language, last_saved, ..Setup::default() };
    let mut player = match &play.edit {
        None => Player::new(definition, setup),
        Some(path) => Player::edit(definition, setup, &fs::read_to_string(path)?)
            .map_err(|error| no_instance(path, &error))?,
    };
    formplay::run(&mut player, io::stdin().lock(), io::stdout().lock())?;
    Ok(())
}

fn no_instance(path: &Path, error: &LoadError) -> FormError {
    FormError::Unreadable(format!("{}: {error}", path.display()))
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
