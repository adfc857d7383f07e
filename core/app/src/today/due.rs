//! What is to be done by a day, of whatever lists show and of what lies below it.

use super::view::DueRow;
use crate::{
    desk::Desk,
    error::Fault,
    texts::{dates, joined},
};
use chrono::{Days, NaiveDate};
use model::RecordRef;
use rulebook::{ListRole, Listing};
use store::Listed;

/// So many days ahead it is told.
const AHEAD: Days = Days::new(7);
/// The most rows of one screen.
const MOST: usize = 50;

/// What was due first comes first.
pub fn rows(desk: &Desk) -> Result<Vec<DueRow>, Fault> {
    let today = desk.now.date_naive();
    let until = today.checked_add_days(AHEAD).unwrap_or(today).to_string();
    let most = u32::try_from(MOST).unwrap_or(u32::MAX);
    let mut due: Vec<(String, RecordRef, Listed)> = Vec::new();
    for kind in desk.rulebook.kinds().iter().filter(|kind| kind.listed) {
        for listed in desk.store.due(&kind.name, &until, most)? {
            let own = listed.row.due.iter().map(|day| (day.clone(), listed.reference.clone()));
            let below = listed.row.due_below.iter().map(|due| (due.day.clone(), due.record.clone()));
            let days = own.chain(below).filter(|(day, _)| *day <= until).collect::<Vec<_>>();
            due.extend(days.into_iter().map(|(day, record)| (day, record, listed.clone())));
        }
    }
    due.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    due.truncate(MOST);
    let rows = due.iter().filter_map(|(day, record, of)| row(desk, today, day, record, of).transpose());
    rows.collect()
}

/// `None` for one that can't be read now.
fn row(
    desk: &Desk,
    today: NaiveDate,
    day: &str,
    record: &RecordRef,
    Listed { reference: root, row }: &Listed,
) -> Result<Option<DueRow>, Fault> {
    let (rulebook, lang) = (&desk.rulebook, desk.lang);
    let kind = record.kind.as_str();
    let whose = rulebook.called(root.kind.as_str(), &row.title, lang);
    let (title, of) = if record == root {
        (whose, place(desk, row))
    } else {
        let Some(found) = desk.store.record(record)? else { return Ok(None) };
        let title = rulebook.title(record, &found.state, [], lang);
        (rulebook.called(kind, &title, lang), whose)
    };
    let field = rulebook.kind(kind).and_then(|kind| kind.listed_as(ListRole::Due));
    let what = field.map_or("", |field| field.label.get(lang));
    Ok(Some(DueRow {
        reference: record.to_string(),
        title,
        line: joined([what, &of], " · "),
        due: dates::stored(day),
        overdue: day.parse::<NaiveDate>().is_ok_and(|day| day < today),
    }))
}

/// `Nà Pò, Xã Thất Khê`: what a list tells of a place, codes by their names, the larger last.
fn place(desk: &Desk, row: &Listing) -> String {
    let mut parts: Vec<&str> = row.place.values().map(String::as_str).collect();
    parts.reverse();
    joined(parts.into_iter().map(|part| desk.rulebook.units.name(part)), ", ")
}
