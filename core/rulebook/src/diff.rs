//! What a pack changes against another, row by row and in plain sentences: for who approves it, and for who must work by
//! it. Nothing that changed stays unsaid.

mod words;

use crate::{
    Pack, Phrase,
    schema::{self, Table},
    table::{Row, Sheet},
};
use std::collections::{BTreeSet, HashMap};
use words::Names;

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path in the pack, such as `clocks.csv`.
    pub file: String,
    /// As the spreadsheet counts, in the later pack; in the earlier one for a row that is gone. `None`: the whole file.
    pub row: Option<usize>,
    pub column: Option<String>,
    /// Such as `Hạn «…»: thời hạn 7 ngày → 5 ngày`.
    pub text: Phrase,
}

/// What `after` changes of `before`, tables first, each in its order.
pub fn diff(before: &Pack, after: &Pack) -> Vec<Difference> {
    // An office's pack speaks of what the national one names.
    let names = Names::of([after, before, &Pack::built_in()]);
    let mut all = Vec::new();
    for table in &schema::TABLES {
        let sides = Sides::of(table.file, before, after);
        of_file(&sides, &mut all, |sides, all| of_table(table, &names, sides, all));
    }
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    for path in paths(before, after).into_iter().filter(|path| schema::table(path).is_none()) {
        let sides = Sides::of(path, before, after);
        let Some((form, file)) = schema::form_of(path) else {
            of_file(&sides, &mut all, |sides, all| all.push(sides.told(None, None, words::file(sides))));
            continue;
        };
        let has =
            |pack: &Pack| pack.files().any(|(path, _)| schema::form_of(path).is_some_and(|(f, _)| f == form));
        if has(before) != has(after) {
            // One sentence for all of its files.
            if whole.insert(form) {
                all.push(sides.told(None, None, words::form(form, has(after))));
            }
        } else if sides.before.is_none() || sides.after.is_none() {
            all.push(sides.told(None, None, words::file(&sides)));
        } else {
            of_file(&sides, &mut all, |sides, all| of_sheet(form, file, sides, all));
        }
    }
    all
}

fn paths<'p>(before: &'p Pack, after: &'p Pack) -> BTreeSet<&'p str> {
    before.files().chain(after.files()).map(|(path, _)| path).collect()
}

/// A file in both packs.
struct Sides<'a> {
    path: &'a str,
    before: Option<&'a [u8]>,
    after: Option<&'a [u8]>,
}

impl<'a> Sides<'a> {
    fn of(path: &'a str, before: &'a Pack, after: &'a Pack) -> Self {
        Self { path, before: before.file(path), after: after.file(path) }
    }

    fn sheets(&self) -> [Sheet; 2] {
        [self.before, self.after].map(|bytes| Sheet::alone(self.path, bytes.unwrap_or_default()))
    }

    fn told(&self, row: Option<usize>, column: Option<&str>, text: Phrase) -> Difference {
        Difference { file: self.path.to_owned(), row, column: column.map(str::to_owned), text }
    }
}

/// A file that is another and of which nothing can be told is told all the same.
fn of_file(sides: &Sides<'_>, all: &mut Vec<Difference>, tell: impl Fn(&Sides<'_>, &mut Vec<Difference>)) {
    if sides.before == sides.after {
        return;
    }
    let told = all.len();
    tell(sides, all);
    if all.len() == told {
        all.push(sides.told(None, None, words::written_otherwise(sides.path)));
    }
}

fn of_table(table: &Table, names: &Names, sides: &Sides<'_>, all: &mut Vec<Difference>) {
    let sheets = sides.sheets();
    let [before, after] = &sheets;
    let mut exact = table.key.to_vec();
    if table.dated && !exact.contains(&"from") {
        exact.push("from");
    }
    let found = Matched::of(before, after, &[exact.as_slice(), table.key]);
    for (was, is) in &found.pairs {
        for column in columns(before, after).filter(|column| was.cell(column) != is.cell(column)) {
            let text = names.changed(table, *was, *is, column);
            all.push(sides.told(Some(is.number), Some(column), text));
        }
    }
    for row in &found.gone {
        all.push(sides.told(Some(row.number), None, names.gone(table, *row)));
    }
    for row in &found.added {
        all.push(sides.told(Some(row.number), None, names.added(table, *row)));
    }
    of_shape(sides, before, after, &found, all);
}

