//! Photos back from their encrypted files.

use crate::{
    desk::{Desk, parsed},
    error::Fault,
};
use model::{BlobRef, PhotoFile};
use rulebook::Rulebook;
use store::Record;

/// The file of a record that has one.
pub fn find(desk: &Desk, reference: &str) -> Result<PhotoFile, Fault> {
    let record = desk.record(parsed(reference)?)?;
    file(&desk.rulebook, &record).ok_or(Fault::new("app.photo-not-here"))
}

pub fn file(rulebook: &Rulebook, record: &Record) -> Option<PhotoFile> {
    let mut fields = rulebook.photo_fields(record.reference.kind.as_str());
    fields.find_map(|field| serde_json::from_value(record.state.value(field)?.clone()).ok())
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
