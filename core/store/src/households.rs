//! Households as a list, and search by what a person types.

use crate::{Store, StoreError, records};
use model::{HouseholdId, RecordRef, RecordState, fold, kind, record::field};
use rusqlite::{Row, ToSql, Transaction};
use std::fmt;

#[derive(Clone, PartialEq, Eq)]
pub struct HouseholdSummary {
    pub id: HouseholdId,
    pub name: String,
    pub village: String,
    /// The commune's code.
    pub commune: String,
    pub members: u32,
    /// `YYYY-MM-DD`.
    pub last_visit: Option<String>,
    /// `YYYY-MM-DD`, if it is still to come or was missed.
    pub next_visit: Option<String>,
    pub open_cases: u32,
}

impl fmt::Debug for HouseholdSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HouseholdSummary").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct HouseholdList {
    pub rows: Vec<HouseholdSummary>,
    /// Of all that fit the query.
    pub total: u32,
}

const COLUMNS: &str = "id, name, village, commune, members, last_visit, next_visit, open_cases";

fn summary(row: &Row<'_>) -> rusqlite::Result<(String, HouseholdSummary)> {
    let summary = HouseholdSummary {
        id: HouseholdId(uuid::Uuid::nil()),
        name: row.get(1)?,
        village: row.get(2)?,
        commune: row.get(3)?,
        members: row.get(4)?,
        last_visit: row.get(5)?,
        next_visit: row.get(6)?,
        open_cases: row.get(7)?,
    };
    Ok((row.get(0)?, summary))
}

fn summaries(
    rows: impl Iterator<Item = rusqlite::Result<(String, HouseholdSummary)>>,
) -> Result<Vec<HouseholdSummary>, StoreError> {
    let with_id = |row: rusqlite::Result<(String, HouseholdSummary)>| {
        let (id, summary) = row?;
        Ok(HouseholdSummary { id: id.parse().map_err(|_| StoreError::Unreadable)?, ..summary })
    };
    rows.map(with_id).collect()
}

/// Words that a query may have; more say nothing more.
const MOST_WORDS: usize = 8;

impl Store {
    /// By words of the household's or its members' names, village or address, without tone marks, each from its
    /// beginning (`ng thi hoa`); all for an empty query. Those whose own name
    /// begins so come first, then those where the words follow each other.
    pub fn households(&self, query: &str, offset: u32, limit: u32) -> Result<HouseholdList, StoreError> {
        // A scan over one narrow table: at the size of a province's thousands of households quicker than an index of
        // words, where every other household is a Nguyễn, and what is deleted is gone at once.
        let typed = words_of([query]);
        let words: Vec<String> =
            typed.split_whitespace().take(MOST_WORDS).map(|word| format!(" {word}")).collect();
        let fits = match words.len() {
            0 => "1".to_owned(),
            n => (2..n + 2).map(|n| format!("instr(words, ?{n}) > 0")).collect::<Vec<_>>().join(" AND "),
        };
        self.read(|db| {
            let mut parameters: Vec<&dyn ToSql> = vec![&typed];
            parameters.extend(words.iter().map(|word| word as &dyn ToSql));
            let count = format!("SELECT count(*) FROM household WHERE ?1 IS NOT NULL AND {fits}");
            let total = db.prepare_cached(&count)?.query_row(parameters.as_slice(), |row| row.get(0))?;
            let order = format!(
                "ORDER BY CASE instr(words, ?1) WHEN 1 THEN 0 WHEN 0 THEN 2 ELSE 1 END, sort, n
                 LIMIT {limit} OFFSET {offset}"
            );
            let mut select = db.prepare(&format!("SELECT {COLUMNS} FROM household WHERE {fits} {order}"))?;
            Ok(HouseholdList { rows: summaries(select.query_map(parameters.as_slice(), summary)?)?, total })
        })
    }

    /// One household as the list shows it.
    pub fn household_summary(&self, id: HouseholdId) -> Result<Option<HouseholdSummary>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM household
                 WHERE n = (SELECT n FROM record WHERE reference = ?1)"
            ))?;
            let rows = select.query_map([RecordRef::new(kind::HOUSEHOLD, id.0).to_string()], summary)?;
            Ok(summaries(rows)?.pop())
        })
    }

    /// Next visit agreed for `day` (`YYYY-MM-DD`) or before and not made yet, earliest first.
    pub fn visits_due(&self, day: &str, limit: u32) -> Result<Vec<HouseholdSummary>, StoreError> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM household WHERE next_visit IS NOT NULL AND next_visit <= ?1
                 ORDER BY next_visit, sort, n LIMIT ?2"
            ))?;
            summaries(select.query_map((day, limit), summary)?)
        })
    }

    pub fn household_count(&self) -> Result<u32, StoreError> {
        self.read(|db| Ok(db.query_row("SELECT count(*) FROM household", [], |row| row.get(0))?))
    }
}

/// Folded words, a blank before each.
fn words_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut words = String::new();
    for text in texts {
        for word in fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.push(' ');
            words.push_str(word);
        }
    }
    words
}

/// Makes the row of a household anew from its records.
pub(crate) fn show(tx: &Transaction<'_>, root: &str) -> Result<(), StoreError> {
    let mut select = tx.prepare_cached(
        "SELECT n, kind, body FROM record WHERE root = ?1 AND kind IN ('household', 'person', 'visit', 'case')
         AND removed = 0 AND restricted = 0 ORDER BY n",
    )?;
    let rows = select.query_map([root], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut household: Option<(i64, RecordState)> = None;
    let (mut names, mut open_cases, mut last_visit) = (Vec::new(), 0, None::<String>);
    for row in rows {
        let (n, kind, body): (i64, String, Vec<u8>) = row?;
        let state: RecordState = serde_json::from_slice(&body)?;
        match kind.as_str() {
            kind::HOUSEHOLD => household = Some((n, state)),
            kind::PERSON => names.push(state.text("name").unwrap_or_default().to_owned()),
            kind::VISIT => last_visit = last_visit.max(state.text("date").map(str::to_owned)),
            _ => open_cases += u32::from(records::is_open(&state)),
        }
    }
    tx.prepare_cached("DELETE FROM household WHERE id = ?1")?.execute([id_of(root)])?;
    let Some((n, state)) = household else { return Ok(()) };
    let text = |name: &str| state.text(name).unwrap_or_default();
    let name = match text("name") {
        "" => names.first().cloned().unwrap_or_default(),
        name => name.to_owned(),
    };
    // A visit on that day or later has been made: nothing is due any more.
    let next_visit =
        state.text("next_visit").filter(|next| last_visit.as_deref().is_none_or(|last| last < *next));
    let searched = [name.as_str(), text("village"), text("address")];
    let words = words_of(searched.into_iter().chain(names.iter().map(String::as_str)));
    tx.prepare_cached(
        "INSERT INTO household (n, id, name, sort, village, commune, members, open_cases, last_visit, next_visit,
         words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute((
        n,
        id_of(root),
        &name,
        fold(&name),
        text("village"),
        text(field::COMMUNE),
        i64::try_from(names.len()).unwrap_or(i64::MAX),
        open_cases,
        &last_visit,
        next_visit,
        words,
    ))?;
    Ok(())
}

fn id_of(reference: &str) -> &str {
    reference.split_once(':').map_or(reference, |(_, id)| id)
}
