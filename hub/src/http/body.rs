//! Bodies: JSON, compressed with zstd where `Content-Encoding` says so, of a limited size before and after.

use crate::{HubError, secret, state::blocking};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body::{Frame, SizeHint};
use model::BatchError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::VecDeque,
    convert::Infallible,
    future::poll_fn,
    io::Read,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::Semaphore;
use wire::lines::Bad;

/// The most a message may hold, before compression.
const MAX_BYTES: usize = wire::push::MAX_BYTES;
/// Windows larger than this (8 MiB) would cost memory and gain nothing.
const MAX_WINDOW_LOG: u32 = 23;
/// Answers below this are sent as they are.
const COMPRESS_FROM: usize = 1_024;
const LEVEL: i32 = 3;
/// Of files, which are packed for few and travel over slow lines.
const FILE_LEVEL: i32 = 12;
/// Bodies unpacked and held at once: bounds the memory.
static UNPACKING: Semaphore = Semaphore::const_new(32);

/// Whether the client takes zstd.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    zstd: bool,
}

impl Takes {
    pub fn of(headers: &HeaderMap) -> Self {
        let accepted =
            headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let zstd = accepted.flat_map(|value| value.split(',')).any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim() == "zstd" && weight.trim() != "q=0"
        });
        Self { zstd }
    }

    pub fn zstd(self) -> bool {
        self.zstd
    }
}

/// A message that came in.
pub struct Message<T> {
    pub value: T,
    pub takes: Takes,
}

impl<S: Sync, T: DeserializeOwned + Send + 'static> FromRequest<S> for Message<T> {
    type Rejection = HubError;

    async fn from_request(request: Request, _: &S) -> Result<Self, HubError> {
        let (parts, body) = request.into_parts();
        let takes = Takes::of(&parts.headers);
        let zstd = is_packed(&parts.headers)?;
        let bytes = read_all(body).await?;
        let Ok(_permit) = UNPACKING.acquire().await else { return Err(HubError::Internal("stopping")) };
        let value = blocking(move || parse(&if zstd { unpack(&bytes)? } else { bytes })).await?;
        Ok(Self { value, takes })
    }
}

/// Whether a body that comes in is compressed.
pub fn is_packed(headers: &HeaderMap) -> Result<bool, HubError> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"zstd") => Ok(true),
        Some(_) => Err(HubError::BadMessage("unknown content encoding")),
    }
}

impl From<Bad> for HubError {
    fn from(bad: Bad) -> Self {
        match bad {
            Bad::Packing => Self::BadMessage("not zstd"),
            Bad::Shape => Self::BadMessage("not of this message's shape"),
            Bad::Version => Self::Version,
            Bad::TooLarge | Bad::Batches(BatchError::TooLarge) => Self::TooLarge,
            Bad::Batches(BatchError::Newer | BatchError::UnknownSuite) => Self::Version,
            Bad::Batches(error) => Self::Batch(error),
        }
    }
}

async fn read_all(mut body: Body) -> Result<Vec<u8>, HubError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut body).await {
        let chunk = chunk.map_err(|_| HubError::BadMessage("the body was cut off"))?;
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(HubError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The next bytes of a body as they come in; `None` at its end.
pub async fn next_chunk(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
        match frame.map(|frame| frame.into_data()) {
            Ok(Ok(data)) => return Some(Ok(data)),
            // Trailers.
            Ok(Err(_)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, HubError> {
    let damaged = |_| HubError::BadMessage("not zstd");
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(damaged)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(damaged)?;
    let mut unpacked = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    decoder.take(limit + 1).read_to_end(&mut unpacked).map_err(damaged)?;
    if unpacked.len() > MAX_BYTES { Err(HubError::TooLarge) } else { Ok(unpacked) }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, HubError> {
    #[derive(Deserialize)]
    struct Version {
        v: u16,
    }
    let Version { v } =
        serde_json::from_slice(bytes).map_err(|_| HubError::BadMessage("not JSON with a version"))?;
    if !wire::VERSIONS.contains(&v) {
        return Err(HubError::Version);
    }
    serde_json::from_slice(bytes).map_err(|_| HubError::BadMessage("not of this message's shape"))
}

/// An answer as JSON.
pub struct Json<T> {
    value: T,
    zstd: bool,
}

impl<T> Json<T> {
    pub fn plain(value: T) -> Self {
        Self { value, zstd: false }
    }

    pub fn to(takes: Takes, value: T) -> Self {
        Self { value, zstd: takes.zstd }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.value) {
            Ok(bytes) => bytes_response(bytes, "application/json", self.zstd),
            Err(error) => HubError::from(error).into_response(),
        }
    }
}

/// An answer as lines, packed or not as the client takes it: its parts go out one after the other as they are.
pub fn lines(takes: Takes, parts: Vec<Bytes>) -> Response {
    response(Body::new(Parts(parts.into())), "application/x-ndjson", takes.zstd)
}

struct Parts(VecDeque<Bytes>);

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|part| Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|part| part.len() as u64).sum())
    }
}

/// Bytes to a client that takes zstd or not. A client that was cut goes on with `Range` where it stood, of the bytes as
/// they travel: the tag is theirs.
pub fn resumable(headers: &HeaderMap, bytes: Vec<u8>, kind: &'static str) -> Response {
    let (mut bytes, packed) = packed_if_smaller(bytes, Takes::of(headers).zstd, FILE_LEVEL);
    let tag = format!("\"{}\"", &secret::hex(&secret::sha256(&bytes))[..32]);
    let length = bytes.len();
    let from = range_start(headers, &tag).filter(|from| *from < length);
    if let Some(from) = from {
        bytes.drain(..from);
    }
    let mut response = response(Body::from(bytes), kind, packed);
    if let Some(from) = from {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{length}", length - 1);
        response
            .headers_mut()
            .extend(HeaderValue::try_from(range).map(|range| (header::CONTENT_RANGE, range)));
    }
    response.headers_mut().extend(HeaderValue::try_from(tag).map(|tag| (header::ETAG, tag)));
    response
}

/// Where a client goes on (`Range: bytes=N-`), if what it has is of this tag; else it gets all.
fn range_start(headers: &HeaderMap, tag: &str) -> Option<usize> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE) == Some(tag))?;
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

fn bytes_response(bytes: Vec<u8>, kind: &'static str, zstd: bool) -> Response {
    let (bytes, packed) = packed_if_smaller(bytes, zstd, LEVEL);
    response(Body::from(bytes), kind, packed)
}

fn packed_if_smaller(bytes: Vec<u8>, zstd: bool, level: i32) -> (Vec<u8>, bool) {
    let packed = if zstd && bytes.len() >= COMPRESS_FROM {
        zstd::bulk::compress(&bytes, level).ok().filter(|packed| packed.len() < bytes.len())
    } else {
        None
    };
    match packed {
        Some(packed) => (packed, true),
        None => (bytes, false),
    }
}

fn response(body: Body, kind: &'static str, zstd: bool) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if zstd {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    response
}
