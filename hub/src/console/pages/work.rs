//! The first page: what is to be done, for who answers for it. What is looked for stands in the address: it can be
//! reloaded, gone back to and kept. It names no child: cases are called by what they are.

use super::charge;
use crate::{
    Hub,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{progress::Row, records::RecordRow},
    office::work::{self, Counts, Filter, InCharge, MOST, What, Work, Worker},
};
use axum::extract::{Query, State};
use maud::{Markup, html};
use model::clock::moment;
use rulebook::Lang;
use serde::Deserialize;

#[derive(Deserialize, Default)]
pub struct Asked {
    what: Option<String>,
    commune: Option<String>,
    worker: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let worker = match self.worker.as_deref() {
            None | Some("") => Worker::Any,
            Some("nobody") => Worker::Nobody,
            Some(user) => user.parse().map_or(Worker::Any, Worker::User),
        };
        let commune = self.commune.clone().filter(|commune| !commune.is_empty());
        Filter { what: What::of(self.what.as_deref().unwrap_or_default()), commune, worker }
    }
}

/// Where a filter is found.
fn address(filter: &Filter) -> String {
    let mut parts = Vec::new();
    if filter.what != What::All {
        parts.push(format!("what={}", filter.what.code()));
    }
    if let Some(commune) = &filter.commune {
        parts.push(format!("commune={commune}"));
    }
    match filter.worker {
        Worker::Any => {}
        Worker::Nobody => parts.push("worker=nobody".to_owned()),
        Worker::User(user) => parts.push(format!("worker={user}")),
    }
    if parts.is_empty() { "/work".to_owned() } else { format!("/work?{}", parts.join("&")) }
}

pub async fn page(
    State(hub): State<Hub>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, filter) = (visitor.user.clone(), asked.filter());
    let wanted = filter.clone();
    let work = hub.read(move |hub, read| work::of(hub, read, &user, &wanted)).await;
    let work = work.map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        (alarm(&work.counts, lang))
        (tiles(&work.counts, &filter, lang))
        (chosen(&filter, &work, &visitor))
        (rows(&work, &hub, &visitor))
        @if let Worker::User(from) = filter.worker && !work.candidates.is_empty() {
            (charge::choice_for_all(from, &work.candidates, &visitor))
        }
        @if let Some(user) = work.leave {
            p { a href={ "/users/" (user) "/duty" } { (lang.pick("Trực và nghỉ của người này", "Duty and leave of this person")) } }
        }
        div.cards {
            (communes(&work, &filter, &visitor))
            (workers(&work, &filter, lang))
            (differing(&work, &visitor))
            (silent(&work, lang))
        }
    };
    Ok(menu::page_at(&visitor, &address(&filter), lang.pick("Việc cần làm", "What is to be done"), &content))
}

/// Who nobody has taken on yet comes before all else.
fn alarm(counts: &Counts, lang: Lang) -> Markup {
    // With scripts the line of every page says it.
    html! { @if counts.alarms > 0 { noscript { div.notice.bad role="alert" {
        strong { (lang.pick("CHƯA AI NHẬN: ", "NOBODY HAS TAKEN IT ON: ")) (counts.alarms) " " (lang.pick("tin báo", "reports")) }
        " " a href="/work?what=alarm" { (lang.pick("Xem và nhận xử lý", "Look, and take it on")) }
    } } } }
}

fn label(what: What, lang: Lang) -> &'static str {
    match what {
        What::All => lang.pick("Đang mở", "Open"),
        What::Alarm => lang.pick("Chưa ai nhận", "Not taken on"),
        What::Overdue => lang.pick("Quá hạn", "Overdue"),
        What::Week => lang.pick("Đến hạn trong 7 ngày", "Due within 7 days"),
        What::Undecided => lang.pick("Hai người chuyển bước khác nhau", "Two people took different steps"),
    }
}

fn tiles(counts: &Counts, filter: &Filter, lang: Lang) -> Markup {
    let count = |what| match what {
        What::All => counts.open,
        What::Alarm => counts.alarms,
        What::Overdue => counts.overdue,
        What::Week => counts.week,
        What::Undecided => counts.undecided,
    };
    html! { div.tiles role="group" aria-label=(lang.pick("Lọc", "Filter")) { @for what in What::ALL {
        @let to = Filter { what, ..filter.clone() };
        a.urgent[what != What::All && what != What::Week && count(what) > 0]
            href=(address(&to)) aria-current=[(what == filter.what).then_some("true")] {
            strong { (count(what)) } " " (label(what, lang))
        }
    } } }
}

/// What is looked for, and the way back to all.
fn chosen(filter: &Filter, work: &Work, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let commune = filter.commune.as_deref().map(|code| visitor.rulebook.units.name(code).to_owned());
    let worker = match filter.worker {
        Worker::Any => None,
        Worker::Nobody => Some(nobody(lang).to_owned()),
        Worker::User(user) => {
            let found = work.workers.iter().find(|one| one.user == Some(user));
            Some(found.map_or_else(|| "–".to_owned(), |one| one.name.clone()))
        }
    };
    let parts: Vec<String> = commune.into_iter().chain(worker).collect();
    html! { @if !parts.is_empty() { p {
        (parts.join(" · ")) " "
        a href=(address(&Filter { what: filter.what, ..Filter::default() })) { (lang.pick("Bỏ lọc", "Show all")) }
    } } }
}

