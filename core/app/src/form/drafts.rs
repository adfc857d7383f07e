//! Forms that were begun.

use super::view::DraftRow;
use crate::{desk::Desk, error::Fault, texts::dates};
use std::collections::HashMap;

pub fn drafts(desk: &Desk) -> Result<Vec<DraftRow>, Fault> {
    let newest = desk.store.forms()?.into_iter().filter(|entry| entry.newest);
    let newest: HashMap<_, _> = newest.map(|entry| (entry.id, entry.version)).collect();
    let rows = desk.store.drafts()?.into_iter().map(|draft| {
        Ok(DraftRow {
            draft_id: draft.id.to_string(),
            form_title: draft.title,
            about: draft.about.as_ref().map(|about| desk.title(about)).transpose()?.flatten(),
            newer_version: newest.get(&draft.form).filter(|newest| **newest != draft.version).cloned(),
            started: dates::moment(draft.started_at),
        })
    });
    rows.collect()
}
