//! `form play`: a form driven by commands on standard input.

use crate::{
    HubError,
    forms::{self, FormError, FormProblem, FormSource},
};
use chrono::{DateTime, FixedOffset, Local, NaiveDateTime};
use clap::Args;
use formplay::{Player, Setup};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use xforms::{Definition, ParseProblem};

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
    for warning in definition.warnings() {
        eprintln!("warning: {warning}");
    }
    let setup = Setup { now: play.now, seed: play.seed, language: play.language, properties: Vec::new() };
    let mut player = Player::new(definition, setup);
    formplay::run(&mut player, io::stdin().lock(), io::stdout().lock())?;
    Ok(())
}

fn definition(path: &Path, media: Option<&Path>) -> Result<Arc<Definition>, HubError> {
    let is_xform = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) && !path.is_dir();
    let (xml, lists) = if is_xform {
        let bytes =
            std::fs::read(path).map_err(|_| FormError::Unreadable("the form can't be read".into()))?;
        let xml = String::from_utf8(bytes)
            .map_err(|_| FormError::Unreadable("the form is no XML in UTF-8".into()))?;
        (xml, BTreeMap::new())
    } else {
        let source = FormSource::open(path)?;
        let (xml, problems) = forms::compile(&source);
        match xml {
            Some(xml) if problems.is_empty() => (xml, source.media),
            _ => return Err(FormError::Problems(problems).into()),
        }
    };
    let folder = media.map_or_else(|| folder_of(path), Path::to_path_buf);
    let list = |name: &str| lists.get(name).cloned().or_else(|| attached(&folder, name));
    Definition::parse_with(&xml, &list)
        .map_err(|errors| FormError::Problems(errors.problems.iter().map(problem).collect()).into())
}

fn folder_of(form: &Path) -> PathBuf {
    if form.is_dir() { form.to_owned() } else { form.parent().unwrap_or(form).to_owned() }
}

/// A file of that name in the folder; a name that leads out of it is none.
fn attached(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let plain = Path::new(name).file_name().is_some_and(|file| file == name);
    if plain { std::fs::read(folder.join(name)).ok() } else { None }
}

fn problem(problem: &ParseProblem) -> FormProblem {
    FormProblem {
        code: problem.code.to_owned(),
        column: problem.attribute.clone(),
        node: problem.node.clone(),
        expression: problem.expression.clone(),
        position: problem.position,
        message: problem.message.clone(),
        ..FormProblem::default()
    }
}
