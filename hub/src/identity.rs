//! Who this hub is: its ids, the office's signing key, the recovery key's public half, the certificate authority.

use crate::{
    HubError,
    db::{
        Db, Read, Tx,
        offices::{self, Office},
    },
    net::ca::Ca,
    secret,
};
use model::{DeviceKey, HubId, OfficeId, PublicKey, encoding::Bytes};
use ring::rand::SystemRandom;
use rustls_pki_types::CertificateDer;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// The private half of the recovery key, written once, when the office is made.
pub const RECOVERY_FILE: &str = "recovery.key";

pub struct Identity {
    pub office: OfficeId,
    pub hub: HubId,
    /// Signs device certificates.
    pub signing: DeviceKey,
    pub recovery: PublicKey,
    pub ca: Ca,
}

impl Identity {
    /// The office that the database holds; a new one gets its keys here.
    pub fn load_or_create(db: &Db, folder: &Path) -> Result<Self, HubError> {
        let new = OfficeId::new();
        let load = || db.read(new, read);
        if let Some(identity) = load()? {
            return Ok(identity);
        }
        let folder = folder.to_owned();
        let created = db.write(new, move |tx| match offices::only(tx)? {
            Some(_) => Ok(()),
            None => create(tx, new, &folder),
        });
        created.blocking_recv().unwrap_or(Err(HubError::Internal("the writer has stopped")))?;
        load()?.ok_or(HubError::Internal("the office was not kept"))
    }

    /// What phones pin.
    pub fn ca_pin(&self) -> Result<Bytes<32>, HubError> {
        wire::pin::ca_pin(&CertificateDer::from(self.ca.certificate.as_slice()))
            .map_err(|_| HubError::Internal("the CA certificate can't be read"))
    }
}

fn read(read: &Read) -> Result<Option<Identity>, HubError> {
    let Some(office) = offices::only(read)? else { return Ok(None) };
    let signing = DeviceKey::from_pkcs8(&office.signing_key)
        .map_err(|_| HubError::Internal("the office's key can't be read"))?;
    Ok(Some(Identity {
        office: office.id,
        hub: office.hub,
        signing,
        recovery: Bytes(office.recovery_key),
        ca: Ca { certificate: office.ca_certificate, key: office.ca_key },
    }))
}

fn create(tx: &Tx, id: OfficeId, folder: &Path) -> Result<(), HubError> {
    let signing = DeviceKey::generate(&SystemRandom::new())
        .map_err(|_| HubError::Internal("the office's key can't be made"))?;
    let private = Zeroizing::new(secret::random::<32>()?);
    let recovery = x25519_dalek::PublicKey::from(&x25519_dalek::StaticSecret::from(*private));
    write_recovery_key(&folder.join(RECOVERY_FILE), &private)?;
    let ca = Ca::create(tx.now())?;
    let office = Office {
        id,
        hub: HubId::new(),
        epoch: new_epoch()?,
        signing_key: signing,
        recovery_key: recovery.to_bytes(),
        ca_certificate: ca.certificate,
        ca_key: ca.key,
    };
    Ok(offices::add(tx, &office)?)
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
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => HubError::RecoveryKeyLiesHere,
        _ => error.into(),
    })?;
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
