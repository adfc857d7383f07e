//! The certificate that the hub serves with: one row.

use super::{DbError, Read, Tx, column::int};
use rusqlite::{named_params, params};
use zeroize::Zeroizing;

/// In DER.
pub struct Leaf {
    pub certificate: Vec<u8>,
    pub key: Zeroizing<Vec<u8>>,
}

/// The one for these blank-separated names, if it ends after `until`.
pub fn find(read: &Read, names: &str, until: u64) -> Result<Option<Leaf>, DbError> {
    read.find(
        "SELECT certificate, key FROM leaf WHERE office = ?1 AND names = ?2 AND expires_at > ?3",
        params![read.office(), names, int(until)],
        |row| Ok(Leaf { certificate: row.get(0)?, key: Zeroizing::new(row.get(1)?) }),
    )
}

pub fn set(tx: &Tx, names: &str, leaf: &Leaf, expires_at: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO leaf (office, certificate, key, names, expires_at)
         VALUES (:office, :certificate, :key, :names, :expires_at)
         ON CONFLICT (office) DO UPDATE SET certificate = excluded.certificate, key = excluded.key,
             names = excluded.names, expires_at = excluded.expires_at",
        named_params! {
            ":office": tx.office(), ":certificate": leaf.certificate, ":key": leaf.key.as_slice(),
            ":names": names, ":expires_at": int(expires_at),
        },
    )?;
    Ok(())
}
