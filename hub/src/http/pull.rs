//! `POST /v1/pull`.

use super::{
    auth::Member,
    body::{Json, Message},
};
use crate::{Hub, HubError, sync::pull as feeds};
use axum::extract::State;
use wire::pull::{PullRequest, PullResponse};

pub async fn pull(
    State(hub): State<Hub>,
    Member(device): Member,
    Message { value, takes }: Message<PullRequest>,
) -> Result<Json<PullResponse>, HubError> {
    let id = device.id;
    let pulled = hub.read(move |hub, connection| feeds::pull(hub, connection, &device, &value)).await?;
    if pulled.is_last {
        // Nobody waits for the note of when a phone had everything.
        drop(hub.db.write({
            let (office, now) = (hub.office().to_owned(), hub.now());
            move |transaction| feeds::note_sync(transaction, &office, id, now)
        }));
    }
    Ok(Json::to(takes, pulled.response))
}
