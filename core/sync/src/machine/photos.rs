//! Photos last. One question tells what the hub lacks and where uploads stand; then small blobs go up many in one body,
//! each large one in one request from where it stands, by tus 1.0. After a failure the question is asked again.

mod queue;

use super::{Blob, Machine, Operation, Piece, State, Wish, refusal};
use crate::{Method, Request, Response, SyncError, codec, report::Phase};
use base64::{Engine, engine::general_purpose::STANDARD};
use queue::Item;
pub(super) use queue::Photos;
use std::collections::HashMap;
use wire::{
    error::code,
    photos::{Bundle, BundleResponse, Missing, MissingRequest, MissingResponse},
};

/// Pieces don't become smaller than this, whatever a hub says.
const SMALLEST_PIECE: u64 = 16 * 1024;

impl Machine {
    pub(super) fn begin_photos(&mut self) -> Wish {
        self.begin_phase(Phase::Photos);
        self.operate(State::BlobsListed, Operation::PendingBlobs)
    }

    pub(super) fn blobs_listed(&mut self, blobs: Vec<Blob>) -> Result<Wish, SyncError> {
        self.progress.total = blobs.iter().map(|blob| blob.size).sum();
        self.photos.line_up(blobs);
        self.next_blob()
    }

    pub(super) fn next_blob(&mut self) -> Result<Wish, SyncError> {
        self.progress.done = self.photos.settled;
        if self.photos.is_small_next() {
            let addresses = self.photos.go_together();
            return Ok(self.operate(State::BlobsRead, Operation::ReadBlobs(addresses)));
        }
        if self.photos.go_next() {
            return self.upload();
        }
        if self.photos.ask_next() {
            self.ask()
        } else if self.summary.blobs_sent > 0 {
            self.ask_for_receipt()
        } else {
            Ok(self.finish())
        }
    }

    fn ask(&mut self) -> Result<Wish, SyncError> {
        let addresses = self.photos.asked.iter().map(|item| item.blob.address.clone()).collect();
        let question = MissingRequest { v: wire::VERSION, addresses };
        let request = codec::post(wire::paths::PHOTOS_MISSING, &question)?;
        Ok(self.send(State::MissingAsked, request))
    }

    pub(super) fn missing_listed(&mut self, answer: MissingResponse) -> Result<Wish, SyncError> {
        let missing = answer.missing.into_iter().map(|missing| (missing.address.clone(), missing));
        let mut missing: HashMap<String, Missing> = missing.collect();
        let (mut here, mut lacked) = (Vec::new(), Vec::new());
        for mut item in std::mem::take(&mut self.photos.asked) {
            match missing.remove(&item.blob.address) {
                Some(Missing { refused: Some(code), .. }) => {
                    self.leave_refused(&item, photo_refusal(&code));
                }
                Some(Missing { begun, .. }) => {
                    let begun =
                        begun.filter(|begun| begun.size == item.blob.size && begun.offset <= begun.size);
                    let stands = begun.map_or(0, |begun| begun.offset);
                    item.resumes = stands > 0;
                    item.stand(stands);
                    lacked.push(item);
                }
                None => here.push(item),
            }
        }
        if !missing.is_empty() {
            // It speaks of what it was not asked for, so what it leaves out says nothing.
            return Err(SyncError::BadAnswer);
        }
        let further = !here.is_empty() || lacked.iter().any(|item| item.failed == 0);
        let here = here.into_iter().map(|item| self.settle(&item, item.tried)).collect();
        match self.photos.failure.take() {
            None => self.photos.missing.extend(lacked),
            Some(failure) => {
                if further {
                    self.photos.failures = 0;
                }
                // Of a bundle that got further none failed.
                let failed = |item: Item| Item { failed: if further { 0 } else { item.failed }, ..item };
                self.line_up_again(lacked.into_iter().map(failed).collect(), &failure);
            }
        }
        Ok(self.operate(State::BlobsMarked, Operation::BlobsSent(here)))
    }

