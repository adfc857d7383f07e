//! `GET /v1/packs` and the files that packs name by their hash.

use super::{
    auth::Member,
    body::{self, Json, Takes},
};
use crate::{Hub, HubError, db, office::packs, state::blocking};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use model::encoding::{Bytes, from_text};
use wire::packs::PackList;

pub async fn list(State(hub): State<Hub>, _: Member, headers: HeaderMap) -> Result<Json<PackList>, HubError> {
    let list = hub.read(packs::list).await?;
    Ok(Json::to(Takes::of(&headers), list))
}

pub async fn file(
    State(hub): State<Hub>,
    _: Member,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HubError> {
    let hash = from_text(&sha256).and_then(|bytes| bytes.try_into().ok()).ok_or(HubError::NotFound)?;
    let body = hub.read(move |_, read| Ok(db::packs::body(read, &Bytes(hash))?)).await?;
    let body = body.ok_or(HubError::NotFound)?;
    blocking(move || Ok(body::resumable(&headers, body, "text/csv; charset=utf-8"))).await
}
