//! Households: a page of the list, and one with its people, visits, photos, cases and goals.

pub mod view;

use crate::{
    cases,
    desk::{Desk, parsed},
    error::{AppError, Fault},
    form::Catalogue,
    people, photos,
    shared::Shared,
    speaker::{Fact, Speaker},
    texts::{dates, joined},
};
use chrono::NaiveDate;
use model::{HouseholdId, RecordState, kind, record::field};
use rulebook::Rulebook;
use std::sync::Arc;
use store::{Listed, Record};
use view::{GoalRow, HouseholdPage, HouseholdRow, HouseholdView, PhotoRow, VisitRow};

/// The households of the worker's communes.
#[derive(uniffi::Object)]
pub struct Households {
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
}

impl Households {
    pub(crate) fn new(shared: &Arc<Shared>, catalogue: &Arc<Catalogue>) -> Self {
        Self { shared: shared.clone(), catalogue: catalogue.clone() }
    }
}

#[uniffi::export]
impl Households {
    /// By what a person types, without tone marks; empty for all.
    pub fn list(&self, query: String, offset: u32, limit: u32) -> Result<HouseholdPage, AppError> {
        self.shared.with(|desk| list(desk, &query, offset, limit))
    }

    pub fn view(&self, id: String) -> Result<HouseholdView, AppError> {
        self.shared.with(|desk| household(&self.catalogue, desk, &id))
    }

    /// JPEG, 256 px.
    pub fn thumbnail(&self, photo_id: String) -> Result<Vec<u8>, AppError> {
        self.shared.with(|desk| photos::read(desk, &photos::find(desk, &photo_id)?.thumbnail))
    }

    /// JPEG, at most 2,048 px.
    pub fn photo(&self, photo_id: String) -> Result<Vec<u8>, AppError> {
        self.shared.with(|desk| photos::read(desk, &photos::find(desk, &photo_id)?.blob))
    }
}

/// Those whose next visit was agreed for the day or before and not made yet, earliest first.
pub fn due(desk: &Desk, day: NaiveDate, limit: u32) -> Result<Vec<HouseholdRow>, Fault> {
    let due = desk.store.due(kind::HOUSEHOLD, &day.to_string(), limit)?;
    Ok(due.into_iter().map(|listed| row(desk, listed)).collect())
}

pub fn count(desk: &Desk) -> Result<u32, Fault> {
    Ok(desk.store.list_count(kind::HOUSEHOLD)?)
}

fn list(desk: &Desk, query: &str, offset: u32, limit: u32) -> Result<HouseholdPage, Fault> {
    let found = desk.store.list(kind::HOUSEHOLD, query, offset, limit)?;
    let rows = found.rows.into_iter().map(|listed| row(desk, listed)).collect();
    Ok(HouseholdPage { rows, total: found.total })
}

pub fn row(desk: &Desk, Listed { reference, row }: Listed) -> HouseholdRow {
    let visited =
        |day: &String| format!("{} {}", desk.lang.pick("Thăm lần cuối", "Last visit"), dates::stored(day));
    let part = |name: &str| row.place.get(name).map_or("", String::as_str);
    HouseholdRow {
        id: reference.id.to_string(),
        name: desk.rulebook.called(kind::HOUSEHOLD, &row.title, desk.lang),
        place: place(&desk.rulebook, part("village"), part(field::COMMUNE)),
        members: row.count(kind::PERSON).all,
        last_visit: row.done.as_ref().map(visited).unwrap_or_default(),
        has_open_case: row.count(kind::CASE).open > 0,
    }
}

fn place(rulebook: &Rulebook, village: &str, commune: &str) -> String {
    joined([village, rulebook.units.name(commune)], ", ")
}

