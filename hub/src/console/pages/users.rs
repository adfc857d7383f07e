//! Users of phones and console: adding, inviting a phone, disabling.

use super::invitation;
use crate::{
    Hub, HubError,
    console::{
        menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{self, Read, users::User, wishes},
    office::{
        inviting::{self, Invited},
        users,
    },
    secret,
    state::blocking,
};
use axum::{
    Form,
    extract::{Path, State},
    http::HeaderMap,
    response::Redirect,
};
use maud::{Markup, html};
use model::{Place, Role, UserId};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct NewUser {
    login: String,
    name: String,
    role: String,
    /// Blank-separated: `commune:06040 province:20`.
    places: String,
    #[serde(default)]
    on_duty: Option<String>,
}

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    show(&hub, &visitor, &html! {}).await
}

async fn show(hub: &Hub, visitor: &Visitor, notice: &Markup) -> Result<Markup, Refusal> {
    visitor.require(Permission::Administer)?;
    let (rows, wishes) = hub
        .read(|_, read| Ok((db::users::all(read)?, wishes::all(read)?)))
        .await
        .map_err(|error| visitor.failed(error))?;
    let asked_by = |user: &User| {
        let wish = wishes.iter().find(|wish| wish.user == user.id)?;
        rows.iter().find(|other| other.id == wish.asked_by)
    };
    let lang = visitor.lang;
    let content = html! {
        (notice)
        table {
            thead { tr {
                th scope="col" { (lang.pick("Họ và tên", "Name")) }
                th scope="col" { (lang.pick("Vai trò", "Role")) }
                th scope="col" { (lang.pick("Nơi phụ trách", "Places")) }
                th scope="col" { (lang.pick("Thiết bị mới", "New phone")) }
            } }
            tbody { @for user in &rows { tr {
                td { (user.name.0) " " small { (user.login) } }
                td data-label=(lang.pick("Vai trò", "Role")) {
                    (visitor.rulebook.role(user.role.as_str(), lang))
                    @if user.on_duty { " · " (lang.pick("trực", "on duty")) }
                    " " a href={ "/users/" (user.id) "/duty" } { (lang.pick("Trực và nghỉ", "Duty and leave")) }
                }
                td data-label=(lang.pick("Nơi phụ trách", "Places")) { (places(&user.places, visitor)) }
                td data-label=(lang.pick("Thiết bị mới", "New phone")) {
                    @if user.disabled { strong { (lang.pick("Đã khóa", "Disabled")) } }
                    @else {
                        @if let Some(by) = asked_by(user) {
                            p { small { (lang.pick("Chờ đồng ý; người mời: ", "Waits for consent; asked for by ")) (by.name.0) } }
                        }
                        div.row {
                            form method="post" action={ "/users/" (user.id) "/invite" } {
                                button.quiet { (lang.pick("Mời", "Invite")) }
                            }
                            @if user.id != visitor.user.id {
                                form method="post" action={ "/users/" (user.id) "/disable" } {
                                    button.quiet { (lang.pick("Khóa", "Disable")) }
                                }
                            }
                        }
                    }
                }
            } } }
        }
        h2 { (lang.pick("Thêm người dùng", "Add a user")) }
        form.narrow method="post" action="/users" {
            label for="name" { (lang.pick("Họ và tên", "Full name")) }
            input #name name="name" required autocomplete="off";
            label for="login" { (lang.pick("Tên đăng nhập", "Login")) }
            input #login name="login" required autocomplete="off" autocapitalize="none";
            label for="role" { (lang.pick("Vai trò", "Role")) }
            select #role name="role" { @for role in visitor.rulebook.roles() { option value=(role.code) { (visitor.rulebook.role(&role.code, lang)) } } }
            label for="places" { (lang.pick("Nơi phụ trách (ví dụ: commune:06040 province:20)", "Places (such as commune:06040 province:20)")) }
            input #places name="places" autocomplete="off";
            label.check { input type="checkbox" name="on_duty" value="yes"; (lang.pick(
                "Trực: là thành viên của mọi trường hợp bảo mật mở tại nơi phụ trách",
                "On duty: member of every restricted case opened in these places",
            )) }
            button { (lang.pick("Thêm", "Add")) }
        }
    };
    Ok(menu::page(visitor, lang.pick("Người dùng", "Users"), &content))
}

