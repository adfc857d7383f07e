//! Who is in charge of a record; giving it, or all of somebody's, to another; stepping aside from one.

use crate::{
    Hub,
    console::{
        facts, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    office::charge,
};
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use model::{RecordRef, UserId};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct To {
    to: UserId,
}

#[derive(Deserialize)]
pub struct All {
    from: UserId,
    to: UserId,
}

#[derive(Deserialize)]
pub struct Why {
    why: String,
}

/// The longest reason that is kept, in characters.
const MAX_WHY: usize = 2_000;

pub async fn give(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
    Form(To { to }): Form<To>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (by, record) = (visitor.user.id, RecordRef::new(kind, id));
    let back = facts::path(&record);
    let given = hub.write(move |hub, tx| charge::give(hub, tx, by, &record, to)).await;
    given.map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to(&back))
}

pub async fn give_all(
    State(hub): State<Hub>,
    visitor: Visitor,
    Form(All { from, to }): Form<All>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let by = visitor.user.id;
    let given = hub.write(move |hub, tx| charge::give_all(hub, tx, by, from, to)).await;
    given.map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to(&format!("/work?worker={to}")))
}

/// The choice of who is in charge, for who may say so.
pub fn choice(record: &RecordRef, candidates: &[(UserId, String)], now: &str, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { form.row method="post" action={ "/records/" (record.kind) "/" (record.id) "/give" } {
        label for="to" { (lang.pick("Giao cho", "Put in charge")) }
        select #to name="to" required {
            option value="" { "—" }
            @for (id, name) in candidates { option value=(id) selected[id.to_string() == now] { (name) } }
        }
        button.quiet { (lang.pick("Giao", "Give")) }
    } }
}

/// All of one user's to another.
pub fn choice_for_all(from: UserId, candidates: &[(UserId, String)], visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { form.row method="post" action="/work/give" {
        input type="hidden" name="from" value=(from);
        label for="to" { (lang.pick("Bàn giao tất cả hồ sơ đang mở cho", "Hand all open cases over to")) }
        select #to name="to" required {
            option value="" { "—" }
            @for (id, name) in candidates.iter().filter(|(id, _)| *id != from) { option value=(id) { (name) } }
        }
        button.quiet { (lang.pick("Bàn giao", "Hand over")) }
    } }
}

pub async fn asked(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, record) = (visitor.user.clone(), RecordRef::new(kind, id));
    let asked = record.clone();
    let found = hub.read(move |hub, read| crate::office::records::find(hub, read, &user, &asked)).await;
    let row = found.map_err(|error| visitor.failed(error))?.ok_or_else(|| visitor.not_found())?;
    let lang = visitor.lang;
    let content = html! {
        p.place { a href=(facts::path(&record)) { (facts::title(&row, &[], &visitor)) } }
        p.notice { (lang.pick(
            "Khai khi bạn là người thân, có mâu thuẫn hoặc có lợi ích liên quan. Từ lúc khai, bạn không làm bước nào của hồ sơ này; hồ sơ bảo mật được giao cho người kế tiếp và bạn không còn xem được.",
            "Say so when you are a relative, in conflict, or have something to gain. From then on you take no step in this case; a restricted one is given to the next in line, and you no longer see it.",
        )) }
        form.narrow method="post" action=(visitor.path) {
            label for="why" { (lang.pick("Bạn có liên quan thế nào? *", "How are you involved? *")) }
            textarea #why name="why" rows="3" required {}
            div.turn { button { (lang.pick("Khai và thôi xử lý", "Say so and step aside")) } }
        }
    };
    Ok(menu::page(&visitor, lang.pick("Khai có liên quan", "Declare an interest"), &content))
}

pub async fn step_aside(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, Uuid)>,
    Form(Why { why }): Form<Why>,
) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (by, record) = (visitor.user.id, RecordRef::new(kind, id));
    let why: String = why.trim().chars().take(MAX_WHY).collect();
    if why.is_empty() {
        return Ok(Redirect::to(&visitor.path).into_response());
    }
    let aside = hub.write(move |hub, tx| charge::step_aside(hub, tx, by, &record, &why)).await;
    aside.map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to("/work").into_response())
}
