//! The device that the hub holds for a user: made at their first write, and anew once it ended or its key can't be opened.

use crate::{
    Hub, HubError,
    db::{
        Tx, audit,
        devices::{self, Device, Program},
        users::User,
    },
    office::devices::{New, certify},
    sealing, secret,
};
use model::{
    DeviceId, DeviceKey,
    batch::{self, Chain},
};
use ring::rand::SystemRandom;

pub struct Held {
    pub device: Device,
    pub key: DeviceKey,
}

impl Held {
    pub fn signer(&self, hub: &Hub) -> batch::Device {
        batch::Device { office: hub.identity.office, device: self.device.id, author: self.device.user }
    }

    pub fn chain(&self, tx: &Tx) -> Result<Chain, HubError> {
        Ok(devices::chain(tx, self.device.id)?)
    }
}

pub fn of(hub: &Hub, tx: &Tx, user: &User) -> Result<Held, HubError> {
    if let Some((device, sealed)) = devices::held_for(tx, user.id)? {
        let opened = sealing::open(&hub.folder, &context(device.id), &sealed)?;
        if let Some(key) = opened.and_then(|key| DeviceKey::from_pkcs8(&key).ok()) {
            return Ok(Held { device, key });
        }
        // The key file is another than then: nobody signs for that device any more.
        devices::revoke(tx, device.id)?;
    }
    make(hub, tx, user)
}

fn make(hub: &Hub, tx: &Tx, user: &User) -> Result<Held, HubError> {
    let unmade = |_| HubError::Internal("a device's key can't be made");
    let id = DeviceId::new();
    let pkcs8 = DeviceKey::generate(&SystemRandom::new()).map_err(unmade)?;
    let key = DeviceKey::from_pkcs8(&pkcs8).map_err(unmade)?;
    let sealed = sealing::seal(&hub.folder, &context(id), &pkcs8)?;
    let new = New {
        key: key.public(),
        name: "console",
        program: Program { app_version: env!("CARGO_PKG_VERSION").to_owned(), speaks: wire::VERSION },
        // Of nothing that anybody knows: it can't be asked for by a token.
        token_hash: secret::random()?,
        continues: None,
        sealed_key: Some(&sealed),
    };
    certify(hub, tx, user, id, new)?;
    audit::add(tx, Some(user.id), "device.held", &user.id)?;
    Ok(Held { device: Device { id, user: user.id, key: key.public(), revoked: false }, key })
}

fn context(device: DeviceId) -> String {
    format!("device {device}")
}
