//! A one-time code as QR and text, shown once.

use crate::{
    HubError,
    console::{
        menu,
        visitor::{Refusal, Visitor},
    },
    db::{Read, offices},
};
use axum::http::{HeaderMap, header};
use maud::{Markup, PreEscaped, html};
use qrcode::{QrCode, render::svg};
use wire::enrol::Invitation;

/// `back`: the page that it was asked for from.
pub fn page(visitor: &Visitor, name: &str, invitation: &Invitation, back: &str) -> Result<Markup, Refusal> {
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
        p { a href=(back) { (lang.pick("Quay lại", "Back")) } }
    };
    Ok(menu::page(visitor, lang.pick("Mời thiết bị", "Invite a phone"), &content))
}

/// As the visitor's browser calls the hub.
pub fn host(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned)
}

/// What a phone is to call: as the hub was last served, by the name that the visitor's browser knows it by.
pub fn address(read: &Read, host: Option<&str>) -> Result<String, HubError> {
    let served = offices::address(read)?.ok_or(HubError::Input("the hub has not been served yet"))?;
    let scheme = served.split_once("://").map_or("https", |(scheme, _)| scheme);
    Ok(host.map_or_else(|| served.clone(), |host| format!("{scheme}://{host}")))
}
