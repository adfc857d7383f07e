//! tus 1.0 (core, creation, creation-with-upload) over content addresses: an upload's name is what its bytes hash to.

use super::{
    auth::Member,
    body::{self, Json, Message},
};
use crate::{
    Hub, HubError,
    db::{int, uint},
    photos::{MAX_BYTES, Turn, is_address},
    state::blocking,
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rusqlite::{Connection, OptionalExtension, params};
use wire::push::{MissingRequest, MissingResponse};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const OFFSET_STREAM: &str = "application/offset+octet-stream";
/// Bytes gathered before they are written: most photos fit, and are then written, hashed and put into their place in
/// one go.
const CHUNK: usize = 512 * 1024;
/// Addresses asked for at once.
const MAX_ADDRESSES: usize = 10_000;

pub async fn options() -> Response {
    let mut response = answer(StatusCode::NO_CONTENT, None);
    let headers = response.headers_mut();
    headers.insert("tus-version", VERSION);
    headers.insert("tus-extension", HeaderValue::from_static("creation,creation-with-upload"));
    headers.insert("tus-max-size", HeaderValue::from(MAX_BYTES));
    response
}

/// `POST /v1/photos`
pub async fn create(
    State(hub): State<Hub>,
    _: Member,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HubError> {
    check_version(&headers)?;
    let size = number(&headers, "upload-length").ok_or(HubError::BadMessage("no Upload-Length"))?;
    if size == 0 || size > MAX_BYTES {
        return Err(HubError::TooLarge);
    }
    let address = metadata_address(&headers).ok_or(HubError::BadMessage("no address in Upload-Metadata"))?;
    let brings = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == OFFSET_STREAM);
    let location = format!("{}/{address}", wire::paths::PHOTOS);
    let offset = uploading(async move {
        let (turn, _guard) = hub.photos.turn(&address).await;
        let known = known(&hub, &address)?;
        match known {
            Some(known) if known.whole => return Ok(known.size),
            Some(known) if known.size == size => {
                let standing = standing(&hub, &address).await?;
                if standing > 0 || !brings {
                    return Ok(standing);
                }
            }
            _ => {
                // A size that turns out wrong takes its bytes with it.
                hub.photos.forget_part(&address)?;
                // The row comes with the last byte if this request brings all of them; else the size must be kept.
                if !brings {
                    keep(&hub, &address, size, false).await?;
                    return Ok(0);
                }
            }
        }
        let kept = known.is_some_and(|known| known.size == size);
        take(&hub, Upload { address, stands: 0, size, kept }, &turn, body).await
    })
    .await?;
    let mut response = answer(StatusCode::CREATED, Some(offset));
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Durable bytes and the size of an upload.
async fn standing_of(hub: &Hub, address: &str) -> Result<(u64, u64), HubError> {
    let (_turn, _guard) = hub.photos.turn(address).await;
    let known = known(hub, address)?;
    let known = known.ok_or(HubError::NotFound)?;
    let offset = if known.whole { known.size } else { standing(hub, address).await? };
    Ok((offset, known.size))
}

/// `HEAD /v1/photos/{address}`
pub async fn head(
    State(hub): State<Hub>,
    _: Member,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HubError> {
    check_version(&headers)?;
    let (offset, size) = standing_of(&hub, &address).await?;
    let mut response = answer(StatusCode::OK, Some(offset));
    response.headers_mut().insert("upload-length", HeaderValue::from(size));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `PATCH /v1/photos/{address}`
pub async fn append(
    State(hub): State<Hub>,
    _: Member,
    Path(address): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HubError> {
    check_version(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != OFFSET_STREAM) {
        return Err(HubError::WrongType);
    }
    let from = number(&headers, "upload-offset").ok_or(HubError::BadMessage("no Upload-Offset"))?;
    let offset = uploading(async move {
        let (turn, _guard) = hub.photos.turn(&address).await;
        let known = known(&hub, &address)?;
        let known = known.ok_or(HubError::NotFound)?;
        let stands = if known.whole { known.size } else { standing(&hub, &address).await? };
        if stands != from {
            return Err(HubError::WrongOffset);
        }
        if known.whole {
            return Ok(stands);
        }
        let upload = Upload { address, stands, size: known.size, kept: true };
        take(&hub, upload, &turn, body).await
    })
    .await?;
    Ok(answer(StatusCode::NO_CONTENT, Some(offset)))
}

/// `POST /v1/photos/missing`
pub async fn missing(
    State(hub): State<Hub>,
    _: Member,
    Message { value, takes }: Message<MissingRequest>,
) -> Result<Json<MissingResponse>, HubError> {
    if value.addresses.len() > MAX_ADDRESSES {
        return Err(HubError::TooLarge);
    }
    let missing = hub
        .read(move |hub, connection| {
            let mut missing = Vec::new();
            for address in value.addresses {
                let known = blob(connection, hub.office(), &address)?;
                if is_address(&address) && !known.is_some_and(|blob| blob.whole) {
                    missing.push(address);
                }
            }
            Ok(missing)
        })
        .await?;
    Ok(Json::to(takes, MissingResponse { v: wire::VERSION, missing }))
}

/// Runs apart from the connection: when that breaks, what came in is still written.
async fn uploading(
    work: impl Future<Output = Result<u64, HubError>> + Send + 'static,
) -> Result<u64, HubError> {
    tokio::spawn(work).await.unwrap_or(Err(HubError::Internal("an upload panicked")))
}

/// An upload as it was when a request came.
struct Upload {
    address: String,
    /// Durable bytes.
    stands: u64,
    size: u64,
    /// Its size is kept already.
    kept: bool,
}

/// Takes the body's bytes onto the end of the upload; completes it with the last one. Returns the durable offset.
async fn take(hub: &Hub, upload: Upload, turn: &Turn, mut body: Body) -> Result<u64, HubError> {
    let Upload { address, stands, size, kept } = upload;
    let (mut part, mut offset) = (None, stands);
    let mut buffer = Vec::with_capacity(CHUNK);
    let end = loop {
        let chunk = tokio::select! {
            chunk = body::next_chunk(&mut body) => chunk,
            () = turn.wanted() => break Err(HubError::Interrupted),
        };
        match chunk {
            None => break Ok(()),
            Some(Err(_)) => break Err(HubError::Interrupted),
            Some(Ok(bytes)) if offset + length(&buffer) + length(&bytes) > size => {
                break Err(HubError::BadMessage("more bytes than Upload-Length"));
            }
            Some(Ok(bytes)) => {
                buffer.extend_from_slice(&bytes);
                if buffer.len() >= CHUNK {
                    offset += length(&buffer);
                    let (hub, address) = (hub.clone(), address.clone());
                    (part, buffer) = blocking(move || {
                        let mut part = part.map_or_else(|| hub.photos.part(&address), Ok)?;
                        part.append(&buffer)?;
                        buffer.clear();
                        Ok((Some(part), buffer))
                    })
                    .await?;
                }
            }
        }
    };
    // Whatever ended it, what came is kept.
    offset += length(&buffer);
    let last = {
        let (hub, address) = (hub.clone(), address.clone());
        blocking(move || {
            let mut part = part.map_or_else(|| hub.photos.part(&address), Ok)?;
            part.append(&buffer)?;
            part.sync()?;
            if offset == size { hub.photos.finish(&address, part) } else { Ok(()) }
        })
        .await
    };
    if let Err(HubError::WrongAddress) = last {
        hub.write(move |hub, transaction| {
            let sql = "DELETE FROM blobs WHERE office = ?1 AND address = ?2";
            Ok(transaction.execute(sql, [hub.office(), &address])?)
        })
        .await?;
        return Err(HubError::WrongAddress);
    }
    last?;
    let whole = offset == size;
    if whole || !kept {
        keep(hub, &address, size, whole).await?;
    }
    if !whole {
        end?;
    }
    Ok(offset)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

async fn standing(hub: &Hub, address: &str) -> Result<u64, HubError> {
    let (hub, address) = (hub.clone(), address.to_owned());
    blocking(move || hub.photos.standing(&address)).await
}

async fn keep(hub: &Hub, address: &str, size: u64, whole: bool) -> Result<(), HubError> {
    let address = address.to_owned();
    hub.write(move |hub, transaction| {
        let now = int(hub.now());
        transaction
            .prepare_cached(
                "INSERT INTO blobs (office, address, size, created_at, whole_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (office, address) DO UPDATE SET size = excluded.size, whole_at = excluded.whole_at",
            )?
            .execute(params![hub.office(), address, int(size), now, whole.then_some(now)])?;
        Ok(())
    })
    .await
}

#[derive(Clone, Copy)]
struct Blob {
    size: u64,
    whole: bool,
}

/// One row by its key: shorter than a change of threads.
fn known(hub: &Hub, address: &str) -> Result<Option<Blob>, HubError> {
    hub.read_now(|hub, connection| blob(connection, hub.office(), address))
}

fn blob(connection: &Connection, office: &str, address: &str) -> Result<Option<Blob>, HubError> {
    let mut statement = connection
        .prepare_cached("SELECT size, whole_at IS NOT NULL FROM blobs WHERE office = ?1 AND address = ?2")?;
    let row = |row: &rusqlite::Row| Ok(Blob { size: uint(row.get(0)?), whole: row.get(1)? });
    Ok(statement.query_row([office, address], row).optional()?)
}

fn answer(status: StatusCode, offset: Option<u64>) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert("tus-resumable", VERSION);
    if let Some(offset) = offset {
        response.headers_mut().insert("upload-offset", HeaderValue::from(offset));
    }
    response
}

fn check_version(headers: &HeaderMap) -> Result<(), HubError> {
    if headers.get("tus-resumable") == Some(&VERSION) { Ok(()) } else { Err(HubError::TusVersion) }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// `Upload-Metadata: address <base64>, …` (tus 1.0, Creation).
fn metadata_address(headers: &HeaderMap) -> Option<String> {
    let metadata = headers.get("upload-metadata")?.to_str().ok()?;
    let mut pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = pairs.find(|(key, _)| *key == "address")?;
    let address = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    is_address(&address).then_some(address)
}
