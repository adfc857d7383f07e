//! `POST /v1/pull`.

use super::{
    auth::Member,
    body::{self, Message},
};
use crate::{Hub, HubError, db::devices, office::sync::pull as feeds, state::blocking};
use axum::{extract::State, response::Response};
use wire::pull::PullRequest;

pub async fn pull(
    State(hub): State<Hub>,
    Member(device): Member,
    Message { value, takes }: Message<PullRequest>,
) -> Result<Response, HubError> {
    let id = device.id;
    let answer = hub.read(move |hub, read| feeds::pull(hub, read, &device, &value)).await?;
    if !answer.more {
        hub.write_later(move |_, tx| Ok(devices::note_sync(tx, id)?));
    }
    blocking(move || body::lines(takes, |packer| answer.write(packer))).await
}
