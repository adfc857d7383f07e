//! Users of phones and console.

use super::{
    DbError, Read, Tx,
    column::{id, int, optional_day, optional_id, optional_uint, read_id, text, uint},
};
use chrono::NaiveDate;
use model::{Place, Redacted, Role, UserId};
use rusqlite::{Row, named_params, params};

#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub login: String,
    pub name: Redacted<String>,
    pub role: Role,
    pub places: Vec<Place>,
    /// Member of every restricted case that is opened in their places.
    pub on_duty: bool,
    pub reached: Reached,
    pub disabled: bool,
}

/// How somebody is reached, and when not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The number that they answer while on duty.
    pub phone: Option<Redacted<String>>,
    /// The first and the last day of a leave.
    pub away: Option<(NaiveDate, NaiveDate)>,
}

impl Reached {
    /// The last day of the leave that a day lies in.
    pub fn away_until(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.away.filter(|(from, until)| *from <= day && day <= *until).map(|(_, until)| until)
    }
}

pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub places: Vec<Place>,
    pub on_duty: bool,
}

const COLUMNS: &str =
    "id, login, name, role, places, on_duty, disabled_at IS NOT NULL, phone, away_from, away_until";

fn user(row: &Row) -> rusqlite::Result<User> {
    Ok(User {
        id: UserId(read_id(row, 0)?),
        login: row.get(1)?,
        name: Redacted(row.get(2)?),
        role: Role::new(text(row, 3)?.to_owned()),
        places: text(row, 4)?.split_whitespace().flat_map(str::parse).collect(),
        on_duty: row.get(5)?,
        disabled: row.get(6)?,
        reached: Reached {
            phone: row.get::<_, Option<String>>(7)?.map(Redacted),
            away: optional_day(row, 8)?.zip(optional_day(row, 9)?),
        },
    })
}

pub fn all(read: &Read) -> Result<Vec<User>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 ORDER BY login");
    read.all(&sql, params![read.office()], user)
}

pub fn by_id(read: &Read, user_id: UserId) -> Result<Option<User>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 AND id = ?2");
    read.find(&sql, params![read.office(), id(user_id.0)], user)
}

pub fn by_login(read: &Read, login: &str) -> Result<Option<User>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE office = ?1 AND login = ?2");
    read.find(&sql, params![read.office(), login], user)
}

/// The Argon2id hash of a user who is not disabled.
pub fn password(read: &Read, login: &str) -> Result<Option<String>, DbError> {
    read.find(
        "SELECT password FROM users WHERE office = ?1 AND login = ?2 AND disabled_at IS NULL",
        params![read.office(), login],
        |row| row.get(0),
    )
}

/// `by`: the administrator who did; `None` at the command line.
pub fn add(
    tx: &Tx,
    new_id: UserId,
    new: &NewUser,
    password: &str,
    by: Option<UserId>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO users (office, id, login, name, role, places, on_duty, password, created_at, added_by)
         VALUES (:office, :id, :login, :name, :role, :places, :on_duty, :password, :now, :by)",
        named_params! {
            ":office": tx.office(), ":id": id(new_id.0), ":login": new.login, ":name": new.name,
            ":role": new.role.as_str(), ":places": places_text(&new.places), ":on_duty": new.on_duty,
            ":password": password, ":now": int(tx.now()), ":by": by.map(|by| id(by.0)),
        },
    )?;
    Ok(())
}

/// Whether they have ever come to the console.
pub fn has_logged_in(read: &Read, of: UserId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM users WHERE office = ?1 AND id = ?2 AND login_at IS NOT NULL";
    read.exists(sql, params![read.office(), id(of.0)])
}

/// When they were added, and disabled.
pub fn times(read: &Read, of: UserId) -> Result<(u64, Option<u64>), DbError> {
    read.get(
        "SELECT created_at, disabled_at FROM users WHERE office = ?1 AND id = ?2",
        params![read.office(), id(of.0)],
        |row| Ok((uint(row, 0)?, optional_uint(row, 1)?)),
    )
}

/// Who added them; `None` at the command line.
pub fn added_by(read: &Read, of: UserId) -> Result<Option<UserId>, DbError> {
    read.get(
        "SELECT added_by FROM users WHERE office = ?1 AND id = ?2",
        params![read.office(), id(of.0)],
        |row| optional_id(row, 0).map(|id| id.map(UserId)),
    )
}

pub fn note_login(tx: &Tx, of: UserId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE users SET login_at = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(of.0), int(tx.now())],
    )?;
    Ok(())
}

/// They have seen what there is to know of their devices.
pub fn note_look(tx: &Tx, of: UserId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE users SET looked_at = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(of.0), int(tx.now())],
    )?;
    Ok(())
}

/// Whether a device of theirs was enrolled since they last looked, or one is wished for.
pub fn has_news(read: &Read, of: UserId) -> Result<bool, DbError> {
    read.exists(
        "SELECT 1 FROM users u WHERE office = ?1 AND id = ?2 AND (
             EXISTS (SELECT 1 FROM wishes w WHERE w.office = u.office AND w.user = u.id)
             OR EXISTS (SELECT 1 FROM devices d WHERE d.office = u.office AND d.user = u.id
                 AND d.revoked_at IS NULL AND d.held = 0 AND d.enrolled_at > coalesce(u.looked_at, 0)))",
        params![read.office(), id(of.0)],
    )
}

pub fn set_places(tx: &Tx, of: UserId, places: &[Place], on_duty: bool) -> Result<(), DbError> {
    tx.execute(
        "UPDATE users SET places = ?3, on_duty = ?4 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(of.0), places_text(places), on_duty],
    )?;
    Ok(())
}

pub fn set_reached(tx: &Tx, of: UserId, reached: &Reached) -> Result<(), DbError> {
    let (from, until) = reached.away.map(|(from, until)| (from.to_string(), until.to_string())).unzip();
    tx.execute(
        "UPDATE users SET phone = ?3, away_from = ?4, away_until = ?5 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(of.0), reached.phone.as_ref().map(|phone| &phone.0), from, until],
    )?;
    Ok(())
}

pub fn set_role(tx: &Tx, of: UserId, role: &Role) -> Result<(), DbError> {
    tx.execute(
        "UPDATE users SET role = ?3 WHERE office = ?1 AND id = ?2",
        params![tx.office(), id(of.0), role.as_str()],
    )?;
    Ok(())
}

pub fn disable(tx: &Tx, of: UserId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE users SET disabled_at = ?3 WHERE office = ?1 AND id = ?2 AND disabled_at IS NULL",
        params![tx.office(), id(of.0), int(tx.now())],
    )?;
    Ok(())
}

/// Blank-separated: `commune:00070 province:15`.
fn places_text(places: &[Place]) -> String {
    places.iter().map(Place::to_string).collect::<Vec<_>>().join(" ")
}
