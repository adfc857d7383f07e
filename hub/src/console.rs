//! The console: server-rendered pages in Vietnamese and English, without any outside host. One script of our own rings for
//! alarms; without it the pages do the same work.
//!
//! Each page asks for a permission ([`visitor::Permission`]); what is shown is limited by the user's places, and for
//! restricted cases by membership, whose reads are logged.

mod browser;
mod facts;
mod fields;
mod language;
mod layout;
mod menu;
mod pages;
mod questions;
mod visitor;

use crate::Hub;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use pages::{
    alarms, cases, charge, devices, duty, edit, forms, held, household, households, list, login, mine, packs,
    photos, prints, record, steps, users, work,
};
use visitor::{Permission, Visitor};

/// The largest spreadsheet that is taken.
const MAX_UPLOAD: usize = 10 * 1024 * 1024;

pub fn router(hub: Hub) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/login", get(login::page).post(login::submit))
        .route("/logout", post(login::end))
        // A search is a POST: names must not stand in addresses, histories and logs.
        .route("/households", get(households::list).post(households::search))
        .route("/households/{id}", get(household::page))
        .route("/work", get(work::page))
        .route("/work/give", post(charge::give_all))
        .route("/alarms", get(alarms::stream))
        .route("/alarm.js", get(alarms::script))
        .route("/cases", get(cases::list))
        .route("/cases/{id}", get(cases::page))
        .route("/records/{kind}", get(list::list).post(list::search))
        .route("/records/{kind}/new", get(edit::new).post(edit::add))
        .route("/records/{kind}/{id}/edit", get(edit::page).post(edit::save))
        .route("/records/{kind}/{id}/remove", post(edit::remove))
        .route("/records/{kind}/{id}/restore", post(edit::restore))
        .route("/records/{kind}/{id}/print/{print}", get(prints::filled))
        .route("/records/{kind}/{id}/give", post(charge::give))
        .route("/records/{kind}/{id}/aside", get(charge::asked).post(charge::step_aside))
        .route("/records/{kind}/{id}/steps/{action}", get(steps::page).post(steps::take))
        .route("/records/{kind}/{id}/seen", post(steps::seen))
        .route("/records/{kind}/{id}", get(record::page))
        .route("/prints", get(prints::list))
        .route("/prints/{id}", get(prints::blank))
        .route("/held", get(held::list))
        .route("/held/{device}/{first_seq}/agree", post(held::agree))
        .route("/photos/{id}", get(photos::whole))
        .route("/photos/{id}/thumbnail", get(photos::thumbnail))
        .route("/devices", get(devices::list))
        .route("/devices/{id}/revoke", post(devices::revoke))
        .route("/mine", get(mine::list))
        .route("/mine/agree", post(mine::agree))
        .route("/mine/refuse", post(mine::refuse))
        .route("/mine/{id}/revoke", post(mine::revoke))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}/invite", post(users::invite))
        .route("/users/{id}/disable", post(users::disable))
        .route("/users/{id}/duty", get(duty::page).post(duty::save))
        .route("/forms", get(forms::list).post(forms::upload))
        .route("/forms/withdraw", post(forms::withdraw))
        .route("/packs", get(packs::list).post(packs::upload))
        .route("/packs/{number}", get(packs::proposal))
        .route("/packs/{number}/forms/{form}", get(packs::playing::start).post(packs::playing::go_on))
        .route("/packs/{number}/approve", post(packs::approve))
        .route("/packs/{number}/refuse", post(packs::refuse))
        .route("/style.css", get(style))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .layer(from_fn(protect))
        .with_state(hub)
}

/// The first page that the role may see; for a role without rights a page that says so.
async fn start(visitor: Visitor) -> Response {
    let pages = [
        (Permission::ReadPeople, "/work"),
        (Permission::SeeDevices, "/devices"),
        (Permission::SeeForms, "/forms"),
    ];
    match pages.into_iter().find(|(permission, _)| visitor.may(*permission)) {
        Some((_, path)) => Redirect::to(path).into_response(),
        None => no_rights(&visitor).into_response(),
    }
}

fn no_rights(visitor: &Visitor) -> Markup {
    let text = visitor.lang.pick(
        "Phiên bản này của máy chủ chưa biết vai trò của bạn, nên bạn chưa được xem gì. Hãy báo người quản trị.",
        "This version of the hub does not know your role, so there is nothing that you may see yet. Tell the administrator.",
    );
    menu::page(visitor, "Vãng Gia", &html! { p.notice role="status" { (text) } })
}

async fn style() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("console/style.css"))
}

/// Nothing from elsewhere, nothing kept by the browser, nothing told to other sites. A language that was chosen is
/// kept for the pages that follow.
async fn protect(request: Request, next: Next) -> Response {
    let chosen = language::chosen(request.uri());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(lang) = chosen {
        let kept = format!("lang={}; Path=/; SameSite=Strict; Max-Age=31536000", lang.code());
        headers.extend(HeaderValue::from_str(&kept).map(|value| (header::SET_COOKIE, value)));
    }
    // Paper has one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ));
    // Not `no-referrer`: under it browsers say `Origin: null`, and a form's own page could not be told from another's.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
