//! Which blobs a photo record speaks of.

use super::{DbError, Tx, column};
use model::RecordRef;
use rusqlite::named_params;

/// The addresses of the photo and of its thumbnail.
pub fn keep(
    tx: &Tx,
    record: &RecordRef,
    root: &RecordRef,
    address: &str,
    thumbnail: &str,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO photos (office, record, root, address, thumbnail)
         VALUES (:office, :record, :root, :address, :thumbnail)
         ON CONFLICT (office, record) DO UPDATE SET root = excluded.root, address = excluded.address,
             thumbnail = excluded.thumbnail",
        named_params! {
            ":office": tx.office(), ":record": column::record(record), ":root": column::record(root),
            ":address": address, ":thumbnail": thumbnail,
        },
    )?;
    Ok(())
}
