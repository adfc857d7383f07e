//! Photos back from their encrypted files.

use crate::{
    desk::{Desk, parsed},
    error::Fault,
};
use model::{BlobRef, PhotoFile, PhotoId, RecordState};

/// A photo record's file.
pub fn file(state: &RecordState) -> Option<PhotoFile> {
    serde_json::from_value(state.value("file")?.clone()).ok()
}

/// The file of the photo with this id.
pub fn find(desk: &Desk, id: &str) -> Result<PhotoFile, Fault> {
    file(&desk.record(parsed::<PhotoId>(id)?.reference())?.state).ok_or(Fault::new("app.photo-not-here"))
}

/// Reads a ciphertext, checks that it is the one that was named, and opens it.
pub fn read(desk: &Desk, blob: &BlobRef) -> Result<Vec<u8>, Fault> {
    let ciphertext = match std::fs::read(desk.store.blob_path(&blob.address)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Fault::new("app.photo-not-here"));
        }
        read => read.map_err(|_| Fault::new("store.file"))?,
    };
    photos::open(&ciphertext, &blob.key).map_err(|_| Fault::new("app.photo-damaged"))
}
