//! Random secrets, their hashes, and passwords.

use crate::HubError;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::encoding::to_text;
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use wire::spoken;

pub fn random<const N: usize>() -> Result<[u8; N], HubError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| HubError::Internal("the system gives no random numbers"))?;
    Ok(bytes)
}

/// 256 random bits as base64url: device tokens, session cookies.
pub fn token() -> Result<String, HubError> {
    Ok(to_text(&random::<32>()?))
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn letters(count: usize) -> Result<String, HubError> {
    let bytes = random::<32>()?;
    Ok(bytes.iter().take(count).map(|byte| char::from(spoken::ALPHABET[usize::from(byte & 31)])).collect())
}

/// A one-time enrolment code, such as `K7QM-2FXD-9A`: 50 bits, for 24 hours.
pub fn code() -> Result<String, HubError> {
    let text = letters(10)?;
    Ok(format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}

/// What is kept of a code; case, dashes and blanks don't matter.
pub fn code_hash(code: &str) -> [u8; 32] {
    sha256(wire::enrol::plain_code(code).as_bytes())
}

/// A first password to be told to its user: 60 bits.
pub fn password() -> Result<String, HubError> {
    Ok(letters(12)?.to_ascii_lowercase())
}

/// Argon2id, as a PHC string.
pub fn hash_password(password: &str) -> Result<String, HubError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|_| HubError::Internal("the password can't be hashed"))
}

pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(code_hash("K7QM-2FXD-9A"), code_hash(" k7qm 2fxd9a"));
        assert_ne!(code_hash("K7QM-2FXD-9A"), code_hash("K7QM-2FXD-9B"));
        assert_eq!(code().unwrap().len(), 12);
    }

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("mật khẩu").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("mật khẩu", &hash));
        assert!(!verify_password("mat khau", &hash));
        assert!(!verify_password("", ""));
    }
}
