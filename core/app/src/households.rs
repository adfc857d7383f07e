//! Households: a page of the list, and one with its people, photos, cases and all else that lies in it.

pub mod view;

use crate::{
    cases,
    desk::{Desk, parsed},
    error::{AppError, Fault},
    form::Catalogue,
    people, photos, records,
    shared::Shared,
    speaker::{Fact, Speaker},
    texts::{dates, joined},
};
use model::{HouseholdId, RecordEdit, RecordState, kind, record::field};
use rulebook::Rulebook;
use std::sync::Arc;
use store::{Listed, Record};
use view::{HouseholdPage, HouseholdRow, HouseholdView};

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

    /// Makes a household to practise with, and says its id: it and all below it stay on this phone.
    pub fn practise(&self) -> Result<String, AppError> {
        self.shared.with(practise)
    }

    pub fn view(&self, id: String) -> Result<HouseholdView, AppError> {
        self.shared.with(|desk| household(&self.catalogue, desk, &id))
    }
}

pub fn count(desk: &Desk) -> Result<u32, Fault> {
    Ok(desk.store.list_count(kind::HOUSEHOLD)?)
}

fn practise(desk: &Desk) -> Result<String, Fault> {
    let id = HouseholdId::new();
    let name = desk.lang.pick("Hộ tập luyện", "Practice household");
    let home = RecordEdit::new(id.reference()).set("name", name).set(field::PRACTICE, true);
    desk.store.commit(vec![home])?;
    Ok(id.to_string())
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

/// What is drawn in a way of its own.
const SPECIAL: [&str; 3] = [kind::PERSON, kind::PHOTO, kind::CASE];

fn household(catalogue: &Catalogue, desk: &Desk, id: &str) -> Result<HouseholdView, Fault> {
    let household = desk.record(parsed::<HouseholdId>(id)?.reference())?;
    let root = &household.reference;
    let records = desk.store.subtree(root)?;
    let speaker = Speaker { labels: catalogue.labels(&desk.store)?, lang: desk.lang };
    let of = |kind: &'static str| records.iter().filter(move |record| record.reference.kind == kind);
    let text = |name: &str| household.state.text(name).unwrap_or_default().to_owned();

    let last_visit = of(kind::VISIT).max_by_key(|visit| visit.state.text("date"));
    let mut facts = speaker.facts(kind::HOUSEHOLD, &household.state);
    facts.extend(last_visit.and_then(|visit| poverty(&desk.rulebook, &speaker, &visit.state)));
    let case_row = |case: &Record| -> Result<_, Fault> {
        let standing = desk.store.standing(&case.reference)?;
        Ok(cases::rows::Case::of(desk, case, standing.as_ref(), None).row())
    };
    let cases = of(kind::CASE).map(case_row).collect::<Result<_, _>>()?;
    let is_special = |record: &&Record| {
        SPECIAL.iter().any(|kind| record.reference.kind == **kind) || record.reference == *root
    };
    let others: Vec<_> = records.iter().filter(|record| !is_special(record)).collect();
    let photo = |photo: &Record| {
        let file = photos::file(&desk.rulebook, photo)?;
        let caption = photo.state.text("caption").unwrap_or_default();
        Some(records::photo(desk, &photo.reference, caption, &file))
    };
    Ok(HouseholdView {
        id: id.to_owned(),
        name: desk.title(root)?.unwrap_or_default(),
        place: place(&desk.rulebook, &text("village"), &text("commune")),
        address: text("address"),
        facts,
        members: of(kind::PERSON).map(|person| people::member(&speaker, person)).collect(),
        photos: of(kind::PHOTO).filter_map(photo).collect(),
        cases,
        sections: records::sections(&speaker.labels, desk, &household, &others, None)?,
        conflicts: records::conflicts(&speaker, desk, &records)?,
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
    Some(Fact {
        label: speaker.labels.field(kind::VISIT, FIELD, speaker.lang)?,
        value: speaker.value(kind::VISIT, visit, FIELD),
        ground: norm.certainty.beside(&norm.article, speaker.lang),
    })
}
