//! The key that a hub was asked to certify, until the folder that it is for has it. The answer may be lost on the way, or
//! this phone stopped before it kept it: asked again with the same code, it is the same key.

use crate::{
    HardwareKey, StoreError, files,
    sealing::{derive, open, seal},
};
use model::{DeviceKey, encoding};
use ring::rand::SystemRandom;
use std::{fs, io, path::Path};
use zeroize::Zeroizing;

const FILE: &str = "enrolling";
/// What the hardware key is asked for; the code follows it.
const HARDWARE: &[u8] = b"vanggia pending enrolment 1\n";
const SEALED: &str = "vanggia pending enrolment 1";

/// The signing key (PKCS#8) to ask with by this invitation's code: the one that was asked with before, or a new one, which
/// is durable when this returns. Only this phone and this code open it.
pub fn pending_key(
    root: &Path,
    code: &str,
    hardware: &dyn HardwareKey,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    fs::create_dir_all(root)?;
    let path = root.join(FILE);
    let code = wire::enrol::plain_code(code);
    let bound = Zeroizing::new(hardware.hmac(&[HARDWARE, code.as_bytes()].concat())?);
    let wrapping = derive(&bound, b"", SEALED)?;
    let kept = match fs::read_to_string(&path) {
        Ok(kept) => encoding::from_text(&kept),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // No text: whatever wrote it, it is no key of ours.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(key) = kept.and_then(|sealed| open(&wrapping, SEALED, &sealed)) {
        return Ok(key);
    }
    let key = DeviceKey::generate(&SystemRandom::new())?;
    let sealed = seal(&wrapping, SEALED, &key)?;
    files::write_durably(&path, encoding::to_text(&sealed).as_bytes())?;
    Ok(key)
}

/// The folder has the key: nothing is pending any more.
pub fn forget_pending_key(root: &Path) -> Result<(), StoreError> {
    match fs::remove_file(root.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
