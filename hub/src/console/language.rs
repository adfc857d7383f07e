//! Vietnamese unless the visitor chose English (`?lang=en`, kept in a cookie).

use super::browser::cookie;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, request::Parts},
};
use rulebook::Lang;
use std::convert::Infallible;

/// Chosen by the address now.
pub fn chosen(uri: &Uri) -> Option<Lang> {
    let mut pairs = uri.query().into_iter().flat_map(|query| query.split('&'));
    pairs.find_map(|pair| pair.strip_prefix("lang=")?.parse().ok())
}

pub fn of(uri: &Uri, headers: &HeaderMap) -> Lang {
    let kept = || cookie(headers, "lang")?.parse().ok();
    chosen(uri).or_else(kept).unwrap_or_default()
}

/// The language of a page that needs no login.
pub struct Asked(pub Lang);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Asked(of(&parts.uri, &parts.headers)))
    }
}
