//! Rows that stand twice, and days that two rows or none are for.

use super::Context;
use crate::{
    schema::Table,
    table::{Row, Sheet},
};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

pub(super) fn check(context: &mut Context<'_>, table: &Table, sheet: &Sheet) {
    let mut by_key: HashMap<Vec<&str>, Vec<Row<'_>>> = HashMap::new();
    for row in sheet.own() {
        by_key.entry(row.key(table.key)).or_default().push(row);
    }
    let below: HashSet<Vec<&str>> = sheet.below().map(|row| row.key(table.key)).collect();
    for (key, rows) in by_key {
        if table.dated {
            of_days(context, sheet, rows, below.contains(&key));
            continue;
        }
        for again in rows.iter().skip(1) {
            let column =
                table.key.iter().rev().find(|column| !again.cell(column).is_empty()).unwrap_or(&table.key[0]);
            let first = rows[0].number;
            let (vi, en) = (format!("đã có ở dòng {first}"), format!("row {first} is the same"));
            context.tell(sheet, *again, column, "row.twice", vi, en);
        }
    }
}

/// `below`: on the days between its rows those of the packs below go on.
fn of_days(context: &mut Context<'_>, sheet: &Sheet, mut rows: Vec<Row<'_>>, below: bool) {
    for row in rows.iter().filter(|row| !row.cell("to").is_empty()) {
        let days = row.days();
        if days.from.zip(days.to).is_some_and(|(from, to)| to < from) {
            let (vi, en) = ("ngày kết thúc trước ngày bắt đầu", "it ends before it begins");
            context.tell(sheet, *row, "to", "dates.order", vi, en);
        }
    }
    if rows.len() < 2 {
        return;
    }
    rows.sort_by_key(|row| row.days().from);
    for (before, row) in rows.iter().zip(rows.iter().skip(1)) {
        let (earlier, later) = (before.days(), row.days());
        // Until it may be acted by, the row before goes on.
        let backdated = earlier.from < later.from && later.acted_from() > later.from;
        let begins = if backdated { later.acted_from() } else { later.from };
        let next = |day: NaiveDate| day.succ_opt();
        let number = before.number;
        let gap = earlier.to.and_then(next).is_some_and(|next| begins.is_some_and(|begins| next < begins));
        if gap {
            if below {
                continue;
            }
            let column = if backdated { "in_force" } else { "from" };
            let vi = format!("giữa dòng {number} và dòng này có ngày không dòng nào áp dụng");
            let en = format!("between row {number} and this one are days that no row is for");
            context.tell(sheet, *row, column, "dates.gap", vi, en);
        } else if !backdated && earlier.to.is_none_or(|to| later.from.is_none_or(|from| from <= to)) {
            let vi =
                format!("dòng {number} cũng áp dụng cho những ngày này; hãy cho dòng cũ một ngày kết thúc");
            let en = format!("row {number} is for these days too; give the older one an end");
            context.tell(sheet, *row, "from", "dates.overlap", vi, en);
        }
    }
}
