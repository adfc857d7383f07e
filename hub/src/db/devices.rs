//! Enrolled phones, devices that the hub holds itself, and where each one's chain of batches goes on.

use super::{
    DbError, Read, Tx,
    column::{id, int, json, optional_uint, read_id, uint},
    waiting,
};
use model::{DeviceId, PublicKey, UserId, batch::Chain, encoding::Bytes};
use rusqlite::{Row, named_params, params};
use wire::{
    enrol::{MOST_DEVICES, OwnDevice},
    pull::Condition,
    signed::Certificate,
};

/// Who sends a request.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: DeviceId,
    pub user: UserId,
    pub key: PublicKey,
    /// The device was revoked, or its user disabled.
    pub revoked: bool,
}

/// What a device runs, as it tells.
#[derive(Clone, Debug)]
pub struct Program {
    /// The app's version, as people know it.
    pub app_version: String,
    /// The version of its messages, of [`wire::VERSIONS`].
    pub speaks: u16,
}

pub struct NewDevice<'a> {
    pub id: DeviceId,
    pub user: UserId,
    pub name: &'a str,
    pub program: Program,
    pub key: PublicKey,
    pub certificate: &'a Certificate,
    pub token_hash: [u8; 32],
    /// Where its batches begin.
    pub chain: &'a Chain,
    /// Whose work goes on here.
    pub continues: Option<DeviceId>,
    /// Of one that the hub holds.
    pub sealed_key: Option<&'a [u8]>,
}

/// A device as the office sees it.
pub struct Listed {
    pub id: DeviceId,
    /// As the phone calls itself.
    pub name: String,
    pub program: Program,
    pub user_login: String,
    pub user_name: String,
    pub enrolled_at: u64,
    pub last_seen_at: Option<u64>,
    pub last_sync_at: Option<u64>,
    pub revoked_at: Option<u64>,
    pub waiting: waiting::Load,
    /// As it told when it last synchronised.
    pub condition: Condition,
    /// No phone: the hub holds it for who writes in the console.
    pub held: bool,
}

/// The device of a bearer token; revoked ones too.
pub fn by_token(read: &Read, token_hash: &[u8; 32]) -> Result<Option<Device>, DbError> {
    read.find(
        "SELECT d.id, d.user, d.public_key, d.revoked_at IS NOT NULL OR u.disabled_at IS NOT NULL
         FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
         WHERE d.office = ?1 AND d.token_hash = ?2",
        params![read.office(), token_hash],
        sender,
    )
}

/// Revoked ones too.
pub fn find(read: &Read, device: DeviceId) -> Result<Option<Device>, DbError> {
    read.find(
        "SELECT d.id, d.user, d.public_key, d.revoked_at IS NOT NULL OR u.disabled_at IS NOT NULL
         FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
         WHERE d.office = ?1 AND d.id = ?2",
        params![read.office(), id(device.0)],
        sender,
    )
}

fn sender(row: &Row) -> rusqlite::Result<Device> {
    Ok(Device {
        id: DeviceId(read_id(row, 0)?),
        user: UserId(read_id(row, 1)?),
        key: Bytes(row.get(2)?),
        revoked: row.get(3)?,
    })
}

/// The device's user; `None` if it was revoked.
pub fn user(read: &Read, device: DeviceId) -> Result<Option<UserId>, DbError> {
    read.find(
        "SELECT user FROM devices WHERE office = ?1 AND id = ?2 AND revoked_at IS NULL",
        params![read.office(), id(device.0)],
        |row| Ok(UserId(read_id(row, 0)?)),
    )
}

/// Whose a device is or was, revoked ones too.
pub fn owner(read: &Read, device: DeviceId) -> Result<Option<UserId>, DbError> {
    read.find(
        "SELECT user FROM devices WHERE office = ?1 AND id = ?2",
        params![read.office(), id(device.0)],
        |row| Ok(UserId(read_id(row, 0)?)),
    )
}

pub fn certificate(read: &Read, device: DeviceId) -> Result<Certificate, DbError> {
    read.get(
        "SELECT certificate FROM devices WHERE office = ?1 AND id = ?2",
        params![read.office(), id(device.0)],
        |row| json(row, 0),
    )
}

/// The same statement by another key of the office.
pub fn set_certificate(tx: &Tx, device: DeviceId, certificate: &Certificate) -> Result<(), DbError> {
    let certificate = serde_json::to_string(certificate)
        .map_err(|_| DbError::Internal("a certificate can't be written"))?;
    tx.execute(
        "UPDATE devices SET certificate = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(device.0), certificate],
    )?;
    Ok(())
}

pub fn all(read: &Read) -> Result<Vec<Listed>, DbError> {
    let row = |row: &Row| {
        Ok(Listed {
            id: DeviceId(read_id(row, 0)?),
            name: row.get(1)?,
            program: Program { app_version: row.get(2)?, speaks: row.get(3)? },
            user_login: row.get(4)?,
            user_name: row.get(5)?,
            enrolled_at: uint(row, 6)?,
            last_seen_at: optional_uint(row, 7)?,
            last_sync_at: optional_uint(row, 8)?,
            revoked_at: optional_uint(row, 9)?,
            waiting: waiting::Load { batches: uint(row, 10)?, bytes: uint(row, 11)? },
            condition: json(row, 12)?,
            held: row.get(13)?,
        })
    };
    read.all(
        "SELECT d.id, d.name, d.app_version, d.speaks, u.login, u.name, d.enrolled_at, d.last_seen_at,
                d.last_sync_at, d.revoked_at, coalesce(w.batches, 0), coalesce(w.bytes, 0), d.condition, d.held
         FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
             LEFT JOIN (SELECT device, count(*) AS batches, sum(bytes) AS bytes FROM waiting
                 WHERE office = ?1 GROUP BY device) w ON w.device = d.id
         WHERE d.office = ?1 ORDER BY d.enrolled_at, d.id",
        params![read.office()],
        row,
    )
}