fn household(catalogue: &Catalogue, desk: &Desk, id: &str) -> Result<HouseholdView, Fault> {
    let Record { reference: root, state: household, .. } =
        desk.record(parsed::<HouseholdId>(id)?.reference())?;
    let records = desk.store.subtree(&root)?;
    let speaker = Speaker { labels: catalogue.labels(&desk.store)?, lang: desk.lang };
    let of = |kind: &'static str| records.iter().filter(move |record| record.reference.kind == kind);
    let text = |name: &str| household.text(name).unwrap_or_default().to_owned();

    let mut visits: Vec<&Record> = of(kind::VISIT).collect();
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.state.text("date").map(str::to_owned)));
    let mut facts = speaker.facts(kind::HOUSEHOLD, &household);
    facts.extend(visits.first().and_then(|visit| poverty(&desk.rulebook, &speaker, &visit.state)));
    let cases = of(kind::CASE).map(|case| cases::rows::Case::of(desk, case, None).row()).collect();
    let mut conflicts = speaker.conflicts(&root, &household, "");
    for member in of(kind::PERSON) {
        let name = member.state.text("name").unwrap_or_default();
        conflicts.extend(speaker.conflicts(&member.reference, &member.state, name));
    }
    Ok(HouseholdView {
        id: id.to_owned(),
        name: desk.title(&root)?.unwrap_or_default(),
        place: place(&desk.rulebook, &text("village"), &text("commune")),
        address: text("address"),
        facts,
        members: of(kind::PERSON).map(|person| people::member(&speaker, person)).collect(),
        visits: visits.into_iter().map(|record| visit(&speaker, record)).collect(),
        photos: of(kind::PHOTO).filter_map(|photo| photo_row(desk, photo)).collect(),
        cases,
        goals: of(kind::GOAL).map(|record| goal(&speaker, record)).collect(),
        conflicts,
        may_open_case: desk.rulebook.may_add(&desk.role()?, desk.now.date_naive(), kind::CASE, true),
    })
}

/// Never more than a suggestion: the commune decides. With the norm of the visit's day as its ground.
fn poverty(rulebook: &Rulebook, speaker: &Speaker, visit: &RecordState) -> Option<Fact> {
    const FIELD: &str = "poverty_suggestion";
    // Without an answer there is nothing to suggest.
    visit.text(FIELD).filter(|suggestion| *suggestion != "unknown")?;
    let day = visit.text("date").and_then(dates::parse)?;
    let norm = rulebook.norm(visit.text("area")?, day, day).row?;
    let ground = norm.certainty.beside(&norm.article, speaker.lang);
    Some(Fact {
        label: speaker.labels.field(kind::VISIT, FIELD, speaker.lang)?,
        value: joined([speaker.value(kind::VISIT, visit, FIELD).as_str(), &ground], " · "),
    })
}

fn photo_row(desk: &Desk, photo: &Record) -> Option<PhotoRow> {
    let file = photos::file(&photo.state)?;
    Some(PhotoRow {
        id: photo.reference.id.to_string(),
        caption: photo.state.text("caption").unwrap_or_default().to_owned(),
        taken: dates::stored(&file.taken_at),
        here: desk.store.has_blob(&file.blob.address),
    })
}

fn visit(speaker: &Speaker, visit: &Record) -> VisitRow {
    let say = |field: &str| speaker.value(kind::VISIT, &visit.state, field);
    VisitRow {
        id: visit.reference.id.to_string(),
        date: visit.state.text("date").map(dates::stored).unwrap_or_default(),
        purpose: match visit.state.text("purpose_other") {
            Some(other) => other.to_owned(),
            None => say("purpose"),
        },
        agreed: visit.state.text("agreed").unwrap_or_default().to_owned(),
    }
}

fn goal(speaker: &Speaker, goal: &Record) -> GoalRow {
    let say = |field: &str| speaker.value(kind::GOAL, &goal.state, field);
    let text = goal.state.text("text").unwrap_or_default().to_owned();
    let (who, state) = (say("who"), say("state"));
    let due = goal.state.text("due").map(dates::stored).unwrap_or_default();
    let by =
        if due.is_empty() { String::new() } else { format!("{} {due}", speaker.lang.pick("hạn", "due")) };
    let line = joined([text.as_str(), &who.to_lowercase(), &by, &state], " · ");
    GoalRow { id: goal.reference.id.to_string(), text, who, due, state, line }
}
