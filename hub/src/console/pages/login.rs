//! Logging in and out.

use crate::{
    Hub, HubError,
    console::{
        browser::{cookie, same_origin},
        language::Asked,
        layout,
        visitor::{Refusal, SESSION_COOKIE, Visitor},
    },
    net::Peer,
    office::login,
};
use axum::{
    Form,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use rulebook::Lang;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
}

pub async fn page(Asked(lang): Asked) -> Markup {
    document(lang, None)
}

fn document(lang: Lang, problem: Option<&str>) -> Markup {
    let content = html! {
        @if let Some(problem) = problem { p.notice.bad role="alert" { (problem) } }
        form.narrow method="post" action="/login" {
            label for="login" { (lang.pick("Tên đăng nhập", "Login")) }
            input #login name="login" autocomplete="username" autocapitalize="none" required autofocus;
            label for="password" { (lang.pick("Mật khẩu", "Password")) }
            input #password type="password" name="password" autocomplete="current-password" required;
            button { (lang.pick("Đăng nhập", "Log in")) }
        }
    };
    layout::document(lang, lang.pick("Đăng nhập", "Log in"), "/login", &html! {}, &content)
}

pub async fn submit(
    State(hub): State<Hub>,
    Asked(lang): Asked,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, Refusal> {
    if !same_origin(&headers) {
        return Err(Refusal::Foreign(lang));
    }
    let failed = |error| Refusal::Failed(lang, error);
    hub.failures.check(peer.ip(), hub.now()).map_err(failed)?;
    let user =
        hub.read(move |_, read| login::check(read, &given.login, &given.password)).await.map_err(failed)?;
    let Some(user) = user else {
        hub.failures.failed(peer.ip(), hub.now());
        let text = lang.pick("Tên đăng nhập hoặc mật khẩu không đúng.", "Login or password is wrong.");
        return Ok((StatusCode::UNAUTHORIZED, document(lang, Some(text))).into_response());
    };
    let token = hub.write(move |_, tx| login::start(tx, user.id)).await.map_err(failed)?;
    let age = login::SESSION_MS / 1000;
    let secure = if on_loopback(&headers) { "" } else { "; Secure" };
    let set = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    with_cookie(Redirect::to("/").into_response(), &set).map_err(failed)
}

pub async fn end(State(hub): State<Hub>, visitor: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        hub.write(move |_, tx| login::end(tx, &token)).await.map_err(|error| visitor.failed(error))?;
    }
    let gone = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    with_cookie(Redirect::to("/login").into_response(), &gone).map_err(|error| visitor.failed(error))
}

/// Plain HTTP is served on loopback only; there a `Secure` cookie would be lost.
fn on_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.rsplit_once(':').map_or(host, |(h, _)| h) == *name)
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, HubError> {
    let value = HeaderValue::from_str(cookie).map_err(|_| HubError::Internal("a cookie can't be written"))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}
