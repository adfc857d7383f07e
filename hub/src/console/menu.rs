//! The page of a visitor who is logged in.

use super::{
    layout,
    visitor::{Permission, Visitor},
};
use maud::{Markup, html};
use rulebook::Lang;

/// A page of a visitor, with the menu of their role.
pub fn page(visitor: &Visitor, title: &str, content: &Markup) -> Markup {
    page_at(visitor, &visitor.path, title, content)
}

/// The same for an answer that has another path than the page that it shows.
pub fn page_at(visitor: &Visitor, path: &str, title: &str, content: &Markup) -> Markup {
    let lang = visitor.lang;
    let entries = [
        (Permission::ReadPeople, "/work", lang.pick("Việc cần làm", "To be done")),
        (Permission::ReadPlaces, "/households", lang.pick("Hộ gia đình", "Households")),
        (Permission::ReadPeople, "/cases", lang.pick("Trường hợp", "Cases")),
        (Permission::ReadPeople, "/prints", lang.pick("Mẫu in", "Papers")),
        (Permission::ReadPlaces, "/held", lang.pick("Giữ lại", "Held back")),
        (Permission::SeeDevices, "/devices", lang.pick("Thiết bị", "Devices")),
        (Permission::Administer, "/users", lang.pick("Người dùng", "Users")),
        (Permission::SeeForms, "/forms", lang.pick("Biểu mẫu", "Forms")),
        (Permission::SeeForms, "/packs", lang.pick("Gói quy định", "Packs")),
    ];
    let menu = html! {
        nav aria-label=(lang.pick("Trình đơn", "Menu")) {
            @for (permission, path, label) in entries {
                @if visitor.may(permission) {
                    a href=(path) aria-current=[visitor.path.starts_with(path).then_some("page")] { (label) }
                }
            }
        }
        div.account {
            a href="/mine" { (lang.pick("Thiết bị của tôi", "My devices")) }
            span { (visitor.user.name.0) " · " (visitor.rulebook.role(visitor.user.role.as_str(), lang)) }
            form method="post" action="/logout" { button.quiet { (lang.pick("Đăng xuất", "Log out")) } }
        }
    };
    let content = html! {
        @if visitor.may(Permission::ReadPeople) { (alarm(lang)) }
        (rewound(visitor))
        (news(visitor))
        @if visitor.must_put_key_away {
            p.notice role="alert" { (lang.pick(
                "Tệp recovery.key còn nằm trên máy chủ: ai lấy được nó và bản sao dữ liệu của một điện thoại đều đọc được hết. Hãy chép nó vào USB cất trong két, rồi xóa khỏi máy chủ.",
                "recovery.key still lies on the server: whoever takes it and a copy of a phone's data can read all of that. Copy it to a USB stick kept in a safe, then delete it from the server.",
            )) }
        }
        (content)
    };
    layout::document(lang, title, path, &menu, &content)
}

/// Shown by the script while somebody is to take a report on.
fn alarm(lang: Lang) -> Markup {
    html! {
        p #alarm .notice.bad role="alert" hidden {
            a href="/work?what=alarm" {
                (lang.pick("CHƯA AI NHẬN: ", "NOBODY HAS TAKEN IT ON: ")) strong { "0" } " " (lang.pick("tin báo", "reports"))
            }
        }
        script src="/alarm.js" defer {}
    }
}

/// What phones don't bring back has to be looked at by people.
fn rewound(visitor: &Visitor) -> Markup {
    let Some(at) = visitor.rewound_at.filter(|_| visitor.may(Permission::SeeDevices)) else {
        return html! {};
    };
    let at = layout::time(Some(at));
    let text = match visitor.lang {
        Lang::Vi => format!(
            "Ngày {at} máy chủ phát hiện dữ liệu của mình đã bị đưa về trạng thái cũ. Điện thoại sẽ tự gửi lại hồ sơ còn \
             thiếu khi đồng bộ. Những việc làm trên máy chủ thì không tự trở lại: hãy kiểm tra người dùng, thiết bị đã thu \
             hồi, biểu mẫu và những gì văn phòng đã ghi."
        ),
        Lang::En => format!(
            "On {at} the hub found that its data had been set back to an older state. Phones bring the records that it lacks \
             when they synchronise. What was done on the hub itself does not come back: check users, revoked devices, \
             forms and what the office wrote."
        ),
    };
    html! { p.notice role="alert" { (text) } }
}

/// A phone in somebody's name reads what they may read: they hear of it.
fn news(visitor: &Visitor) -> Markup {
    let text = visitor.lang.pick(
        "Có thiết bị mới được đăng ký cho bạn, hoặc chờ bạn đồng ý. Hãy xem.",
        "A device was enrolled for you, or waits for you to agree. Look at it.",
    );
    html! { @if visitor.has_news { p.notice role="status" { a href="/mine" { (text) } } } }
}
