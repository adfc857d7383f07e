//! The page of a visitor who is logged in.

use super::{
    layout,
    visitor::{Permission, Visitor},
};
use maud::{Markup, html};

/// A page of a visitor, with the menu of their role.
pub fn page(visitor: &Visitor, title: &str, content: &Markup) -> Markup {
    let lang = visitor.lang;
    let entries = [
        (Permission::ReadPeople, "/households", lang.pick("Hộ gia đình", "Households")),
        (Permission::ReadPeople, "/cases", lang.pick("Trường hợp", "Cases")),
        (Permission::ReadPeople, "/held", lang.pick("Giữ lại", "Held back")),
        (Permission::SeeDevices, "/devices", lang.pick("Thiết bị", "Devices")),
        (Permission::Administer, "/users", lang.pick("Người dùng", "Users")),
        (Permission::SeeForms, "/forms", lang.pick("Biểu mẫu", "Forms")),
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
            span { (visitor.user.name.0) " · " (visitor.rulebook.role(visitor.user.role.as_str(), lang)) }
            form method="post" action="/logout" { button.quiet { (lang.pick("Đăng xuất", "Log out")) } }
        }
    };
    layout::document(lang, title, &visitor.path, &menu, content)
}
