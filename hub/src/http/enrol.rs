//! `POST /v1/enrol`.

use super::body::{Json, Message};
use crate::{Hub, HubError, net::Peer, office::devices};
use axum::extract::{ConnectInfo, State};
use wire::enrol::{EnrolRequest, EnrolResponse};

pub async fn enrol(
    State(hub): State<Hub>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    Message { value, .. }: Message<EnrolRequest>,
) -> Result<Json<EnrolResponse>, HubError> {
    hub.failures.check(peer.ip(), hub.now())?;
    let result = hub.write(move |hub, tx| devices::enrol(hub, tx, &value)).await;
    if let Err(HubError::CodeUnknown | HubError::CodeUsed | HubError::CodeExpired) = result {
        hub.failures.failed(peer.ip(), hub.now());
    }
    result.map(Json::plain)
}
