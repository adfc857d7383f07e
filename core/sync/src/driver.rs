//! Does what a [`Machine`] wishes, with a real store and a transport. The store is held only for one short operation at
//! a time; blobs are read without it.

use crate::{
    Cancel, LinkError, Machine, Progress, Report, Response, Retry, Summary, SyncError, Transport, Upload,
    machine::{Blob, Event, Operation, Piece, Reply, Wish},
};
use model::Clock;
use std::{
    fs::File,
    io::{Seek, SeekFrom},
};
use store::Store;
use wire::forms::FormFile;

/// What a version of a form is read as from its files, name and content (its labels, as the store keeps them); or a code
/// that says why it can't be read.
pub type Reads<'a> = &'a dyn Fn(&[(String, Vec<u8>)]) -> Result<Vec<u8>, &'static str>;

/// Synchronises once. `observe` hears the present state at once and then each change of it; it is called while no lock
/// of the store is held. Closing the store stops the run, as `cancel` does. `reads` says with a code why this program
/// can't read a form.
pub fn run(
    store: &Store,
    transport: &mut impl Transport,
    clock: &dyn Clock,
    retry: Retry,
    cancel: &Cancel,
    reads: Reads<'_>,
    observe: &mut dyn FnMut(Progress),
) -> Report {
    let identity = match store.identity() {
        Ok(identity) => identity,
        Err(error) => return Report { summary: Summary::default(), problem: Some(error.into()) },
    };
    let mut machine = Machine::new(identity.hub, identity.device, retry);
    let mut seen = machine.progress();
    observe(seen);
    let mut event = Event::Begin;
    loop {
        let wish = machine.step(event, clock.now_ms());
        if machine.progress() != seen {
            seen = machine.progress();
            observe(seen);
        }
        event = match wish {
            Wish::Done(report) => {
                note_end(store, &report);
                return report;
            }
            Wish::Local(operation) => Event::Local(perform(store, clock, reads, operation)),
            Wish::Wait(milliseconds) => {
                cancel.wait(milliseconds);
                if cancel.is_cancelled() { Event::Cancelled } else { Event::Waited }
            }
            Wish::Send(_) | Wish::Upload(..) if cancel.is_cancelled() => Event::Cancelled,
            Wish::Send(request) => answered(transport.send(&request)),
            Wish::Upload(request, piece) => match open_piece(store, &piece) {
                None => Event::NoFile,
                Some(file) => {
                    let mut sent = |bytes| observe(Progress { done: seen.done + bytes, ..seen });
                    let upload = Upload { file, length: piece.length, cancel, sent: &mut sent };
                    let answer = transport.upload(&request, upload);
                    if cancel.is_cancelled() { Event::Cancelled } else { answered(answer) }
                }
            },
        };
    }
}

/// Until the phone has another identity, its worker is told so. Of a store that was closed meanwhile the next run says it
/// again.
fn note_end(store: &Store, report: &Report) {
    let noted = match &report.problem {
        None => store.set_ended(None),
        Some(problem) if problem.needs_enrolment() => store.set_ended(Some(problem.code())),
        Some(_) => return,
    };
    drop(noted);
}

fn answered(answer: Result<Response, LinkError>) -> Event {
    answer.map_or_else(Event::NoResponse, Event::Response)
}

fn perform(store: &Store, clock: &dyn Clock, reads: Reads<'_>, operation: Operation) -> Reply {
    try_perform(store, clock, reads, operation).unwrap_or_else(Reply::Failed)
}

