//! One household: its members, visits, photos, goals, cases, and how its submissions looked to the hub.

use super::{departures, edit, photos, prints};
use crate::{
    Hub,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{
        self,
        records::RecordRow,
        submissions::{self, Listed},
    },
    office::{desk::sheet, forms, records},
};
use axum::extract::{Path, State};
use maud::{Markup, html};
use model::{HouseholdId, RecordRef, kind};
use uuid::Uuid;

/// What the list of households lists.
pub const KIND: &str = kind::HOUSEHOLD;

/// The page of a household; `None` for what has another.
pub fn path(record: &RecordRef) -> Option<String> {
    HouseholdId::of(record).map(|id| format!("/households/{id}"))
}

pub async fn page(State(hub): State<Hub>, visitor: Visitor, Path(id): Path<Uuid>) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPlaces)?;
    let user = visitor.user.clone();
    let reference = RecordRef::new(kind::HOUSEHOLD, id);
    let found = hub
        .read(move |hub, read| {
            let Some(household) = records::find(hub, read, &user, &reference)? else { return Ok(None) };
            let below = db::records::of_root(read, &reference)?;
            let checked = submissions::of_root(read, &reference)?;
            let labels = forms::labels(hub, read)?;
            let left = records::departures(read, &reference)?;
            let removed = sheet::removed(hub, read, &user, &reference)?;
            let addable = sheet::addable(hub, &user, Some(&household));
            Ok(Some((household, below, checked, left, labels, (removed, addable))))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (household, below, checked, left, labels, (removed, addable)) =
        found.ok_or_else(|| visitor.not_found())?;
    let lang = visitor.lang;
    let of = |kind: &str| below.iter().filter(|r| r.kind() == kind).collect::<Vec<&RecordRow>>();
    let facts_of = |record: &RecordRow| facts::of(record, &labels, lang);

    let members = of(kind::PERSON);
    let visits: Vec<&RecordRow> = of(kind::VISIT).into_iter().rev().collect();
    let (goals, needs, cases) = (of(kind::GOAL), of(kind::NEED), of(kind::CASE));
    let photo_records = of(kind::PHOTO);
    let with_conflict: Vec<(&RecordRef, Vec<String>)> = std::iter::once(&household)
        .chain(&below)
        .map(|record| (&record.reference, facts::conflicts(record, &labels, lang)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();

    let content = html! {
        p.place { (facts::place(&visitor, household.text("village"), household.text("commune"))) @if !household.text("address").is_empty() { " · " (household.text("address")) } }
        @if !with_conflict.is_empty() {
            div.notice.bad role="alert" {
                p { (lang.pick("Hai thiết bị ghi khác nhau; cần người quyết định:", "Two phones disagree; a person must decide:")) }
                ul { @for (record, lines) in &with_conflict { @for line in lines { li { (line) " " (edit::link(record, &visitor)) } } } }
            }
        }
        p.row.actions { (edit::link(&household.reference, &visitor)) }
        (edit::links(&addable, Some(&household.reference), &visitor))
        (prints::links(&household, std::iter::empty(), &visitor, &hub))
        (layout::section(facts::plural(kind::PERSON, &visitor), members.len(), &html! {
            div.cards { @for member in &members { article {
                h3 { (facts::link(member, &visitor)) }
                (layout::facts(&facts_of(member)))
                (edit::link(&member.reference, &visitor))
            } } }
        }))
        (notes(&of(kind::NOTE), &visitor))
        (layout::section(facts::plural(kind::VISIT, &visitor), visits.len(), &html! {
            @for visit in &visits { article {
                h3 { (facts::link(visit, &visitor)) }
                (layout::facts(&facts_of(visit)))
                @let its_needs: Vec<_> = needs.iter().filter(|n| n.text("parent") == visit.reference.to_string()).collect();
                @if !its_needs.is_empty() {
                    h4 { (facts::plural(kind::NEED, &visitor)) }
                    @for need in its_needs { article { h5 { (facts::link(need, &visitor)) } (layout::facts(&facts_of(need))) } }
                }
            } }
        }))
        (layout::section(facts::plural(kind::PHOTO, &visitor), photo_records.len(), &photos::gallery(&photo_records, lang)))
        (layout::section(facts::plural(kind::GOAL, &visitor), goals.len(), &html! {
            ul { @for goal in &goals { li {
                (facts::link(goal, &visitor))
                @if !goal.text("due").is_empty() { " — " (layout::date(goal.text("due"))) }
            } } }
        }))
        (layout::section(facts::plural(kind::CASE, &visitor), cases.len(), &html! {
            ul { @for case in &cases { li { (facts::link(case, &visitor)) } } }
        }))
        (layout::section(lang.pick("Về hộ", "About the household"), 1, &layout::facts(&facts_of(&household))))
        (table(&checked, &visitor))
        (edit::removed(&removed, &visitor))
        (departures::section(&left, &visitor))
    };
    Ok(menu::page(&visitor, &facts::title(&household, &below, &visitor), &content))
}

/// Comments, each with its form.
pub fn notes(notes: &[&RecordRow], visitor: &Visitor) -> Markup {
    let list = html! { ul { @for note in notes { li { (note.text("text")) " " (edit::link(&note.reference, visitor)) } } } };
    layout::section(facts::plural(kind::NOTE, visitor), notes.len(), &list)
}

/// What came in, and whether the hub's own evaluation agrees.
pub fn table(checked: &[Listed], visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    layout::section(
        lang.pick("Phiếu đã nhận", "Submissions"),
        checked.len(),
        &html! {
            table {
                thead { tr {
                    th scope="col" { (lang.pick("Hoàn thành lúc", "Finished")) }
                    th scope="col" { (lang.pick("Biểu mẫu", "Form")) }
                    th scope="col" { (lang.pick("Người điền", "Filled in by")) }
                    th scope="col" { (lang.pick("Kiểm tra", "Check")) }
                } }
                tbody { @for one in checked { tr {
                    td { a href=(facts::path(&one.record)) { (layout::date(&one.finished_at)) } }
                    td data-label=(lang.pick("Biểu mẫu", "Form")) { (one.form) " (" (one.version) ")" }
                    td data-label=(lang.pick("Người điền", "Filled in by")) { (one.author) }
                    td data-label=(lang.pick("Kiểm tra", "Check")) {
                        @if one.differences == 0 { (lang.pick("Khớp", "Agrees")) }
                        @else { strong { (one.differences) " " (lang.pick("chỗ khác", "differences")) } }
                    }
                } } }
            }
        },
    )
}
