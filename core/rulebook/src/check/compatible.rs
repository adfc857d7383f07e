//! What a new version of a pack must keep of what is published: records and forms out there rest on it.

use crate::{
    Pack, Problem,
    problem::of_file,
    schema::{self, Past, Table, Weaker},
    table::{Row, Sheet, Tables},
};
use std::collections::HashMap;

/// What a new version of a pack takes away or weakens of the published one: kinds, fields, codes and the like that are
/// gone, types that changed, a version that is no newer.
pub fn compatible(published: &Pack, new: &Pack) -> Vec<Problem> {
    let [before, after] = [published, new].map(|pack| Tables::read(std::slice::from_ref(pack)));
    let mut problems = about(before.sheet(schema::PACK), after.sheet(schema::PACK));
    for table in &schema::TABLES {
        if let Some(past) = table.past {
            let (before, after) = (before.sheet(table.file), after.sheet(table.file));
            problems.extend(of_table(table, past, before, after));
        }
    }
    problems.sort();
    problems
}

fn about(before: &Sheet, after: &Sheet) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (Some(published), Some(new)) = (before.rows().next(), after.rows().next()) else { return problems };
    for column in ["id", "level", "base"] {
        let (is, was) = (new.cell(column), published.cell(column));
        if is != was {
            let (vi, en) = (format!("bản đã công bố ghi {was:?}"), format!("the published one says {was:?}"));
            problems.push(after.problem(new, column, "compatible.other-pack", vi, en));
        }
    }
    let number = |row: Row<'_>| row.cell("version").parse::<u32>().ok();
    if number(new) <= number(published) {
        let (was, vi, en) =
            (published.cell("version"), "phải lớn hơn bản đã công bố", "must be above the published");
        let (vi, en) = (format!("số phiên bản {vi} ({was})"), format!("the version {en} one ({was})"));
        problems.push(after.problem(new, "version", "compatible.version", vi, en));
    }
    problems
}

fn of_table(table: &Table, past: &[Past], before: &Sheet, after: &Sheet) -> Vec<Problem> {
    let mut new: HashMap<Vec<&str>, Vec<Row<'_>>> = HashMap::new();
    for row in after.rows() {
        new.entry(row.key(table.key)).or_default().push(row);
    }
    let mut published: HashMap<Vec<&str>, Row<'_>> = HashMap::new();
    for row in before.rows() {
        published.entry(row.key(table.key)).or_insert(row);
    }
    let mut problems = Vec::new();
    for (key, was) in published {
        let Some(rows) = new.get(&key) else {
            problems.push(gone(table, &key));
            continue;
        };
        for row in rows {
            for rule in past {
                problems.extend(weakened(after, *row, was, rule));
            }
        }
    }
    problems
}

fn gone(table: &Table, key: &[&str]) -> Problem {
    let what = key.join(".");
    let (mut vi, mut en) =
        (format!("{what} đã công bố thì không được bỏ"), format!("{what} was published and stays"));
    if table.column("to").is_some() {
        vi += "; hãy ghi ngày kết thúc ở cột to";
        en += "; give it an end in the column to";
    }
    of_file(table.file, "compatible.gone", vi, en)
}

fn weakened(sheet: &Sheet, row: Row<'_>, was: Row<'_>, rule: &Past) -> Option<Problem> {
    let (column, Weaker { code, vi, en }) = match rule {
        Past::Same(column, weaker)
        | Past::SameOnceFilled(column, weaker)
        | Past::Keeps(column, weaker)
        | Past::NotBefore(column, _, weaker)
        | Past::SameUnless(column, _, weaker) => (*column, weaker),
    };
    let (is, before) = (row.cell(column), was.cell(column));
    let is_fine = match rule {
        Past::Same(..) => is == before,
        Past::SameOnceFilled(..) => before.is_empty() || is == before,
        // An empty one is a word too: it may stand at the top.
        Past::Keeps(..) => before.split('|').all(|word| is.split('|').any(|other| other == word)),
        Past::NotBefore(_, words, _) => {
            let place = |cell| words.iter().position(|word| *word == cell);
            place(is) >= place(before)
        }
        Past::SameUnless(_, weakest, _) => before == *weakest || is == before,
    };
    if is_fine {
        return None;
    }
    let (vi, en) = (format!("{vi} ({before})"), format!("{en} ({before})"));
    Some(sheet.problem(row, column, code, vi, en))
}
