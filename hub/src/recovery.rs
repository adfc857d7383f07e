//! The office's recovery key: its private half is written once, when the office is made, belongs offline, and makes the
//! one-time codes that open a phone whose PIN or hardware key is lost, and signs the office's next key when the one in use
//! is lost or stolen.

use crate::{HubError, secret};
use model::{
    DeviceKey,
    encoding::{self, Bytes},
};
use ring::hkdf::{HKDF_SHA256, Salt};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};
use wire::recovery::{Code, Request};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

pub const FILE: &str = "recovery.key";
const KEY: &str = "x25519:";
const SIGNER: &[u8] = b"vanggia recovery signer 1";

/// Makes a key and its file in the hub's folder; its public half.
pub fn create(folder: &Path) -> Result<[u8; 32], HubError> {
    let private = Zeroizing::new(secret::random::<32>()?);
    write(&folder.join(FILE), &private)?;
    Ok(PublicKey::from(&StaticSecret::from(*private)).to_bytes())
}

fn write(path: &Path, private: &[u8; 32]) -> Result<(), HubError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => HubError::RecoveryKeyLiesHere,
        _ => error.into(),
    })?;
    let text = Zeroizing::new(format!(
        "# Khóa khôi phục của cơ quan: mở lại được dữ liệu trên điện thoại khi quên mã PIN,\n\
         # thay được khóa của cơ quan khi bị mất hoặc bị lấy cắp.\n\
         # Hãy chép tệp này vào một USB cất trong két, rồi xóa khỏi máy chủ.\n\
         # The office's recovery key: opens a phone's data when its PIN was forgotten,\n\
         # and replaces the office's key when that is lost or stolen.\n\
         # Copy this file to a USB stick kept in a safe, then delete it from the server.\n\
         {KEY}{}\n",
        encoding::to_text(private)
    ));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Whether the key still lies on the server.
pub fn lies_in(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

/// The code for what a phone shows, by the key in this file. Needs no hub.
pub fn code(key: &Path, request: &str) -> Result<(Request, Code), HubError> {
    let request: Request = request.parse().map_err(|_| HubError::RequestMistyped)?;
    let private = StaticSecret::from(*read(key)?);
    let shared = private.diffie_hellman(&PublicKey::from(request.public.0));
    if !shared.was_contributory() {
        // No phone shows such a key.
        return Err(HubError::RequestMistyped);
    }
    let office = Bytes(PublicKey::from(&private).to_bytes());
    let code = Code::new(shared.as_bytes(), &office, &request);
    Ok((request, code.map_err(|_| HubError::Internal("a code can't be made"))?))
}

/// The key in this file: its public half, and what it signs with.
pub fn signer(key: &Path) -> Result<(Bytes<32>, DeviceKey), HubError> {
    let private = read(key)?;
    let public = Bytes(PublicKey::from(&StaticSecret::from(*private)).to_bytes());
    // Another key than the one that opens phones, made of the same secret: files from before can sign.
    let mut seed = Zeroizing::new([0; 32]);
    let secret = Salt::new(HKDF_SHA256, b"").extract(private.as_slice());
    secret
        .expand(&[SIGNER], HKDF_SHA256)
        .and_then(|made| made.fill(seed.as_mut_slice()))
        .map_err(|_| HubError::Internal("a key can't be derived"))?;
    let signer = DeviceKey::from_seed(&seed).map_err(|_| HubError::NoRecoveryKey)?;
    Ok((public, signer))
}

fn read(path: &Path) -> Result<Zeroizing<[u8; 32]>, HubError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            return Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::InvalidData => HubError::NoRecoveryKey,
                _ => error.into(),
            });
        }
    };
    let line = text.lines().find_map(|line| line.trim().strip_prefix(KEY));
    let bytes = line.and_then(encoding::from_text).map(Zeroizing::new);
    let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    key.map(Zeroizing::new).ok_or(HubError::NoRecoveryKey)
}