fn try_perform(
    store: &Store,
    clock: &dyn Clock,
    reads: Reads<'_>,
    operation: Operation,
) -> Result<Reply, SyncError> {
    match operation {
        Operation::OwnBatches { after, staged, max_bytes, told } => {
            let acknowledged = store.acknowledged_through()?;
            let batches = store.own_batches_after(after.unwrap_or(acknowledged), staged, max_bytes)?;
            let (orders, more_orders) = store.orders_with(&batches, &told, max_bytes)?;
            let (newest, receipt, locked) = (store.last_seq()?, store.receipt()?, store.restricted_locked());
            return Ok(Reply::OwnBatches {
                batches,
                orders,
                more_orders,
                acknowledged,
                receipt,
                newest,
                locked,
            });
        }
        Operation::Acknowledge { received_through, results, receipt, orders_told, offset_ms } => {
            if !orders_told.is_empty() {
                store.orders_told(&orders_told)?;
            }
            if let Some(offset_ms) = offset_ms {
                store.note_server_time(offset_ms)?;
            }
            if received_through < store.acknowledged_through()? {
                doubt_blobs(store)?;
            }
            if let Some(receipt) = receipt {
                store.keep_receipt(&receipt)?;
            }
            store.acknowledge(received_through, &results)?;
        }
        Operation::Cursors => {
            let (_, cursors) = store.cursors()?;
            let (skip, holds, condition) = (store.unreadable_feeds()?, store.holds()?, store.condition()?);
            let statements_after = store.statements_read()?;
            return Ok(Reply::Cursors { cursors, skip, holds, statements_after, condition });
        }
        Operation::Apply(response) => {
            let (_, cursors) = store.cursors()?;
            if cursors.iter().any(|cursor| cursor.epoch != response.epoch) {
                doubt_blobs(store)?;
            }
            let pulled = store.apply_pull(&response)?;
            return Ok(Reply::Applied { forged: pulled.forged(), strange_key: pulled.strange_key });
        }
        Operation::PacksStand => return Ok(Reply::PacksStand(store.packs_standing()?)),
        Operation::TakePackList(list) => return Ok(Reply::Packs(store.take_pack_list(&list)?)),
        Operation::KeepFile { sha256, bytes } => store.put_content(&sha256, &bytes)?,
        Operation::WorkByPacks { failed } => {
            store.packs_failed(&failed)?;
            store.work_by_new_packs()?;
        }
        Operation::FormsStand => return Ok(Reply::FormsStand(store.forms_standing()?)),
        Operation::MissingForms(list) => {
            let missing = store.missing_forms(&list)?;
            let named = missing.iter().flat_map(|form| &form.files).filter_map(FormFile::digest).collect();
            return Ok(Reply::Forms { here: store.contents_here(&named)?, missing });
        }
        Operation::KeepForm { entry } => {
            let files = store.form_files(&entry)?;
            let read = reads(&files);
            match &read {
                Ok(labels) => store.put_form(&entry, &files, Some(labels))?,
                Err(code) => store.refuse_form(&entry, code)?,
            }
            return Ok(Reply::FormKept(read.is_ok()));
        }
        Operation::TakeFormList { list, refused } => store.set_form_list(&list, &refused)?,
        Operation::PendingBlobs => {
            let blobs = store.blobs(true)?.into_iter();
            let blob = |store::Blob { address, size, thumbnail, urgent, .. }| Blob {
                address,
                size,
                thumbnail,
                urgent,
            };
            return Ok(Reply::Blobs(blobs.map(blob).collect()));
        }
        Operation::ReadBlobs(addresses) => {
            let file = |address: &String| std::fs::read(store.blob_path(address)).ok();
            return Ok(Reply::Files(addresses.iter().map(file).collect()));
        }
        Operation::BlobsSent(addresses) => store.mark_blobs_uploaded(&addresses)?,
        Operation::Finished => store.sync_finished(clock.now_ms())?,
    }
    Ok(Reply::Done)
}

/// The hub was restored from a backup: it may lack photos that it had. Noted before the new epoch is, so that a cut in
/// between forgets nothing; the hub is asked which ones before they go up again.
fn doubt_blobs(store: &Store) -> Result<(), SyncError> {
    let addresses: Vec<String> = store.blobs(false)?.into_iter().map(|blob| blob.address).collect();
    Ok(store.mark_blobs_missing(&addresses)?)
}

/// The file of a blob that is here whole, at the piece's first byte.
fn open_piece(store: &Store, piece: &Piece) -> Option<File> {
    let mut file = File::open(store.blob_path(&piece.address)).ok()?;
    let is_whole = file.metadata().ok()?.len() == piece.size;
    file.seek(SeekFrom::Start(piece.offset)).ok()?;
    is_whole.then_some(file)
}
