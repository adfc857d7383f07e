//! Deadlines: what a record says, what lies below it, which steps were taken, when it is looked at, what is due.
//! `clock,name,fields,now,due,marks`, such as `cp_plan_approval,…,case.received_at=25/11/2026 15:00;assessment.form=initial;
//! assessment.risk=low;action:submit_plan=26/11/2026 10:00,26/11/2026 11:00,30/11/2026 23:59,start-uncertain`. Another record of
//! the same kind is `assessment#2.form=…`.

use super::{CLOCKS, Row, Sheet, moment};
use chrono::{DateTime, FixedOffset, NaiveDate};
use model::{RecordRef, RecordState};
use rulebook::{FieldType, Pack, Problem, Rulebook};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use workflow::{
    Counted, Progress,
    clocks::{self, Deadline, Facts},
    of_fields,
};

/// Of each deadline.
const LEAST: usize = 3;
/// So many are enough, and take a moment.
const MOST: usize = 2_000;
const COLUMNS: [&str; 6] = ["clock", "name", "fields", "now", "due", "marks"];

pub(super) fn check(rulebook: &Rulebook, sheet: &Sheet) -> Result<Vec<Problem>, Box<Problem>> {
    sheet.has(&COLUMNS)?;
    if sheet.rows.len() > MOST {
        let (vi, en) = (format!("có hơn {MOST} dòng"), format!("there are more than {MOST} rows"));
        return Err(sheet.problem(None, "golden.many", vi, en));
    }
    Ok(sheet.rows().flat_map(|row| worked(rulebook, row).unwrap_or_else(|unread| vec![*unread])).collect())
}

/// A deadline of this pack that isn't proved.
pub(super) fn missing(pack: &Pack, worked: Option<&Sheet>) -> Vec<Problem> {
    let table = format!("{CLOCKS}.csv");
    let Some(clocks) = pack.file(&table).and_then(|bytes| Sheet::read(&table, bytes).ok()) else {
        return Vec::new();
    };
    let count =
        |id: &str| worked.map_or(0, |worked| worked.rows().filter(|row| row.cell("clock") == id).count());
    let few = clocks.rows().map(|row| (row, count(row.cell("id")))).filter(|(_, count)| *count < LEAST);
    few.map(|(row, count)| {
        let (vi, en) = (
            format!("golden/{table} có {count} tình huống của hạn này, cần ít nhất {LEAST}"),
            format!("golden/{table} has {count} worked cases of it; at least {LEAST} are needed"),
        );
        *row.problem("id", "golden.missing", vi, en)
    })
    .collect()
}

fn worked(rulebook: &Rulebook, row: Row<'_>) -> Result<Vec<Problem>, Box<Problem>> {
    let code = row.cell("clock");
    let Some(clock) = rulebook.clocks().iter().find(|clock| clock.code == code) else {
        return Err(row.unread(
            "clock",
            format!("không có hạn {code:?}"),
            format!("there is no deadline {code:?}"),
        ));
    };
    let now = row.moment("now")?;
    let said = said(rulebook, row)?;
    let all = said.deadlines(rulebook, &clock.workflow, now);
    let found = all.iter().find(|deadline| deadline.code == code);
    let (due, marks) = (found.map_or_else(|| "none".to_owned(), due), found.map(marks).unwrap_or_default());
    let wrong = [("due", due), ("marks", marks)];
    Ok(wrong
        .iter()
        .filter(|(column, is)| row.cell(column) != is)
        .map(|(column, is)| *row.wrong(column, is))
        .collect())
}

/// Where a record says which workflow it moves by.
const WORKFLOW: &str = "workflow";

fn due(deadline: &Deadline<'_>) -> String {
    if deadline.at_once { "at-once".to_owned() } else { rulebook::date_time(&deadline.due) }
}

fn marks(deadline: &Deadline<'_>) -> String {
    let marks = [
        ("overdue", deadline.overdue),
        ("provisional", deadline.provisional),
        ("unsettled", deadline.unsettled),
        ("start-uncertain", !deadline.start_certain),
    ];
    let marks: Vec<_> = marks.into_iter().filter_map(|(mark, is)| is.then_some(mark)).collect();
    marks.join("|")
}

/// A record with what lies below it, and the steps that were taken in it.
struct Said<'s> {
    kind: &'s str,
    fields: BTreeMap<String, Value>,
    below: Vec<(RecordRef, RecordState)>,
    taken: Vec<Counted>,
}

