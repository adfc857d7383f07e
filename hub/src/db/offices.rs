//! The office whose hub this is: one row.

use super::{
    DbError, Read, Tx, acknowledged,
    column::{id, int, optional_uint, read_id, uint},
    devices, packs, roles,
};
use model::{HubId, OfficeId};
use rusqlite::{named_params, params};
use zeroize::Zeroizing;

pub struct Office {
    pub id: OfficeId,
    pub hub: HubId,
    pub epoch: String,
    /// Ed25519, PKCS#8.
    pub signing_key: Zeroizing<Vec<u8>>,
    /// X25519, the public half.
    pub recovery_key: [u8; 32],
    /// DER.
    pub ca_certificate: Vec<u8>,
    pub ca_key: Zeroizing<Vec<u8>>,
}

/// The office that the database holds, whichever one was asked for.
pub fn only(read: &Read) -> Result<Option<Office>, DbError> {
    read.find(
        "SELECT office, hub, epoch, signing_key, recovery_key, ca_certificate, ca_key FROM office",
        [],
        |row| {
            Ok(Office {
                id: OfficeId(read_id(row, 0)?),
                hub: HubId(read_id(row, 1)?),
                epoch: row.get(2)?,
                signing_key: Zeroizing::new(row.get(3)?),
                recovery_key: row.get(4)?,
                ca_certificate: row.get(5)?,
                ca_key: Zeroizing::new(row.get(6)?),
            })
        },
    )
}

pub fn add(tx: &Tx, office: &Office) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO office (office, hub, epoch, signing_key, recovery_key, ca_certificate, ca_key, created_at)
         VALUES (:office, :hub, :epoch, :signing, :recovery, :certificate, :key, :now)",
        named_params! {
            ":office": id(office.id.0), ":hub": id(office.hub.0), ":epoch": office.epoch,
            ":signing": office.signing_key.as_slice(), ":recovery": office.recovery_key,
            ":certificate": office.ca_certificate, ":key": office.ca_key.as_slice(), ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// One for all feeds; another program may have begun a new one.
pub fn epoch(read: &Read) -> Result<String, DbError> {
    read.get("SELECT epoch FROM office WHERE office = ?1", params![read.office()], |row| row.get(0))
}

/// What was read and acknowledged so far counts for nothing; sessions, open invitations and devices that the hub holds are of
/// the time before.
pub fn begin_epoch(tx: &Tx, epoch: &str) -> Result<(), DbError> {
    tx.execute("UPDATE office SET epoch = ?2 WHERE office = ?1", params![tx.office(), epoch])?;
    tx.execute("DELETE FROM sessions WHERE office = ?1", params![tx.office()])?;
    tx.execute(
        "UPDATE invitations SET used_at = 0 WHERE office = ?1 AND used_at IS NULL",
        params![tx.office()],
    )?;
    devices::end_held(tx)?;
    packs::leave_out_serials(tx)?;
    roles::leave_out_serials(tx)?;
    acknowledged::forget(tx)
}

/// When the hub last found that it was rewound.
pub fn rewound_at(read: &Read) -> Result<Option<u64>, DbError> {
    read.get("SELECT rewound_at FROM office WHERE office = ?1", params![read.office()], |row| {
        optional_uint(row, 0)
    })
}

pub fn set_rewound(tx: &Tx) -> Result<(), DbError> {
    tx.execute("UPDATE office SET rewound_at = ?2 WHERE office = ?1", params![tx.office(), int(tx.now())])?;
    Ok(())
}

/// Where the hub last listened.
pub fn address(read: &Read) -> Result<Option<String>, DbError> {
    read.get("SELECT address FROM office WHERE office = ?1", params![read.office()], |row| row.get(0))
}

/// The version of the rulebook that lists were made by.
pub fn rulebook(read: &Read) -> Result<String, DbError> {
    read.get("SELECT rulebook FROM office WHERE office = ?1", params![read.office()], |row| row.get(0))
}

pub fn set_rulebook(tx: &Tx, version: &str) -> Result<(), DbError> {
    tx.execute("UPDATE office SET rulebook = ?2 WHERE office = ?1", params![tx.office(), version])?;
    Ok(())
}

/// Grows whenever something that a feed had shown is taken out of it, or erased.
pub fn taken_out(read: &Read) -> Result<u64, DbError> {
    read.get("SELECT taken_out FROM office WHERE office = ?1", params![read.office()], |row| uint(row, 0))
}

pub fn note_taken_out(tx: &Tx) -> Result<(), DbError> {
    tx.execute("UPDATE office SET taken_out = taken_out + 1 WHERE office = ?1", params![tx.office()])?;
    Ok(())
}

pub fn set_address(tx: &Tx, url: &str) -> Result<(), DbError> {
    tx.execute("UPDATE office SET address = ?2 WHERE office = ?1", params![tx.office(), url])?;
    Ok(())
}
