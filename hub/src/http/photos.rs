//! tus 1.0 (core, creation, creation-with-upload) over content addresses: an upload's name is what its bytes hash to.
//! Small photos come many in one body instead.

use super::{
    auth::Member,
    body::{self, Json, Message, Takes},
};
use crate::{
    Hub, HubError,
    db::devices::Device,
    office::uploads::{self, Creation, Stand, Upload},
    photos::{MAX_BYTES, is_address},
    turns::Turn,
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use wire::photos::{
    BundleError, BundleResponse, Bundled, MAX_ADDRESSES, MissingRequest, MissingResponse, Unbundler,
};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// An answer is there by then; more would only take the line from what comes next.
const TURN_AWAY: Duration = Duration::from_secs(2);

pub async fn options() -> Response {
    let mut response = answer(StatusCode::NO_CONTENT, None);
    let headers = response.headers_mut();
    headers.insert("tus-version", VERSION);
    headers.insert("tus-extension", HeaderValue::from_static("creation,creation-with-upload,expiration"));
    headers.insert("tus-max-size", HeaderValue::from(MAX_BYTES));
    response
}

/// `POST /v1/photos`
pub async fn create(
    State(hub): State<Hub>,
    Member(device): Member,
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
    let stand = uploading(async move {
        let turn = hub.photos.sending(device.id).await;
        proceed(uploads::begin(&hub, &device, address, size, brings).await, &turn, body).await
    })
    .await?;
    let mut response = answer(StatusCode::CREATED, Some(&stand));
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `HEAD /v1/photos/{address}`
pub async fn head(
    State(hub): State<Hub>,
    Member(device): Member,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HubError> {
    check_version(&headers)?;
    let _turn = hub.photos.sending(device.id).await;
    let stand = uploads::stands(&hub, device.id, address).await?;
    let mut response = answer(StatusCode::OK, Some(&stand));
    response.headers_mut().insert("upload-length", HeaderValue::from(stand.size));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `PATCH /v1/photos/{address}`
pub async fn append(
    State(hub): State<Hub>,
    Member(device): Member,
    Path(address): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HubError> {
    check_version(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != OFFSET_STREAM) {
        return Err(HubError::WrongType);
    }
    let from = number(&headers, "upload-offset").ok_or(HubError::BadMessage("no Upload-Offset"))?;
    let stand = uploading(async move {
        let turn = hub.photos.sending(device.id).await;
        proceed(uploads::resume(&hub, device.id, address, from).await, &turn, body).await
    })
    .await?;
    Ok(answer(StatusCode::NO_CONTENT, Some(&stand)))
}

/// `POST /v1/photos/missing`
pub async fn missing(
    State(hub): State<Hub>,
    Member(device): Member,
    Message { value, takes }: Message<MissingRequest>,
) -> Result<Json<MissingResponse>, HubError> {
    if value.addresses.len() > MAX_ADDRESSES {
        return Err(HubError::TooLarge);
    }
    let missing = uploads::missing(&hub, &device, value.addresses).await?;
    Ok(Json::to(takes, MissingResponse { v: wire::VERSION, missing }))
}

/// `POST /v1/photos/bundle`
pub async fn bundle(
    State(hub): State<Hub>,
    Member(device): Member,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BundleResponse>, HubError> {
    let blobs = uploading(async move { unbundle(&hub, &device, body).await }).await?;
    Ok(Json::to(Takes::of(&headers), BundleResponse { v: wire::VERSION, blobs }))
}

/// Keeps what has come whole while it waits for the rest, which may never come.
async fn unbundle(hub: &Hub, device: &Device, mut body: Body) -> Result<Vec<Bundled>, HubError> {
    let (mut unbundler, mut whole, mut bundled) = (Unbundler::default(), Vec::new(), Vec::new());
    let mut due = Instant::now();
    let end = loop {
        let chunk = body::next_chunk(&mut body);
        let chunk = if whole.is_empty() { Ok(chunk.await) } else { timeout_at(due, chunk).await };
        match chunk {
            Err(_) => bundled.extend(uploads::keep_whole(hub, device, std::mem::take(&mut whole)).await?),
            Ok(None) if unbundler.is_at_end() => break Ok(()),
            Ok(None | Some(Err(_))) => break Err(HubError::BadMessage("the bundle was cut off")),
            Ok(Some(Ok(bytes))) => match unbundler.take(&bytes) {
                Ok(more) => {
                    if whole.is_empty() {
                        due = Instant::now() + uploads::KEEP_AFTER;
                    }
                    whole.extend(more);
                }
                Err(BundleError::TooLarge) => break Err(HubError::TooLarge),
                Err(_) => break Err(HubError::BadMessage("not a bundle")),
            },
        }
    };
    // Whatever ended it, what came whole is kept.
    bundled.extend(uploads::keep_whole(hub, device, whole).await?);
    end.map(|()| bundled)
}

/// Runs apart from the connection: when that breaks, what came in is still written.
async fn uploading<T: Send + 'static>(
    work: impl Future<Output = Result<T, HubError>> + Send + 'static,
) -> Result<T, HubError> {
    tokio::spawn(work).await.unwrap_or(Err(HubError::Internal("an upload panicked")))
}

/// What comes of an upload's body.
async fn proceed(creation: Result<Creation, HubError>, turn: &Turn, body: Body) -> Result<Stand, HubError> {
    match creation {
        Ok(Creation::Comes(upload)) => take(*upload, turn, body).await,
        Ok(Creation::Stands(stand)) => {
            turn_away(body);
            Ok(stand)
        }
        Err(error) => {
            turn_away(body);
            Err(error)
        }
    }
}

/// Reads on for a while what is not taken: a connection that ends over bytes that nobody read takes the answer with it.
fn turn_away(mut body: Body) {
    tokio::spawn(timeout(
        TURN_AWAY,
        async move { while let Some(Ok(_)) = body::next_chunk(&mut body).await {} },
    ));
}

/// Takes the body's bytes onto the end of the upload.
async fn take(mut upload: Upload, turn: &Turn, mut body: Body) -> Result<Stand, HubError> {
    let end = loop {
        let chunk = tokio::select! {
            chunk = body::next_chunk(&mut body) => chunk,
            () = turn.wanted() => break Err(HubError::Interrupted),
        };
        match chunk {
            None => break Ok(()),
            Some(Err(_)) => break Err(HubError::Interrupted),
            Some(Ok(bytes)) if !upload.has_room(&bytes) => {
                break Err(HubError::BadMessage("more bytes than Upload-Length"));
            }
            Some(Ok(bytes)) => upload.append(&bytes).await?,
        }
    };
    // Whatever ended it, what came is kept.
    let stand = upload.end().await?;
    if stand.expires_at.is_some() {
        end?;
    }
    Ok(stand)
}

fn answer(status: StatusCode, stand: Option<&Stand>) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-resumable", VERSION);
    if let Some(Stand { offset, expires_at, .. }) = stand {
        headers.insert("upload-offset", HeaderValue::from(*offset));
        let date = expires_at.and_then(http_date);
        headers.extend(date.map(|date| (HeaderName::from_static("upload-expires"), date)));
    }
    response
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
fn http_date(ms: u64) -> Option<HeaderValue> {
    let time = DateTime::from_timestamp_millis(i64::try_from(ms).ok()?)?;
    HeaderValue::try_from(time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
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
