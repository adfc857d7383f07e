//! What waits for the office, and what the office holds back.

use super::{
    notices, packs,
    view::{EnrolAgain, HeldBackRow, SyncState},
};
use crate::{
    desk::Desk,
    error::Fault,
    texts::{dates, errors},
};
use store::{HeldBack, StoreError};
use wire::push::Outcome;

pub fn state(desk: &Desk) -> Result<SyncState, Fault> {
    let waiting = desk.store.waiting()?;
    let last = match desk.store.sync_times()?.finished_at {
        Some(at) => {
            format!("{} {}", desk.lang.pick("Đồng bộ lần cuối", "Last synchronised"), dates::moment(at))
        }
        None => desk.lang.pick("Chưa đồng bộ lần nào", "Never synchronised").to_owned(),
    };
    let packs = packs::rows(&desk.store, desk.lang)?;
    Ok(SyncState {
        changes_waiting: u32::try_from(waiting.changes).unwrap_or(u32::MAX),
        photos_waiting: u32::try_from(waiting.photos).unwrap_or(u32::MAX),
        last,
        held_back: held_back(desk)?,
        enrol_again: desk
            .store
            .ended()?
            .map(|code| EnrolAgain { text: errors::text(desk.lang, &code, 0), code }),
        notices: notices::of(&desk.store, waiting, &packs, desk.lang)?,
        packs,
    })
}

/// One line for each form and reason, however many changes it made.
fn held_back(desk: &Desk) -> Result<Vec<HeldBackRow>, Fault> {
    let mut rows: Vec<HeldBackRow> = Vec::new();
    for HeldBack { record, cause, outcome, .. } in desk.store.held_back()? {
        let (Outcome::Waiting { code } | Outcome::Denied { code, .. } | Outcome::Refused { code }) = outcome
        else {
            continue;
        };
        let reference = cause.unwrap_or(record);
        let source = match desk.store.record(&reference) {
            // An ordinary change that came from a report.
            Err(StoreError::RestrictedLocked) => None,
            source => source?,
        };
        let state = source.as_ref().map(|source| &source.state);
        let title = state.and_then(|s| s.text("title").or_else(|| s.text("form")).or_else(|| s.text("name")));
        let reason = errors::held_back(desk.lang, &code);
        let text = match title {
            Some(title) => format!("{title}: {reason}"),
            None => reason.to_owned(),
        };
        if rows.iter().all(|row| row.text != text) {
            rows.push(HeldBackRow {
                code,
                kind: reference.kind.to_string(),
                id: reference.id.to_string(),
                text,
            });
        }
    }
    Ok(rows)
}
