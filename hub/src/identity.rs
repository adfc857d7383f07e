//! Who this hub is: its ids, the office's signing key, the recovery key's public half, the certificate authority.

use crate::{HubError, db::Db, net::ca::Ca, secret};
use model::{DeviceKey, HubId, OfficeId, PublicKey, encoding::Bytes};
use ring::rand::SystemRandom;
use rusqlite::{OptionalExtension, Transaction, named_params};
use rustls_pki_types::CertificateDer;
use std::{fs::OpenOptions, io::Write, path::Path};
use zeroize::Zeroizing;

/// The private half of the recovery key, written once, when the office is made.
pub const RECOVERY_FILE: &str = "recovery.key";

pub struct Identity {
    pub office: OfficeId,
    pub office_text: String,
    pub hub: HubId,
    pub epoch: String,
    /// Signs device certificates.
    pub signing: DeviceKey,
    pub recovery: PublicKey,
    pub ca: Ca,
}

impl Identity {
    pub fn load_or_create(db: &Db, folder: &Path, now: u64) -> Result<Self, HubError> {
        if let Some(identity) = db.read(load)? {
            return Ok(identity);
        }
        let folder = folder.to_owned();
        let created = db.write(move |transaction| match load(transaction)? {
            Some(_) => Ok(()),
            None => create(transaction, &folder, now),
        });
        created.blocking_recv().unwrap_or(Err(HubError::Internal("the writer has stopped")))?;
        db.read(load)?.ok_or(HubError::Internal("the office was not kept"))
    }

    /// What phones pin.
    pub fn ca_pin(&self) -> Result<Bytes<32>, HubError> {
        wire::pin::ca_pin(&CertificateDer::from(self.ca.certificate.as_slice()))
            .map_err(|_| HubError::Internal("the CA certificate can't be read"))
    }
}

fn load(connection: &rusqlite::Connection) -> Result<Option<Identity>, HubError> {
    type Row = (String, String, String, Vec<u8>, [u8; 32], Vec<u8>, Vec<u8>);
    let row: Option<Row> = connection
        .query_row(
            "SELECT office, hub, epoch, signing_key, recovery_key, ca_certificate, ca_key FROM office",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?)),
        )
        .optional()?;
    let Some((office_text, hub, epoch, signing, recovery, certificate, key)) = row else { return Ok(None) };
    let damaged = HubError::Internal("the office's identity can't be read");
    let (Ok(office), Ok(hub), Ok(signing)) =
        (office_text.parse(), hub.parse(), DeviceKey::from_pkcs8(&Zeroizing::new(signing)))
    else {
        return Err(damaged);
    };
    let ca = Ca { certificate, key: Zeroizing::new(key) };
    Ok(Some(Identity { office, office_text, hub, epoch, signing, recovery: Bytes(recovery), ca }))
}

fn create(transaction: &Transaction, folder: &Path, now: u64) -> Result<(), HubError> {
    let signing = DeviceKey::generate(&SystemRandom::new())
        .map_err(|_| HubError::Internal("the office's key can't be made"))?;
    let private = Zeroizing::new(secret::random::<32>()?);
    let recovery = x25519_dalek::PublicKey::from(&x25519_dalek::StaticSecret::from(*private));
    write_recovery_key(&folder.join(RECOVERY_FILE), &private)?;
    let ca = Ca::create(now)?;
    transaction.execute(
        "INSERT INTO office (office, hub, epoch, signing_key, recovery_key, ca_certificate, ca_key, created_at)
         VALUES (:office, :hub, :epoch, :signing, :recovery, :certificate, :key, :now)",
        named_params! {
            ":office": OfficeId::new().to_string(),
            ":hub": HubId::new().to_string(),
            ":epoch": new_epoch()?,
            ":signing": signing.as_slice(),
            ":recovery": recovery.as_bytes(),
            ":certificate": ca.certificate,
            ":key": ca.key.as_slice(),
            ":now": crate::db::int(now),
        },
    )?;
    Ok(())
}

/// A name for a feed epoch; never used before.
pub fn new_epoch() -> Result<String, HubError> {
    Ok(secret::hex(&secret::random::<8>()?))
}

fn write_recovery_key(path: &Path, private: &[u8; 32]) -> Result<(), HubError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!(
        "# Khóa khôi phục của cơ quan: mở lại được dữ liệu trên điện thoại khi quên mã PIN.\n\
         # Hãy chép tệp này vào một USB cất trong két, rồi xóa khỏi máy chủ.\n\
         # The office's recovery key: opens a phone's data when its PIN was forgotten.\n\
         # Copy this file to a USB stick kept in a safe, then delete it from the server.\n\
         x25519:{}\n",
        model::encoding::to_text(private)
    ));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}
