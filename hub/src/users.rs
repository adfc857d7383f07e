//! Users of phones and console: accounts, roles, places; logins and their sessions.

use crate::{
    HubError,
    db::{int, uint},
    secret,
};
use casework::units;
use model::{Place, Redacted, Role, UserId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use wire::enrol::{Colleague, Worker};

/// A console session ends this long after its login.
pub const SESSION_MS: u64 = 12 * 60 * 60 * 1000;

#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub login: String,
    pub name: Redacted<String>,
    pub role: Role,
    pub places: Vec<Place>,
    /// Member of every restricted case that is opened in their places.
    pub on_duty: bool,
    pub disabled: bool,
}

impl User {
    /// Whether the user's places hold for a commune. Those of a role that this hub does not know hold for none.
    pub fn covers(&self, commune: &str) -> bool {
        self.role.is_known() && self.places.iter().any(|place| units::covers(place, commune))
    }
}

pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub places: Vec<Place>,
    pub on_duty: bool,
}

const COLUMNS: &str = "id, login, name, role, places, on_duty, disabled_at IS NOT NULL";

fn user(row: &Row) -> rusqlite::Result<User> {
    let bad =
        |column| rusqlite::Error::InvalidColumnType(column, "users".into(), rusqlite::types::Type::Text);
    let places: String = row.get(4)?;
    Ok(User {
        id: row.get::<_, String>(0)?.parse().map_err(|_| bad(0))?,
        login: row.get(1)?,
        name: Redacted(row.get(2)?),
        role: Role::new(row.get::<_, String>(3)?),
        places: places.split_whitespace().flat_map(str::parse).collect(),
        on_duty: row.get(5)?,
        disabled: row.get(6)?,
    })
}

/// Adds a user. Hash the password before the transaction: [`secret::hash_password`] takes its time on purpose.
pub fn add(
    transaction: &Transaction,
    office: &str,
    new: &NewUser,
    password_hash: &str,
    now: u64,
) -> Result<UserId, HubError> {
    let login = new.login.trim().to_lowercase();
    if login.is_empty() || login.len() > 64 || new.name.trim().is_empty() {
        return Err(HubError::Input("login and name must not be empty"));
    }
    if by_login(transaction, office, &login)?.is_some() {
        return Err(HubError::Input("the login is taken"));
    }
    let id = UserId::new();
    transaction.execute(
        "INSERT INTO users (office, id, login, name, role, places, on_duty, password, created_at)
         VALUES (:office, :id, :login, :name, :role, :places, :on_duty, :password, :now)",
        named_params! {
            ":office": office, ":id": id.to_string(), ":login": login, ":name": new.name.trim(),
            ":role": new.role.as_str(), ":places": places_text(&new.places), ":on_duty": new.on_duty,
            ":password": password_hash, ":now": int(now),
        },
    )?;
    Ok(id)
}

fn places_text(places: &[Place]) -> String {
    places.iter().map(Place::to_string).collect::<Vec<_>>().join(" ")
}

pub fn all(connection: &Connection, office: &str) -> Result<Vec<User>, HubError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 ORDER BY login");
    let mut statement = connection.prepare_cached(&sql)?;
    let users = statement.query_map([office], user)?.collect::<Result<_, _>>()?;
    Ok(users)
}

pub fn by_id(connection: &Connection, office: &str, id: &str) -> Result<Option<User>, HubError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 AND id = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row([office, id], user).optional()?)
}

pub fn by_login(connection: &Connection, office: &str, login: &str) -> Result<Option<User>, HubError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 AND login = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row([office, &login.trim().to_lowercase()], user).optional()?)
}

/// Ends the user's sessions; their devices may push and no longer pull.
pub fn disable(transaction: &Transaction, office: &str, id: UserId, now: u64) -> Result<(), HubError> {
    transaction.execute(
        "UPDATE users SET disabled_at = ?3 WHERE office = ?1 AND id = ?2 AND disabled_at IS NULL",
        params![office, id.to_string(), int(now)],
    )?;
    transaction.execute("DELETE FROM sessions WHERE office = ?1 AND user = ?2", [office, &id.to_string()])?;
    Ok(())
}

/// Waiting changes of the user's devices must be decided again after it: [`crate::sync::admission::decide_user`].
pub fn set_places(
    transaction: &Transaction,
    office: &str,
    id: UserId,
    places: &[Place],
    on_duty: bool,
) -> Result<(), HubError> {
    transaction.execute(
        "UPDATE users SET places = ?3, on_duty = ?4 WHERE office = ?1 AND id = ?2",
        params![office, id.to_string(), places_text(places), on_duty],
    )?;
    Ok(())
}

