//! What is not where somebody put it: what waits, what wasn't allowed, what was taken out, what moved away.

use super::edit;
use crate::{
    Hub,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{audit, batches::BatchKey},
    office::{
        held::{self, Batch, Gone},
        sync::moves,
    },
};
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use maud::{Markup, html};
use model::DeviceId;
use uuid::Uuid;

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPlaces)?;
    let user = visitor.user.clone();
    let found = hub
        .read(move |hub, read| Ok((held::batches(hub, read, &user)?, held::gone(hub, read, &user)?)))
        .await
        .map_err(|error| visitor.failed(error))?;
    let (batches, (removed, moved)) = found;
    let (denied, waiting): (Vec<Batch>, Vec<Batch>) = batches.into_iter().partition(|batch| batch.denied);
    let lang = visitor.lang;
    let none = denied.is_empty() && waiting.is_empty() && removed.is_empty() && moved.is_empty();
    let content = html! {
        @if none { p.notice { (lang.pick("Không có gì bị giữ lại, gỡ bỏ hay chuyển đi.", "Nothing is held back, taken out or moved away.")) } }
        (layout::section(lang.pick("Đang chờ", "Waiting"), waiting.len(), &batches_table(&waiting, &visitor)))
        (layout::section(lang.pick("Không được phép, không có hiệu lực", "Not allowed, without effect"), denied.len(), &batches_table(&denied, &visitor)))
        (layout::section(lang.pick("Đã gỡ bỏ", "Taken out"), removed.len(), &gone_table(&removed, &visitor)))
        (layout::section(lang.pick("Đã chuyển đi", "Moved away"), moved.len(), &gone_table(&moved, &visitor)))
    };
    Ok(menu::page(&visitor, lang.pick("Giữ lại, gỡ bỏ, chuyển đi", "Held back, taken out, moved"), &content))
}

fn batches_table(batches: &[Batch], visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { table {
        thead { tr {
            th scope="col" { (lang.pick("Người gửi", "Sent by")) }
            th scope="col" { (lang.pick("Về", "About")) }
            th scope="col" { (lang.pick("Lý do", "Reason")) }
            th scope="col" { (lang.pick("Lúc", "At")) }
        } }
        tbody { @for batch in batches { tr {
            td {
                @if let Some(author) = &batch.author {
                    (author.name.0) " " small { (visitor.rulebook.role(author.role.as_str(), lang)) }
                }
            }
            td data-label=(lang.pick("Về", "About")) { (about(batch, visitor)) }
            td data-label=(lang.pick("Lý do", "Reason")) {
                (reason(&batch.code, visitor))
                @if batch.may_agree {
                    @for commune in &batch.communes { " " (visitor.rulebook.units.name(commune)) }
                    form method="post" action={ "/held/" (batch.key.device) "/" (batch.key.first_seq) "/agree" } {
                        button { (lang.pick("Đồng ý tiếp nhận", "Take it over")) }
                    }
                }
            }
            td data-label=(lang.pick("Lúc", "At")) { (layout::time(Some(batch.decided_at))) }
        } } }
    } }
}

/// `Hộ gia đình: Xã, phường, đặc khu; Lần thăm`.
fn about(batch: &Batch, visitor: &Visitor) -> String {
    let label = |(kind, field): &(String, Option<String>)| {
        let of_kind =
            visitor.rulebook.kind(kind).map_or(kind.as_str(), |known| known.label.get(visitor.lang));
        let field = field.as_ref().map(|field| {
            let known = visitor.rulebook.field(kind, field);
            known.map_or(field.as_str(), |known| known.label.get(visitor.lang))
        });
        field.map_or(of_kind.to_owned(), |field| format!("{of_kind}: {field}"))
    };
    batch.about.iter().map(label).collect::<Vec<_>>().join("; ")
}

