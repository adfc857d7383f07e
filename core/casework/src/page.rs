//! The page of a record, of whatever kind: made from the rulebook's tables, the record and what lies around it.

use crate::{Conflict, Fact, Labels, timeline};
use chrono::{DateTime, FixedOffset, NaiveDate};
use model::{ChangeId, DeviceId, PhotoFile, RecordRef, RecordState, Stamp, SubmissionId};
use rulebook::{Field, FieldType, Lang, ListRole, Rulebook, Shown};
use std::{cmp::Reverse, collections::BTreeMap};
use workflow::{
    Standing, TRANSITION, Verdict,
    clocks::{self, Deadline},
    field,
};

/// A record as it is kept.
pub type Kept<'a> = (&'a RecordRef, &'a RecordState);

/// A record with what lies around it, as whoever keeps records found it.
pub struct Around<'a> {
    pub record: Kept<'a>,
    pub restricted: bool,
    /// What it lies under, the top first.
    pub above: Vec<Link>,
    /// `None` for what moves by no workflow.
    pub standing: Option<&'a Standing>,
    /// All that lies below it if [`shows_all_below`], else what names it as its parent; in the order it was made.
    pub below: Vec<Kept<'a>>,
}

/// Whether the page of a record of this kind shows what lies deeper too: of what stands in a list, as it is what people
/// look for.
pub fn shows_all_below(rulebook: &Rulebook, kind: &str) -> bool {
    rulebook.kind(kind).is_some_and(|kind| kind.listed)
}

/// What forms are called, by id and version.
pub type FormTitles = BTreeMap<(String, String), String>;

/// All that the page of a record shows.
pub struct Page<'r> {
    pub reference: RecordRef,
    /// What it is.
    pub kind: String,
    pub title: String,
    pub above: Vec<Link>,
    pub badges: Vec<Badge>,
    pub facts: Vec<Fact>,
    pub photo: Option<PhotoFile>,
    /// Those that run, the most pressing first.
    pub clocks: Vec<Deadline<'r>>,
    /// Those that were met, or turned out not to run.
    pub done: Vec<Deadline<'r>>,
    pub conflicts: Vec<Conflict>,
    /// By the tables' order of kinds; those of unknown kinds come last.
    pub sections: Vec<Section>,
    pub history: Vec<Written>,
}

/// Leads to the page of another record.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    pub reference: RecordRef,
    pub title: String,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Badge {
    pub kind: BadgeKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeKind {
    /// Where it stands in its workflow.
    State,
    /// For the members of a case alone.
    Restricted,
    /// Something of it was due.
    Overdue,
    /// Devices disagree about it.
    Conflict,
    /// A step that has no effect.
    NoEffect,
}

/// The records of a kind below.
pub struct Section {
    pub kind: String,
    pub title: String,
    /// At most [`MOST_ROWS`].
    pub rows: Vec<Row>,
    pub total: usize,
}

#[derive(Clone, PartialEq)]
pub struct Row {
    pub reference: RecordRef,
    pub title: String,
    /// What else is worth knowing before it is opened.
    pub line: String,
    pub badges: Vec<Badge>,
    pub photo: Option<PhotoFile>,
}

/// A change of which something still stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    pub change: ChangeId,
    pub device: DeviceId,
    /// Milliseconds since 1970, by that device's clock as far as it is believed.
    pub at: u64,
    /// What of it stands.
    pub fields: Vec<String>,
}

/// More rows of a kind a page doesn't show; it says how many there are.
pub const MOST_ROWS: usize = 200;
/// The most changes that a page tells of, the last ones.
const MOST_CHANGES: usize = 50;
/// The most facts and letters of a fact in the line of a row.
const MOST_FACTS: usize = 3;
const MOST_LETTERS: usize = 80;

/// A page for somebody: in their language, on a day.
pub struct Pages<'r> {
    pub labels: &'r Labels,
    pub lang: Lang,
    pub now: DateTime<FixedOffset>,
    pub form_titles: FormTitles,
}

