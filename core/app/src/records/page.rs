//! The page of a record as a shell draws it.

use super::{
    view::{
        ActionRow, HistoryRow, RecordBadge, RecordBadgeKind, RecordLink, RecordRow, RecordSection, RecordView,
    },
    writers::Writers,
};
use crate::{
    cases,
    desk::Desk,
    error::Fault,
    form::{self, Catalogue, view::FormRow},
    households::view::PhotoRow,
    speaker::{ConflictView, Fact, Speaker},
    steps::{self, Moves},
    texts::dates,
};
use casework::{
    Labels,
    page::{self, Around, Badge, BadgeKind, Kept, Link, Pages, shows_all_below},
};
use model::{PhotoFile, RecordRef, SubmissionId};
use rulebook::MAX_DEPTH;
use store::Record;
use wire::forms::FormEntry;
use workflow::{Standing, clocks::Deadline};

/// Of a record that was not taken out.
pub fn read(catalogue: &Catalogue, desk: &Desk, reference: &RecordRef) -> Result<RecordView, Fault> {
    let record = desk.record(reference.clone())?;
    if record.state.is_removed() {
        return Err(Fault::new("store.not-found"));
    }
    let (below, labels) = (below(desk, &record)?, catalogue.labels(&desk.store)?);
    let (pages, standing) = (pages(desk, &labels)?, desk.store.standing(reference)?);
    let around = Around {
        record: kept(&record),
        restricted: record.restricted,
        above: above(desk, &pages, &record)?,
        standing: standing.as_ref(),
        below: below.iter().map(kept).collect(),
    };
    let page = pages.page(around);
    let writers = Writers::of(desk, &record.state)?;
    let conflict = |conflict| ConflictView::of(reference, "", conflict, &writers);
    let history = |written: page::Written| HistoryRow {
        id: written.change.to_string(),
        by: writers.name(written.device),
        at: dates::moment(written.at),
        fields: written.fields.join(", "),
    };
    let clock = |clock: &Deadline<'_>| cases::rows::task(desk, reference, clock, "");
    let moves = Moves::of(catalogue, desk, &record, standing.as_ref(), &page.title)?;
    let speaker = Speaker { labels: labels.clone(), lang: desk.lang };
    Ok(RecordView {
        reference: reference.to_string(),
        kind: page.kind,
        above: page.above.into_iter().map(link).collect(),
        badges: page.badges.into_iter().map(badge).collect(),
        facts: page.facts.into_iter().map(Fact::from).collect(),
        photo: page.photo.map(|file| photo(desk, reference, &page.title, &file)),
        clocks: page.clocks.iter().map(clock).collect(),
        conflicts: page.conflicts.into_iter().map(conflict).collect(),
        sections: page.sections.into_iter().map(|section| section_of(desk, section)).collect(),
        actions: actions(catalogue, desk, reference)?,
        steps: moves.steps,
        undecided: moves.undecided,
        timeline: moves.timeline,
        alarm: moves.alarm,
        approved: steps::approved(desk, &speaker, &record)?,
        history: page.history.into_iter().map(history).collect(),
        is_submission: SubmissionId::of(reference).is_some(),
        title: page.title,
    })
}

fn pages<'r>(desk: &Desk, labels: &'r Labels) -> Result<Pages<'r>, Fault> {
    let title = |form: FormEntry| ((form.id, form.version), form.title);
    let form_titles = desk.store.forms()?.into_iter().map(title).collect();
    Ok(Pages { labels, lang: desk.lang, now: desk.now, form_titles })
}

/// What a record lies under, as far as it is here.
fn above(desk: &Desk, pages: &Pages<'_>, record: &Record) -> Result<Vec<Link>, Fault> {
    let parent_of =
        |record: &Record| record.state.parent().filter(|_| record.root.as_ref() != Some(&record.reference));
    let (mut above, mut next) = (Vec::new(), parent_of(record));
    while let Some(reference) = next.take().filter(|_| above.len() < MAX_DEPTH) {
        let Some(parent) = desk.store.record(&reference)? else { break };
        let title = match desk.title(&reference)? {
            Some(title) => title,
            None => pages.title(kept(&parent), &[]),
        };
        above.insert(0, Link { reference, title });
        next = parent_of(&parent);
    }
    Ok(above)
}

