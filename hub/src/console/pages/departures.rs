//! What left a commune or a case: which phones had it there, and which have been told to forget it.

use crate::{
    console::{facts, layout, visitor::Visitor},
    db::cursors::{Leave, Reader},
};
use maud::{Markup, html};
use model::Feed;

pub fn section(departures: &[(Leave, Vec<Reader>)], visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let title = lang.pick("Đã rời nơi cũ", "Left where it was");
    let content = html! {
        @for (leave, readers) in departures {
            h3 { (from(&leave.feed, visitor)) " · " (layout::time(Some(leave.at))) }
            @let waiting = readers.iter().filter(|reader| !reader.told).count();
            @if waiting > 0 {
                p.notice.bad { (waiting) " " (lang.pick(
                    "điện thoại có thể còn giữ dữ liệu cũ: chưa xác nhận đã xóa.",
                    "phone(s) may still hold it: they have not confirmed that they forgot it.",
                )) }
            }
            @if readers.is_empty() {
                p { (lang.pick("Chưa điện thoại nào nhận dữ liệu này ở đó.", "No phone had received it there.")) }
            } @else { table {
                thead { tr {
                    th scope="col" { (lang.pick("Người dùng", "User")) }
                    th scope="col" { (lang.pick("Thiết bị", "Device")) }
                    th scope="col" { (lang.pick("Đồng bộ lần cuối", "Last synchronised")) }
                    th scope="col" { (lang.pick("Đã xóa", "Forgotten")) }
                } }
                tbody { @for reader in readers { tr {
                    td { (reader.user) }
                    td data-label=(lang.pick("Thiết bị", "Device")) { (reader.device) }
                    td data-label=(lang.pick("Đồng bộ lần cuối", "Last synchronised")) { (layout::time(reader.last_sync_at)) }
                    td data-label=(lang.pick("Đã xóa", "Forgotten")) {
                        @if reader.told { (lang.pick("Đã xóa", "Yes")) }
                        @else {
                            strong { (lang.pick("Chưa", "Not yet")) }
                            @if reader.revoked { " · " (lang.pick("thiết bị đã bị thu hồi", "revoked")) }
                        }
                    }
                } } }
            } }
        }
    };
    layout::section(title, departures.len(), &content)
}

fn from(feed: &Feed, visitor: &Visitor) -> String {
    match feed {
        Feed::Commune(code) => facts::place(visitor, "", code),
        Feed::Case(_) => visitor.lang.pick("Trường hợp bảo mật", "A restricted case").to_owned(),
        _ => visitor.lang.pick("Nơi khác", "Elsewhere").to_owned(),
    }
}