/// A sheet of a form: its columns are the author's.
fn of_sheet(form: &str, file: &str, sides: &Sides<'_>, all: &mut Vec<Difference>) {
    let sheets = sides.sheets();
    let [before, after] = &sheets;
    let first = after.columns().next().into_iter().collect::<Vec<_>>();
    let key: &[&str] = match file {
        "survey.csv" => &["name"],
        "choices.csv" | "external_choices.csv" => &["list_name", "name"],
        "settings.csv" => &[],
        "records.csv" => &["record", "kind", "field"],
        _ => &first,
    };
    let found = Matched::of(before, after, &[key]);
    let place = |row: Row<'_>| words::place(form, file, row, key);
    for (was, is) in &found.pairs {
        for column in columns(before, after).filter(|column| was.cell(column) != is.cell(column)) {
            let text = words::changed_in_form(&place(*is), column, was.cell(column), is.cell(column));
            all.push(sides.told(Some(is.number), Some(column), text));
        }
    }
    for (rows, is_there) in [(&found.gone, false), (&found.added, true)] {
        for row in rows {
            all.push(sides.told(Some(row.number), None, words::row_in_form(&place(*row), *row, is_there)));
        }
    }
    of_shape(sides, before, after, &found, all);
}

/// What both have, without repeating, in the later one's order.
fn columns<'a>(before: &'a Sheet, after: &'a Sheet) -> impl Iterator<Item = &'a str> {
    let mut seen = BTreeSet::new();
    after.columns().chain(before.columns()).filter(move |column| seen.insert(*column))
}

/// Columns that come and go, the order of columns and rows, and rows that can't be told apart by cells.
fn of_shape(
    sides: &Sides<'_>,
    before: &Sheet,
    after: &Sheet,
    found: &Matched<'_>,
    all: &mut Vec<Difference>,
) {
    if sides.before.is_none() || sides.after.is_none() {
        return;
    }
    let of = |sheet: &Sheet| sheet.columns().map(str::to_owned).collect::<Vec<_>>();
    let (was, is) = (of(before), of(after));
    let has = |columns: &[String], column: &String| columns.contains(column);
    for column in was.iter().filter(|column| !has(&is, column)) {
        all.push(sides.told(None, Some(column), words::column(sides.path, column, false)));
    }
    for column in is.iter().filter(|column| !has(&was, column)) {
        all.push(sides.told(None, Some(column), words::column(sides.path, column, true)));
    }
    let kept = was.iter().filter(|column| has(&is, column));
    if !kept.eq(is.iter().filter(|column| has(&was, column))) {
        all.push(sides.told(None, None, words::column_order(sides.path)));
    }
    if !found.pairs.is_sorted_by_key(|(_, is)| is.number) {
        all.push(sides.told(None, None, words::row_order(sides.path)));
    }
    if !before.misshapen().eq(after.misshapen()) {
        all.push(sides.told(None, None, words::misshapen(sides.path)));
    }
}

/// Which rows of two sheets are the same.
struct Matched<'a> {
    /// By their place in the earlier.
    pairs: Vec<(Row<'a>, Row<'a>)>,
    gone: Vec<Row<'a>>,
    added: Vec<Row<'a>>,
}

impl<'a> Matched<'a> {
    /// By the first key; what is left by the next. Of several rows with one key the first is the first.
    fn of(before: &'a Sheet, after: &'a Sheet, keys: &[&[&str]]) -> Self {
        let (mut gone, mut added): (Vec<_>, Vec<_>) = (before.rows().collect(), after.rows().collect());
        let mut pairs: Vec<(Row<'_>, Row<'_>)> = Vec::new();
        for key in keys {
            let mut waiting: HashMap<Vec<&str>, Vec<Row<'_>>> = HashMap::new();
            for row in added.iter().rev() {
                waiting.entry(row.key(key)).or_default().push(*row);
            }
            gone.retain(|was| {
                let is = waiting.get_mut(&was.key(key)).and_then(Vec::pop);
                pairs.extend(is.map(|is| (*was, is)));
                is.is_none()
            });
            let mut left: BTreeSet<usize> = BTreeSet::new();
            left.extend(waiting.values().flatten().map(|row| row.number));
            added.retain(|row| left.contains(&row.number));
        }
        pairs.sort_by_key(|(was, _)| was.number);
        Self { pairs, gone, added }
    }
}
