//! Phones: invitations, enrolment, tokens.

use super::{uploads, users};
use crate::{
    Hub, HubError,
    db::{
        self, Read, Tx, audit, batches,
        devices::{self, Device, Listed, NewDevice, Program},
        invitations,
        users::User,
        waiting,
    },
    office::keys,
    secret,
};
use model::{DeviceId, PublicKey, Redacted, UserId, batch::VerifyingKey};
use std::collections::BTreeMap;
use wire::{
    enrol::{Continued, Continues, EnrolRequest, EnrolResponse, Invitation, Kept, MAX_CONTINUED, MAX_KEPT},
    signed::{Certificate, DeviceStatement},
};

/// An enrolment code is good for a day.
pub const INVITATION_MS: u64 = 24 * 60 * 60 * 1000;

/// Makes a one-time code for a user's next phone, whom [`super::inviting`] lets have one. The code is in what is returned
/// and nowhere else.
pub fn invite(hub: &Hub, tx: &Tx, user: &User, address: &str) -> Result<Invitation, HubError> {
    if user.disabled {
        return Err(HubError::UserDisabled);
    }
    let code = secret::code()?;
    let is_first = !devices::has_any(tx, user.id)?;
    invitations::add(tx, &secret::code_hash(&code), user.id, tx.now() + INVITATION_MS, is_first)?;
    let ca_pin = if address.starts_with("https://") { Some(hub.identity.ca_pin()?) } else { None };
    let invitation = Invitation { hub: address.trim_end_matches('/').to_owned(), code, ca_pin };
    // What a phone would not take must not be handed out.
    let read_back: Result<Invitation, _> = invitation.to_string().parse();
    read_back.map_err(|_| HubError::Input("the address must be https://…, or http:// on loopback"))
}

/// Turns a code into a device with a certificate and a token. The same phone may ask again while the code is good: its
/// answer may have been lost on the way.
pub fn enrol(hub: &Hub, tx: &Tx, request: &EnrolRequest) -> Result<EnrolResponse, HubError> {
    VerifyingKey::new(request.device_key)?;
    if !request.is_proved_by(&request.device_key, &request.proof) {
        return Err(HubError::BadMessage("the request was not signed with its key"));
    }
    let code_hash = secret::code_hash(&request.code);
    let (user, made) = invited(tx, &code_hash, request)?;
    let continued = continued(tx, &user, request)?;
    let token = secret::token()?;
    let token_hash = secret::sha256(token.as_bytes());
    let (device, certificate) = match made {
        Some(device) => {
            devices::set_token(tx, device, &token_hash)?;
            (device, devices::certificate(tx, device)?)
        }
        None => {
            let new = New {
                key: request.device_key,
                name: &short(&request.device_name),
                program: Program { app_version: short(&request.app_version), speaks: request.v },
                token_hash,
                continues: request.continues.first().map(|continues| continues.device),
                sealed_key: None,
            };
            let (device, certificate) = certify(hub, tx, &user, DeviceId::new(), new)?;
            audit::add(tx, Some(user.id), "enrol", &user.id)?;
            invitations::set_used(tx, &code_hash, device)?;
            // Whoever else has a copy of the folder goes no further with it.
            for ended in &continued {
                devices::revoke(tx, ended.device)?;
                uploads::take_over(tx, ended.device, device)?;
            }
            (device, certificate)
        }
    };
    Ok(EnrolResponse {
        v: wire::VERSION,
        hub: hub.identity.hub,
        office: hub.identity.office,
        office_key: keys::signing(tx)?.public(),
        recovery_key: hub.identity.recovery,
        device,
        certificate,
        token: Redacted(token),
        worker: users::worker(&hub.rulebook(), tx, &user, hub.today())?,
        continued,
        server_time: tx.now(),
    })
}

/// A device that is to be certified.
pub(super) struct New<'a> {
    pub key: PublicKey,
    pub name: &'a str,
    pub program: Program,
    pub token_hash: [u8; 32],
    pub continues: Option<DeviceId>,
    /// Of one that the hub holds.
    pub sealed_key: Option<&'a [u8]>,
}

