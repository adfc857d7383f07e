//! Forms that were begun.

use super::view::DraftRow;
use crate::{desk::Desk, error::Fault, texts::dates};

pub fn drafts(desk: &Desk) -> Result<Vec<DraftRow>, Fault> {
    let rows = desk.store.drafts()?.into_iter().map(|draft| {
        Ok(DraftRow {
            draft_id: draft.id.to_string(),
            form_title: draft.title,
            household: draft.about.as_ref().map(|about| desk.name_of(about)).transpose()?.flatten(),
            started: dates::moment(draft.started_at),
        })
    });
    rows.collect()
}
