//! Photos last, by tus 1.0: the hub says how far an upload got, and it goes on from there.

use super::{Blob, Machine, Operation, State, Wish, refusal};
use crate::{Method, Request, Response, SyncError, codec, report::Phase};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::collections::{HashSet, VecDeque};
use wire::push::{MissingRequest, MissingResponse};

/// Bytes in one request: what a cut link may cost at most, and how soon a run can be stopped.
pub const CHUNK: usize = 256 * 1024;
const SMALLEST_CHUNK: usize = 16 * 1024;
/// Addresses in one question for what is missing.
const ASK: usize = 500;

pub(super) struct Photos {
    /// Not yet asked for.
    unasked: VecDeque<Blob>,
    asked: Vec<Blob>,
    /// Missing at the hub; the first is going up.
    missing: VecDeque<Blob>,
    /// Where the upload of the first stands.
    offset: u64,
    /// Whether the hub knows of that upload.
    begun: bool,
    /// The furthest it ever stood in this run.
    furthest: u64,
    /// Failures since it last got further than ever.
    failed: u32,
    chunk: usize,
    /// Bytes of blobs that are done with; the progress is this and the offset.
    settled: u64,
}

impl Default for Photos {
    fn default() -> Self {
        Self {
            unasked: VecDeque::new(),
            asked: Vec::new(),
            missing: VecDeque::new(),
            offset: 0,
            begun: false,
            furthest: 0,
            failed: 0,
            chunk: CHUNK,
            settled: 0,
        }
    }
}

impl Photos {
    pub(super) fn count_failure(&mut self) -> u32 {
        self.failed += 1;
        self.failed
    }
}

impl Machine {
    pub(super) fn begin_photos(&mut self) -> Wish {
        self.begin_phase(Phase::Photos);
        self.operate(State::BlobsListed, Operation::PendingBlobs)
    }

    pub(super) fn blobs_listed(&mut self, blobs: Vec<Blob>) -> Result<Wish, SyncError> {
        self.progress.total = blobs.iter().map(|blob| blob.size).sum();
        self.photos.unasked = blobs.into();
        self.next_blob()
    }

