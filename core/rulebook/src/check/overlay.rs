//! A pack that lies over others adds to them and tightens, and takes nothing away.

use super::Context;
use crate::{
    Pack, Problem, check_over,
    problem::of_file,
    schema::{self, How, Over, Table, Weaker},
    table::{Row, Sheet},
};
use std::collections::{BTreeSet, HashMap};

pub(super) fn check(context: &mut Context<'_>, packs: &[Pack]) {
    let Some((pack, below)) = packs.split_last().filter(|(_, below)| !below.is_empty()) else { return };
    about(context);
    forms(context, pack, below);
    for sheet in context.tables.sheets().filter(|sheet| sheet.header().is_some()) {
        let Some(table) = schema::table(&sheet.file) else { continue };
        match table.over {
            Over::Itself => {}
            Over::Closed => {
                let (vi, en) = ("bảng này chỉ gói quốc gia mới có", "only the national pack has this table");
                context.problems.push(of_file(table.file, "overlay.table", vi.into(), en.into()));
            }
            Over::Adds => added(context, table, sheet),
            Over::AddsToItsOwn(column) => added_to_its_own(context, sheet, column),
            Over::Tightens(_) => tightened(context, table, sheet),
            Over::Rights => rights(context, sheet),
        }
    }
}

/// Which packs it lies over.
fn about(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::PACK);
    let Some(row) = sheet.own().next() else { return };
    let ids: Vec<&str> = sheet.below().map(|row| row.cell("id")).collect();
    let (id, base) = (row.cell("id"), row.cell("base"));
    if row.cell("level") == "national" {
        let (vi, en) = ("gói quốc gia không nằm trên gói nào", "a national pack lies over nothing");
        context.tell(sheet, row, "level", "overlay.national", vi, en);
    } else if !base.is_empty() && !ids.contains(&base) {
        let (vi, en) = (format!("không có gói cơ sở {base:?}"), format!("there is no base pack {base:?}"));
        context.tell(sheet, row, "base", "overlay.base", vi, en);
    }
    if ids.contains(&id) {
        let (vi, en) = (format!("đã có gói tên {id:?}"), format!("there is a pack {id:?} already"));
        context.tell(sheet, row, "id", "overlay.id", vi, en);
    }
}

fn forms(context: &mut Context<'_>, pack: &Pack, below: &[Pack]) {
    let ids = |pack: &Pack| -> BTreeSet<String> {
        pack.files().filter_map(|(path, _)| Some(schema::form_of(path)?.0.to_owned())).collect()
    };
    let taken: BTreeSet<String> = below.iter().flat_map(ids).collect();
    for id in ids(pack).intersection(&taken) {
        let (vi, en) =
            ("gói cơ sở đã có phiếu này; hãy đặt tên khác", "a form of a pack below; give it another name");
        let place = Pack::form_path(id, "survey.csv");
        context.problems.push(of_file(&place, "overlay.replaces", vi.into(), en.into()));
    }
}

/// The last column of the key that says something.
fn at(table: &Table, row: Row<'_>) -> &'static str {
    let filled = table.key.iter().rev().find(|column| !row.cell(column).is_empty());
    filled.unwrap_or(&table.key[0])
}

fn replaces(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>, column: &str, under: Row<'_>) {
    let number = under.number;
    let vi =
        format!("gói cơ sở đã có dòng này (dòng {number} của {}); chỉ được thêm hoặc chặt hơn", sheet.file);
    let en = format!(
        "a pack below has this row (row {number} of its {}); one may only add and tighten",
        sheet.file
    );
    context.tell(sheet, row, column, "overlay.replaces", vi, en);
}

fn by_key<'a>(sheet: &'a Sheet, columns: &[&str]) -> HashMap<Vec<&'a str>, Vec<Row<'a>>> {
    let mut rows: HashMap<Vec<&str>, Vec<Row<'_>>> = HashMap::new();
    for row in sheet.below() {
        rows.entry(row.key(columns)).or_default().push(row);
    }
    rows
}

fn added(context: &mut Context<'_>, table: &Table, sheet: &Sheet) {
    let below = by_key(sheet, table.key);
    for row in sheet.own() {
        if let Some(under) = below.get(&row.key(table.key)) {
            replaces(context, sheet, row, at(table, row), under[0]);
        }
    }
}

fn added_to_its_own(context: &mut Context<'_>, sheet: &Sheet, column: &str) {
    let below = by_key(sheet, &[column]);
    for row in sheet.own().filter(|row| below.contains_key(&row.key(&[column]))) {
        let what = row.cell(column);
        let vi = format!("{what} là của gói cơ sở; chỉ được thêm vào cái riêng của gói này");
        let en = format!("{what} is a pack's below; one adds to one's own only");
        context.tell(sheet, row, column, "overlay.not-its-own", vi, en);
    }
}

