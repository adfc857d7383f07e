//! Deadlines: what a record says, when it is looked at, what is due. `clock,name,fields,now,due,marks`, such as
//! `cp_plan,…,case.received_at=25/11/2026 15:00;case.severity=low,26/11/2026 08:00,02/12/2026 23:59,start-uncertain`.

use super::{CLOCKS, Row, Sheet, moment};
use casework::clocks::{Deadline, of_fields};
use chrono::NaiveDate;
use rulebook::{FieldType, Pack, Problem, Rulebook};
use serde_json::{Value, json};
use std::collections::BTreeMap;

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
    let (kind, mut fields) = said(rulebook, row)?;
    if rulebook.field(kind, WORKFLOW).is_some() {
        fields.entry(WORKFLOW.to_owned()).or_insert_with(|| json!(clock.workflow));
    }
    let all = of_fields(rulebook, kind, &fields, now);
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
        ("start-uncertain", !deadline.start_certain),
    ];
    let marks: Vec<_> = marks.into_iter().filter_map(|(mark, is)| is.then_some(mark)).collect();
    marks.join("|")
}

/// What the record says, and of which kind it is.
fn said<'s>(rulebook: &Rulebook, row: Row<'s>) -> Result<(&'s str, BTreeMap<String, Value>), Box<Problem>> {
    let mut fields = BTreeMap::new();
    let mut of = None;
    for part in row.cell("fields").split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let read = part
            .split_once('=')
            .and_then(|(place, value)| Some((place.trim().split_once('.')?, value.trim())));
        let Some(((kind, name), value)) = read else {
            let (vi, en) = (
                format!("{part:?} không viết như loại.trường=giá trị"),
                format!("{part:?} is not kind.field=value"),
            );
            return Err(row.unread("fields", vi, en));
        };
        if *of.get_or_insert(kind) != kind {
            let (vi, en) = ("chỉ được nói về một bản ghi", "it speaks of more than one record");
            return Err(row.unread("fields", vi, en));
        }
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
        fields.insert(name.to_owned(), value);
    }
    let nothing = || row.unread("fields", "chưa nói bản ghi có gì", "it doesn't say what the record says");
    Ok((of.ok_or_else(nothing)?, fields))
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
