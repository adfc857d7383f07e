//! Records as people read them: labels of fields and codes, deadlines, conflicts.

use super::{
    pages::{cases, household},
    visitor::Visitor,
};
use crate::db::records::RecordRow;
use casework::Labels;
use chrono::NaiveDate;
use maud::{Markup, html};
use model::{RecordRef, clock::moment};
use rulebook::Lang;
use workflow::clocks::{self, Deadline, Timed};

/// What a record says, but for what stands in its heading.
pub fn of(record: &RecordRow, labels: &Labels, lang: Lang) -> Vec<(String, String)> {
    let facts = labels.facts(record.kind(), &record.state, lang).into_iter();
    facts.map(|fact| (fact.label, fact.value)).collect()
}

/// Fields on which two phones disagree, as `label: one value | the other`.
pub fn conflicts(record: &RecordRow, labels: &Labels, lang: Lang) -> Vec<String> {
    let conflicts = labels.conflicts(record.kind(), &record.state, lang).into_iter();
    conflicts.map(|conflict| format!("{}: {}", conflict.label, conflict.texts().join(" | "))).collect()
}

/// What a record is called, by itself and by what is `below` it; of a case never by a child's name.
pub fn title(record: &RecordRow, below: &[RecordRow], visitor: &Visitor) -> String {
    let below = below.iter().map(|record| (&record.reference, &record.state));
    let title = visitor.rulebook.title(&record.reference, &record.state, below, visitor.lang);
    visitor.rulebook.called(record.kind(), &title, visitor.lang)
}

/// The page of a record.
pub fn path(record: &RecordRef) -> String {
    let own = household::path(record).or_else(|| cases::path(record));
    own.unwrap_or_else(|| format!("/records/{}/{}", record.kind, record.id))
}

/// A link to the page of a record.
pub fn link(record: &RecordRow, visitor: &Visitor) -> Markup {
    html! { a href=(path(&record.reference)) { (title(record, &[], visitor)) } }
}

/// What several records of a kind are called.
pub fn plural<'v>(kind: &'v str, visitor: &'v Visitor) -> &'v str {
    visitor.rulebook.kind(kind).map_or(kind, |kind| kind.plural.get(visitor.lang))
}

/// `Nà Pò, Xã Thất Khê`.
pub fn place(visitor: &Visitor, village: &str, commune: &str) -> String {
    let parts = [village, visitor.rulebook.units.name(commune)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

pub fn case_state<'a>(case: &'a RecordRow, visitor: &'a Visitor) -> &'a str {
    visitor.rulebook.state_label(case.kind(), &case.state, visitor.lang)
}

pub fn deadline(deadline: &Deadline<'_>, today: NaiveDate, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        span.late[deadline.overdue] { (deadline.due_text(lang)) } " — " (deadline.title.get(lang))
        @let status = deadline.status_text(lang);
        @if !status.is_empty() { " (" (status) ")" }
        (ground(&deadline.ground_text(lang), today, visitor))
    }
}

/// A ground; opened, what the articles that it names say.
fn ground(ground: &str, today: NaiveDate, visitor: &Visitor) -> Markup {
    let (lang, articles) = (visitor.lang, visitor.rulebook.articles(ground, today));
    html! { details.ground {
        summary { small { (ground) } }
        @for article in &articles {
            p {
                strong { (article.name()) ". " (article.title.get(lang)) } br;
                (article.told(lang))
                @for note in [article.holds(lang).as_str(), article.certainty.label(lang).unwrap_or_default()] {
                    @if !note.is_empty() { " " small { "(" (note) ")" } }
                }
            }
        }
        @if articles.is_empty() { p { (rulebook::untold(lang)) } }
    } }
}

/// Those that run, the most pressing first.
pub fn deadlines<'v>(clocks: &[Timed], visitor: &'v Visitor, now: u64) -> Vec<Deadline<'v>> {
    let Some(now) = moment(now) else { return Vec::new() };
    clocks::running(&visitor.rulebook, clocks, now)
}
