//! Packs: proposing one from a workbook, agreeing to it, and what is published.

pub mod playing;
mod preview;

use crate::{
    Hub, HubError,
    console::{
        layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{
        devices::{self, Listed},
        packs::{self, Proposed},
        users,
    },
    office::packs::{self as office, InForce},
    packs::{PackError, workbook},
    state::blocking,
};
use axum::{
    Form,
    extract::{Multipart, Path, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use maud::{Markup, html};
use model::UserId;
use rulebook::{Lang, date};
use serde::Deserialize;
use std::collections::HashMap;

/// Who proposed and agreed, by name.
struct People(HashMap<UserId, String>);

impl People {
    fn name(&self, user: Option<UserId>, lang: Lang) -> &str {
        let operator = lang.pick("người vận hành máy chủ", "who runs the hub");
        user.map_or(operator, |user| self.0.get(&user).map_or("–", String::as_str))
    }
}

struct Found {
    open: Vec<Proposed>,
    published: Vec<Proposed>,
    devices: Vec<Listed>,
    people: People,
}

fn people(read: &crate::db::Read) -> Result<People, HubError> {
    let named = users::all(read)?.into_iter().map(|user| (user.id, user.name.0));
    Ok(People(named.collect()))
}

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    show(&hub, &visitor, &html! {}).await
}

async fn show(hub: &Hub, visitor: &Visitor, notice: &Markup) -> Result<Markup, Refusal> {
    visitor.require(Permission::SeeForms)?;
    let read = hub.read(|_, read| {
        Ok(Found {
            open: packs::open(read)?,
            published: packs::published(read)?,
            devices: devices::all(read)?,
            people: people(read)?,
        })
    });
    let found = read.await.map_err(|error| visitor.failed(error))?;
    let (lang, may_publish) = (visitor.lang, visitor.may(Permission::PublishForms));
    let in_force = hub.in_force();
    let content = html! {
        (notice)
        @if may_publish {
            (layout::section(lang.pick("Chờ người thứ hai đồng ý", "Waiting for a second person"), found.open.len(), &open(&found, lang)))
        }
        @if found.published.is_empty() { p.notice { (lang.pick(
            "Chưa công bố gói nào: cơ quan làm theo quy định chung có sẵn trong chương trình.",
            "No pack is published: the office works by the national rules that the program has.",
        )) } }
        (layout::section(lang.pick("Đã công bố", "Published"), found.published.len(), &published(&found, &in_force, hub.today(), visitor)))
        @if may_publish { (uploading(lang)) }
    };
    Ok(menu::page(visitor, lang.pick("Gói quy định", "Packs"), &content))
}

fn title(pack: &Proposed, lang: Lang) -> Markup {
    html! { (lang.pick(&pack.title_vi, &pack.title_en)) " " small { (pack.id) " " (pack.version) } }
}

fn open(found: &Found, lang: Lang) -> Markup {
    html! { table {
        thead { tr {
            th scope="col" { (lang.pick("Gói", "Pack")) }
            th scope="col" { (lang.pick("Từ ngày", "From")) }
            th scope="col" { (lang.pick("Người đề nghị", "Proposed by")) }
        } }
        tbody { @for pack in &found.open { tr {
            td { a href={ "/packs/" (pack.number) } { (title(pack, lang)) } }
            td data-label=(lang.pick("Từ ngày", "From")) { (date(pack.first_day)) }
            td data-label=(lang.pick("Người đề nghị", "Proposed by")) {
                (found.people.name(pack.proposed_by, lang)) " · " (layout::time(Some(pack.proposed_at)))
            }
        } } }
    } }
}

fn published(found: &Found, in_force: &InForce, today: NaiveDate, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { table {
        thead { tr {
            th scope="col" { (lang.pick("Số", "Number")) }
            th scope="col" { (lang.pick("Gói", "Pack")) }
            th scope="col" { (lang.pick("Từ ngày", "From")) }
            th scope="col" { (lang.pick("Người đề nghị, người đồng ý", "Proposed by, agreed to by")) }
        } }
        tbody { @for pack in &found.published { tr {
            td data-label=(lang.pick("Số", "Number")) { (pack.serial.unwrap_or_default()) }
            td {
                (title(pack, lang))
                (state(pack, in_force, today, lang))
                @if visitor.may(Permission::SeeDevices) { (not_taken(pack, &found.devices, lang)) }
            }
            td data-label=(lang.pick("Từ ngày", "From")) { (date(pack.first_day)) }
            td data-label=(lang.pick("Người đề nghị, người đồng ý", "Proposed by, agreed to by")) {
                (found.people.name(pack.proposed_by, lang)) ", " (found.people.name(pack.decided_by, lang))
                " · " (layout::time(pack.decided_at))
            }
        } } }
    } }
}

fn state(pack: &Proposed, in_force: &InForce, today: NaiveDate, lang: Lang) -> Markup {
    let serial = pack.serial.unwrap_or_default();
    let aside = in_force.aside.iter().find(|aside| aside.serial == serial);
    html! {
        @if in_force.serials.contains(&serial) { " · " strong { (lang.pick("đang áp dụng", "in force")) } }
        @else if pack.first_day > today { " · " (lang.pick("chưa đến ngày", "not begun yet")) }
        @if let Some(aside) = aside {
            @let (code, _, vi, en) = aside.why.row();
            p.late {
                (lang.pick("Máy chủ chưa áp dụng được, quy định trước đó vẫn dùng. ", "The hub can't work by it, what stood before goes on. "))
                (lang.pick(vi, en)) " " small { (code) }
            }
        }
    }
}

/// The phones that said that they can't take it.
fn not_taken(pack: &Proposed, devices: &[Listed], lang: Lang) -> Markup {
    let complains = |device: &&Listed| {
        let mut told = device.condition.forms.iter();
        device.revoked_at.is_none() && told.any(|told| told.id == pack.id && told.version == pack.version)
    };
    let devices: Vec<&str> =
        devices.iter().filter(complains).map(|device| device.user_name.as_str()).collect();
    html! { @if !devices.is_empty() { p.late {
        (lang.pick("Điện thoại chưa nhận được: ", "Phones that could not take it: ")) (devices.join(", "))
    } } }
}

fn uploading(lang: Lang) -> Markup {
    html! {
        h2 { (lang.pick("Đề nghị gói mới", "Propose a pack")) }
        form.narrow method="post" action="/packs" enctype="multipart/form-data" {
            label for="file" { (lang.pick("Bảng tính của gói (.xlsx)", "Workbook of the pack (.xlsx)")) }
            input #file type="file" name="file" required accept=".xlsx";
            button { (lang.pick("Kiểm tra và đề nghị", "Check and propose")) }
            p { small { (lang.pick(
                "Gói chỉ được áp dụng khi một người khác xem và đồng ý. Có lỗi thì không lưu gì.",
                "It counts once another person has looked at it and agreed. If it has faults, nothing is kept.",
            )) } }
        }
    }
}

pub async fn upload(
    State(hub): State<Hub>,
    visitor: Visitor,
    mut body: Multipart,
) -> Result<Response, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let lang = visitor.lang;
    let field = body.next_field().await.ok().flatten();
    let bytes = match field {
        Some(field) => field.bytes().await.ok(),
        None => None,
    };
    let Some(bytes) = bytes else {
        let unreadable = lang.pick("Không đọc được tệp gửi lên.", "The file could not be read.");
        let notice = html! { p.notice.bad role="alert" { (unreadable) } };
        return Ok(show(&hub, &visitor, &notice).await?.into_response());
    };
    let (office, by) = (hub.clone(), visitor.user.id);
    let proposed = blocking(move || {
        let pack = workbook::read(&bytes).map_err(PackError::Problems)?;
        office::propose(&office, pack, Some(by), None)
    });
    match proposed.await {
        Ok((number, _)) => Ok(Redirect::to(&format!("/packs/{number}")).into_response()),
        Err(HubError::Publishing(error)) => {
            Ok(show(&hub, &visitor, &preview::refused(&error, lang)).await?.into_response())
        }
        Err(error) => Err(visitor.failed(error)),
    }
}

pub async fn proposal(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(number): Path<u64>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let found = hub.read(move |hub, read| Ok((office::preview(hub, read, number)?, people(read)?)));
    let (preview, people) = found.await.map_err(|error| visitor.failed(error))?;
    let title = visitor.lang.pick(&preview.proposal.title_vi, &preview.proposal.title_en);
    let content = preview::page(&preview, &people, &hub, &visitor);
    Ok(menu::page(&visitor, title, &content))
}

#[derive(Deserialize)]
pub struct Agreed {
    /// yyyy-mm-dd, as a browser's field for a day says it; empty: as it was proposed.
    first_day: String,
}

pub async fn approve(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(number): Path<u64>,
    Form(Agreed { first_day }): Form<Agreed>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let no_day = |_| visitor.failed(HubError::Input("a day is written yyyy-mm-dd"));
    let day = Some(first_day.trim()).filter(|day| !day.is_empty()).map(str::parse).transpose();
    let (day, by): (Option<NaiveDate>, _) = (day.map_err(no_day)?, visitor.user.id);
    match blocking(move || office::approve(&hub, number, Some(by), day)).await {
        Ok(_) => Ok(Redirect::to("/packs")),
        // Its page tells them.
        Err(HubError::Publishing(PackError::Problems(_))) => Ok(Redirect::to(&format!("/packs/{number}"))),
        Err(error) => Err(visitor.failed(error)),
    }
}

pub async fn refuse(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(number): Path<u64>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let by = visitor.user.id;
    let refused = hub.write(move |_, tx| office::refuse(tx, number, Some(by))).await;
    refused.map(|()| Redirect::to("/packs")).map_err(|error| visitor.failed(error))
}
