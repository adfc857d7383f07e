//! Phones: invitations, enrolment, tokens, revocation.

use crate::{
    Hub, HubError,
    db::{int, uint},
    secret, users,
    users::User,
};
use model::{DeviceId, PublicKey, UserId, encoding::Bytes};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};
use wire::{
    certificate::{Certificate, DeviceStatement},
    enrol::{EnrolRequest, EnrolResponse, Invitation},
};

/// An enrolment code is good for a day.
pub const INVITATION_MS: u64 = 24 * 60 * 60 * 1000;

/// Who sends a request.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: DeviceId,
    pub user: UserId,
    pub key: PublicKey,
    /// The device was revoked, or its user disabled.
    pub revoked: bool,
}

pub struct DeviceRow {
    pub id: String,
    /// As the phone calls itself.
    pub name: String,
    pub app_version: String,
    pub user_login: String,
    pub user_name: String,
    pub enrolled_at: u64,
    pub last_seen_at: Option<u64>,
    pub last_sync_at: Option<u64>,
    pub revoked_at: Option<u64>,
}

/// Makes a one-time code for a user's next phone. The code is in what is returned and nowhere else.
pub fn invite(
    hub: &Hub,
    transaction: &Transaction,
    user: &User,
    address: &str,
) -> Result<Invitation, HubError> {
    if user.disabled {
        return Err(HubError::UserDisabled);
    }
    let code = secret::code()?;
    transaction.execute(
        "INSERT INTO invitations (office, code_hash, user, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            hub.office(),
            secret::code_hash(&code),
            user.id.to_string(),
            int(hub.now()),
            int(hub.now() + INVITATION_MS)
        ],
    )?;
    let ca_pin = if address.starts_with("https://") { Some(hub.identity.ca_pin()?) } else { None };
    let invitation = Invitation { hub: address.trim_end_matches('/').to_owned(), code, ca_pin };
    // What a phone would not take must not be handed out.
    let read_back: Result<Invitation, _> = invitation.to_string().parse();
    read_back.map_err(|_| HubError::Input("the address must be https://…, or http:// on loopback"))
}

/// Where `serve` last listened.
pub fn kept_address(hub: &Hub) -> Result<Option<String>, HubError> {
    hub.read_now(|hub, connection| {
        let sql = "SELECT address FROM office WHERE office = ?1";
        Ok(connection.query_row(sql, [hub.office()], |row| row.get(0))?)
    })
}

/// Turns a code into a device with a certificate and a token.
pub fn enrol(
    hub: &Hub,
    transaction: &Transaction,
    request: &EnrolRequest,
) -> Result<EnrolResponse, HubError> {
    let (office, now) = (hub.office(), hub.now());
    let hash = secret::code_hash(&request.code);
    let row: Option<(String, i64, bool)> = transaction
        .query_row(
            "SELECT user, expires_at, used_at IS NOT NULL FROM invitations WHERE office = ?1 AND code_hash = ?2",
            params![office, hash],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (user, expires_at, used) = row.ok_or(HubError::CodeUnknown)?;
    if used {
        return Err(HubError::CodeUsed);
    }
    if uint(expires_at) <= now {
        return Err(HubError::CodeExpired);
    }
    let user = users::by_id(transaction, office, &user)?.ok_or(HubError::CodeUnknown)?;
    if user.disabled {
        return Err(HubError::UserDisabled);
    }
    let device = DeviceId::new();
    let statement = DeviceStatement {
        v: wire::VERSION,
        office: hub.identity.office,
        device,
        user: user.id,
        key: request.device_key,
        issued_at: now,
    };
    let certificate = Certificate::issue(&statement, &hub.identity.signing)?;
    let token = secret::token()?;
    transaction.execute(
        "UPDATE invitations SET used_at = ?3 WHERE office = ?1 AND code_hash = ?2",
        params![office, hash, int(now)],
    )?;
    transaction.execute(
        "INSERT INTO devices (office, id, user, name, app_version, public_key, certificate, token_hash, enrolled_at)
         VALUES (:office, :id, :user, :name, :app_version, :key, :certificate, :token, :now)",
        named_params! {
            ":office": office, ":id": device.to_string(), ":user": user.id.to_string(),
            ":name": short(&request.device_name), ":app_version": short(&request.app_version),
            ":key": request.device_key.0, ":certificate": serde_json::to_string(&certificate)?,
            ":token": secret::sha256(token.as_bytes()), ":now": int(now),
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
        token: model::Redacted(token),
        worker: users::worker(transaction, office, &user)?,
        server_time: now,
    })
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The device of a bearer token; revoked ones too.
pub fn by_token(connection: &Connection, office: &str, token: &str) -> Result<Device, HubError> {
    let row: Option<(String, String, [u8; 32], bool)> = connection
        .prepare_cached(
            "SELECT d.id, d.user, d.public_key, d.revoked_at IS NOT NULL OR u.disabled_at IS NOT NULL
             FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
             WHERE d.office = ?1 AND d.token_hash = ?2",
        )?
        .query_row(params![office, secret::sha256(token.as_bytes())], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let (id, user, key, revoked) = row.ok_or(HubError::Unauthorised)?;
    let (Ok(id), Ok(user)) = (id.parse(), user.parse()) else {
        return Err(HubError::Internal("a device's id can't be read"));
    };
    Ok(Device { id, user, key: Bytes(key), revoked })
}

pub fn all(connection: &Connection, office: &str) -> Result<Vec<DeviceRow>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT d.id, d.name, d.app_version, u.login, u.name, d.enrolled_at, d.last_seen_at, d.last_sync_at,
                d.revoked_at
         FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
         WHERE d.office = ?1 ORDER BY d.enrolled_at, d.id",
    )?;
    let row = |row: &rusqlite::Row| {
        Ok(DeviceRow {
            id: row.get(0)?,
            name: row.get(1)?,
            app_version: row.get(2)?,
            user_login: row.get(3)?,
            user_name: row.get(4)?,
            enrolled_at: uint(row.get(5)?),
            last_seen_at: users::time(row, 6)?,
            last_sync_at: users::time(row, 7)?,
            revoked_at: users::time(row, 8)?,
        })
    };
    let devices = statement.query_map([office], row)?.collect::<Result<_, _>>()?;
    Ok(devices)
}

/// From now on the device may push into quarantine and never pull. Says whether there is such a device.
pub fn revoke(transaction: &Transaction, office: &str, device: &str, now: u64) -> Result<bool, HubError> {
    let changed = transaction.execute(
        "UPDATE devices SET revoked_at = coalesce(revoked_at, ?3) WHERE office = ?1 AND id = ?2",
        params![office, device, int(now)],
    )?;
    Ok(changed > 0)
}
