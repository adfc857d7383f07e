//! `POST /v1/pull`.

use super::{
    auth::{self, Member},
    body::{self, Message},
};
use crate::{
    Hub, HubError,
    db::devices::{self, Program},
    office::sync::{
        pieces,
        pull::{self as feeds, Page, Part, Pulled},
        reading,
    },
    state::blocking,
};
use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use std::{num::NonZero, sync::LazyLock, thread::available_parallelism};
use tokio::sync::Semaphore;
use wire::{
    lines::Packer,
    pull::{PullRequest, PullResponse, Writer},
};

/// Answers made at once, one for each processor: more would make none sooner, and each takes some megabytes.
static ANSWERING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, NonZero::get)));

pub async fn pull(
    State(hub): State<Hub>,
    Member(device): Member,
    headers: HeaderMap,
    Message { value, takes }: Message<PullRequest>,
) -> Result<Response, HubError> {
    let id = device.id;
    let program = Program { app_version: auth::app_version(&headers), speaks: value.v };
    let packed = takes.zstd();
    let condition = value.condition.bounded();
    let Ok(_permit) = ANSWERING.acquire().await else { return Err(HubError::Internal("stopping")) };
    let pulled = hub.read(move |hub, read| feeds::pull(hub, read, &device, &value, packed)).await?;
    let Pulled { answer, pages, reading } = pulled;
    let ended = !answer.more;
    hub.write_later(move |_, tx| {
        reading::note(tx, &reading)?;
        if ended {
            devices::note_sync(tx, id, &program, &condition)?;
        }
        Ok(())
    });
    let parts = blocking(move || write(&answer, &pages, packed)).await?;
    Ok(body::lines(takes, parts))
}

fn write(answer: &PullResponse, pages: &[Page], packed: bool) -> Result<Vec<Bytes>, HubError> {
    let mut writer = Writer::new(Packer::new(packed)?, answer)?;
    for page in pages {
        writer.feed(&page.feed, page.head)?;
        for part in &page.parts {
            match part {
                Part::Entries(entries) => writer.entries(entries)?,
                Part::Piece(piece) => writer.packed(piece.packed.clone(), pieces::LENGTH.into())?,
            }
        }
        if let Some(mark) = page.mark {
            writer.mark(mark)?;
        }
    }
    Ok(writer.finish()?)
}
