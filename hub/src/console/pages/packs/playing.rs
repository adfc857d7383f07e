//! A proposed form, played page by page before anybody agrees to it. What was answered travels in the page.

use crate::{
    Hub,
    console::{
        menu,
        questions::{self, Typed},
        visitor::{Permission, Refusal, Visitor},
    },
    office::{
        filling::Sent,
        packs::playing::{self, Played, Written},
    },
};
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
};
use maud::{Markup, html};
use rulebook::Lang;

pub async fn start(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((number, form)): Path<(u64, String)>,
) -> Result<Markup, Refusal> {
    play(&hub, &visitor, number, form, None).await
}

pub async fn go_on(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((number, form)): Path<(u64, String)>,
    pairs: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Markup, Refusal> {
    let sent = questions::read(questions::pairs(&visitor, pairs)?);
    play(&hub, &visitor, number, form, Some(sent)).await
}

async fn play(
    hub: &Hub,
    visitor: &Visitor,
    number: u64,
    form: String,
    sent: Option<Sent>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let lang = visitor.lang;
    let played = hub.read(move |hub, read| playing::play(hub, read, (number, &form), lang, sent)).await;
    let played = played.map_err(|error| visitor.failed(error))?;
    Ok(menu::page(visitor, &played.title, &page(number, &played, visitor)))
}

fn page(number: u64, played: &Played, visitor: &Visitor) -> Markup {
    let (lang, page) = (visitor.lang, &played.page);
    html! {
        p.place {
            a href={ "/packs/" (number) } { (lang.pick("Gói được đề nghị", "The proposed pack")) }
            " · " (lang.pick("phiên bản ", "version ")) (played.version)
            " · " (lang.pick("trang ", "page ")) (page.number + 1) "/" (page.count)
        }
        p.notice { (lang.pick(
            "Chỉ để xem thử: không có gì được lưu. Đừng ghi thông tin của người thật.",
            "Only a trial: nothing is kept. Don't enter anything about a real person.",
        )) }
        @match &played.end {
            Some(Ok(written)) => (ended(written, lang)),
            Some(Err(code)) => p.notice.bad role="alert" {
                (lang.pick("Không làm được bản ghi từ các câu trả lời này.", "These answers can't become records."))
                " " small { (code) }
            },
            None => {},
        }
        (questions::form(page, &played.instance, &Typed { wrong: &played.wrong, trial: true, beside: html! {} }, visitor))
        p { a href=(visitor.path) { (lang.pick("Làm lại từ đầu", "Start again")) } }
    }
}

/// By kind, in the order in which they would be written.
fn ended(written: &[Written], lang: Lang) -> Markup {
    let mut kinds: Vec<(&str, Vec<&Written>)> = Vec::new();
    for record in written {
        match kinds.iter_mut().find(|(kind, _)| *kind == record.kind) {
            Some((_, records)) => records.push(record),
            None => kinds.push((&record.kind, vec![record])),
        }
    }
    html! { section {
        h2 { (lang.pick("Biểu mẫu sẽ ghi", "What the form would write")) }
        @for (kind, records) in &kinds { article {
            h3 { (kind) @if records.len() > 1 { " (" (records.len()) ")" } }
            @for record in records.iter().filter(|record| !record.facts.is_empty()) {
                dl.facts { @for (label, value) in &record.facts { div { dt { (label) } dd { (value) } } } }
            }
        } }
    } }
}
