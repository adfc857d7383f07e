//! `POST /v1/pull`.

use super::{
    auth::Member,
    body::{Json, Message},
};
use crate::{Hub, HubError, db::devices, office::sync::pull as feeds};
use axum::extract::State;
use wire::pull::{PullRequest, PullResponse};

pub async fn pull(
    State(hub): State<Hub>,
    Member(device): Member,
    Message { value, takes }: Message<PullRequest>,
) -> Result<Json<PullResponse>, HubError> {
    let id = device.id;
    let pulled = hub.read(move |hub, read| feeds::pull(hub, read, &device, &value)).await?;
    if pulled.is_last {
        hub.write_later(move |_, tx| Ok(devices::note_sync(tx, id)?));
    }
    Ok(Json::to(takes, pulled.response))
}
