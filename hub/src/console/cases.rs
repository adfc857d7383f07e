//! Cases: the list, and one with its people, photos and deadlines. Restricted ones for their members only; each read
//! of one is logged (Decree 56/2017/NĐ-CP, article 24).

use super::{
    facts, household, households, layout, photos,
    records::{self, Record},
    visitor::{Permission, Refusal, Visitor},
};
use crate::{Hub, users};
use axum::extract::{Path, State};
use maud::{Markup, html};
use model::{Feed, RecordRef, kind};
use uuid::Uuid;

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let rows = hub
        .read(move |hub, connection| records::cases(connection, hub.office(), &user))
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        @if rows.is_empty() { p.notice { (lang.pick("Chưa có trường hợp nào.", "No cases yet.")) } }
        @else { table {
            thead { tr {
                th scope="col" { (lang.pick("Trường hợp", "Case")) }
                th scope="col" { (lang.pick("Tình trạng", "State")) }
                th scope="col" { (lang.pick("Hạn theo luật", "Legal deadline")) }
                th scope="col" { (lang.pick("Cập nhật", "Updated")) }
            } }
            tbody { @for case in &rows { tr {
                td {
                    a href={ "/cases/" (case.id()) } { (facts::case_title(case, lang)) }
                    @if is_restricted(case) { " " (mark(&visitor)) }
                }
                td data-label=(lang.pick("Tình trạng", "State")) { (facts::case_state(case, lang)) }
                td data-label=(lang.pick("Hạn theo luật", "Legal deadline")) {
                    @if let Some(next) = facts::deadlines(case, lang, hub.now()).first() {
                        span.late[next.overdue] { (next.due) }
                    }
                }
                td data-label=(lang.pick("Cập nhật", "Updated")) { (layout::time(Some(case.updated_at))) }
            } } }
        } }
    };
    Ok(layout::page(&visitor, lang.pick("Trường hợp", "Cases"), &content))
}

fn is_restricted(case: &Record) -> bool {
    matches!(case.feed, Feed::Case(_))
}

fn mark(visitor: &Visitor) -> Markup {
    html! { span.mark { (visitor.lang.pick("Bảo mật", "Restricted")) } }
}

pub async fn page(State(hub): State<Hub>, visitor: Visitor, Path(id): Path<Uuid>) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let reference = RecordRef::new(kind::CASE, id);
    let asked = reference.clone();
    let found = hub
        .read(move |hub, connection| {
            let office = hub.office();
            let Some(case) = records::one(connection, office, &user, &asked)? else { return Ok(None) };
            // An ordinary case lies below its household; what belongs to it names it as parent.
            let root: RecordRef = case.root.parse().unwrap_or_else(|_| asked.clone());
            let mut below = records::below(connection, office, &root)?;
            let own = asked.to_string();
            below.retain(|record| root == asked || record.text("parent") == own);
            let checked =
                if root == asked { records::submissions(connection, office, &root)? } else { Vec::new() };
            Ok(Some((case, below, checked, facts::labels(hub, connection)?)))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (case, below, checked, labels) = found.ok_or_else(|| visitor.not_found())?;
    if is_restricted(&case) {
        let (reader, subject) = (visitor.user.id, reference.to_string());
        hub.write(move |hub, transaction| {
            users::log_access(transaction, hub.office(), reader, "read", &subject, hub.now())
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    }
    let lang = visitor.lang;
    let of = |kind: &str| below.iter().filter(|r| r.kind() == kind).collect::<Vec<&Record>>();
    let (people, pictures, members, informants) =
        (of(kind::PERSON), of(kind::PHOTO), of(kind::CASE_MEMBER), of(kind::INFORMANT));
    let deadlines = facts::deadlines(&case, lang, hub.now());
    let content = html! {
        p { (facts::case_state(&case, lang)) @if is_restricted(&case) { " " (mark(&visitor)) } }
        @if is_restricted(&case) {
            p.notice { (lang.pick(
                "Chỉ thành viên của trường hợp được xem; mỗi lần xem đều được ghi lại (Điều 24 Nghị định 56/2017/NĐ-CP).",
                "For members of the case only; each reading is logged (Decree 56/2017/NĐ-CP, article 24).",
            )) }
        }
        (layout::section(lang.pick("Hạn theo luật", "Legal deadlines"), deadlines.len(), &html! {
            ul { @for one in &deadlines { li {
                span.late[one.overdue] { (one.due) } " — " (one.title) " " small { "(" (one.ground) ")" }
            } } }
        }))
        (layout::section(lang.pick("Người liên quan", "People"), people.len(), &html! {
            div.cards { @for person in &people { article {
                h3 { (households::name(person)) }
                (layout::facts(&facts::of(person, &labels, lang)))
            } } }
        }))
        (layout::section(lang.pick("Nội dung", "Content"), 1, &layout::facts(&facts::of(&case, &labels, lang))))
        (layout::section(lang.pick("Ảnh", "Photos"), pictures.len(), &photos::gallery(&pictures, lang)))
        (layout::section(lang.pick("Người cung cấp thông tin (bảo mật)", "Who reported (confidential)"), informants.len(), &html! {
            @for one in &informants { (layout::facts(&facts::of(one, &labels, lang))) }
        }))
        (layout::section(lang.pick("Được xem", "Members"), members.len(), &html! {
            ul { @for member in &members { li { (households::name(member)) } } }
        }))
        (household::submissions(&checked, &visitor))
    };
    Ok(layout::page(&visitor, &facts::case_title(&case, lang), &content))
}