/// The sections of a page that has more than what is drawn here of its record.
pub fn sections(
    labels: &Labels,
    desk: &Desk,
    record: &Record,
    below: &[&Record],
    standing: Option<&Standing>,
) -> Result<Vec<RecordSection>, Fault> {
    let below: Vec<Kept> = below.iter().map(|record| kept(record)).collect();
    let sections = pages(desk, labels)?.sections(&record.reference, &below, standing);
    Ok(sections.into_iter().map(|section| section_of(desk, section)).collect())
}

/// What phones disagree about in these records, each with what its record is called.
pub fn conflicts<'r>(
    speaker: &Speaker,
    desk: &Desk,
    records: impl IntoIterator<Item = &'r Record>,
) -> Result<Vec<ConflictView>, Fault> {
    let mut conflicts = Vec::new();
    for Record { reference, state, .. } in records {
        let found = speaker.labels.conflicts(reference.kind.as_str(), state, desk.lang);
        if found.is_empty() {
            continue;
        }
        let writers = Writers::of(desk, state)?;
        let whose = desk.rulebook.title(reference, state, [], desk.lang);
        let view = |conflict| ConflictView::of(reference, &whose, conflict, &writers);
        conflicts.extend(found.into_iter().map(view));
    }
    Ok(conflicts)
}

fn kept(record: &Record) -> Kept<'_> {
    (&record.reference, &record.state)
}

fn below(desk: &Desk, record: &Record) -> Result<Vec<Record>, Fault> {
    let reference = &record.reference;
    if !shows_all_below(&desk.rulebook, reference.kind.as_str()) {
        return Ok(desk.store.children(reference, None)?);
    }
    let mut below = desk.store.subtree(reference)?;
    below.retain(|below| below.reference != *reference);
    Ok(below)
}

fn link(Link { reference, title }: Link) -> RecordLink {
    RecordLink { reference: reference.to_string(), title }
}

fn badge(Badge { kind, text }: Badge) -> RecordBadge {
    let kind = match kind {
        BadgeKind::State => RecordBadgeKind::State,
        BadgeKind::Restricted => RecordBadgeKind::Restricted,
        BadgeKind::Overdue => RecordBadgeKind::Overdue,
        BadgeKind::Conflict => RecordBadgeKind::Conflict,
        BadgeKind::NoEffect => RecordBadgeKind::NoEffect,
    };
    RecordBadge { kind, text }
}

fn section_of(desk: &Desk, section: page::Section) -> RecordSection {
    let row = |row: page::Row| RecordRow {
        photo: row.photo.map(|file| photo(desk, &row.reference, &row.title, &file)),
        reference: row.reference.to_string(),
        title: row.title,
        line: row.line,
        badges: row.badges.into_iter().map(badge).collect(),
    };
    RecordSection {
        kind: section.kind,
        title: section.title,
        total: u32::try_from(section.total).unwrap_or(u32::MAX),
        rows: section.rows.into_iter().map(row).collect(),
    }
}

/// The photo of a record that is called so.
pub fn photo(desk: &Desk, reference: &RecordRef, title: &str, file: &PhotoFile) -> PhotoRow {
    PhotoRow {
        reference: reference.to_string(),
        caption: title.to_owned(),
        taken: dates::stored(&file.taken_at),
        here: desk.store.has_blob(&file.blob.address),
    }
}

/// Forms that are started at such a record.
fn actions(catalogue: &Catalogue, desk: &Desk, reference: &RecordRef) -> Result<Vec<ActionRow>, Fault> {
    let forms = form::about(catalogue, desk, reference)?;
    let action =
        |form: FormRow| ActionRow { id: format!("form:{}", form.id), label: form.title, form: form.id };
    Ok(forms.into_iter().map(action).collect())
}
