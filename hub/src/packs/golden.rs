//! Worked cases: a pack proves itself. `golden/clocks.csv` has some for each deadline, `golden/FORM.csv` those of a form;
//! they run with the engines of phone and hub.

mod clocks;
mod forms;

use crate::forms::CheckedForm;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone};
use model::clock::VIETNAM;
use rulebook::{Pack, Problem, Rulebook};

/// The table of deadlines; others are called after their form.
const CLOCKS: &str = "clocks";

/// What doesn't come out as a pack says, and what it doesn't prove. The pack and its forms are without a fault otherwise.
pub(super) fn check(rulebook: &Rulebook, pack: &Pack, all: &[CheckedForm]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut worked = None;
    for (path, bytes) in pack.files() {
        let Some(of) = Pack::golden_of(path) else { continue };
        let form = all.iter().find(|form| form.id == of);
        let found = Sheet::read(path, bytes).and_then(|sheet| match form {
            _ if of == CLOCKS => {
                let wrong = clocks::check(rulebook, &sheet);
                worked = Some(sheet);
                wrong
            }
            Some(form) => forms::check(form, &sheet),
            None => Err(sheet.problem(
                None,
                "golden.nothing",
                format!("gói không có phiếu {of:?}"),
                format!("the pack has no form {of:?}"),
            )),
        });
        problems.extend(found.unwrap_or_else(|problem| vec![*problem]));
    }
    problems.extend(clocks::missing(pack, worked.as_ref()));
    problems.sort();
    problems.dedup();
    problems
}

/// A table of worked cases.
struct Sheet {
    path: String,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

/// A row of one.
#[derive(Clone, Copy)]
struct Row<'s> {
    sheet: &'s Sheet,
    place: usize,
}

impl Sheet {
    fn read(path: &str, bytes: &[u8]) -> Result<Self, Box<Problem>> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let mut read = || Ok((reader.headers()?.clone(), reader.records().collect::<Result<_, _>>()?));
        let (header, rows) = read().map_err(|error: csv::Error| {
            let (vi, en) = ("không đọc được bảng này", format!("the table can't be read: {error}"));
            problem(path, None, "golden.row", vi, en)
        })?;
        Ok(Self { path: path.to_owned(), header, rows })
    }

    fn has(&self, columns: &[&str]) -> Result<(), Box<Problem>> {
        let missing = columns.iter().find(|column| !self.header.iter().any(|name| name == **column));
        missing.map_or(Ok(()), |column| {
            let (vi, en) = (format!("thiếu cột {column}"), format!("the table misses the column {column}"));
            let place = Some((1, *column));
            Err(problem(&self.path, place, "table.missing-column", vi, en))
        })
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|place| Row { sheet: self, place })
    }

    fn problem(&self, place: Option<(usize, &str)>, code: &str, vi: String, en: String) -> Box<Problem> {
        problem(&self.path, place, code, vi, en)
    }
}

impl<'s> Row<'s> {
    /// Empty for a column that isn't there.
    fn cell(self, column: &str) -> &'s str {
        let place = self.sheet.header.iter().position(|name| name == column);
        place.and_then(|place| self.sheet.rows[self.place].get(place)).unwrap_or_default().trim()
    }

    fn problem(self, column: &str, code: &str, vi: impl Into<String>, en: impl Into<String>) -> Box<Problem> {
        self.sheet.problem(Some((self.place + 2, column)), code, vi.into(), en.into())
    }

    /// It can't be read.
    fn unread(self, column: &str, vi: impl Into<String>, en: impl Into<String>) -> Box<Problem> {
        self.problem(column, "golden.row", vi, en)
    }

    /// When it is: `dd/mm/yyyy HH:MM`, by Vietnam's time.
    fn moment(self, column: &str) -> Result<DateTime<FixedOffset>, Box<Problem>> {
        let said = self.cell(column);
        moment(said).ok_or_else(|| {
            let (vi, en) = ("không viết như 25/11/2026 15:00", "is not written like 25/11/2026 15:00");
            self.unread(column, format!("{said:?} {vi}"), format!("{said:?} {en}"))
        })
    }

    /// It comes out otherwise.
    fn wrong(self, column: &str, found: &str) -> Box<Problem> {
        let said = self.cell(column);
        let (vi, en) =
            (format!("ghi {said:?}, tính ra {found:?}"), format!("it says {said:?}, found {found:?}"));
        self.problem(column, "golden.wrong", vi, en)
    }
}

fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let wall = NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M").ok()?;
    VIETNAM.from_local_datetime(&wall).single()
}

fn problem(
    path: &str,
    place: Option<(usize, &str)>,
    code: &str,
    vi: impl Into<String>,
    en: impl Into<String>,
) -> Box<Problem> {
    let (row, column) = place.unzip();
    let (file, column) = (path.to_owned(), column.map(str::to_owned));
    Box::new(Problem { file, row, column, code: code.to_owned(), vi: vi.into(), en: en.into() })
}
