//! `POST /v1/push`. What came before the line broke is kept: a phone on a bad line goes on from there. A device pushes
//! over one line at a time: its next request ends the one before, and is answered after what came by that is kept.

use super::{
    auth::Sender,
    body::{self, Json, Takes},
};
use crate::{
    Hub, HubError,
    db::devices::Device,
    office::sync::receive::{self, Receiving},
    state::blocking,
    turns::Turn,
};
use axum::{body::Body, extract::State, http::HeaderMap};
use std::time::Duration;
use tokio::time::timeout;
use wire::push::{Came, PushReader, PushResponse};

/// After so much silence what has come is kept at once: the line may be gone without a word.
const PAUSE: Duration = Duration::from_secs(2);
/// Pauses in a row after which nothing more is waited for.
const PAUSES: u32 = 60;

pub async fn push(
    State(hub): State<Hub>,
    Sender(device): Sender,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PushResponse>, HubError> {
    let reader = PushReader::new(body::is_packed(&headers)?)?;
    // Apart from the connection: when that breaks, what came is still kept.
    let pushed = tokio::spawn(take(hub, device, reader, body)).await;
    let response = pushed.unwrap_or(Err(HubError::Internal("a push panicked")))?;
    Ok(Json::to(Takes::of(&headers), response))
}

async fn take(hub: Hub, device: Device, reader: PushReader, body: Body) -> Result<PushResponse, HubError> {
    let waiting = hub.clone();
    let turn = waiting.pushing.turn(&device.id.to_string()).await;
    let mut push = Push { hub, device, reader, new: Came::default(), receiving: Receiving::default() };
    let read = push.read(body, &turn).await;
    if read.is_err() {
        push.new = Came::default();
    }
    let response = push.decide().await?;
    if read? { Ok(response) } else { Err(HubError::BadMessage("the body was cut off")) }
}

struct Push {
    hub: Hub,
    device: Device,
    reader: PushReader,
    /// Read, and not kept yet.
    new: Came,
    receiving: Receiving,
}

impl Push {
    /// Whether all of it came.
    async fn read(&mut self, mut body: Body, turn: &Turn) -> Result<bool, HubError> {
        let mut pauses = 0;
        loop {
            let chunk = tokio::select! {
                // What has arrived comes first.
                biased;
                chunk = timeout(PAUSE, body::next_chunk(&mut body)) => chunk,
                () = turn.wanted() => return Ok(false),
            };
            match chunk {
                Ok(Some(Ok(bytes))) => {
                    pauses = 0;
                    let Came { receipt, orders, batches } = self.reader.read(&bytes)?;
                    self.new.receipt = self.new.receipt.take().or(receipt);
                    self.new.orders.extend(orders);
                    self.new.batches.extend(batches);
                }
                Ok(None) => return Ok(self.reader.is_whole()),
                Ok(Some(Err(_))) => return Ok(false),
                Err(_) if pauses == PAUSES => return Ok(false),
                Err(_) => {
                    pauses += 1;
                    if !(self.new.batches.is_empty() && self.new.orders.is_empty()) {
                        self.keep().await?;
                    }
                }
            }
        }
    }

    /// Makes durable what was read.
    async fn keep(&mut self) -> Result<(), HubError> {
        let incoming = self.check().await?;
        let (device, mut receiving) = (self.device.clone(), std::mem::take(&mut self.receiving));
        self.receiving = self
            .hub
            .write(move |hub, tx| {
                receiving.keep(hub, tx, &device, incoming)?;
                Ok(receiving)
            })
            .await?;
        Ok(())
    }

    /// Keeps the rest, and decides all of it.
    async fn decide(mut self) -> Result<PushResponse, HubError> {
        let incoming = self.check().await?;
        let Self { hub, device, mut receiving, .. } = self;
        let decided = hub.write(move |hub, tx| {
            receiving.keep(hub, tx, &device, incoming)?;
            receiving.decide(hub, tx, &device)
        });
        let (response, erased) = decided.await?;
        if erased {
            blocking(move || Ok(hub.db.forget()?)).await?;
        }
        Ok(response)
    }

    /// Signatures and forms are checked beside each other; the one writer only keeps what was checked.
    async fn check(&mut self) -> Result<receive::Incoming, HubError> {
        let (hub, device, new) = (self.hub.clone(), self.device.clone(), std::mem::take(&mut self.new));
        blocking(move || receive::check(&hub, &device, new)).await
    }
}
