//! A user's own devices: what is enrolled in their name, by whom another one is wished for, what was done.

use super::invitation;
use crate::{
    Hub, HubError,
    console::{
        layout, menu,
        visitor::{Refusal, Visitor},
    },
    db::{audit, devices, users, wishes},
    office::{devices as office, inviting},
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Redirect,
};
use maud::{Markup, html};
use model::{DeviceId, UserId};
use rulebook::Lang;
use std::collections::HashMap;
use uuid::Uuid;

/// Lines of what was done.
const MOST_ENTRIES: u32 = 50;

pub async fn list(State(hub): State<Hub>, mut visitor: Visitor) -> Result<Markup, Refusal> {
    let user = visitor.user.id;
    let (own, wish, done, names) = hub
        .write(move |_, tx| {
            users::note_look(tx, user)?;
            let names: HashMap<UserId, String> =
                users::all(tx)?.into_iter().map(|user| (user.id, user.name.0)).collect();
            let done = audit::about(tx, &user, MOST_ENTRIES)?;
            Ok((devices::of_user(tx, user)?, wishes::of_user(tx, user)?, done, names))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    // It is told here.
    visitor.has_news = false;
    let lang = visitor.lang;
    let by = |user: Option<UserId>| match user {
        None => lang.pick("dòng lệnh của máy chủ", "the hub's command line"),
        Some(user) => names.get(&user).map_or("–", String::as_str),
    };
    let content = html! {
        @if let Some(wish) = wish {
            div.notice.bad role="alert" {
                p {
                    (lang.pick("Quản trị viên muốn đăng ký thêm một thiết bị đọc được hồ sơ của bạn: ", "An administrator wants to enrol another device that reads what you may read: "))
                    strong { (by(Some(wish.asked_by))) } ", " (layout::time(Some(wish.asked_at)))
                }
                p { (lang.pick(
                    "Chỉ đồng ý nếu chính bạn cần thiết bị này. Mã hiện ra một lần, cho bạn.",
                    "Agree only if you need this device yourself. The code is shown once, to you.",
                )) }
                div.row {
                    form method="post" action="/mine/agree" { button { (lang.pick("Đồng ý", "Agree")) } }
                    form method="post" action="/mine/refuse" { button.quiet { (lang.pick("Từ chối", "Refuse")) } }
                }
            }
        }
        p { a href={ "/users/" (user) "/duty" } { (lang.pick("Số điện thoại khi trực, ngày nghỉ", "Telephone while on duty, leave")) } }
        p { (lang.pick(
            "Các thiết bị này đọc được mọi hồ sơ mà bạn được xem. Nếu có thiết bị không phải của bạn, hãy thu hồi và báo cơ quan.",
            "These devices read all that you may read. If one is not yours, revoke it and tell your office.",
        )) }
        @if own.is_empty() { p.notice { (lang.pick("Chưa có thiết bị nào.", "No devices yet.")) } }
        @else { table {
            thead { tr {
                th scope="col" { (lang.pick("Thiết bị", "Device")) }
                th scope="col" { (lang.pick("Đăng ký", "Enrolled")) }
                th scope="col" { (lang.pick("Thu hồi", "Revoke")) }
            } }
            tbody { @for device in &own { tr {
                td { (device.name) }
                td data-label=(lang.pick("Đăng ký", "Enrolled")) { (layout::time(Some(device.enrolled_at))) }
                td data-label=(lang.pick("Thu hồi", "Revoke")) {
                    form method="post" action={ "/mine/" (device.device) "/revoke" } {
                        button.quiet { (lang.pick("Thu hồi", "Revoke")) }
                    }
                }
            } } }
        } }
        (layout::section(lang.pick("Đã làm gì", "What was done"), done.len(), &html! {
            ul { @for entry in &done { li {
                (layout::time(Some(entry.at))) " — " (said(&entry.action, lang)) " (" (by(entry.by)) ")"
            } } }
        }))
    };
    Ok(menu::page(&visitor, lang.pick("Thiết bị của tôi", "My devices"), &content))
}

/// What an entry of the audit says; one that this page doesn't know stands as it is.
fn said(action: &str, lang: Lang) -> &str {
    let (vi, en) = match action {
        "user.add" => ("Thêm người dùng", "User added"),
        "user.places" => ("Đặt lại nơi phụ trách", "Places set"),
        "user.role" => ("Đặt lại vai trò", "Role set"),
        "user.duty" => ("Ghi số trực, ngày nghỉ", "Duty and leave set"),
        "invite.ask" => ("Muốn mời thêm thiết bị", "Another device asked for"),
        "invite.agree" => ("Đồng ý thêm thiết bị", "Another device agreed to"),
        "invite.refuse" => ("Từ chối thêm thiết bị", "Another device refused"),
        "invite" => ("Tạo mã đăng ký", "Enrolment code made"),
        "enrol" => ("Đăng ký thiết bị", "Device enrolled"),
        "device.held" => {
            ("Máy chủ tạo khóa ký cho bảng điều khiển", "The hub made a key to sign with in the console")
        }
        "device.revoke" => ("Thu hồi thiết bị", "Device revoked"),
        other => (other, other),
    };
    lang.pick(vi, en)
}

pub async fn agree(State(hub): State<Hub>, visitor: Visitor, headers: HeaderMap) -> Result<Markup, Refusal> {
    let (host, user) = (invitation::host(&headers), visitor.user.clone());
    let made = hub
        .write(move |hub, tx| {
            let address = invitation::address(tx, host.as_deref())?;
            inviting::agree(hub, tx, &user, &address)
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    invitation::page(&visitor, &visitor.user.name.0, &made, "/mine")
}

pub async fn refuse(State(hub): State<Hub>, visitor: Visitor) -> Result<Redirect, Refusal> {
    let user = visitor.user.clone();
    hub.write(move |_, tx| inviting::refuse(tx, &user)).await.map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to("/mine"))
}

/// One of the user's own.
pub async fn revoke(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Refusal> {
    let user = visitor.user.id;
    hub.write(move |_, tx| {
        let device = DeviceId(id);
        if devices::user(tx, device)? != Some(user) {
            return Err(HubError::NotFound);
        }
        office::revoke(tx, device, Some(user))
    })
    .await
    .map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to("/mine"))
}
