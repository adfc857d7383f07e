//! Phones: invitations, enrolment, tokens.

use super::users;
use crate::{
    Hub, HubError,
    db::{
        self, Read, Tx,
        devices::{self, Device, NewDevice},
        invitations,
        users::User,
    },
    secret,
};
use model::{DeviceId, Redacted, batch::VerifyingKey};
use wire::{
    enrol::{EnrolRequest, EnrolResponse, Invitation},
    signed::{Certificate, DeviceStatement},
};

/// An enrolment code is good for a day.
pub const INVITATION_MS: u64 = 24 * 60 * 60 * 1000;

/// Makes a one-time code for a user's next phone. The code is in what is returned and nowhere else.
pub fn invite(hub: &Hub, tx: &Tx, user: &User, address: &str) -> Result<Invitation, HubError> {
    if user.disabled {
        return Err(HubError::UserDisabled);
    }
    let code = secret::code()?;
    invitations::add(tx, &secret::code_hash(&code), user.id, tx.now() + INVITATION_MS)?;
    let ca_pin = if address.starts_with("https://") { Some(hub.identity.ca_pin()?) } else { None };
    let invitation = Invitation { hub: address.trim_end_matches('/').to_owned(), code, ca_pin };
    // What a phone would not take must not be handed out.
    let read_back: Result<Invitation, _> = invitation.to_string().parse();
    read_back.map_err(|_| HubError::Input("the address must be https://…, or http:// on loopback"))
}

/// Turns a code into a device with a certificate and a token.
pub fn enrol(hub: &Hub, tx: &Tx, request: &EnrolRequest) -> Result<EnrolResponse, HubError> {
    let code_hash = secret::code_hash(&request.code);
    let user = invited(tx, &code_hash)?;
    VerifyingKey::new(request.device_key)?;
    let device = DeviceId::new();
    let statement = DeviceStatement {
        v: wire::VERSION,
        office: hub.identity.office,
        device,
        user: user.id,
        key: request.device_key,
        issued_at: tx.now(),
    };
    let certificate = Certificate::issue(&statement, &hub.identity.signing)?;
    let chain = certificate.chain().map_err(|_| HubError::Internal("a certificate can't be read"))?;
    let token = secret::token()?;
    invitations::set_used(tx, &code_hash)?;
    devices::add(
        tx,
        &NewDevice {
            id: device,
            user: user.id,
            name: &short(&request.device_name),
            app_version: &short(&request.app_version),
            key: request.device_key,
            certificate: &certificate,
            token_hash: secret::sha256(token.as_bytes()),
            chain: &chain,
        },
    )?;
    Ok(EnrolResponse {
        v: wire::VERSION,
        hub: hub.identity.hub,
        office: hub.identity.office,
        office_key: hub.identity.signing.public(),
        recovery_key: hub.identity.recovery,
        device,
        certificate,
        token: Redacted(token),
        worker: users::worker(&hub.rulebook.units, tx, &user)?,
        server_time: tx.now(),
    })
}

/// Whom a code that is still good was made for.
fn invited(read: &Read, code_hash: &[u8; 32]) -> Result<User, HubError> {
    let invitation = invitations::find(read, code_hash)?.ok_or(HubError::CodeUnknown)?;
    if invitation.used {
        return Err(HubError::CodeUsed);
    }
    if invitation.expires_at <= read.now() {
        return Err(HubError::CodeExpired);
    }
    let user = db::users::by_id(read, invitation.user)?.ok_or(HubError::CodeUnknown)?;
    if user.disabled { Err(HubError::UserDisabled) } else { Ok(user) }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The device of a bearer token; revoked ones too.
pub fn by_token(read: &Read, token: &str) -> Result<Device, HubError> {
    devices::by_token(read, &secret::sha256(token.as_bytes()))?.ok_or(HubError::Unauthorised)
}
