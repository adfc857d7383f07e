//! Published versions of forms: kept for ever, as submissions are checked with their own.

use super::sync::admission;
use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        forms::{self as db, Version},
    },
    forms::{self, CheckedForm, FormError, FormSource},
    secret,
};
use casework::{FormLabels, FormRules, Labels};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormFile, FormList, compare_versions};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    New,
    /// The same version with the same content was here.
    Known,
}

/// Whether the form may be published, with the lists that it names and doesn't bring; the office numbers one whose author
/// gave no version. The same sheets keep their number.
pub fn check(hub: &Hub, read: &Read, source: &mut FormSource) -> Result<CheckedForm, HubError> {
    complete(read, source)?;
    let rulebook = hub.rulebook();
    let mut last = None;
    let form = forms::check_numbered(&rulebook, source, |id| {
        last = of(read, id)?.into_iter().find(|form| form.newest).map(|form| form.version);
        Ok::<_, HubError>(next(last.as_deref(), hub.today()))
    })?;
    if let Some(last) = last {
        source.number = Some(last);
        if let Ok(before) = forms::check(&rulebook, source)
            && matches!(may_publish(read, &before), Ok(Published::Known))
        {
            return Ok(before);
        }
    }
    Ok(form)
}

/// The day, and how many there were on it: `2026113001`.
fn next(last: Option<&str>, day: NaiveDate) -> String {
    let of_day = day.format("%Y%m%d01").to_string().parse().unwrap_or(1);
    let after = last.and_then(|last| last.parse::<u64>().ok()).map_or(0, |last| last.saturating_add(1));
    after.max(of_day).to_string()
}

/// Of the versions that count on that day the highest number. Where one is no number nobody can tell by the versions, and
/// the one published last counts.
fn newest(versions: &[Version], today: NaiveDate) -> Option<&str> {
    let is_number = |form: &&Version| form.version.parse::<u64>().is_ok();
    let counting = || versions.iter().filter(|form| form.counts(today));
    let newest = if counting().all(|form| is_number(&form)) {
        counting().max_by(|a, b| compare_versions(&a.version, &b.version))
    } else {
        counting().max_by_key(|form| form.published_at)
    };
    newest.map(|form| form.version.as_str())
}

fn of(read: &Read, id: &str) -> Result<Vec<Version>, HubError> {
    Ok(db::versions(read)?.into_iter().filter(|form| form.id == id).collect())
}

/// What the day brings: versions that waited for it are filled from now on. Blocks.
pub fn begin(hub: &Hub) -> Result<(), HubError> {
    let versions = hub.read_now(|_, read| Ok(db::versions(read)?))?;
    let forms = versions.chunk_by(|a, b| a.id == b.id);
    let begun = forms.filter_map(|form| Some((form[0].id.clone(), newest(form, hub.today())?.to_owned())));
    let others: Vec<_> = begun
        .filter(|(id, version)| {
            !versions.iter().any(|form| form.newest && form.id == *id && form.version == *version)
        })
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    hub.write_now(move |_, tx| {
        others.iter().try_for_each(|(id, version)| Ok(db::set_newest(tx, id, version)?))
    })
}

/// Whether the version may be published, or is already.
pub fn may_publish(read: &Read, form: &CheckedForm) -> Result<Published, HubError> {
    let hashes = hashes(form);
    let known = db::files(read, &form.id, &form.version)?;
    if known.is_empty() {
        return Ok(Published::New);
    }
    let same = known.len() == hashes.len()
        && known.iter().all(|file| hashes.get(file.name.as_str()) == Some(&file.sha256));
    let taken = || FormError::VersionTaken { id: form.id.clone(), version: form.version.clone() };
    if !same {
        return Err(taken().into());
    }
    let is_withdrawn = |known: &Version| known.version == form.version && known.withdrawn_at.is_some();
    let withdrawn = || FormError::Withdrawn { id: form.id.clone(), version: form.version.clone() };
    if of(read, &form.id)?.iter().any(is_withdrawn) { Err(withdrawn().into()) } else { Ok(Published::Known) }
}

fn hashes(form: &CheckedForm) -> BTreeMap<&str, String> {
    form.files.iter().map(|(name, body)| (name.as_str(), secret::hex(&secret::sha256(body)))).collect()
}

/// Keeps the version, and decides again what waited for it. It is filled from `first_day` on, else from now.
pub fn publish(
    hub: &Hub,
    tx: &Tx,
    form: &CheckedForm,
    first_day: Option<NaiveDate>,
) -> Result<Published, HubError> {
    if may_publish(tx, form)? == Published::Known {
        return Ok(Published::Known);
    }
    let hashes = hashes(form);
    db::add(tx, (&form.id, &form.version), &form.title, first_day.filter(|day| *day > hub.today()))?;
    for (name, body) in &form.files {
        db::add_file(tx, (&form.id, &form.version), name, &hashes[name.as_str()], body)?;
    }
    if let Some(newest) = newest(&of(tx, &form.id)?, hub.today()) {
        db::set_newest(tx, &form.id, newest)?;
    }
    admission::decide_form(hub, tx)?;
    Ok(Published::New)
}

/// No phone starts the form any more, until a new version is published. What was begun can be finished, and what comes
/// of it is checked as before.
pub fn withdraw(tx: &Tx, id: &str) -> Result<(), HubError> {
    if db::withdraw(tx, id)? { Ok(()) } else { Err(FormError::NotPublished(id.to_owned()).into()) }
}

/// What phones are told.
pub fn list(read: &Read) -> Result<FormList, HubError> {
    let mut list = Vec::new();
    for form in db::versions(read)? {
        list.push(entry(read, form)?);
    }
    Ok(FormList { v: wire::VERSION, forms: list })
}

pub fn entry(read: &Read, form: Version) -> Result<FormEntry, HubError> {
    let files = db::files(read, &form.id, &form.version)?;
    let file = |file: db::File| FormFile { name: file.name, sha256: file.sha256, size: file.size };
    Ok(FormEntry {
        id: form.id,
        version: form.version,
        title: form.title,
        files: files.into_iter().map(file).collect(),
        newest: form.newest,
    })
}

/// Gives a workbook the lists that it names and does not bring, from what was published last: the communes need not
/// be in every upload.
pub fn complete(read: &Read, source: &mut FormSource) -> Result<(), HubError> {
    for name in source.named_lists() {
        let body = db::last_file(read, &name)?;
        source.media.extend(body.map(|body| (name, body)));
    }
    Ok(())
}

/// Labels of the last version of each form, also of those that were withdrawn: what was answered has them.
pub fn labels(hub: &Hub, read: &Read) -> Result<Labels, HubError> {
    let (mut known, rulebook) = (Vec::new(), hub.rulebook());
    let mut versions = db::versions(read)?;
    versions.dedup_by(|other, first| other.id == first.id);
    for form in versions {
        let definition = hub.forms.get(read, &form.id, &form.version)?;
        let table = db::file(read, &form.id, &form.version, "records.csv")?;
        if let (Some(definition), Some(table)) = (definition, table)
            && let Ok(rules) = FormRules::parse(&rulebook, &String::from_utf8_lossy(&table), &definition)
        {
            known.push(FormLabels::of(&rulebook, &definition, &rules));
        }
    }
    Ok(Labels::of(&rulebook, known))
}