impl Said<'_> {
    fn deadlines<'r>(
        mut self,
        rulebook: &'r Rulebook,
        workflow: &str,
        now: DateTime<FixedOffset>,
    ) -> Vec<Deadline<'r>> {
        if rulebook.field(self.kind, WORKFLOW).is_some() {
            self.fields.entry(WORKFLOW.to_owned()).or_insert_with(|| json!(workflow));
        }
        let state = of_fields(&self.fields);
        let progress = rulebook.moves_by_steps(workflow).then(|| {
            let first = || rulebook.first_state(workflow).map_or("", |first| &first.code);
            let state = state.text("state").unwrap_or_else(first).to_owned();
            Progress { state, taken: std::mem::take(&mut self.taken), ..Progress::default() }
        });
        let (kind, below) = (self.kind, &self.below);
        let facts = Facts { rulebook, kind, state: &state, below, progress: progress.as_ref() };
        clocks::running(rulebook, &clocks::of(&facts, now.date_naive()), now)
    }
}

/// Of each record by its name in the row, such as `assessment#2`, its kind and fields.
type Records<'s> = Vec<(&'s str, &'s str, BTreeMap<String, Value>)>;

fn said<'s>(rulebook: &Rulebook, row: Row<'s>) -> Result<Said<'s>, Box<Problem>> {
    let (mut records, mut taken): (Records<'s>, _) = (Vec::new(), Vec::new());
    for part in row.cell("fields").split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((place, value)) = part.split_once('=').map(|(place, value)| (place.trim(), value.trim()))
        else {
            return Err(not_said(row, part));
        };
        if let Some(action) = place.strip_prefix("action:") {
            let at = super::moment(value).ok_or_else(|| not_said(row, part))?;
            let at = u64::try_from(at.timestamp_millis()).unwrap_or(0);
            taken.push(Counted { at, id: Uuid::from_u128(taken.len() as u128), action: action.to_owned() });
            continue;
        }
        let Some((record, name)) = place.split_once('.') else { return Err(not_said(row, part)) };
        let kind = record.split_once('#').map_or(record, |(kind, _)| kind);
        let Some(field) = rulebook.field(kind, name) else {
            let (vi, en) =
                (format!("không có trường {kind}.{name}"), format!("there is no field {kind}.{name}"));
            return Err(row.unread("fields", vi, en));
        };
        let value = typed(&field.kind, value).ok_or_else(|| {
            let (vi, en) = (
                format!("{kind}.{name} không nhận {value:?}"),
                format!("{kind}.{name} doesn't take {value:?}"),
            );
            row.unread("fields", vi, en)
        })?;
        match records.iter_mut().find(|(known, ..)| *known == record) {
            Some((.., fields)) => drop(fields.insert(name.to_owned(), value)),
            None => records.push((record, kind, BTreeMap::from([(name.to_owned(), value)]))),
        }
    }
    let own = records.iter().position(|(_, kind, _)| rulebook.has_progress(kind)).ok_or_else(|| {
        let (vi, en) = ("chưa nói hồ sơ có gì", "it doesn't say what the record says");
        row.unread("fields", vi, en)
    })?;
    let (_, kind, fields) = records.remove(own);
    let below = (1u128..).zip(records).map(|(n, (_, kind, fields))| {
        (RecordRef::new(kind.to_owned(), Uuid::from_u128(n)), of_fields(&fields))
    });
    Ok(Said { kind, fields, below: below.collect(), taken })
}

fn not_said(row: Row<'_>, part: &str) -> Box<Problem> {
    let (vi, en) = (
        format!("{part:?} không viết như loại.trường=giá trị hay action:việc=thời điểm"),
        format!("{part:?} is neither kind.field=value nor action:step=moment"),
    );
    row.unread("fields", vi, en)
}

fn typed(kind: &FieldType, value: &str) -> Option<Value> {
    Some(match kind {
        FieldType::DateTime => json!(moment(value)?.to_rfc3339()),
        FieldType::Date => json!(NaiveDate::parse_from_str(value, "%d/%m/%Y").ok()?.to_string()),
        FieldType::Bool => json!(match value {
            "yes" => true,
            "no" => false,
            _ => return None,
        }),
        FieldType::Int | FieldType::Money => json!(value.parse::<i64>().ok()?),
        _ => json!(value),
    })
}