    pub(super) fn missing_listed(&mut self, answer: MissingResponse) -> Result<Wish, SyncError> {
        let missing: HashSet<String> = answer.missing.into_iter().collect();
        let asked = std::mem::take(&mut self.photos.asked);
        let (missing, present): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|blob| missing.contains(&blob.address));
        self.photos.missing = missing.into();
        self.photos.settled += present.iter().map(|blob| blob.size).sum::<u64>();
        self.progress.done = self.photos.settled;
        let present = present.into_iter().map(|blob| blob.address).collect();
        Ok(self.operate(State::BlobsMarked, Operation::BlobsSent(present)))
    }

    pub(super) fn next_blob(&mut self) -> Result<Wish, SyncError> {
        if !self.photos.missing.is_empty() {
            self.photos.failed = 0;
            self.photos.offset = 0;
            self.photos.furthest = 0;
            return Ok(self.ask_offset());
        }
        if self.photos.unasked.is_empty() {
            return Ok(self.operate(State::Finishing, Operation::Finished));
        }
        let count = self.photos.unasked.len().min(ASK);
        self.photos.asked = self.photos.unasked.drain(..count).collect();
        let addresses = self.photos.asked.iter().map(|blob| blob.address.clone()).collect();
        let question = MissingRequest { v: wire::VERSION, addresses };
        let request = codec::post(wire::paths::PHOTOS_MISSING, &question)?;
        Ok(self.send(State::MissingAsked, request))
    }

    pub(super) fn ask_offset(&mut self) -> Wish {
        let Some(blob) = self.photos.missing.front() else { return self.end(Some(SyncError::BadAnswer)) };
        let request = Request {
            method: Method::Head,
            path: upload_path(blob),
            headers: vec![("tus-resumable", "1.0.0".into())],
            body: Vec::new(),
        };
        self.send(State::UploadOffset, request)
    }

    fn read_chunk(&mut self) -> Result<Wish, SyncError> {
        let Some(blob) = self.photos.missing.front() else { return Err(SyncError::BadAnswer) };
        let operation = Operation::ReadBlob {
            address: blob.address.clone(),
            offset: self.photos.offset,
            length: self.photos.chunk,
        };
        Ok(self.operate(State::BlobRead, operation))
    }

    pub(super) fn upload(&mut self, bytes: Option<Vec<u8>>) -> Result<Wish, SyncError> {
        let Some(blob) = self.photos.missing.front() else { return Err(SyncError::BadAnswer) };
        let left = blob.size.saturating_sub(self.photos.offset);
        let body = match bytes {
            Some(bytes) if !bytes.is_empty() && bytes.len() as u64 <= left => bytes,
            _ => return self.pass_over_blob(),
        };
        let mut headers = vec![
            ("tus-resumable", "1.0.0".to_owned()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        let request = if self.photos.begun {
            headers.push(("upload-offset", self.photos.offset.to_string()));
            Request { method: Method::Patch, path: upload_path(blob), headers, body }
        } else {
            headers.push(("upload-length", blob.size.to_string()));
            headers.push(("upload-metadata", format!("address {}", STANDARD.encode(&blob.address))));
            Request { method: Method::Post, path: wire::paths::PHOTOS.to_owned(), headers, body }
        };
        Ok(self.send(State::Upload, request))
    }

    pub(super) fn upload_answered(&mut self, response: &Response) -> Result<Wish, SyncError> {
        let asked = self.state == State::UploadOffset;
        match response.status {
            200..=299 => {
                let offset = response.header("upload-offset").map(str::parse);
                let Some(Ok(offset)) = offset else { return Err(SyncError::BadAnswer) };
                if asked && offset > 0 {
                    self.summary.resumed_uploads += 1;
                }
                self.photos.begun = true;
                self.upload_stands_at(offset)
            }
            404 if asked => {
                self.photos.begun = false;
                self.photos.offset = 0;
                self.read_chunk()
            }
            // Not where we thought, or forgotten by the hub: ask.
            404 | 410 => self.try_again(SyncError::BadAnswer),
            409 => {
                let code = codec::read::<wire::error::ErrorBody>(response).map(|body| body.code);
                if code.as_deref() == Ok(wire::error::code::WRONG_ADDRESS) && self.photos.failed > 0 {
                    // Dropped twice: it is our file that is damaged.
                    return self.pass_over_blob();
                }
                self.try_again(SyncError::BadAnswer)
            }
            413 if !asked && self.photos.chunk > SMALLEST_CHUNK => {
                self.photos.chunk /= 2;
                self.read_chunk()
            }
            // An answer to HEAD has no body to tell by.
            _ => Err(refusal(response)),
        }
    }

    fn upload_stands_at(&mut self, offset: u64) -> Result<Wish, SyncError> {
        let Some(blob) = self.photos.missing.front() else { return Err(SyncError::BadAnswer) };
        if offset > blob.size {
            return Err(SyncError::BadAnswer);
        }
        if offset > self.photos.furthest {
            self.photos.furthest = offset;
            self.photos.failed = 0;
        }
        if self.state == State::Upload && offset <= self.photos.offset {
            // Sent, and got nowhere.
            return self.try_again(SyncError::BadAnswer);
        }
        self.photos.offset = offset;
        self.progress.done = self.photos.settled + offset;
        if offset < blob.size {
            return self.read_chunk();
        }
        let Blob { address, size } = blob.clone();
        self.summary.blobs_sent += 1;
        self.summary.blob_bytes_sent += size;
        self.settle_blob();
        Ok(self.operate(State::BlobsMarked, Operation::BlobsSent(vec![address])))
    }

    /// The file is gone or damaged here: go on with the others.
    fn pass_over_blob(&mut self) -> Result<Wish, SyncError> {
        self.leave_undone(SyncError::PhotoUnreadable);
        self.settle_blob();
        self.next_blob()
    }

    fn settle_blob(&mut self) {
        if let Some(blob) = self.photos.missing.pop_front() {
            self.photos.settled += blob.size;
        }
        self.progress.done = self.photos.settled;
    }
}

fn upload_path(blob: &Blob) -> String {
    format!("{}/{}", wire::paths::PHOTOS, blob.address)
}
