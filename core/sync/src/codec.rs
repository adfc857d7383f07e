//! Bodies: JSON, compressed with zstd where it pays.

use crate::{Method, Request, Response, SyncError};
use serde::{Serialize, de::DeserializeOwned};
use std::io::Read;

/// The most that an answer may unpack to.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

pub(crate) fn read<T: DeserializeOwned>(response: &Response) -> Result<T, SyncError> {
    serde_json::from_slice(&body(response)?).map_err(|_| SyncError::BadAnswer)
}

pub(crate) fn body(response: &Response) -> Result<Vec<u8>, SyncError> {
    match response.header("content-encoding") {
        None | Some("identity") => Ok(response.body.clone()),
        Some("zstd") => unpack(&response.body).map_err(|_| SyncError::BadAnswer),
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

pub(crate) fn write<T: Serialize>(message: &T) -> Result<Vec<u8>, SyncError> {
    serde_json::to_vec(message).map_err(|_| SyncError::Storage { code: "store.damaged" })
}

pub(crate) fn write_compressed<T: Serialize>(message: &T) -> Result<Vec<u8>, SyncError> {
    let text = write(message)?;
    zstd::bulk::compress(&text, zstd::DEFAULT_COMPRESSION_LEVEL)
        .map_err(|_| SyncError::Storage { code: "store.damaged" })
}

pub(crate) fn post<T: Serialize>(path: &str, message: &T) -> Result<Request, SyncError> {
    Ok(Request {
        method: Method::Post,
        path: path.to_owned(),
        headers: vec![("content-type", "application/json".into()), ("accept-encoding", "zstd".into())],
        body: write(message)?,
    })
}