/// Why a batch is held, in words; of the office's own writing, why it was not written.
pub fn reason(code: &str, visitor: &Visitor) -> &'static str {
    let (vi, en) = match code {
        "admission.scope" => {
            ("Ngoài địa bàn hoặc quyền của người gửi.", "Outside the sender's places or cases.")
        }
        "admission.move" => {
            ("Chuyển địa bàn: nơi nhận cần đồng ý.", "Moves elsewhere: the receiving side must agree.")
        }
        "admission.form-unknown" => {
            ("Chưa có phiên bản biểu mẫu này.", "This version of the form is not here.")
        }
        "admission.parent-unknown" => {
            ("Thiếu hồ sơ mà phần này thuộc về.", "What it belongs to is not here.")
        }
        "admission.cycle" => ("Hồ sơ thuộc về chính nó.", "The record lies below itself."),
        "admission.commune-unknown" => {
            ("Không có xã, phường này trong danh mục.", "The list has no such commune.")
        }
        "admission.role-unknown" => {
            ("Máy chủ chưa biết vai trò của người gửi.", "The hub doesn't know the sender's role.")
        }
        "admission.follows" => ("Sửa tiếp một thay đổi đang chờ.", "Goes on from a change that waits."),
        "admission.revoked" => ("Thiết bị hoặc tài khoản đã bị thu hồi.", "The device or user was revoked."),
        "permission.add" => ("Vai trò không được thêm.", "The role may not add this."),
        "permission.change" => ("Vai trò không được sửa.", "The role may not change this."),
        "permission.remove" => ("Vai trò không được gỡ bỏ.", "The role may not take this out."),
        "permission.move" => ("Vai trò không được chuyển nơi.", "The role may not move this."),
        "permission.assign" => {
            ("Vai trò không được đổi người được xem.", "The role may not change who reads it.")
        }
        "permission.restrict" => {
            ("Không được đổi mức bảo mật.", "Nobody of this role may change how confidential it is.")
        }
        "permission.open" => (
            "Nói công khai với xã điều chỉ trường hợp bảo mật được ghi.",
            "Says openly to a commune what only a restricted case may say.",
        ),
        "permission.no-manager" => {
            ("Hồ sơ bảo mật sẽ không còn người quản lý.", "Nobody would manage the restricted case.")
        }
        "permission.restricted-parent" => (
            "Hồ sơ bảo mật không được nêu hộ mà nó thuộc về.",
            "A restricted case may not lie under a household.",
        ),
        "permission.follows" => (
            "Sửa tiếp một thay đổi không được phép; máy gửi lại phần hợp lệ.",
            "Goes on from what wasn't allowed; the phone sends the rest anew.",
        ),
        _ => ("Chưa xếp được vào hồ sơ; sẽ xét lại.", "Could not be filed yet; it is looked at again."),
    };
    visitor.lang.pick(vi, en)
}

fn gone_table(gone: &[Gone], visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { table {
        thead { tr {
            th scope="col" { (lang.pick("Hồ sơ", "Record")) }
            th scope="col" { (lang.pick("Lý do, nơi đến", "Why, where to")) }
            th scope="col" { (lang.pick("Lúc", "At")) }
        } }
        tbody { @for Gone { record, at, to, may_restore } in gone { tr {
            td { (kind_of(record.kind(), visitor)) " " (facts::title(record, &[], visitor)) }
            td data-label=(lang.pick("Lý do, nơi đến", "Why, where to")) {
                @match to {
                    Some(commune) => (visitor.rulebook.units.name(commune)),
                    None => { (record.text(model::record::field::REMOVED)) @if *may_restore { (edit::restoring(record, visitor)) } }
                }
            }
            td data-label=(lang.pick("Lúc", "At")) { (layout::time(Some(*at))) }
        } } }
    } }
}

pub fn kind_of<'v>(kind: &'v str, visitor: &'v Visitor) -> &'v str {
    visitor.rulebook.kind(kind).map_or(kind, |known| known.label.get(visitor.lang))
}

/// The receiving side agrees to a move.
pub async fn agree(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((device, first_seq)): Path<(Uuid, u64)>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::ReadPlaces)?;
    let (user, key) = (visitor.user.clone(), BatchKey { device: DeviceId(device), first_seq });
    let agreed = hub
        .write(move |hub, tx| {
            let agreed = moves::agree(hub, tx, &user, key)?;
            if let Some(moved) = &agreed {
                audit::add(tx, Some(user.id), "agree-move", moved)?;
            }
            Ok(agreed)
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    if agreed.is_some() { Ok(Redirect::to("/held")) } else { Err(visitor.not_found()) }
}