fn rows(work: &Work, hub: &Hub, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        @if work.rows.is_empty() { p.notice { (lang.pick("Không có việc nào.", "There is nothing.")) } }
        @else { table {
            thead { tr {
                th scope="col" { (lang.pick("Hạn", "Due")) }
                th scope="col" { (lang.pick("Việc", "What")) }
                th scope="col" { (lang.pick("Hồ sơ", "Case")) }
                th scope="col" { (lang.pick("Xã", "Commune")) }
                th scope="col" { (lang.pick("Người phụ trách", "In charge")) }
            } }
            tbody { @for (record, row) in &work.rows { (line(record, row, work, hub, visitor)) } }
        }
        @if work.fitting > MOST { p.count { "… " (work.fitting - MOST) } } }
    }
}

fn line(record: &RecordRow, row: &Row, work: &Work, hub: &Hub, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let deadlines = facts::deadlines(&row.clocks, visitor, hub.now());
    let now = moment(hub.now()).unwrap_or_default();
    // What is overdue says more than what is to be done at once and still may be.
    let first = deadlines.iter().find(|one| one.overdue).or_else(|| deadlines.first());
    let worker = work.workers.iter().find(|one| row.worker.is_some() && one.user == row.worker);
    html! { tr {
        td { @if let Some(one) = first {
            span.late[one.overdue] { (one.due_text(lang)) }
            @let (label, span) = left(&one.due, now, lang);
            @if !one.at_once { br; small { (label) " " (span) } }
        } }
        td data-label=(lang.pick("Việc", "What")) {
            @if row.alarm.is_some() { span.mark { (lang.pick("Chưa ai nhận", "Not taken on")) } " " }
            @if row.undecided { span.mark { (lang.pick("Cần chọn bước", "To be settled")) } " " }
            @if let Some(one) = first { (one.title.get(lang)) @if one.soon { " " span.step { (lang.pick("Nhắc", "Reminder")) } } }
        }
        td data-label=(lang.pick("Hồ sơ", "Case")) {
            (facts::link(record, visitor)) br; small { (facts::case_state(record, visitor)) }
        }
        td data-label=(lang.pick("Xã", "Commune")) { (visitor.rulebook.units.name(&row.commune)) }
        td data-label=(lang.pick("Người phụ trách", "In charge")) {
            @match worker { Some(one) => { (one.name) (away(one, lang)) }, None => small { (nobody(lang)) } }
        }
    } }
}

fn left(
    due: &chrono::DateTime<chrono::FixedOffset>,
    now: chrono::DateTime<chrono::FixedOffset>,
    lang: Lang,
) -> (&'static str, String) {
    let seconds = (*due - now).num_seconds();
    let label = if seconds < 0 { lang.pick("trễ", "late by") } else { lang.pick("còn", "left:") };
    (label, rulebook::duration(lang, seconds.unsigned_abs()))
}

fn nobody(lang: Lang) -> &'static str {
    lang.pick("Chưa giao cho ai", "Nobody")
}

fn figures(counts: &Counts, lang: Lang) -> Markup {
    html! {
        (counts.open) " " (lang.pick("đang mở", "open"))
        @if counts.alarms > 0 { ", " span.late { (counts.alarms) " " (lang.pick("chưa ai nhận", "not taken on")) } }
        @if counts.overdue > 0 { ", " span.late { (counts.overdue) " " (lang.pick("quá hạn", "overdue")) } }
        @if counts.week > 0 { ", " (counts.week) " " (lang.pick("trong 7 ngày", "within 7 days")) }
    }
}

fn communes(work: &Work, filter: &Filter, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { @if work.communes.len() > 1 { article {
        h2 { (lang.pick("Theo xã", "By commune")) }
        ul { @for (code, counts) in &work.communes {
            @let to = Filter { commune: Some(code.clone()), ..filter.clone() };
            li { a href=(address(&to)) { (visitor.rulebook.units.name(code)) } ": " (figures(counts, lang)) }
        } }
    } } }
}

fn workers(work: &Work, filter: &Filter, lang: Lang) -> Markup {
    html! { @if !work.workers.is_empty() { article {
        h2 { (lang.pick("Theo người phụ trách", "By who is in charge")) }
        ul { @for one in &work.workers {
            @let worker = one.user.map_or(Worker::Nobody, Worker::User);
            @let to = Filter { worker, ..filter.clone() };
            li {
                a href=(address(&to)) { @if one.user.is_none() { (nobody(lang)) } @else { (one.name) } }
                (away(one, lang)) ": " (figures(&one.counts, lang))
            }
        } }
    } } }
}

fn away(one: &InCharge, lang: Lang) -> Markup {
    html! { @if let Some(until) = one.away_until {
        " " span.mark { (lang.pick("nghỉ đến ", "away until ")) (until.format("%d/%m/%Y")) }
    } }
}

fn differing(work: &Work, visitor: &Visitor) -> Markup {
    let title =
        visitor.lang.pick("Bước làm khi còn thiếu điều kiện", "Steps taken while something was missing");
    html! { @if !work.differing.is_empty() { article {
        h2 { (title) }
        ul { @for record in &work.differing { li { (facts::link(record, visitor)) } } }
    } } }
}

fn silent(work: &Work, lang: Lang) -> Markup {
    html! { @if !work.silent.is_empty() { article {
        h2 { (lang.pick("Điện thoại im lặng trên 7 ngày", "Phones silent for more than 7 days")) }
        ul { @for phone in &work.silent { li { (phone.user) ": " (layout::time(phone.last)) } } }
    } } }
}
