//! `POST /v1/push`.

use super::{
    auth::Sender,
    body::{Json, Message},
};
use crate::{Hub, HubError, office::sync::receive, state::blocking};
use axum::extract::State;
use wire::push::{MAX_CHANGES, PushRequest, PushResponse};

pub async fn push(
    State(hub): State<Hub>,
    Sender(device): Sender,
    Message { value, takes }: Message<PushRequest>,
) -> Result<Json<PushResponse>, HubError> {
    if value.changes.len() > MAX_CHANGES {
        return Err(HubError::TooLarge);
    }
    // Signatures and forms are checked beside each other; the one writer only keeps what was checked.
    let checker = (hub.clone(), device.clone());
    let incoming = blocking(move || receive::check(&checker.0, &checker.1, value.changes)).await?;
    let response = hub.write(move |hub, tx| receive::receive(hub, tx, &device, incoming)).await?;
    Ok(Json::to(takes, response))
}
