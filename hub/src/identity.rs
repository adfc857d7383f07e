//! Who this hub is: its ids, the recovery key's public half, the certificate authority.

use crate::{
    HubError,
    db::{
        Db, Read, Tx,
        offices::{self, Office},
    },
    net::ca::Ca,
    recovery, secret,
};
use model::{DeviceKey, HubId, OfficeId, PublicKey, encoding::Bytes};
use ring::rand::SystemRandom;
use rustls_pki_types::CertificateDer;
use std::path::Path;

pub struct Identity {
    pub office: OfficeId,
    pub hub: HubId,
    /// X25519.
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
    Ok(Some(Identity {
        office: office.id,
        hub: office.hub,
        recovery: Bytes(office.recovery_key),
        ca: Ca { certificate: office.ca_certificate, key: office.ca_key },
    }))
}

fn create(tx: &Tx, id: OfficeId, folder: &Path) -> Result<(), HubError> {
    let signing = DeviceKey::generate(&SystemRandom::new())
        .map_err(|_| HubError::Internal("the office's key can't be made"))?;
    let recovery_key = recovery::create(folder)?;
    let ca = Ca::create(tx.now())?;
    let office = Office {
        id,
        hub: HubId::new(),
        epoch: new_epoch()?,
        signing_key: signing,
        recovery_key,
        ca_certificate: ca.certificate,
        ca_key: ca.key,
    };
    Ok(offices::add(tx, &office)?)
}

/// A name for a feed epoch; never used before.
pub fn new_epoch() -> Result<String, HubError> {
    Ok(secret::hex(&secret::random::<8>()?))
}