fn tightened(context: &mut Context<'_>, table: &Table, sheet: &Sheet) {
    let below = by_key(sheet, table.key);
    for row in sheet.own() {
        let mut under = below.get(&row.key(table.key)).cloned().unwrap_or_default();
        if sheet.file == schema::FIELDS {
            // What every kind has, each has.
            under.extend(below.get(&vec![super::EVERY, row.cell("field")]).into_iter().flatten());
        }
        let touches = |under: &&Row<'_>| !table.dated || row.days().touch(under.days());
        // A cell is told once, against the last row that it weakens.
        let mut told = BTreeSet::new();
        for under in under.iter().rev().filter(touches) {
            of_pair(context, table, sheet, row, *under, &mut told);
        }
    }
}

fn of_pair(
    context: &mut Context<'_>,
    table: &Table,
    sheet: &Sheet,
    row: Row<'_>,
    under: Row<'_>,
    told: &mut BTreeSet<&'static str>,
) {
    let Over::Tightens(rules) = table.over else { return };
    for column in table.columns.iter().filter(|column| !table.key.contains(&column.name)) {
        let (cell, before) = (row.cell(column.name), under.cell(column.name));
        let problems = context.problems.len();
        if cell == before || told.contains(column.name) {
            continue;
        }
        let rule = rules.iter().find(|rule| rule.column == column.name).map(|rule| &rule.how);
        let weaker = match rule {
            Some(How::Freely) => None,
            Some(How::OrEmpty) if cell.is_empty() => None,
            Some(How::NotLess(weaker)) => (!at_least(cell, before)).then_some(weaker),
            Some(How::NotMore(weaker)) => (!at_least(before, cell)).then_some(weaker),
            Some(How::NotBefore(words, weaker)) => {
                let place = |cell| words.iter().position(|word| *word == cell);
                (place(cell) < place(before)).then_some(weaker)
            }
            Some(How::NotLessBy(by, weaker)) => {
                if at_least(cell, before) {
                    raised(context, sheet, row, column.name, under.cell(by));
                }
                (!at_least(cell, before)).then_some(weaker)
            }
            Some(How::OrEmpty) | None => {
                replaces(context, sheet, row, column.name, under);
                None
            }
        };
        if let Some(Weaker { code, vi, en }) = weaker {
            let (vi, en) = (format!("{vi}: {cell} ({before})"), format!("{en}: {cell} ({before})"));
            context.tell(sheet, row, column.name, code, vi, en);
        }
        if context.problems.len() > problems {
            told.insert(column.name);
        }
    }
}

/// Numbers; one that isn't said is less than any. What is no number is told where cells are checked.
fn at_least(cell: &str, other: &str) -> bool {
    let number = |cell: &str| cell.parse::<u64>().ok();
    number(cell) >= number(other)
}

fn raised(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>, column: &str, who: &str) {
    let about = context.tables.sheet(schema::PACK).own().next();
    if about.is_none_or(|about| about.cell("level") != who) {
        let (vi, en) =
            ("cấp của gói này không được quy định mức cao hơn", "a pack of this level may not set more");
        context.tell(sheet, row, column, "overlay.not-to-be-raised", vi, en);
    }
}

/// Whoever may do something by it may do so by the packs below already, but for what is its own.
fn rights(context: &mut Context<'_>, sheet: &Sheet) {
    let kinds = context.tables.sheet(schema::KINDS);
    let below = by_key(sheet, &["kind", "field", "action"]);
    for row in sheet.own() {
        let (kind, field, action) = (row.cell("kind"), row.cell("field"), row.cell("action"));
        let is_own = kinds.own().any(|own| own.cell("kind") == kind);
        let granted: Vec<Row<'_>> = if !is_own {
            let every = super::EVERY;
            let deciding = [[kind, field, action], [kind, every, action], [every, every, action]];
            deciding.iter().find_map(|key| below.get(key.as_slice())).cloned().unwrap_or_default()
        } else if matches!(action, "move" | "assign" | "restrict") {
            // Who may do so somewhere is asked to do so elsewhere.
            sheet.below().filter(|under| under.cell("action") == action).collect()
        } else {
            continue;
        };
        for role in row.words("role") {
            let grants = |under: &Row<'_>| {
                under.words("role").any(|other| other == role)
                    && (under.cell("when") == "any" || under.cell("when") == row.cell("when"))
                    && row.days().lie_within(under.days())
            };
            if !granted.iter().any(grants) {
                let vi = format!("gói cơ sở không cho {role} quyền này");
                let en = format!("by the packs below {role} has no such right");
                context.tell(sheet, row, "role", "overlay.more-rights", vi, en);
                break;
            }
        }
    }
}

/// What becomes wrong in the packs below by what the one above says.
pub(super) fn breaks(below: &[Pack], found: Vec<Problem>) -> Vec<Problem> {
    let before = check_over(below).problems;
    let caused = found.into_iter().filter(|problem| !before.contains(problem));
    let told = |problem: Problem| {
        let (place, code) = (problem.place(), &problem.code);
        let vi = format!("gói này làm sai gói cơ sở: {place} {code}: {}", problem.vi);
        let en = format!("it puts a pack below in the wrong: {place} {code}: {}", problem.en);
        of_file(schema::PACK, "overlay.breaks", vi, en)
    };
    caused.map(told).collect()
}
