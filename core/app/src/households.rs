//! Households: a page of the list, and one with its people, visits, photos, cases and goals.

use crate::{
    cases,
    error::Fault,
    photos,
    state::{Desk, Shared},
    texts::{dates, joined},
    view::{Fact, HouseholdPage, HouseholdRow, HouseholdView, MemberRow, PhotoRow, VisitRow},
};
use casework::{Labels, Lang, units};
use chrono::Datelike;
use model::{RecordRef, RecordState, kind};
use serde_json::Value;
use store::{HouseholdSummary, Record};
use uuid::Uuid;

/// Stand at the head of a household's screen already.
const IN_HEAD: &[&str] = &["name", "province", "commune", "village", "address", "location"];

/// A record's reference from an id that a shell was given.
pub fn reference(kind: &'static str, id: &str) -> Result<RecordRef, Fault> {
    Uuid::parse_str(id).map(|id| RecordRef::new(kind, id)).map_err(|_| Fault::new("app.bad-id"))
}

pub fn list(desk: &Desk, query: &str, offset: u32, limit: u32) -> Result<HouseholdPage, Fault> {
    let found = desk.store.households(query, offset, limit)?;
    let rows = found.rows.into_iter().map(|summary| row(summary, desk.lang)).collect();
    Ok(HouseholdPage { rows, total: found.total })
}

pub fn row(summary: HouseholdSummary, lang: Lang) -> HouseholdRow {
    let visited = summary
        .last_visit
        .as_deref()
        .map(|day| format!("{} {}", lang.pick("Thăm lần cuối", "Last visit"), dates::stored(day)));
    HouseholdRow {
        id: summary.id.to_string(),
        name: summary.name,
        place: place(&summary.village, &summary.commune),
        members: summary.members,
        last_visit: visited.unwrap_or_default(),
        has_open_case: summary.open_cases > 0,
    }
}

fn place(village: &str, commune: &str) -> String {
    joined([village, units::name(commune)], ", ")
}

pub fn view(shared: &Shared, desk: &Desk, id: &str) -> Result<HouseholdView, Fault> {
    let root = reference(kind::HOUSEHOLD, id)?;
    let household = desk.store.record(&root)?.ok_or(Fault::new("store.not-found"))?.state;
    let records = desk.store.subtree(&root)?;
    let labels = shared.forms.labels(&desk.store)?;
    let speaker = Speaker { labels: &labels, lang: desk.lang };
    let of = |kind: &'static str| records.iter().filter(move |record| record.reference.kind == kind);
    let text = |name: &str| household.text(name).unwrap_or_default().to_owned();

    let mut visits: Vec<&Record> = of(kind::VISIT).collect();
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.state.text("date").map(str::to_owned)));
    let mut facts = speaker.facts(kind::HOUSEHOLD, &household, IN_HEAD);
    facts.extend(visits.first().and_then(|visit| poverty(&visit.state, desk.lang)));
    let cases = of(kind::CASE).map(|case| cases::row(desk, case, None)).collect();
    let mut conflicts = speaker.conflicts(kind::HOUSEHOLD, &household, "");
    for member in of(kind::PERSON) {
        let name = member.state.text("name").unwrap_or_default();
        conflicts.extend(speaker.conflicts(kind::PERSON, &member.state, name));
    }
    Ok(HouseholdView {
        id: id.to_owned(),
        name: text("name"),
        place: place(&text("village"), &text("commune")),
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

/// Never more than a suggestion: the commune decides.
fn poverty(visit: &RecordState, lang: Lang) -> Option<Fact> {
    let value = match visit.text("poverty_suggestion")? {
        "poor" => lang.pick("có thể là hộ nghèo", "may be a poor household"),
        "near_poor" => lang.pick("có thể là hộ cận nghèo", "may be a near-poor household"),
        "above" => lang.pick("không thuộc hộ nghèo, cận nghèo", "above both lines"),
        _ => return None,
    };
    let ground = lang.pick("Nghị định 07/2021/NĐ-CP", "Decree 07/2021/NĐ-CP");
    Some(Fact {
        label: lang.pick("Nghèo đa chiều (gợi ý)", "Multidimensional poverty (suggestion)").to_owned(),
        value: format!("{value} · {ground}"),
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

/// Says what records hold, by the forms' own labels.
pub struct Speaker<'a> {
    pub labels: &'a Labels,
    pub lang: Lang,
}

impl Speaker<'_> {
    fn value(&self, kind: &str, state: &RecordState, field: &str) -> String {
        state.value(field).map(|value| self.labels.value(kind, field, value, self.lang)).unwrap_or_default()
    }

    pub fn facts(&self, kind: &str, state: &RecordState, without: &[&str]) -> Vec<Fact> {
        let fields = self.labels.fields(kind).into_iter().filter(|field| !without.contains(field));
        let fact = |field: &str| {
            let value = self.value(kind, state, field);
            let label = self.labels.field(kind, field, self.lang)?;
            (!value.is_empty()).then_some(Fact { label, value })
        };
        fields.filter_map(fact).collect()
    }

    pub fn member(&self, person: &Record) -> MemberRow {
        let state = &person.state;
        let say = |field: &str| self.value(kind::PERSON, state, field);
        let born = state
            .value("birth_year")
            .and_then(Value::as_i64)
            .or_else(|| state.text("birth_date").and_then(dates::parse).map(|day| i64::from(day.year())));
        let born = born.map(|year| format!("{} {year}", self.lang.pick("sinh", "born"))).unwrap_or_default();
        let role = match state.text("role") {
            Some("child") => self.lang.pick("trẻ em", "child").to_owned(),
            Some("father") => self.lang.pick("bố", "father").to_owned(),
            Some("mother") => self.lang.pick("mẹ", "mother").to_owned(),
            _ => say("relation").to_lowercase(),
        };
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
        let say = |field: &str| self.value(kind::VISIT, &visit.state, field);
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
        let who = self.value(kind::GOAL, state, "who").to_lowercase();
        joined([text, &who, &due.unwrap_or_default(), &self.value(kind::GOAL, state, "state")], " · ")
    }

    /// Each field on which two phones disagree, with both values; `whose` names a member.
    fn conflicts(&self, kind: &str, state: &RecordState, whose: &str) -> Vec<String> {
        let say = |field: &str| {
            let label = self.labels.field(kind, field, self.lang)?;
            let heads = state.fields.get(field)?.heads.iter();
            let mut values: Vec<_> =
                heads.map(|head| self.labels.value(kind, field, &head.value, self.lang)).collect();
            values.sort();
            values.dedup();
            let empty = self.lang.pick("(trống)", "(empty)");
            let values: Vec<_> =
                values.iter().map(|v| if v.is_empty() { empty } else { v.as_str() }).collect();
            let name = joined([whose, &label], " · ");
            let differ = self.lang.pick("hai máy ghi khác nhau", "two phones disagree");
            Some(format!("{name} — {differ}: {}", values.join(" / ")))
        };
        state.conflicts().filter_map(say).collect()
    }
}
