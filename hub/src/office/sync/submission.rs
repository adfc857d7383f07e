//! Submissions checked again with the engine that phones run, by their own form version and their own time.
//! Their content never makes them wait: what differs is kept as a flag.

use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        submissions::{self, Difference, Submission},
    },
};
use model::{
    RecordRef, SubmissionId,
    batch::{Json, Shown},
};
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

pub fn is_submission(record: &RecordRef) -> bool {
    SubmissionId::of(record).is_some()
}

/// `None`: no submission, or its form version is not published here.
pub fn evaluate(hub: &Hub, read: &Read, change: &Shown) -> Result<Option<Evaluated>, HubError> {
    if !is_submission(&change.head.record) {
        return Ok(None);
    }
    let text = |name: &str| match change.value(name).map(Json::read) {
        Some(Ok(Value::String(text))) => text,
        _ => String::new(),
    };
    let (form, version, finished_at) = (text("form"), text("version"), text("finished_at"));
    let Some(definition) = hub.forms.get(read, &form, &version)? else { return Ok(None) };
    let finished = chrono::DateTime::parse_from_rfc3339(&finished_at)
        .ok()
        .or_else(|| {
            let at = i64::try_from(change.head.at.0).ok()?;
            chrono::DateTime::from_timestamp_millis(at).map(|time| time.fixed_offset())
        })
        .unwrap_or_else(|| hub.clock.now());
    let differences = match evaluate_submission(&definition, &text("xml"), Env::fixed(finished, 0)) {
        // Erased by an order: there is nothing to differ.
        _ if change.value("xml").is_none() => Vec::new(),
        Ok(evaluation) => evaluation
            .differences
            .into_iter()
            .take(MAX_DIFFERENCES)
            .map(|found| Difference { path: found.path, code: found.kind.code().to_owned() })
            .collect(),
        Err(error) => vec![Difference { path: String::new(), code: error.code().to_owned() }],
    };
    Ok(Some(Evaluated { form, version, finished_at, differences }))
}

/// Lists an admitted submission, with its flags.
pub fn keep(tx: &Tx, change: &Shown, evaluated: &Evaluated) -> Result<(), HubError> {
    let submission = Submission {
        record: &change.head.record,
        form: &evaluated.form,
        version: &evaluated.version,
        author: change.author,
        finished_at: &evaluated.finished_at,
        differences: &evaluated.differences,
    };
    Ok(submissions::add(tx, &submission)?)
}