fn places(places: &[Place], visitor: &Visitor) -> String {
    places
        .iter()
        .map(|place| visitor.rulebook.units.place_name(place, visitor.lang))
        .collect::<Vec<_>>()
        .join(", ")
}

pub async fn add(
    State(hub): State<Hub>,
    visitor: Visitor,
    Form(given): Form<NewUser>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::Administer)?;
    let lang = visitor.lang;
    let role = Role::new(given.role);
    let places: Vec<Place> = given.places.split_whitespace().flat_map(str::parse).collect();
    let units = &visitor.rulebook.units;
    let known = |place: &Place| match place {
        Place::Commune(code) => units.get(code).is_some_and(|unit| unit.parent.is_some()),
        Place::Province(code) => units.get(code).is_some_and(|unit| unit.parent.is_none()),
        Place::All | Place::Facility(_) | Place::Desk(_) => true,
        Place::Other(_) => false,
    };
    if visitor.rulebook.role_of(role.as_str()).is_none() || !places.iter().all(known) {
        return show(
            &hub,
            &visitor,
            &bad(lang.pick("Nơi phụ trách không đúng mã.", "A place's code is not known.")),
        )
        .await;
    }
    let password = secret::password().map_err(|error| visitor.failed(error))?;
    let new = db::users::NewUser {
        login: given.login,
        name: given.name,
        role,
        places,
        on_duty: given.on_duty.is_some(),
    };
    let by = visitor.user.id;
    let added = async {
        let for_hash = password.clone();
        let hash = blocking(move || secret::hash_password(&for_hash)).await?;
        hub.write(move |hub, tx| users::add(hub, tx, new, &hash, Some(by))).await
    };
    let notice = match added.await {
        Ok(_) => html! { p.notice role="status" {
            (lang.pick("Đã thêm. Mật khẩu đầu tiên, chỉ hiện một lần: ", "Added. The first password, shown once: "))
            code { (password) }
        } },
        Err(HubError::Input(_)) => bad(lang
            .pick("Tên đăng nhập đã có hoặc để trống họ tên.", "The login is taken, or the name is empty.")),
        Err(error @ HubError::NoContent) => {
            let (vi, en) = error.messages();
            bad(lang.pick(vi, en))
        }
        Err(error) => return Err(visitor.failed(error)),
    };
    show(&hub, &visitor, &notice).await
}

fn bad(text: &str) -> Markup {
    html! { p.notice.bad role="alert" { (text) } }
}

/// The code, or that the user or a second administrator must agree first.
pub async fn invite(
    State(hub): State<Hub>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::Administer)?;
    let (host, by) = (invitation::host(&headers), visitor.user.clone());
    let (user, invited) = hub
        .write(move |hub, tx| {
            let user = user(tx, id)?;
            let address = invitation::address(tx, host.as_deref())?;
            let invited = inviting::by_administrator(hub, tx, &user, &by, &address)?;
            Ok((user, invited))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    match invited {
        Invited::Now(made) => invitation::page(&visitor, &user.name.0, &made, "/users"),
        Invited::Waits => show(&hub, &visitor, &waits(&user, &visitor)).await,
    }
}

fn waits(user: &User, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { div.notice role="status" {
        p { (lang.pick(
            "Người này đã dùng hệ thống, nên thiết bị mới cần một người nữa đồng ý: chính họ (bảng điều khiển, mục Thiết bị của tôi) hoặc quản trị viên thứ hai (nút Mời ở trang này).",
            "This user is here already, so another device needs one more to agree: the user (console, My devices) or a second administrator (Invite on this page).",
        )) }
        p {
            (lang.pick("Cũng có thể chạy trên máy chủ: ", "Or run on the hub's machine: "))
            code { "vanggia-hub invite --login " (user.login) }
        }
    } }
}

fn user(read: &Read, id: Uuid) -> Result<User, HubError> {
    db::users::by_id(read, UserId(id))?.ok_or(HubError::NotFound)
}

pub async fn disable(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::Administer)?;
    hub.write(move |hub, tx| users::disable(hub, tx, user(tx, id)?.id))
        .await
        .map_err(|error| visitor.failed(error))?;
    Ok(Redirect::to("/users"))
}
