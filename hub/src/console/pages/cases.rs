//! Cases: the list, and one with its people, photos and deadlines. Restricted ones for their members only; each read
//! of one is logged (Decree 56/2017/NĐ-CP, article 24).

use super::{charge as pages, departures, edit, household, list, photos, prints, steps};
use crate::{
    Hub, HubError,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{self, audit, records::RecordRow, submissions},
    office::{self, charge, desk::sheet, forms, progress, records, steps::Here},
};
use axum::extract::{Path, State};
use maud::{Markup, html};
use model::{CaseId, Feed, RecordRef, clock::moment, kind};
use uuid::Uuid;

/// The page of a case; `None` for what has another.
pub fn path(record: &RecordRef) -> Option<String> {
    CaseId::of(record).map(|id| format!("/cases/{id}"))
}

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let rows = hub
        .read(move |hub, read| {
            let cases = records::cases(hub, read, &user)?.into_iter();
            let with_clocks = |case: RecordRow| {
                let row = db::progress::find(read, &case.reference)?;
                Ok((case, row.map_or_else(Vec::new, |row| row.clocks)))
            };
            cases.map(with_clocks).collect::<Result<Vec<_>, HubError>>()
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        (list::links(&visitor))
        @if rows.is_empty() { p.notice { (lang.pick("Chưa có trường hợp nào.", "No cases yet.")) } }
        @else { table {
            thead { tr {
                th scope="col" { (lang.pick("Trường hợp", "Case")) }
                th scope="col" { (lang.pick("Tình trạng", "State")) }
                th scope="col" { (lang.pick("Hạn theo luật", "Legal deadline")) }
                th scope="col" { (lang.pick("Cập nhật", "Updated")) }
            } }
            tbody { @for (case, clocks) in &rows { tr {
                td {
                    (facts::link(case, &visitor))
                    @if is_restricted(case) { " " (mark(&visitor)) }
                }
                td data-label=(lang.pick("Tình trạng", "State")) { (facts::case_state(case, &visitor)) }
                td data-label=(lang.pick("Hạn theo luật", "Legal deadline")) {
                    @if let Some(next) = facts::deadlines(clocks, &visitor, hub.now()).first() {
                        span.late[next.overdue] { (next.due_text(lang)) }
                    }
                }
                td data-label=(lang.pick("Cập nhật", "Updated")) { (layout::time(Some(case.updated_at))) }
            } } }
        } }
    };
    Ok(menu::page(&visitor, lang.pick("Trường hợp", "Cases"), &content))
}

pub fn is_restricted(record: &RecordRow) -> bool {
    matches!(record.feed, Feed::Case(_))
}

pub fn mark(visitor: &Visitor) -> Markup {
    html! { span.mark { (visitor.lang.pick("Bảo mật", "Restricted")) } }
}

/// Who reads what is for the members of a case alone is told.
pub fn for_members(visitor: &Visitor) -> Markup {
    let text = visitor.lang.pick(
        "Chỉ thành viên của trường hợp được xem; mỗi lần xem đều được ghi lại (Điều 24 Nghị định 56/2017/NĐ-CP).",
        "For members of the case only; each reading is logged (Decree 56/2017/NĐ-CP, article 24).",
    );
    html! { p.notice { (text) } }
}

/// Of a record in a restricted case it is logged who read it.
pub async fn log_reading(hub: &Hub, visitor: &Visitor, record: &RecordRow) -> Result<(), Refusal> {
    if is_restricted(record) {
        let (reader, read) = (visitor.user.id, record.reference.clone());
        hub.write(move |_, tx| Ok(audit::add(tx, Some(reader), "read", &read)?))
            .await
            .map_err(|error| visitor.failed(error))?;
    }
    Ok(())
}