/// Whether two places have a commune in common.
fn overlap(a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::All, _) | (_, Place::All) => true,
        (Place::Province(a), Place::Province(b)) => a == b,
        (Place::Commune(commune), other) | (other, Place::Commune(commune)) => units::covers(other, commune),
        (Place::Other(_), _) | (_, Place::Other(_)) => false,
    }
}

/// What a phone is told of its worker.
pub fn worker(connection: &Connection, office: &str, user: &User) -> Result<Worker, HubError> {
    let on_duty = |other: &User| {
        let overlaps = || other.places.iter().any(|a| user.places.iter().any(|b| overlap(a, b)));
        other.on_duty && !other.disabled && other.id != user.id && overlaps()
    };
    let colleague = |other: User| Colleague { user: other.id, name: other.name };
    Ok(Worker {
        user: user.id,
        name: user.name.clone(),
        role: user.role.clone(),
        places: user.places.clone(),
        duty_managers: all(connection, office)?.into_iter().filter(on_duty).map(colleague).collect(),
    })
}

/// The user whose login and password these are. Takes as long for an unknown login as for a wrong password.
pub fn check_login(
    connection: &Connection,
    office: &str,
    login: &str,
    password: &str,
) -> Result<Option<User>, HubError> {
    // Of no password; hashing against it costs the same.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                          AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let login = login.trim().to_lowercase();
    let hash: Option<String> = connection
        .query_row(
            "SELECT password FROM users WHERE office = ?1 AND login = ?2 AND disabled_at IS NULL",
            [office, &login],
            |row| row.get(0),
        )
        .optional()?;
    let fits = secret::verify_password(password, hash.as_deref().unwrap_or(NOBODY));
    if fits { by_login(connection, office, &login) } else { Ok(None) }
}

/// Starts a session; the token goes into the cookie, the hub keeps its hash.
pub fn start_session(
    transaction: &Transaction,
    office: &str,
    user: UserId,
    now: u64,
) -> Result<String, HubError> {
    let token = secret::token()?;
    transaction
        .execute("DELETE FROM sessions WHERE office = ?1 AND expires_at < ?2", params![office, int(now)])?;
    transaction.execute(
        "INSERT INTO sessions (office, token_hash, user, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![office, secret::sha256(token.as_bytes()), user.to_string(), int(now), int(now + SESSION_MS)],
    )?;
    Ok(token)
}

pub fn session_user(
    connection: &Connection,
    office: &str,
    token: &str,
    now: u64,
) -> Result<Option<User>, HubError> {
    let id: Option<String> = connection
        .prepare_cached(
            "SELECT s.user FROM sessions s JOIN users u ON u.office = s.office AND u.id = s.user
             WHERE s.office = ?1 AND s.token_hash = ?2 AND s.expires_at > ?3 AND u.disabled_at IS NULL",
        )?
        .query_row(params![office, secret::sha256(token.as_bytes()), int(now)], |row| row.get(0))
        .optional()?;
    id.map_or(Ok(None), |id| by_id(connection, office, &id))
}

pub fn end_session(transaction: &Transaction, office: &str, token: &str) -> Result<(), HubError> {
    transaction.execute(
        "DELETE FROM sessions WHERE office = ?1 AND token_hash = ?2",
        params![office, secret::sha256(token.as_bytes())],
    )?;
    Ok(())
}

/// Whether the user is a member of a restricted case.
pub fn is_case_member(
    connection: &Connection,
    office: &str,
    user: UserId,
    case_id: &str,
) -> Result<bool, HubError> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM case_members WHERE office = ?1 AND user = ?2 AND case_id = ?3")?;
    Ok(statement.exists([office, &user.to_string(), case_id])?)
}

/// Keeps who read what of a restricted case.
pub fn log_access(
    transaction: &Transaction,
    office: &str,
    user: UserId,
    action: &str,
    subject: &str,
    now: u64,
) -> Result<(), HubError> {
    transaction.execute(
        "INSERT INTO audit (office, id, at, user, action, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![office, uuid::Uuid::now_v7().to_string(), int(now), user.to_string(), action, subject],
    )?;
    Ok(())
}

/// Milliseconds from a column.
pub fn time(row: &Row, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(uint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_by_their_communes() {
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(overlap(&place("commune:00070"), &place("province:01")));
        assert!(overlap(&place("province:01"), &place("commune:00070")));
        assert!(overlap(&place("all"), &place("commune:00070")));
        assert!(!overlap(&place("commune:00070"), &place("commune:00073")));
        assert!(!overlap(&place("commune:00070"), &place("province:15")));
    }
}
