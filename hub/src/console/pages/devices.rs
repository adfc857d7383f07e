//! Phones: whose they are, when they last synchronised; revoking one.

use crate::{
    Hub,
    console::{
        layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::devices::{self, Listed},
    office::{devices as office, limits},
};
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use maud::{Markup, html};
use model::DeviceId;
use rulebook::{Lang, clock_off};
use uuid::Uuid;
use wire::{VERSIONS, forms::Complaint};

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    visitor.require(Permission::SeeDevices)?;
    let rows = hub.read(|_, read| Ok(devices::all(read)?)).await.map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        @if rows.is_empty() { p.notice { (lang.pick(
            "Chưa có thiết bị nào. Mời từ trang Người dùng.",
            "No devices yet. Invite from the page Users.",
        )) } }
        @else {
            p { small { (spoken(&rows, lang)) } }
            table {
            thead { tr {
                th scope="col" { (lang.pick("Người dùng", "User")) }
                th scope="col" { (lang.pick("Thiết bị", "Device")) }
                th scope="col" { (lang.pick("Đăng ký", "Enrolled")) }
                th scope="col" { (lang.pick("Đồng bộ lần cuối", "Last synchronised")) }
                th scope="col" { (lang.pick("Tình trạng", "State")) }
            } }
            tbody { @for device in &rows { tr {
                td { (device.user_name) " " small { (device.user_login) } }
                td data-label=(lang.pick("Thiết bị", "Device")) {
                    @if device.held { (lang.pick("Bảng điều khiển (khóa do máy chủ giữ)", "Console (the hub holds its key)")) }
                    @else {
                        (device.name) " " small { (device.program.app_version) }
                        @if device.revoked_at.is_none() { (messages(device.program.speaks, lang)) }
                    }
                }
                td data-label=(lang.pick("Đăng ký", "Enrolled")) { (layout::time(Some(device.enrolled_at))) }
                td data-label=(lang.pick("Đồng bộ lần cuối", "Last synchronised")) {
                    (layout::time(device.last_sync_at))
                    @if let Some(offset) = device.condition.wrong_clock() { p.late { (clock_off(lang, offset)) } }
                    @for complaint in &device.condition.forms { p.late { (refused(complaint, lang)) } }
                }
                td data-label=(lang.pick("Tình trạng", "State")) {
                    @if let Some(at) = device.revoked_at {
                        strong { (lang.pick("Đã thu hồi", "Revoked")) } " " (layout::time(Some(at)))
                    } @else if visitor.may(Permission::Administer) {
                        form method="post" action={ "/devices/" (device.id) "/revoke" } {
                            button.quiet { (lang.pick("Thu hồi", "Revoke")) }
                        }
                    } @else { (lang.pick("Đang dùng", "In use")) }
                    @if limits::is_full(device.waiting) { p.notice { (lang.pick(
                        "Quá nhiều phiếu của máy này đang chờ, nên máy chủ không nhận thêm.",
                        "So many forms of this phone wait that the hub takes no more.",
                    )) } }
                }
            } } }
        } }
    };
    Ok(menu::page(&visitor, lang.pick("Thiết bị", "Devices"), &content))
}

/// Which versions of messages are spoken here, so that it can be seen whether an older one may go.
fn spoken(devices: &[Listed], lang: Lang) -> String {
    let spoken = office::spoken(devices);
    let each = spoken.iter().map(|(version, count)| match lang {
        Lang::Vi => format!("phiên bản {version} ({count} máy)"),
        Lang::En => format!("version {version} ({count})"),
    });
    let each = each.collect::<Vec<_>>().join(", ");
    let (oldest, newest) = (VERSIONS.start(), VERSIONS.end());
    match lang {
        Lang::Vi => {
            format!(
                "Thông điệp mà các máy đang dùng: {each}. Máy chủ hiểu từ phiên bản {oldest} đến {newest}."
            )
        }
        Lang::En => {
            format!(
                "Messages that phones in use speak: {each}. The hub understands versions {oldest} to {newest}."
            )
        }
    }
}

/// Of a phone whose messages are not the newest.
fn messages(speaks: u16, lang: Lang) -> Markup {
    html! {
        @if !VERSIONS.contains(&speaks) { p.late { (lang.pick(
            "Máy chủ không còn hiểu máy này: hãy cập nhật ứng dụng trên máy; dữ liệu chưa gửi vẫn ở trong máy.",
            "The hub no longer understands this phone: update its app; what is unsent stays on it.",
        )) } }
        @else if speaks < *VERSIONS.end() { p.notice { (lang.pick(
            "Ứng dụng cũ: hãy cập nhật khi có thể.",
            "An older app: update it when there is time.",
        )) } }
    }
}

/// A form or a pack that a phone could not take.
fn refused(complaint: &Complaint, lang: Lang) -> Markup {
    let why = match complaint.code.as_str() {
        "form.bad-name" => lang.pick(
            "tên của biểu mẫu hoặc của một tệp không dùng được: hãy sửa tên rồi công bố phiên bản mới",
            "its name or that of a file can't be used: rename it and publish a new version",
        ),
        "form.too-large" | "pack.too-large" => lang.pick(
            "quá lớn: hãy rút gọn rồi công bố phiên bản mới",
            "too large: make it smaller and publish a new version",
        ),
        "pack.needs" => lang.pick(
            "ứng dụng trên máy chưa có tính năng mà gói cần: hãy cập nhật ứng dụng",
            "the app on the phone can't do yet what the pack needs: update the app",
        ),
        "pack.faulty" => lang.pick(
            "có lỗi hoặc không khớp với gói nằm dưới: hãy sửa rồi công bố phiên bản mới",
            "it has faults or doesn't fit the packs below it: mend it and publish a new version",
        ),
        "pack.not-signed" | "pack.other-office" | "pack.replayed" | "pack.rolled-back" => lang.pick(
            "chữ ký, văn phòng hoặc thứ tự không đúng: hãy kiểm tra máy chủ",
            "its signature, office or order is not right: look at the hub",
        ),
        code if code.starts_with("sync.") || code == "pack.missing-file" => lang.pick(
            "một tệp không tải về được; máy sẽ thử lại lần sau",
            "a file did not arrive as it should; the phone tries again next time",
        ),
        _ => lang.pick(
            "ứng dụng trên máy không đọc được: hãy cập nhật ứng dụng",
            "the app on the phone can't read it: update the app",
        ),
    };
    let what = match complaint.code.starts_with("pack.") {
        true => lang.pick("Chưa nhận được gói ", "Could not take the pack "),
        false => lang.pick("Chưa nhận được biểu mẫu ", "Could not take the form "),
    };
    html! {
        (what) strong { (complaint.id) }
        " (" (complaint.version) "): " (why) ". " small { (complaint.code) }
    }
}

pub async fn revoke(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::Administer)?;
    let by = visitor.user.id;
    let known = hub
        .write(move |_, tx| office::revoke(tx, DeviceId(id), Some(by)))
        .await
        .map_err(|error| visitor.failed(error))?;
    if known { Ok(Redirect::to("/devices")) } else { Err(visitor.not_found()) }
}
