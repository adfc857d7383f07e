//! Bodies: JSON, compressed with zstd where it pays; batches going up as [`wire::lines`].

use crate::{Method, Request, Response, SyncError};
use serde::{Serialize, de::DeserializeOwned};
use std::io::Read;
use wire::{lines::Packer, push::PushRequest};

/// The most that an answer may unpack to.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Questions below this are sent as they are.
const COMPRESS_FROM: usize = 1_024;
/// What can't be written was not read from the store as it was kept.
const DAMAGED: SyncError = SyncError::Storage { code: "store.damaged" };

pub(crate) fn read<T: DeserializeOwned>(response: &Response) -> Result<T, SyncError> {
    serde_json::from_slice(&body(response)?).map_err(|_| SyncError::BadAnswer)
}

pub(crate) fn body(response: &Response) -> Result<Vec<u8>, SyncError> {
    if is_packed(response)? {
        unpack(&response.body).map_err(|_| SyncError::BadAnswer)
    } else {
        Ok(response.body.clone())
    }
}

pub(crate) fn is_packed(response: &Response) -> Result<bool, SyncError> {
    match response.header("content-encoding") {
        None | Some("identity") => Ok(false),
        Some("zstd") => Ok(true),
        Some(_) => Err(SyncError::BadAnswer),
    }
}

fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    zstd::Decoder::with_buffer(bytes)?.take(MAX_UNPACKED + 1).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > MAX_UNPACKED {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(unpacked)
}

pub(crate) fn push(message: &PushRequest) -> Result<Request, SyncError> {
    let body = Packer::new(true).and_then(|packer| message.write(packer)).map_err(|_| DAMAGED)?;
    Ok(Request {
        method: Method::Post,
        path: wire::paths::PUSH.to_owned(),
        headers: vec![
            ("content-type", "application/x-ndjson".into()),
            ("content-encoding", "zstd".into()),
            ("accept-encoding", "zstd".into()),
        ],
        body,
    })
}

pub(crate) fn post<T: Serialize>(path: &str, message: &T) -> Result<Request, SyncError> {
    let mut headers = vec![("content-type", "application/json".into()), ("accept-encoding", "zstd".into())];
    let mut body = serde_json::to_vec(message).map_err(|_| DAMAGED)?;
    if body.len() >= COMPRESS_FROM {
        body = zstd::bulk::compress(&body, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(|_| DAMAGED)?;
        headers.push(("content-encoding", "zstd".into()));
    }
    Ok(Request { method: Method::Post, path: path.to_owned(), headers, body })
}
