//! Logging in to the console, and sessions.

use super::users;
use crate::{
    HubError,
    db::{self, Read, Tx, sessions, users::User},
    secret,
};
use model::UserId;

/// A console session ends this long after its login.
pub const SESSION_MS: u64 = 12 * 60 * 60 * 1000;

/// The user whose login and password these are. Takes as long for an unknown login as for a wrong password.
pub fn check(read: &Read, login: &str, password: &str) -> Result<Option<User>, HubError> {
    // Of no password; hashing against it costs the same.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                          AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let login = users::login(login);
    let hash = db::users::password(read, &login)?;
    let fits = secret::verify_password(password, hash.as_deref().unwrap_or(NOBODY));
    if fits { Ok(db::users::by_login(read, &login)?) } else { Ok(None) }
}

/// Starts a session; the token goes into the cookie, the hub keeps its hash.
pub fn start(tx: &Tx, user: UserId) -> Result<String, HubError> {
    let token = secret::token()?;
    db::users::note_login(tx, user)?;
    sessions::remove_expired(tx)?;
    sessions::add(tx, &secret::sha256(token.as_bytes()), user, tx.now() + SESSION_MS)?;
    Ok(token)
}

/// Whose session it is.
pub fn user(read: &Read, token: &str) -> Result<Option<User>, HubError> {
    match sessions::user(read, &secret::sha256(token.as_bytes()))? {
        Some(id) => Ok(db::users::by_id(read, id)?),
        None => Ok(None),
    }
}

pub fn end(tx: &Tx, token: &str) -> Result<(), HubError> {
    Ok(sessions::remove(tx, &secret::sha256(token.as_bytes()))?)
}