pub async fn page(State(hub): State<Hub>, visitor: Visitor, Path(id): Path<Uuid>) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let asked = RecordRef::new(kind::CASE, id);
    let found = hub
        .read(move |hub, read| {
            let Some(case) = records::find(hub, read, &user, &asked)? else { return Ok(None) };
            // An ordinary case lies below its household; what belongs to it names it as parent.
            let below = db::records::of_root(read, &case.root)?;
            let mut below = progress::all_stand(read, &hub.rulebook(), below)?;
            let is_root = case.root == asked;
            below.retain(|record| is_root || record.parent.as_ref() == Some(&asked));
            let checked = if is_root { submissions::of_root(read, &asked)? } else { Vec::new() };
            let left = records::departures(read, &asked)?;
            let removed = if is_root { sheet::removed(hub, read, &user, &asked)? } else { Vec::new() };
            let addable = sheet::addable(hub, &user, Some(&case));
            let standing = records::standing(hub, read, &case)?;
            let labels = forms::labels(hub, read)?;
            let here = Here::of(hub, read, &user, &asked)?;
            let names = here.as_ref().map(|here| office::steps::names(read, &here.standing));
            let here = here.zip(names.transpose()?);
            let may_give = here.is_some() && charge::may_give(hub, read, &user, &asked)?;
            let candidates = if may_give { charge::candidates(hub, read, &case)? } else { Vec::new() };
            Ok(Some((case, below, checked, left, labels, (removed, addable, standing, here, candidates))))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (case, below, checked, left, labels, (removed, addable, standing, here, candidates)) =
        found.ok_or_else(|| visitor.not_found())?;
    log_reading(&hub, &visitor, &case).await?;
    let lang = visitor.lang;
    let of = |kind: &str| below.iter().filter(|r| r.kind() == kind).collect::<Vec<&RecordRow>>();
    let (people, pictures, members, informants) =
        (of(kind::PERSON), of(kind::PHOTO), of(kind::CASE_MEMBER), of(kind::INFORMANT));
    let clocks = standing.as_ref().map_or(&[][..], |standing| &standing.clocks);
    let deadlines = facts::deadlines(clocks, &visitor, hub.now());
    let today = moment(hub.now()).unwrap_or_default().date_naive();
    let content = html! {
        p { (facts::case_state(&case, &visitor)) @if is_restricted(&case) { " " (mark(&visitor)) } }
        @if is_restricted(&case) { (for_members(&visitor)) }
        @let conflicts: Vec<_> = std::iter::once(&case).chain(&below)
            .map(|record| (&record.reference, facts::conflicts(record, &labels, lang))).collect();
        @for (record, lines) in conflicts.iter().filter(|(_, lines)| !lines.is_empty()) {
            p.notice.bad role="alert" { (lines.join("; ")) " " (edit::link(record, &visitor)) }
        }
        @if let Some((here, names)) = &here {
            (steps::undecided(here, names, &visitor))
            (steps::differs(here, &visitor))
            (steps::links(here, &visitor))
            @if !candidates.is_empty() { (pages::choice(&case.reference, &candidates, case.text("worker"), &visitor)) }
            p { a href={ "/records/" (case.kind()) "/" (case.id()) "/aside" } {
                (lang.pick("Tôi có liên quan, xin thôi xử lý", "I am involved and step aside"))
            } }
        }
        p.row.actions { (edit::link(&case.reference, &visitor)) }
        (edit::links(&addable, Some(&case.reference), &visitor))
        (prints::links(&case, std::iter::empty(), &visitor, &hub))
        (layout::section(lang.pick("Hạn theo luật", "Legal deadlines"), deadlines.len(), &html! {
            ul { @for one in &deadlines { li { (facts::deadline(one, today, &visitor)) } } }
        }))
        @if let Some((here, names)) = &here { (steps::timeline(here, names, hub.now(), &visitor)) }
        (layout::section(lang.pick("Người liên quan", "People"), people.len(), &html! {
            div.cards { @for person in &people { article {
                h3 { (facts::link(person, &visitor)) }
                (layout::facts(&facts::of(person, &labels, lang)))
                (edit::link(&person.reference, &visitor))
            } } }
        }))
        (layout::section(lang.pick("Nội dung", "Content"), 1, &layout::facts(&facts::of(&case, &labels, lang))))
        (layout::section(facts::plural(kind::PHOTO, &visitor), pictures.len(), &photos::gallery(&pictures, lang)))
        (layout::section(facts::plural(kind::INFORMANT, &visitor), informants.len(), &html! {
            @for one in &informants { article {
                h3 { (facts::link(one, &visitor)) } (layout::facts(&facts::of(one, &labels, lang))) (edit::link(&one.reference, &visitor))
            } }
        }))
        (layout::section(facts::plural(kind::CASE_MEMBER, &visitor), members.len(), &html! {
            ul { @for member in &members { li { (facts::title(member, &[], &visitor)) " " (edit::link(&member.reference, &visitor)) } } }
        }))
        (household::notes(&of(kind::NOTE), &visitor))
        (edit::removed(&removed, &visitor))
        (household::table(&checked, &visitor))
        (departures::section(&left, &visitor))
    };
    Ok(menu::page(&visitor, &facts::title(&case, &[], &visitor), &content))
}
