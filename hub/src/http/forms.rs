//! `GET /v1/forms` and its files.

use super::{
    auth::Member,
    body::{self, Json, Takes},
};
use crate::{Hub, HubError, db, office::forms, state::blocking};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use wire::forms::FormList;

pub async fn list(State(hub): State<Hub>, _: Member, headers: HeaderMap) -> Result<Json<FormList>, HubError> {
    let list = hub.read(|_, read| forms::list(read)).await?;
    Ok(Json::to(Takes::of(&headers), list))
}

pub async fn file(
    State(hub): State<Hub>,
    _: Member,
    Path((id, version, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, HubError> {
    let kind = if name.ends_with(".xml") { "application/xml" } else { "text/csv; charset=utf-8" };
    let file = hub.read(move |_, read| Ok(db::forms::file(read, &id, &version, &name)?)).await?;
    let file = file.ok_or(HubError::NotFound)?;
    blocking(move || Ok(body::resumable(&headers, file, kind))).await
}