/// Whether a user ever had a phone.
pub fn has_any(read: &Read, user: UserId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM devices WHERE office = ?1 AND user = ?2 AND held = 0";
    read.exists(sql, params![read.office(), id(user.0)])
}

/// The device that the hub holds for a user, and its sealed key.
pub fn held_for(read: &Read, user: UserId) -> Result<Option<(Device, Vec<u8>)>, DbError> {
    read.find(
        "SELECT d.id, d.user, d.public_key, u.disabled_at IS NOT NULL, d.sealed_key
         FROM devices d JOIN users u ON u.office = d.office AND u.id = d.user
         WHERE d.office = ?1 AND d.user = ?2 AND d.sealed_key IS NOT NULL AND d.revoked_at IS NULL",
        params![read.office(), id(user.0)],
        |row| Ok((sender(row)?, row.get(4)?)),
    )
}

/// A user's phones that are not revoked, the newest first.
pub fn of_user(read: &Read, user: UserId) -> Result<Vec<OwnDevice>, DbError> {
    read.all(
        "SELECT id, name, enrolled_at FROM devices WHERE office = ?1 AND user = ?2 AND revoked_at IS NULL AND held = 0
         ORDER BY enrolled_at DESC, id DESC LIMIT ?3",
        params![read.office(), id(user.0), int(MOST_DEVICES as u64)],
        |row| {
            let (device, enrolled_at) = (DeviceId(read_id(row, 0)?), uint(row, 2)?);
            Ok(OwnDevice { device, name: row.get(1)?, enrolled_at })
        },
    )
}

pub fn add(tx: &Tx, new: &NewDevice) -> Result<(), DbError> {
    let certificate = serde_json::to_string(new.certificate)
        .map_err(|_| DbError::Internal("a certificate can't be written"))?;
    tx.execute(
        "INSERT INTO devices (office, id, user, name, app_version, speaks, public_key, certificate, token_hash,
             previous, continues, held, sealed_key, enrolled_at)
         VALUES (:office, :id, :user, :name, :app_version, :speaks, :key, :certificate, :token_hash, :previous,
             :continues, :held, :sealed_key, :now)",
        named_params! {
            ":office": tx.office(), ":id": id(new.id.0), ":user": id(new.user.0), ":name": new.name,
            ":app_version": new.program.app_version, ":speaks": new.program.speaks, ":key": new.key.0, ":certificate": certificate,
            ":token_hash": new.token_hash, ":previous": new.chain.previous.0,
            ":continues": new.continues.map(|device| id(device.0)), ":held": new.sealed_key.is_some(),
            ":sealed_key": new.sealed_key, ":now": int(tx.now()),
        },
    )?;
    Ok(())
}

/// From now on it is known by another token.
pub fn set_token(tx: &Tx, device: DeviceId, token_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE devices SET token_hash = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(device.0), token_hash],
    )?;
    Ok(())
}

/// Whether there is such a device. One that was revoked before keeps its time; a key that the hub held is gone.
pub fn revoke(tx: &Tx, device: DeviceId) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE devices SET revoked_at = coalesce(revoked_at, ?3), sealed_key = NULL WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(device.0), int(tx.now())],
    )?;
    Ok(changed > 0)
}

/// Ends all devices that the hub holds: it may have forgotten numbers that they signed, and none may be signed twice.
pub fn end_held(tx: &Tx) -> Result<(), DbError> {
    tx.execute(
        "UPDATE devices SET revoked_at = coalesce(last_seen_at, enrolled_at), sealed_key = NULL
         WHERE office = ?1 AND sealed_key IS NOT NULL AND revoked_at IS NULL",
        params![tx.office()],
    )?;
    Ok(())
}

/// The device has pulled to the end, and said what it runs and how it fares.
pub fn note_sync(tx: &Tx, device: DeviceId, program: &Program, condition: &Condition) -> Result<(), DbError> {
    let condition = serde_json::to_string(condition)
        .map_err(|_| DbError::Internal("a device's condition can't be written"))?;
    tx.execute(
        "UPDATE devices SET last_sync_at = ?3, last_seen_at = ?3, condition = ?4, speaks = ?5,
             app_version = coalesce(nullif(?6, ''), app_version)
         WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(device.0), int(tx.now()), condition, program.speaks, program.app_version],
    )?;
    Ok(())
}

pub fn chain(read: &Read, device: DeviceId) -> Result<Chain, DbError> {
    read.get(
        "SELECT received_seq, previous FROM devices WHERE office = ?1 AND id = ?2",
        params![read.office(), id(device.0)],
        |row| Ok(Chain { next_seq: uint(row, 0)? + 1, previous: Bytes(row.get(1)?) }),
    )
}

pub fn set_chain(tx: &Tx, device: DeviceId, chain: &Chain) -> Result<(), DbError> {
    tx.execute(
        "UPDATE devices SET received_seq = ?3, previous = ?4, last_seen_at = ?5
         WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(device.0), int(chain.next_seq - 1), chain.previous.0, int(tx.now())],
    )?;
    Ok(())
}
