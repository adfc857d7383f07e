//! One-time codes.

use super::{Device, Invited, Ledger, read, refuse};
use crate::{Request, Response};
use model::{DeviceId, Redacted, UserId, batch::VerifyingKey};
use wire::{
    enrol::{Continued, Continues, EnrolRequest, EnrolResponse, plain_code},
    error::code,
};

impl Ledger {
    pub(super) fn enrol(&mut self, request: &Request) -> Result<Response, Response> {
        let asked: EnrolRequest = read(request)?;
        VerifyingKey::new(asked.device_key).map_err(|error| refuse(400, error.code()))?;
        if !asked.is_proved_by(&asked.device_key, &asked.proof) {
            return Err(refuse(400, code::BAD_MESSAGE));
        }
        let code = plain_code(&asked.code);
        let Invited { user, made } =
            *self.invitations.get(&code).ok_or_else(|| refuse(404, code::CODE_UNKNOWN))?;
        let made = made.map(|id| self.devices.iter().position(|device| device.id == id));
        let mine = made.flatten().filter(|n| self.devices[*n].key == asked.device_key);
        if made.is_some() && mine.is_none() {
            return Err(refuse(410, code::CODE_USED));
        }
        let continued = self.continued(user, &asked)?;
        let n = mine.unwrap_or_else(|| {
            let id = DeviceId::new();
            let certificate = self.certify(id, user, asked.device_key);
            let (key, token) = (asked.device_key, String::new());
            self.devices.push(Device { id, user, key, certificate, revoked: false, token });
            self.invitations.insert(code, Invited { user, made: Some(id) });
            for ended in &continued {
                self.revoke_device(ended.device);
                self.move_uploads(ended.device, id);
            }
            self.devices.len() - 1
        });
        self.devices[n].token = uuid::Uuid::new_v4().to_string();
        let device = &self.devices[n];
        let answer = EnrolResponse {
            v: wire::VERSION,
            hub: self.hub,
            office: self.office,
            office_key: self.key.public(),
            recovery_key: self.recovery_key,
            device: device.id,
            certificate: device.certificate.clone(),
            token: Redacted(device.token.clone()),
            worker: self.workers[&user].clone(),
            continued,
            server_time: self.now(),
        };
        Ok(self.message(request, &answer))
    }

    fn continued(&self, user: UserId, asked: &EnrolRequest) -> Result<Vec<Continued>, Response> {
        let mut continued = Vec::new();
        for Continues { device, proof, kept } in &asked.continues {
            let Some(old) = self.devices.iter().find(|old| old.id == *device) else { continue };
            if old.user != user {
                return Err(refuse(409, code::OTHER_WORKER));
            }
            if !asked.is_proved_by(&old.key, proof) {
                return Err(refuse(400, code::BAD_MESSAGE));
            }
            continued.push(self.books.received_of(*device, kept));
        }
        Ok(continued)
    }
}
