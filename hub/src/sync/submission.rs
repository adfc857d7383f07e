//! Submissions checked again with the engine that phones run, by their own form version and their own time.
//! Their content never makes them wait: what differs is kept as a flag.

use crate::{Hub, HubError, db::int};
use model::{Change, kind};
use rusqlite::{Connection, Transaction, named_params};
use serde::Serialize;
use serde_json::Value;
use xforms::{Env, evaluate_submission};

/// Differences kept of one submission.
const MAX_DIFFERENCES: usize = 100;

/// A submission's place in the catalogue, and where the hub's evaluation departs from it.
#[derive(Clone)]
pub struct Evaluated {
    form: String,
    version: String,
    finished_at: String,
    differences: Vec<Difference>,
}

/// Path and code only: values are personal data and stand in the submission itself.
#[derive(Clone, Serialize)]
struct Difference {
    path: String,
    code: String,
}

pub fn is_submission(change: &Change) -> bool {
    change.header.record.kind == kind::SUBMISSION
}

/// `None`: no submission, or its form version is not published here.
pub fn evaluate(hub: &Hub, connection: &Connection, change: &Change) -> Result<Option<Evaluated>, HubError> {
    if !is_submission(change) {
        return Ok(None);
    }
    let text = |name: &str| match change.values.get(name) {
        Some(Some(Value::String(text))) => text.as_str(),
        _ => "",
    };
    let (form, version, finished_at) = (text("form"), text("version"), text("finished_at"));
    let Some(definition) = hub.forms.get(connection, hub.office(), form, version)? else { return Ok(None) };
    let finished = chrono::DateTime::parse_from_rfc3339(finished_at)
        .ok()
        .or_else(|| {
            chrono::DateTime::from_timestamp_millis(int(change.header.at.0)).map(|time| time.fixed_offset())
        })
        .unwrap_or_else(|| hub.clock.now());
    let differences = match evaluate_submission(&definition, text("xml"), Env::fixed(finished, 0)) {
        Ok(evaluation) => evaluation
            .differences
            .into_iter()
            .take(MAX_DIFFERENCES)
            .map(|found| Difference { path: found.path, code: found.kind.code().to_owned() })
            .collect(),
        Err(error) => vec![Difference { path: String::new(), code: error.code().to_owned() }],
    };
    Ok(Some(Evaluated {
        form: form.to_owned(),
        version: version.to_owned(),
        finished_at: finished_at.to_owned(),
        differences,
    }))
}

/// Lists an admitted submission, with its flags.
pub fn keep(
    hub: &Hub,
    transaction: &Transaction,
    change: &Change,
    evaluated: &Evaluated,
    root: &str,
    received_at: i64,
) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "INSERT INTO submissions (office, id, change, form, version, root, author, finished_at, received_at,
                                      differences, flagged)
             VALUES (:office, :id, :change, :form, :version, :root, :author, :finished, :received, :differences,
                     :flagged)
             ON CONFLICT (office, id) DO NOTHING",
        )?
        .execute(named_params! {
            ":office": hub.office(), ":id": change.header.record.id.to_string(),
            ":change": change.header.id.to_string(), ":form": evaluated.form, ":version": evaluated.version,
            ":root": root, ":author": change.header.author.to_string(), ":finished": evaluated.finished_at,
            ":received": received_at, ":differences": serde_json::to_string(&evaluated.differences)?,
            ":flagged": !evaluated.differences.is_empty(),
        })?;
    Ok(())
}
