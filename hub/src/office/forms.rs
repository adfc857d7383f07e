//! Published versions of forms: kept for ever, as submissions are checked with their own.

use super::sync::admission;
use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        forms::{self, Version},
    },
    forms::{CheckedForm, FormError, FormSource},
    secret,
};
use casework::{FormLabels, FormRules, Labels};
use std::collections::BTreeMap;
use wire::forms::{FormEntry, FormFile, FormList, compare_versions};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    New,
    /// The same version with the same content was here.
    Known,
}

/// Whether the version may be published, or is already.
pub fn may_publish(read: &Read, form: &CheckedForm) -> Result<Published, HubError> {
    let hashes = hashes(form);
    let known = forms::files(read, &form.id, &form.version)?;
    if known.is_empty() {
        return Ok(Published::New);
    }
    let same = known.len() == hashes.len()
        && known.iter().all(|file| hashes.get(file.name.as_str()) == Some(&file.sha256));
    let taken = || FormError::VersionTaken { id: form.id.clone(), version: form.version.clone() };
    if !same {
        return Err(taken().into());
    }
    let standing = forms::standing(read, &form.id)?;
    let withdrawn = || FormError::Withdrawn { id: form.id.clone(), version: form.version.clone() };
    if standing.contains(&form.version) { Ok(Published::Known) } else { Err(withdrawn().into()) }
}

fn hashes(form: &CheckedForm) -> BTreeMap<&str, String> {
    form.files.iter().map(|(name, body)| (name.as_str(), secret::hex(&secret::sha256(body)))).collect()
}

/// Keeps the version, and decides again what waited for it.
pub fn publish(hub: &Hub, tx: &Tx, form: &CheckedForm) -> Result<Published, HubError> {
    if may_publish(tx, form)? == Published::Known {
        return Ok(Published::Known);
    }
    let hashes = hashes(form);
    forms::add(tx, &form.id, &form.version, &form.title)?;
    for (name, body) in &form.files {
        forms::add_file(tx, (&form.id, &form.version), name, &hashes[name.as_str()], body)?;
    }
    let standing = forms::standing(tx, &form.id)?;
    if let Some(newest) = standing.iter().max_by(|a, b| compare_versions(a, b)) {
        forms::set_newest(tx, &form.id, newest)?;
    }
    admission::decide_form(hub, tx)?;
    Ok(Published::New)
}

/// No phone starts the form any more, until a new version is published. What was begun can be finished, and what comes
/// of it is checked as before.
pub fn withdraw(tx: &Tx, id: &str) -> Result<(), HubError> {
    if forms::withdraw(tx, id)? { Ok(()) } else { Err(FormError::NotPublished(id.to_owned()).into()) }
}

/// What phones are told.
pub fn list(read: &Read) -> Result<FormList, HubError> {
    let mut list = Vec::new();
    for form in forms::versions(read)? {
        list.push(entry(read, form)?);
    }
    Ok(FormList { v: wire::VERSION, forms: list })
}

pub fn entry(read: &Read, form: Version) -> Result<FormEntry, HubError> {
    let files = forms::files(read, &form.id, &form.version)?;
    let file = |file: forms::File| FormFile { name: file.name, sha256: file.sha256, size: file.size };
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
        let body = forms::last_file(read, &name)?;
        source.media.extend(body.map(|body| (name, body)));
    }
    Ok(())
}

/// Labels of the last version of each form, also of those that were withdrawn: what was answered has them.
pub fn labels(hub: &Hub, read: &Read) -> Result<Labels, HubError> {
    let (mut known, rulebook) = (Vec::new(), hub.rulebook());
    let mut versions = forms::versions(read)?;
    versions.dedup_by(|other, first| other.id == first.id);
    for form in versions {
        let definition = hub.forms.get(read, &form.id, &form.version)?;
        let table = forms::file(read, &form.id, &form.version, "records.csv")?;
        if let (Some(definition), Some(table)) = (definition, table)
            && let Ok(rules) = FormRules::parse(&rulebook, &String::from_utf8_lossy(&table), &definition)
        {
            known.push(FormLabels::of(&rulebook, &definition, &rules));
        }
    }
    Ok(Labels::of(&rulebook, known))
}
