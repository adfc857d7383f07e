//! Households: a page of the list, and one with its people, visits, photos, cases and goals.

use crate::{
    cases,
    error::Fault,
    photos,
    state::{Desk, Shared},
    texts::{dates, joined},
    view::{Fact, HouseholdPage, HouseholdRow, HouseholdView, MemberRow, PhotoRow, VisitRow},
};
use casework::Labels;
use chrono::Datelike;
use model::{RecordRef, RecordState, kind, record::field};
use rulebook::{Lang, Rulebook};
use serde_json::Value;
use store::{Listed, Record};
use uuid::Uuid;

/// A record's reference from an id that a shell was given.
pub fn reference(kind: &'static str, id: &str) -> Result<RecordRef, Fault> {
    Uuid::parse_str(id).map(|id| RecordRef::new(kind, id)).map_err(|_| Fault::new("app.bad-id"))
}

pub fn list(desk: &Desk, query: &str, offset: u32, limit: u32) -> Result<HouseholdPage, Fault> {
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

pub fn view(shared: &Shared, desk: &Desk, id: &str) -> Result<HouseholdView, Fault> {
    let root = reference(kind::HOUSEHOLD, id)?;
    let household = desk.store.record(&root)?.ok_or(Fault::new("store.not-found"))?.state;
    let records = desk.store.subtree(&root)?;
    let labels = shared.forms.labels(&desk.store)?;
    let speaker = Speaker { rulebook: &desk.rulebook, labels: &labels, lang: desk.lang };
    let of = |kind: &'static str| records.iter().filter(move |record| record.reference.kind == kind);
    let text = |name: &str| household.text(name).unwrap_or_default().to_owned();

    let mut visits: Vec<&Record> = of(kind::VISIT).collect();
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.state.text("date").map(str::to_owned)));
    let mut facts = speaker.facts(kind::HOUSEHOLD, &household);
    facts.extend(visits.first().and_then(|visit| speaker.poverty(&visit.state)));
    let cases = of(kind::CASE).map(|case| cases::row(desk, case, None)).collect();
    let mut conflicts = speaker.conflicts(kind::HOUSEHOLD, &household, "");
    for member in of(kind::PERSON) {
        let name = member.state.text("name").unwrap_or_default();
        conflicts.extend(speaker.conflicts(kind::PERSON, &member.state, name));
    }
    Ok(HouseholdView {
        id: id.to_owned(),
        name: title(desk, &root)?,
        place: place(&desk.rulebook, &text("village"), &text("commune")),
        address: text("address"),
        facts,
        members: of(kind::PERSON).map(|person| speaker.member(person)).collect(),
        visits: visits.into_iter().map(|visit| speaker.visit(visit)).collect(),
        photos: of(kind::PHOTO).filter_map(|photo| photo_row(desk, photo)).collect(),
        cases,
        goals: of(kind::GOAL).map(|goal| speaker.goal(goal)).collect(),
        conflicts,
    })
}

/// What a household is called in lists, and here.
fn title(desk: &Desk, root: &RecordRef) -> Result<String, Fault> {
    let title = desk.store.listed(root)?.map(|listed| listed.row.title).unwrap_or_default();
    Ok(desk.rulebook.called(root.kind.as_str(), &title, desk.lang))
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

/// Says what records hold, by the forms' own labels.
pub struct Speaker<'a> {
    pub rulebook: &'a Rulebook,
    pub labels: &'a Labels,
    pub lang: Lang,
}

impl Speaker<'_> {
    fn say(&self, kind: &str, state: &RecordState, field: &str) -> String {
        self.labels.said(kind, state, field, self.lang)
    }

    pub fn facts(&self, kind: &str, state: &RecordState) -> Vec<Fact> {
        let facts = self.labels.facts(kind, state, self.lang).into_iter();
        facts.map(|fact| Fact { label: fact.label, value: fact.value }).collect()
    }

    /// Never more than a suggestion: the commune decides. With the norm of the visit's day as its ground.
    fn poverty(&self, visit: &RecordState) -> Option<Fact> {
        const FIELD: &str = "poverty_suggestion";
        // Without an answer there is nothing to suggest.
        visit.text(FIELD).filter(|suggestion| *suggestion != "unknown")?;
        let day = visit.text("date").and_then(dates::parse)?;
        let norm = self.rulebook.norm(visit.text("area")?, day)?;
        Some(Fact {
            label: self.labels.field(kind::VISIT, FIELD, self.lang)?,
            value: joined([self.say(kind::VISIT, visit, FIELD).as_str(), &norm.article], " · "),
        })
    }

    pub fn member(&self, person: &Record) -> MemberRow {
        let state = &person.state;
        let say = |field: &str| self.say(kind::PERSON, state, field);
        let born = state
            .value("birth_year")
            .and_then(Value::as_i64)
            .or_else(|| state.text("birth_date").and_then(dates::parse).map(|day| i64::from(day.year())));
        let born = born.map(|year| format!("{} {year}", self.lang.pick("sinh", "born"))).unwrap_or_default();
        let role = match say("role") {
            none if none.is_empty() => say("relation"),
            role => role,
        };
        let role = role.to_lowercase();
        let sex = say("sex").to_lowercase();
        // Where somebody lives is said only if it is not here.
        let away = match state.text("residence") {
            None | Some("present") => String::new(),
            Some(_) => say("residence").to_lowercase(),
        };
        MemberRow {
            id: person.reference.id.to_string(),
            name: state.text("name").unwrap_or_default().to_owned(),
            about: joined([role.as_str(), &sex, &born, &say("ethnicity"), &away], " · "),
        }
    }

    fn visit(&self, visit: &Record) -> VisitRow {
        let say = |field: &str| self.say(kind::VISIT, &visit.state, field);
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

    fn goal(&self, goal: &Record) -> String {
        let state = &goal.state;
        let due =
            state.text("due").map(|day| format!("{} {}", self.lang.pick("hạn", "due"), dates::stored(day)));
        let text = state.text("text").unwrap_or_default();
        let who = self.say(kind::GOAL, state, "who").to_lowercase();
        joined([text, &who, &due.unwrap_or_default(), &self.say(kind::GOAL, state, "state")], " · ")
    }

    /// Each field on which two phones disagree, with both values; `whose` names a member.
    fn conflicts(&self, kind: &str, state: &RecordState, whose: &str) -> Vec<String> {
        let empty = self.lang.pick("(trống)", "(empty)");
        let differ = self.lang.pick("hai máy ghi khác nhau", "two phones disagree");
        let line = |conflict: casework::Conflict| {
            let said = |value: &String| if value.is_empty() { empty.to_owned() } else { value.clone() };
            let values: Vec<_> = conflict.values.iter().map(said).collect();
            let name = joined([whose, &conflict.label], " · ");
            format!("{name} — {differ}: {}", values.join(" / "))
        };
        self.labels.conflicts(kind, state, self.lang).into_iter().map(line).collect()
    }
}