pub(super) fn certify(
    hub: &Hub,
    tx: &Tx,
    user: &User,
    device: DeviceId,
    new: New,
) -> Result<(DeviceId, Certificate), HubError> {
    let statement = DeviceStatement {
        v: wire::VERSION,
        office: hub.identity.office,
        device,
        user: user.id,
        key: new.key,
        issued_at: tx.now(),
        held: new.sealed_key.is_some(),
    };
    let certificate = Certificate::issue(&statement, &keys::signing(tx)?)?;
    let chain = certificate.chain().map_err(|_| HubError::Internal("a certificate can't be read"))?;
    let New { key, name, program, token_hash, continues, sealed_key } = new;
    let new = NewDevice {
        id: device,
        user: user.id,
        name,
        program,
        key,
        certificate: &certificate,
        token_hash,
        chain: &chain,
        continues,
        sealed_key,
    };
    devices::add(tx, &new)?;
    Ok((device, certificate))
}

/// Whom a code that is still good was made for, and the device that it made for this very request.
fn invited(
    read: &Read,
    code_hash: &[u8; 32],
    request: &EnrolRequest,
) -> Result<(User, Option<DeviceId>), HubError> {
    let invitation = invitations::find(read, code_hash)?.ok_or(HubError::CodeUnknown)?;
    let made = match invitation.device {
        Some(device) => devices::find(read, device)?.filter(|made| made.key == request.device_key),
        None => None,
    };
    if invitation.used && made.is_none() {
        return Err(HubError::CodeUsed);
    }
    if invitation.expires_at <= read.now() {
        return Err(HubError::CodeExpired);
    }
    if made.as_ref().is_some_and(|made| made.revoked) {
        return Err(HubError::CodeUsed);
    }
    let user = db::users::by_id(read, invitation.user)?.ok_or(HubError::CodeUnknown)?;
    // Two codes for one who is new would be a second device that nobody agreed to.
    if made.is_none() && invitation.is_first && devices::has_any(read, user.id)? {
        return Err(HubError::CodeUsed);
    }
    if user.disabled { Err(HubError::UserDisabled) } else { Ok((user, made.map(|made| made.id))) }
}

/// What is here of the devices that go on under the new key. They must be the same user's, and whoever asks must have
/// their keys; one that is not known here (after a restored backup) is passed over.
fn continued(read: &Read, user: &User, request: &EnrolRequest) -> Result<Vec<Continued>, HubError> {
    if request.continues.len() > MAX_CONTINUED
        || request.continues.iter().any(|continues| continues.kept.len() > MAX_KEPT)
    {
        return Err(HubError::TooLarge);
    }
    let mut continued = Vec::new();
    for Continues { device, proof, kept } in &request.continues {
        let Some(old) = devices::find(read, *device)? else { continue };
        if old.user != user.id {
            return Err(HubError::OtherWorker);
        }
        if !request.is_proved_by(&old.key, proof) {
            return Err(HubError::BadMessage("a device that goes on did not sign"));
        }
        continued.push(received_of(read, *device, kept)?);
    }
    Ok(continued)
}

/// The batches that are the same here and there follow each other from the first on.
fn received_of(read: &Read, device: DeviceId, kept: &[Kept]) -> Result<Continued, HubError> {
    let mut received_through = 0;
    for here in kept.iter().rev() {
        let Kept(last, _) = *here;
        let received = batches::ending_with(read, device, last)?;
        if received.is_some_and(|statement| Kept::new(last, &statement) == *here) {
            received_through = last;
            break;
        }
    }
    let unadmitted = waiting::held(read, device, 0, u32::MAX)?.into_iter().map(|held| held.key.first_seq);
    let unadmitted = unadmitted.filter(|first| *first <= received_through).collect();
    Ok(Continued { device, received_through, unadmitted })
}

/// What a phone says of itself, bounded.
pub fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// How many phones in good standing speak each version of messages, the oldest first.
pub fn spoken(devices: &[Listed]) -> BTreeMap<u16, usize> {
    let mut spoken = BTreeMap::new();
    for device in devices.iter().filter(|device| device.revoked_at.is_none() && !device.held) {
        *spoken.entry(device.program.speaks).or_default() += 1;
    }
    spoken
}

/// Whether there is such a device; `by`: nobody for the command line.
pub fn revoke(tx: &Tx, device: DeviceId, by: Option<UserId>) -> Result<bool, HubError> {
    if let Some(user) = devices::user(tx, device)? {
        audit::add(tx, by, "device.revoke", &user)?;
    }
    Ok(devices::revoke(tx, device)?)
}

/// The device of a bearer token; revoked ones too.
pub fn by_token(read: &Read, token: &str) -> Result<Device, HubError> {
    devices::by_token(read, &secret::sha256(token.as_bytes()))?.ok_or(HubError::Unauthorised)
}