    /// What has failed once is tried again at once, then after the others, then not any more in this run.
    fn line_up_again(&mut self, items: Vec<Item>, failure: &SyncError) {
        let tries = self.retry.tries;
        let (left, on): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.failed >= tries);
        for item in left {
            self.leave_blob(&item, failure.clone());
        }
        let (later, now): (Vec<_>, Vec<_>) = on.into_iter().partition(|item| item.failed > 1);
        self.photos.missing.extend(later);
        for item in now.into_iter().rev() {
            self.photos.missing.push_front(item);
        }
    }

    /// The next piece of the blob that goes.
    fn upload(&mut self) -> Result<Wish, SyncError> {
        let largest = self.photos.largest_piece;
        let Some(item) = self.photos.going.first_mut() else { return Err(SyncError::BadAnswer) };
        if std::mem::take(&mut item.resumes) {
            self.summary.resumed_uploads += 1;
        }
        item.tried = true;
        let Item { blob, offset, .. } = &*item;
        let mut headers = vec![
            ("tus-resumable", "1.0.0".to_owned()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        let (method, path) = if *offset > 0 {
            headers.push(("upload-offset", offset.to_string()));
            (Method::Patch, format!("{}/{}", wire::paths::PHOTOS, blob.address))
        } else {
            headers.push(("upload-length", blob.size.to_string()));
            headers.push(("upload-metadata", format!("address {}", STANDARD.encode(&blob.address))));
            (Method::Post, wire::paths::PHOTOS.to_owned())
        };
        let request = Request { method, path, headers, body: Vec::new() };
        let length = (blob.size - offset).min(largest);
        let piece = Piece { address: blob.address.clone(), size: blob.size, offset: *offset, length };
        self.progress.done = self.photos.settled + offset;
        self.state = State::Upload;
        Ok(Wish::Upload(request, piece))
    }

    pub(super) fn upload_answered(&mut self, response: &Response) -> Result<Wish, SyncError> {
        let Some(item) = self.photos.going.first_mut() else { return Err(SyncError::BadAnswer) };
        match response.status {
            200..=299 => {
                let offset = response.header("upload-offset").map(str::parse);
                let Some(Ok(offset)) = offset else { return Err(SyncError::BadAnswer) };
                if offset > item.blob.size {
                    return Err(SyncError::BadAnswer);
                }
                if offset <= item.offset && offset < item.blob.size {
                    // Sent, and got nowhere.
                    return self.upload_failed(SyncError::BadAnswer);
                }
                item.stand(offset);
                self.photos.failures = 0;
                if offset < item.blob.size {
                    return self.upload();
                }
                let sent = self.photos.going.pop().map(|item| self.settle(&item, true));
                Ok(self.operate(State::BlobsMarked, Operation::BlobsSent(sent.into_iter().collect())))
            }
            409 if is_wrong_address(response) => self.wrong_address(),
            // Not where we thought, or forgotten by the hub: ask.
            404 | 409 | 410 => self.upload_failed(SyncError::BadAnswer),
            413 if self.photos.largest_piece > SMALLEST_PIECE => {
                let sent = (item.blob.size - item.offset).min(self.photos.largest_piece);
                self.photos.largest_piece = (sent / 2).max(SMALLEST_PIECE);
                self.upload()
            }
            _ => self.refused(response),
        }
    }

    /// With the files of the blobs that go together; `None` where one can't be read.
    pub(super) fn send_bundle(&mut self, files: Vec<Option<Vec<u8>>>) -> Result<Wish, SyncError> {
        let mut bundle = Bundle::default();
        let mut files = files.into_iter();
        for mut item in std::mem::take(&mut self.photos.going) {
            let bytes = files.next().flatten().filter(|bytes| bytes.len() as u64 == item.blob.size);
            if bytes.is_some_and(|bytes| bundle.add(&item.blob.address, &bytes).is_ok()) {
                item.tried = true;
                self.photos.going.push(item);
            } else {
                self.leave_blob(&item, SyncError::PhotoUnreadable);
            }
        }
        if self.photos.going.is_empty() {
            return self.next_blob();
        }
        let request = Request {
            method: Method::Post,
            path: wire::paths::PHOTOS_BUNDLE.to_owned(),
            headers: vec![
                ("content-type", "application/octet-stream".to_owned()),
                ("accept-encoding", "zstd".to_owned()),
            ],
            body: bundle.into_bytes(),
        };
        Ok(self.send(State::BundleSent, request))
    }

    pub(super) fn bundle_answered(&mut self, response: &Response) -> Result<Wish, SyncError> {
        match response.status {
            200..=299 => self.bundle_taken(codec::read(response)?),
            413 if self.photos.going.len() > 1 => {
                self.photos.halve_bundles();
                self.next_blob()
            }
            _ => self.refused(response),
        }
    }

    fn bundle_taken(&mut self, answer: BundleResponse) -> Result<Wish, SyncError> {
        let answers = answer.blobs.into_iter().map(|bundled| (bundled.address, bundled.refused));
        let answers: HashMap<String, Option<String>> = answers.collect();
        let (mut sent, mut left) = (Vec::new(), Vec::new());
        for item in std::mem::take(&mut self.photos.going) {
            match answers.get(&item.blob.address) {
                Some(None) => sent.push(self.settle(&item, true)),
                Some(Some(refused)) if refused == code::WRONG_ADDRESS => self.take_wrong(item),
                Some(Some(refused)) => self.leave_refused(&item, photo_refusal(refused)),
                _ => left.push(item),
            }
        }
        if !sent.is_empty() {
            self.photos.failures = 0;
        }
        for item in &mut left {
            item.failed += 1;
        }
        self.line_up_again(left, &SyncError::BadAnswer);
        Ok(self.operate(State::BlobsMarked, Operation::BlobsSent(sent)))
    }

    /// The hub dropped the bytes. Once may be the line; twice it is our file that is damaged.
    fn wrong_address(&mut self) -> Result<Wish, SyncError> {
        if let Some(item) = self.photos.going.pop() {
            self.take_wrong(item);
        }
        self.next_blob()
    }

    fn take_wrong(&mut self, mut item: Item) {
        item.stand(0);
        if std::mem::replace(&mut item.dropped, true) {
            self.leave_blob(&item, SyncError::PhotoUnreadable);
        } else {
            self.photos.missing.push_back(item);
        }
    }

    /// No answer came, or none to go on by: after a wait the hub is asked how far it got.
    pub(super) fn upload_failed(&mut self, failure: SyncError) -> Result<Wish, SyncError> {
        self.photos.failures += 1;
        for item in &mut self.photos.going {
            item.failed += 1;
        }
        self.photos.failure = Some(failure);
        Ok(Wish::Wait(self.retry.wait_ms(self.photos.failures)))
    }

    pub(super) fn ask_again(&mut self) -> Result<Wish, SyncError> {
        self.photos.asked = std::mem::take(&mut self.photos.going);
        self.ask()
    }

    /// Of all that goes, by a hub that answers otherwise.
    fn refused(&mut self, response: &Response) -> Result<Wish, SyncError> {
        let why = refusal(response);
        if matches!(
            why,
            SyncError::Hub { .. }
                | SyncError::TooLarge
                | SyncError::BadAnswer
                | SyncError::PhotoUnknown
                | SyncError::PhotoQuota
        ) {
            for item in std::mem::take(&mut self.photos.going) {
                self.leave_refused(&item, why.clone());
            }
            return self.next_blob();
        }
        Err(why)
    }

    /// The hub would not take it in this run.
    fn leave_refused(&mut self, item: &Item, why: SyncError) {
        if why == SyncError::PhotoUnknown && !self.all_pushed() {
            // What names it did not go up: that was told, or is as it should be (a restricted case that is locked).
            self.photos.settled += item.blob.size;
            return;
        }
        if why == SyncError::PhotoQuota {
            // Nor would it take another; those that have begun go on.
            for item in self.photos.not_begun() {
                self.leave_blob(&item, why.clone());
            }
        }
        self.leave_blob(item, why);
    }

    /// The file is gone or damaged here: go on with the others.
    pub(super) fn no_file(&mut self) -> Result<Wish, SyncError> {
        for item in std::mem::take(&mut self.photos.going) {
            self.leave_blob(&item, SyncError::PhotoUnreadable);
        }
        self.next_blob()
    }

    fn leave_blob(&mut self, item: &Item, why: SyncError) {
        self.leave_undone(why);
        self.photos.settled += item.blob.size;
    }

    /// The hub has it; `now`: from this run.
    fn settle(&mut self, item: &Item, now: bool) -> String {
        if now {
            self.summary.blobs_sent += 1;
            self.summary.blob_bytes_sent += item.blob.size;
        }
        self.photos.settled += item.blob.size;
        self.progress.done = self.photos.settled;
        item.blob.address.clone()
    }
}

/// What a code means that was told of one photo.
fn photo_refusal(code: &str) -> SyncError {
    match code {
        code::PHOTO_UNKNOWN => SyncError::PhotoUnknown,
        code::PHOTO_QUOTA => SyncError::PhotoQuota,
        code => SyncError::Refused { code: code.to_owned() },
    }
}

fn is_wrong_address(response: &Response) -> bool {
    codec::read::<wire::error::ErrorBody>(response).is_ok_and(|body| body.code == code::WRONG_ADDRESS)
}
