//! Keys that the hub holds for others, sealed at rest: AES-256-GCM under a key in a file beside the database. Whoever has
//! the database alone, such as a backup, signs nothing.

use crate::{HubError, backup::private_file, photos::sync_folder, secret};
use model::encoding;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// The key's name in the hub's folder. No backup holds it.
pub const FILE: &str = "desk.key";
const PART: &str = "desk.key.part";

type Key = Zeroizing<[u8; 32]>;

/// Seals `plain`: nonce, ciphertext, tag. `context` says what it is and whose. Makes the key file at its first use: call it
/// in a write transaction, of which there is one at a time.
pub fn seal(folder: &Path, context: &str, plain: &[u8]) -> Result<Vec<u8>, HubError> {
    let key = match read(folder)? {
        Some(key) => key,
        None => create(folder)?,
    };
    let nonce = secret::random::<NONCE_LEN>()?;
    let mut body = plain.to_vec();
    cipher(&key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
        .map_err(|_| HubError::Internal("a key can't be sealed"))?;
    Ok([&nonce[..], &body].concat())
}

/// `None`: the key file is gone, or it is another than what this was sealed under.
pub fn open(folder: &Path, context: &str, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, HubError> {
    let Some(key) = read(folder)? else { return Ok(None) };
    let Some((nonce, body)) = sealed.split_first_chunk::<NONCE_LEN>() else { return Ok(None) };
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let Ok(plain) = cipher(&key)?.open_in_place(nonce, Aad::from(context), &mut body) else {
        return Ok(None);
    };
    let length = plain.len();
    body.truncate(length);
    Ok(Some(body))
}

fn cipher(key: &Key) -> Result<LessSafeKey, HubError> {
    let key = UnboundKey::new(&AES_256_GCM, key.as_slice());
    Ok(LessSafeKey::new(key.map_err(|_| HubError::Internal("a key has another length"))?))
}

/// `None` where there is no file. One that can't be read is left as it is.
fn read(folder: &Path) -> Result<Option<Key>, HubError> {
    let text = match fs::read_to_string(folder.join(FILE)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err(HubError::DamagedDeskKey),
        Err(error) => return Err(error.into()),
    };
    let bytes = encoding::from_text(text.trim()).map(Zeroizing::new);
    let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    key.map(Zeroizing::new).map(Some).ok_or(HubError::DamagedDeskKey)
}

/// Whole and durable before anything is sealed under it.
fn create(folder: &Path) -> Result<Key, HubError> {
    let key = Zeroizing::new(secret::random::<32>()?);
    let part = folder.join(PART);
    let mut file = private_file(&part)?;
    file.write_all(Zeroizing::new(encoding::to_text(&*key)).as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, folder.join(FILE))?;
    sync_folder(folder)?;
    Ok(key)
}
