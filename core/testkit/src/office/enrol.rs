//! One-time codes.

use super::{Device, Ledger, read, refuse};
use crate::{Request, Response};
use model::{DeviceId, Redacted, batch::VerifyingKey};
use wire::{
    enrol::{EnrolRequest, EnrolResponse},
    error::code,
};

/// A code without what people type otherwise.
pub fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

impl Ledger {
    pub(super) fn enrol(&mut self, request: &Request) -> Result<Response, Response> {
        let asked: EnrolRequest = read(request)?;
        let invitation = self.invitations.get_mut(&plain(&asked.code));
        let (user, used) = invitation.ok_or_else(|| refuse(404, code::CODE_UNKNOWN))?;
        if *used {
            return Err(refuse(410, code::CODE_USED));
        }
        VerifyingKey::new(asked.device_key).map_err(|error| refuse(400, error.code()))?;
        *used = true;
        let (id, user) = (DeviceId::new(), *user);
        let certificate = self.certify(id, user, asked.device_key);
        let token = uuid::Uuid::new_v4().to_string();
        self.devices.push(Device {
            id,
            user,
            key: asked.device_key,
            certificate: certificate.clone(),
            revoked: false,
            token: token.clone(),
        });
        let answer = EnrolResponse {
            v: wire::VERSION,
            hub: self.hub,
            office: self.office,
            office_key: self.key.public(),
            recovery_key: self.recovery_key,
            device: id,
            certificate,
            token: Redacted(token),
            worker: self.workers[&user].clone(),
            server_time: self.now(),
        };
        Ok(self.message(request, &answer))
    }
}
