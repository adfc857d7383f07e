//! What is wrong with a pack: all of it at once, each with its place. A pack that is read had none of it.

mod actions;
mod articles;
mod cells;
mod clocks;
mod compatible;
pub(crate) mod files;
mod forms;
mod kinds;
mod overlay;
mod prints;
mod references;
mod rows;
mod units;
mod workflows;

pub use compatible::compatible;

use crate::{
    Pack, Problem,
    codes::TABLES as LISTS,
    schema,
    table::{Row, Sheet, Tables},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The tables with what several of their checks look up.
struct Context<'a> {
    tables: &'a Tables,
    /// By name; the first of several.
    kinds: BTreeMap<&'a str, Row<'a>>,
    /// By kind; `*` has those of every kind.
    fields: HashMap<&'a str, Vec<Row<'a>>>,
    /// Lists with their codes, units apart.
    lists: HashMap<&'a str, HashSet<&'a str>>,
    problems: Vec<Problem>,
    /// Of rows of the packs below.
    below: Vec<Problem>,
}

/// The rows of this kind are fields of every kind.
pub(crate) const EVERY: &str = "*";

/// Of the last of the packs, which are taken to be without a fault but for it.
pub(crate) fn check(packs: &[Pack], tables: &Tables) -> Vec<Problem> {
    let mut context = Context::new(tables);
    context.problems.extend(tables.broken.iter().cloned());
    let (pack, below) = packs.split_last().unzip();
    files::check(&mut context, pack.unwrap_or(&Pack::default()));
    overlay::check(&mut context, packs);
    if let Some(pack) = pack {
        prints::check(&mut context, pack);
    }
    for sheet in tables.sheets() {
        if let Some(table) = schema::table(&sheet.file) {
            cells::check(&mut context, table, sheet);
            rows::check(&mut context, table, sheet);
            references::check(&mut context, table, sheet);
        }
    }
    kinds::check(&mut context);
    workflows::check(&mut context);
    actions::check(&mut context, packs);
    clocks::check(&mut context);
    units::check(&mut context);
    articles::check(&mut context);
    forms::check(&mut context);
    let mut problems = context.problems;
    if !context.below.is_empty() {
        problems.extend(overlay::breaks(below.unwrap_or_default(), context.below));
    }
    // What keeps a row from being read is told better by what is wrong with its cells, or with the header.
    let told: HashSet<_> = problems.iter().map(|problem| (problem.file.clone(), problem.row)).collect();
    let is_told = |unread: &Problem, row| told.contains(&(unread.file.clone(), row));
    let untold = |unread: &&Problem| !is_told(unread, unread.row) && !is_told(unread, Some(1));
    problems.extend(tables.unreadable.iter().filter(untold).cloned());
    problems.sort();
    problems.dedup();
    problems
}

impl<'a> Context<'a> {
    fn new(tables: &'a Tables) -> Self {
        let mut kinds = BTreeMap::new();
        for row in tables.sheet(schema::KINDS).rows() {
            kinds.entry(row.cell("kind")).or_insert(row);
        }
        let mut fields: HashMap<&str, Vec<Row<'_>>> = HashMap::new();
        for row in tables.sheet(schema::FIELDS).rows() {
            fields.entry(row.cell("kind")).or_default().push(row);
        }
        let mut lists: HashMap<&str, HashSet<&str>> = HashMap::new();
        for row in tables.sheet("codes.csv").rows() {
            lists.entry(row.cell("list")).or_default().insert(row.cell("code"));
        }
        for (list, table) in LISTS {
            lists.entry(list).or_default().extend(tables.sheet(table).rows().map(|row| row.cell("code")));
        }
        for list in ["province", "commune"] {
            lists.entry(list).or_default();
        }
        Self { tables, kinds, fields, lists, problems: Vec::new(), below: Vec::new() }
    }

    fn tell(
        &mut self,
        sheet: &Sheet,
        row: Row<'_>,
        column: &str,
        code: &str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) {
        let problems = if row.layer == self.tables.top { &mut self.problems } else { &mut self.below };
        problems.push(sheet.problem(row, column, code, vi.into(), en.into()));
    }

    /// A field of a kind, one that every kind has too.
    fn field(&self, kind: &str, field: &str) -> Option<Row<'a>> {
        let of = |kind: &str| self.fields.get(kind)?.iter().find(|row| row.cell("field") == field).copied();
        of(kind).or_else(|| of(EVERY))
    }

    /// Tells where a kind or its field isn't there.
    fn names_field(&mut self, sheet: &Sheet, row: Row<'_>, column: &str, kind: &str, field: &str) {
        if kind != EVERY && !self.kinds.contains_key(kind) {
            self.no_kind(sheet, row, column, kind);
        } else if self.field(kind, field).is_none() {
            let (vi, en) = ("không có trường", "there is no field");
            self.tell(
                sheet,
                row,
                column,
                "reference.field",
                format!("{vi} {kind}.{field}"),
                format!("{en} {kind}.{field}"),
            );
        }
    }

    fn no_kind(&mut self, sheet: &Sheet, row: Row<'_>, column: &str, kind: &str) {
        let (vi, en) = (format!("không có loại bản ghi {kind:?}"), format!("there is no kind {kind:?}"));
        self.tell(sheet, row, column, "reference.kind", vi, en);
    }

    /// What a row needs and neither its pack nor one below says that it needs.
    fn feature(&mut self, sheet: &Sheet, row: Row<'_>, column: &str, feature: &str) {
        let mut about = self.tables.sheet(schema::PACK).rows().filter(|about| about.layer <= row.layer);
        if !about.any(|about| about.words("needs").any(|need| need == feature)) {
            let vi = format!("chương trình cũ chưa chạy được điều này; pack.csv phải ghi needs {feature}");
            let en = format!("an older program doesn't run it; pack.csv must say that it needs {feature}");
            self.tell(sheet, row, column, "feature.not-named", vi, en);
        }
    }
}
