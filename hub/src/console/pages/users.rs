//! Users of phones and console: adding, inviting a phone by code and QR, disabling.

use crate::{
    Hub, HubError,
    console::{
        menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{self, Read, offices, users::User},
    office::{devices, users},
    secret,
    state::blocking,
};
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::Redirect,
};
use maud::{Markup, PreEscaped, html};
use model::{Place, Role, UserId};
use qrcode::{QrCode, render::svg};
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
    let rows = hub.read(|_, read| Ok(db::users::all(read)?)).await.map_err(|error| visitor.failed(error))?;
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
                }
                td data-label=(lang.pick("Nơi phụ trách", "Places")) { (places(&user.places, visitor)) }
                td data-label=(lang.pick("Thiết bị mới", "New phone")) {
                    @if user.disabled { strong { (lang.pick("Đã khóa", "Disabled")) } }
                    @else {
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
            select #role name="role" { @for role in &Role::KNOWN { option value=(role.as_str()) { (visitor.rulebook.role(role.as_str(), lang)) } } }
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
        Place::All => true,
        Place::Other(_) => false,
    };
    if !role.is_known() || !places.iter().all(known) {
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
    let added = async {
        let for_hash = password.clone();
        let hash = blocking(move || secret::hash_password(&for_hash)).await?;
        hub.write(move |hub, tx| users::add(hub, tx, new, &hash)).await
    };
    let notice = match added.await {
        Ok(_) => html! { p.notice role="status" {
            (lang.pick("Đã thêm. Mật khẩu đầu tiên, chỉ hiện một lần: ", "Added. The first password, shown once: "))
            code { (password) }
        } },
        Err(HubError::Input(_)) => bad(lang
            .pick("Tên đăng nhập đã có hoặc để trống họ tên.", "The login is taken, or the name is empty.")),
        Err(error) => return Err(visitor.failed(error)),
    };
    show(&hub, &visitor, &notice).await
}

fn bad(text: &str) -> Markup {
    html! { p.notice.bad role="alert" { (text) } }
}

/// A one-time code as QR and text, shown once.
pub async fn invite(
    State(hub): State<Hub>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::Administer)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let (name, invitation) = hub
        .write(move |hub, tx| {
            let user = user(tx, id)?;
            let address = address(tx, host.as_deref())?;
            let invitation = devices::invite(hub, tx, &user, &address)?;
            Ok((user.name.0, invitation))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let text = invitation.to_string();
    let code = QrCode::new(text.as_bytes()).map_err(|_| visitor.failed(HubError::Internal("no QR code")))?;
    let picture = code.render::<svg::Color>().min_dimensions(280, 280).build();
    let content = html! {
        p { (lang.pick("Điện thoại mới của", "A new phone of")) " " strong { (name) } }
        figure.qr role="img" aria-label=(lang.pick("Mã QR để đăng ký", "QR code to enrol with")) { (PreEscaped(picture)) }
        p { (lang.pick("Hoặc gửi và dán dòng này vào ứng dụng:", "Or send this line and paste it into the app:")) }
        pre.code { (text) }
        p.notice { (lang.pick(
            "Dùng một lần, trong 24 giờ. Ai có mã này đều đọc được dữ liệu của nơi phụ trách: chỉ đưa tận tay.",
            "For one use, within 24 hours. Whoever has it can read the places' records: hand it over in person.",
        )) }
        p { a href="/users" { (lang.pick("Về danh sách người dùng", "Back to the users")) } }
    };
    Ok(menu::page(&visitor, lang.pick("Mời thiết bị", "Invite a phone"), &content))
}

fn user(read: &Read, id: Uuid) -> Result<User, HubError> {
    db::users::by_id(read, UserId(id))?.ok_or(HubError::NotFound)
}

/// What a phone is to call: as the hub was last served, by the name that the administrator's browser knows it by.
fn address(read: &Read, host: Option<&str>) -> Result<String, HubError> {
    let served = offices::address(read)?.ok_or(HubError::Input("the hub has not been served yet"))?;
    let scheme = served.split_once("://").map_or("https", |(scheme, _)| scheme);
    Ok(host.map_or_else(|| served.clone(), |host| format!("{scheme}://{host}")))
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
