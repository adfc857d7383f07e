//! Records as a visitor may see them: of their places' communes, and of restricted cases they are members of.

use crate::{HubError, db::uint, users, users::User};
use casework::units;
use model::{Feed, Place, RecordRef, RecordState, fold};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Households on one page of the list.
pub const PAGE: u32 = 50;

pub struct Record {
    pub reference: RecordRef,
    pub root: String,
    pub feed: Feed,
    pub state: RecordState,
    /// Milliseconds since 1970.
    pub updated_at: u64,
}

impl Record {
    pub fn id(&self) -> String {
        self.reference.id.to_string()
    }

    pub fn kind(&self) -> &str {
        self.reference.kind.as_str()
    }

    /// A field's text, or nothing.
    pub fn text(&self, field: &str) -> &str {
        self.state.text(field).unwrap_or_default()
    }
}

const COLUMNS: &str = "r.record, r.root, r.feed, r.state, r.updated_at";

fn record(row: &Row) -> rusqlite::Result<Record> {
    let bad =
        |column| rusqlite::Error::InvalidColumnType(column, "records".into(), rusqlite::types::Type::Text);
    let Ok(feed) = row.get::<_, String>(2)?.parse::<Feed>();
    let state: String = row.get(3)?;
    Ok(Record {
        reference: row.get::<_, String>(0)?.parse().map_err(|_| bad(0))?,
        root: row.get(1)?,
        feed,
        state: serde_json::from_str(&state).map_err(|_| bad(3))?,
        updated_at: uint(row.get(4)?),
    })
}

/// The communes' feeds of a user's places as a JSON list; `None` for the whole country.
fn feeds_of(user: &User) -> Option<String> {
    if user.places.contains(&Place::All) {
        return None;
    }
    let communes = user.places.iter().flat_map(|place| match place {
        Place::Commune(code) => vec![code.clone()],
        Place::Province(code) => units::communes_of(code).into_iter().map(|unit| unit.code.clone()).collect(),
        Place::All | Place::Other(_) => Vec::new(),
    });
    let feeds: Vec<String> = communes.map(|code| Feed::Commune(code).to_string()).collect();
    Some(serde_json::Value::from(feeds).to_string())
}

/// Whether the user may read what is in a feed.
pub fn may_read(connection: &Connection, office: &str, user: &User, feed: &Feed) -> Result<bool, HubError> {
    match feed {
        Feed::Commune(code) => Ok(user.covers(code)),
        Feed::Case(id) => users::is_case_member(connection, office, user.id, &id.to_string()),
        Feed::Other(_) => Ok(false),
    }
}

/// Households by what a person types, without tone marks: every word in the household's own text or a member's.
/// Returns a page and how many there are.
pub fn households(
    connection: &Connection,
    office: &str,
    user: &User,
    query: &str,
    page: u32,
) -> Result<(Vec<Record>, u32), HubError> {
    let words: Vec<String> = fold(query).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let words = serde_json::Value::from(words).to_string();
    // All words in one record: a household's own text, or one of its people's.
    let fits = "r.office = ?1 AND r.kind = 'household' AND r.removed = 0
        AND (?2 IS NULL OR r.feed IN (SELECT value FROM json_each(?2)))
        AND (json_array_length(?3) = 0 OR r.record IN (
            SELECT f.root FROM records f
            WHERE f.office = ?1 AND f.kind IN ('household', 'person') AND f.removed = 0
              AND NOT EXISTS (SELECT 1 FROM json_each(?3) w WHERE instr(f.search, w.value) = 0)))";
    let feeds = feeds_of(user);
    let count = connection
        .prepare_cached(&format!("SELECT count(*) FROM records r WHERE {fits}"))?
        .query_row(params![office, feeds, words], |row| row.get(0))?;
    let sql = format!(
        "SELECT {COLUMNS} FROM records r WHERE {fits} ORDER BY r.search, r.record LIMIT {PAGE} OFFSET ?4"
    );
    let rows = connection
        .prepare_cached(&sql)?
        .query_map(params![office, feeds, words, page.saturating_mul(PAGE)], record)?
        .collect::<Result<_, _>>()?;
    Ok((rows, count))
}

/// Cases of the user's places and the restricted ones they are a member of, newest first.
pub fn cases(connection: &Connection, office: &str, user: &User) -> Result<Vec<Record>, HubError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.kind = 'case' AND r.removed = 0 AND (
             (r.feed LIKE 'commune:%' AND (?2 IS NULL OR r.feed IN (SELECT value FROM json_each(?2))))
             OR r.feed IN (SELECT 'case:' || m.case_id FROM case_members m WHERE m.office = ?1 AND m.user = ?3))
         ORDER BY r.updated_at DESC, r.record LIMIT 500"
    );
    let rows = connection
        .prepare_cached(&sql)?
        .query_map(params![office, feeds_of(user), user.id.to_string()], record)?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// A record that the user may read.
pub fn one(
    connection: &Connection,
    office: &str,
    user: &User,
    reference: &RecordRef,
) -> Result<Option<Record>, HubError> {
    let sql =
        format!("SELECT {COLUMNS} FROM records r WHERE r.office = ?1 AND r.record = ?2 AND r.removed = 0");
    let found = connection
        .prepare_cached(&sql)?
        .query_row(params![office, reference.to_string()], record)
        .optional()?;
    match found {
        Some(record) if may_read(connection, office, user, &record.feed)? => Ok(Some(record)),
        _ => Ok(None),
    }
}

/// All below a root, in the order they were made.
pub fn below(connection: &Connection, office: &str, root: &RecordRef) -> Result<Vec<Record>, HubError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records r
         WHERE r.office = ?1 AND r.root = ?2 AND r.record <> ?2 AND r.removed = 0 ORDER BY r.record"
    );
    let rows = connection
        .prepare_cached(&sql)?
        .query_map(params![office, root.to_string()], record)?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// How a submission looked to the hub's own evaluation.
pub struct Checked {
    pub finished_at: String,
    pub form: String,
    pub version: String,
    pub author: String,
    /// How many answers the hub's evaluation sees otherwise.
    pub differences: u32,
}

pub fn submissions(
    connection: &Connection,
    office: &str,
    root: &RecordRef,
) -> Result<Vec<Checked>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT s.finished_at, coalesce(f.title, s.form), s.version, coalesce(u.name, ''),
                json_array_length(s.differences)
         FROM submissions s
         LEFT JOIN users u ON u.office = s.office AND u.id = s.author
         LEFT JOIN forms f ON f.office = s.office AND f.id = s.form AND f.version = s.version
         WHERE s.office = ?1 AND s.root = ?2 ORDER BY s.finished_at DESC",
    )?;
    let row = |row: &Row| {
        Ok(Checked {
            finished_at: row.get(0)?,
            form: row.get(1)?,
            version: row.get(2)?,
            author: row.get(3)?,
            differences: row.get(4)?,
        })
    };
    let rows = statement.query_map(params![office, root.to_string()], row)?.collect::<Result<_, _>>()?;
    Ok(rows)
}