impl<'r> Pages<'r> {
    fn rulebook(&self) -> &'r Rulebook {
        &self.labels.rulebook
    }

    pub fn page(&self, around: Around<'_>) -> Page<'r> {
        let Around { record: (reference, state), restricted, above, standing, below } = around;
        let (kind, lang) = (reference.kind.as_str(), self.lang);
        let below: Vec<Kept> = below.into_iter().filter(|(_, state)| !state.is_removed()).collect();
        let title = self.title((reference, state), &below);
        let timed = standing.map_or(&[][..], |standing| &standing.clocks);
        let clocks = clocks::running(self.rulebook(), timed, self.now);
        let done = timed.iter().filter_map(|timed| clocks::deadline(self.rulebook(), timed, self.now));
        let done = done.filter(|deadline| !deadline.runs()).collect();
        let mut badges = self.badges((reference, state));
        if restricted {
            badges.insert(0, badge(BadgeKind::Restricted, lang.pick("Bảo mật", "Restricted")));
        }
        if clocks.iter().any(|clock| clock.overdue) {
            badges.push(overdue(lang));
        }
        if standing.and_then(|standing| standing.progress.as_ref()).is_some_and(|at| !at.branches.is_empty())
        {
            badges.push(badge(BadgeKind::Conflict, undecided(lang)));
        }
        Page {
            reference: reference.clone(),
            kind: self.rulebook().kind(kind).map_or(kind, |kind| kind.label.get(lang)).to_owned(),
            facts: self.facts((reference, state), &title),
            photo: self.photo((reference, state)),
            conflicts: self.labels.conflicts(kind, state, lang),
            sections: self.sections(reference, &below, standing),
            history: self.history((reference, state)),
            title,
            above,
            badges,
            clocks,
            done,
        }
    }

    /// What a record is called; one that says nothing of itself by what it is.
    pub fn title(&self, (reference, state): Kept<'_>, below: &[Kept<'_>]) -> String {
        let kind = reference.kind.as_str();
        if let Some(title) = self.form_of((reference, state)).or_else(|| self.step_of((reference, state))) {
            return title;
        }
        let title = self.rulebook().title(reference, state, below.iter().copied(), self.lang);
        match self.rulebook().called(kind, &title, self.lang) {
            none if none.is_empty() => kind.to_owned(),
            called => called,
        }
    }

    /// Of a submission what its form is called.
    fn form_of(&self, (reference, state): Kept<'_>) -> Option<String> {
        SubmissionId::of(reference)?;
        let text = |field: &str| state.text(field).unwrap_or_default().to_owned();
        self.form_titles.get(&(text("form"), text("version"))).cloned()
    }

    /// Of a step that was taken what it is called.
    fn step_of(&self, (reference, state): Kept<'_>) -> Option<String> {
        if reference.kind != TRANSITION {
            return None;
        }
        let (workflow, action) = (state.text(field::WORKFLOW)?, state.text(field::ACTION)?);
        Some(timeline::called(self.rulebook(), workflow, action, self.lang).to_owned())
    }

    fn badges(&self, (reference, state): Kept<'_>) -> Vec<Badge> {
        let (rulebook, kind) = (self.rulebook(), reference.kind.as_str());
        let mut badges = Vec::new();
        let step = rulebook.state_label(kind, state, self.lang);
        if !step.is_empty() {
            badges.push(badge(BadgeKind::State, step));
        }
        if self.was_due((reference, state)) {
            badges.push(overdue(self.lang));
        }
        if !rulebook.conflicts(kind, state).is_empty() {
            let text = self.lang.pick("Hai máy ghi khác nhau", "Two phones disagree");
            badges.push(badge(BadgeKind::Conflict, text));
        }
        badges
    }

    /// Whether the day of what is still open is past. A root's may have been met by what lies below it: lists know.
    fn was_due(&self, (reference, state): Kept<'_>) -> bool {
        let (rulebook, kind) = (self.rulebook(), reference.kind.as_str());
        let Some(declared) = rulebook.kind(kind).filter(|kind| !kind.listed) else { return false };
        let due = declared.listed_as(ListRole::Due).and_then(|field| state.text(&field.name));
        let day = due.and_then(|day| day.parse::<NaiveDate>().ok());
        day.is_some_and(|day| day < self.now.date_naive()) && rulebook.is_open(kind, state)
    }

    fn photo(&self, (reference, state): Kept<'_>) -> Option<PhotoFile> {
        let mut fields = self.rulebook().photo_fields(reference.kind.as_str());
        fields.find_map(|field| serde_json::from_value(state.value(field)?.clone()).ok())
    }

    /// The fields that people see, in the order of the table; then what nobody knows (any more), by its bare name.
    fn fields<'s>(&self, kind: &str, state: &'s RecordState) -> Vec<&'s str> {
        let declared = self.rulebook().kind(kind).map_or(&[][..], |kind| &kind.fields);
        let said = |name: &str| state.fields.get_key_value(name).map(|(name, _)| name.as_str());
        let is_step =
            |field: &Field| field.lists == Some(ListRole::State) && self.rulebook().has_progress(kind);
        let told = declared.iter().filter(|field| field.shown != Shown::No && !is_step(field));
        let others = state.fields.keys().filter(|name| declared.iter().all(|field| field.name != **name));
        told.filter_map(|field| said(&field.name)).chain(others.map(String::as_str)).collect()
    }

    /// What the record says, but for what its title says already.
    fn facts(&self, (reference, state): Kept<'_>, title: &str) -> Vec<Fact> {
        let kind = reference.kind.as_str();
        let is_form = self.form_of((reference, state)).is_some();
        let fact = |field: &str| {
            let value = self.labels.said(kind, state, field, self.lang);
            let is_told = self.rulebook().is_in_title(kind, field) && (is_form || title.contains(&value));
            let is_new = !value.is_empty() && !is_told;
            let label = self.labels.name(kind, field, self.lang).filter(|_| is_new)?;
            Some(Fact { field: field.to_owned(), label, value })
        };
        self.fields(kind, state).into_iter().filter_map(fact).collect()
    }

    /// Of the page of a record, from what lies below it.
    pub fn sections(
        &self,
        page: &RecordRef,
        below: &[Kept<'_>],
        standing: Option<&Standing>,
    ) -> Vec<Section> {
        let mut by_kind: BTreeMap<(u32, &str), Vec<Kept>> = BTreeMap::new();
        for kept in below {
            let kind = kept.0.kind.as_str();
            let order = self.rulebook().kind(kind).map_or(u32::MAX, |kind| kind.order);
            by_kind.entry((order, kind)).or_default().push(*kept);
        }
        let section = |((_, kind), mut records): ((u32, &str), Vec<Kept>)| {
            let declared = self.rulebook().kind(kind);
            let done = declared.and_then(|kind| kind.listed_as(ListRole::Done));
            if done.is_some() || declared.is_some_and(|kind| kind.immutable) {
                // What was done is told from the last on.
                records.reverse();
                records.sort_by_key(|(_, state)| Reverse(done.and_then(|done| state.text(&done.name))));
            }
            let title = declared.map_or(kind, |kind| kind.plural.get(self.lang)).to_owned();
            let total = records.len();
            let rows = records.into_iter().take(MOST_ROWS).map(|kept| {
                let mut row = self.row(page, kept, below);
                row.badges.extend(standing.and_then(|standing| self.no_effect(standing, kept.0)));
                row
            });
            Section { kind: kind.to_owned(), title, rows: rows.collect(), total }
        };
        by_kind.into_iter().map(section).collect()
    }

    /// Of a step that changed nothing why not.
    fn no_effect(&self, standing: &Standing, step: &RecordRef) -> Option<Badge> {
        let verdict =
            *standing.progress.as_ref()?.verdicts.get(&step.id).filter(|_| step.kind == TRANSITION)?;
        (verdict != Verdict::Counts)
            .then(|| badge(BadgeKind::NoEffect, timeline::verdict(verdict, self.lang)))
    }

    fn row(&self, page: &RecordRef, (reference, state): Kept<'_>, beside: &[Kept<'_>]) -> Row {
        let title = self.title((reference, state), &[]);
        let under = state.parent().filter(|parent| parent != page);
        let under = under.and_then(|parent| beside.iter().find(|(reference, _)| **reference == parent));
        let under = under.map(|kept| self.title(*kept, &[]));
        let facts = self.line((reference, state), &title);
        Row {
            reference: reference.clone(),
            line: under.into_iter().chain(facts).collect::<Vec<_>>().join(" · "),
            title,
            badges: self.badges((reference, state)),
            photo: self.photo((reference, state)),
        }
    }

    /// The first facts of a record; what makes no sense without its label has it.
    fn line(&self, (reference, state): Kept<'_>, title: &str) -> Vec<String> {
        let kind = reference.kind.as_str();
        let told = |fact: Fact| {
            use FieldType::{Code, Codes, IdNumber, Narrative, PersonName, Phone, Point, Text};
            let value = shortened(&fact.value);
            match self.rulebook().field(kind, &fact.field)?.kind {
                Point => None,
                Text | Narrative | Code | Codes | PersonName | Phone | IdNumber => Some(value),
                _ => Some(format!("{}: {value}", fact.label)),
            }
        };
        self.facts((reference, state), title).into_iter().filter_map(told).take(MOST_FACTS).collect()
    }

    /// The changes of which something stands, the last first.
    fn history(&self, (reference, state): Kept<'_>) -> Vec<Written> {
        let kind = reference.kind.as_str();
        let mut changes: BTreeMap<(Stamp, DeviceId, ChangeId), Written> = BTreeMap::new();
        for field in self.fields(kind, state) {
            let Some(label) = self.labels.name(kind, field, self.lang) else { continue };
            for head in state.fields.get(field).into_iter().flat_map(|field| &field.heads) {
                let (change, device, at) = (head.change, head.device, head.at.0);
                let written = || Written { change, device, at, fields: Vec::new() };
                let place = (head.at, device, change);
                changes.entry(place).or_insert_with(written).fields.push(label.clone());
            }
        }
        changes.into_values().rev().take(MOST_CHANGES).collect()
    }
}

/// People took different steps, and none was chosen.
pub fn undecided(lang: Lang) -> &'static str {
    lang.pick("Hai người chuyển bước khác nhau", "Two people took different steps")
}

fn badge(kind: BadgeKind, text: &str) -> Badge {
    Badge { kind, text: text.to_owned() }
}

fn overdue(lang: Lang) -> Badge {
    badge(BadgeKind::Overdue, lang.pick("Quá hạn", "Overdue"))
}

/// At the end of a word, as far as a line has room.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MOST_LETTERS) else { return text.to_owned() };
    let end = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &text[..end])
}
