//! `Authorization: Bearer`: which device asks; `User-Agent`: of which program.

use crate::{Hub, HubError, db::devices::Device, office::devices};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

/// A device that may push; revoked ones too.
pub struct Sender(pub Device);

/// A device in good standing.
pub struct Member(pub Device);

impl FromRequestParts<Hub> for Sender {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, HubError> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|text| text.strip_prefix("Bearer ")).ok_or(HubError::Unauthorised)?;
        // One row by its key: shorter than a change of threads.
        hub.read_now(|_, read| devices::by_token(read, token.trim())).map(Self)
    }
}

impl FromRequestParts<Hub> for Member {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, HubError> {
        let Sender(device) = Sender::from_request_parts(parts, hub).await?;
        if device.revoked { Err(HubError::Revoked) } else { Ok(Self(device)) }
    }
}

/// The app's version by the program's name; empty if it tells none.
pub fn app_version(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    devices::short(agent.and_then(|agent| agent.strip_prefix(wire::AGENT)).unwrap_or_default())
}
