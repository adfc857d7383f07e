//! Reads `records.csv` and checks it against the form: everything that is wrong, not only the first thing.

mod form;

use super::{FieldRule, FormRules, FormScope, From, RecordRule, Source};
use crate::{MappingErrors, MappingProblem, value::ValueKind};
use form::Form;
use model::{CaseId, HouseholdId, record::field};
use rulebook::Rulebook;
use xforms::Definition;

const COLUMNS: [&str; 10] =
    ["record", "kind", "parent", "path", "id_from", "when", "field", "from", "type", "clears_with"];
/// Filled by the program itself.
const RESERVED_FIELDS: [&str; 4] = [field::PARENT, field::RESTRICTED, field::USER, field::REMOVED];

/// A row with its cells by column.
struct Row {
    number: usize,
    cells: [String; COLUMNS.len()],
}

impl Row {
    fn get(&self, column: &str) -> &str {
        COLUMNS.iter().position(|name| *name == column).map_or("", |i| self.cells[i].as_str())
    }
}

pub(super) struct Parser<'a> {
    rulebook: &'a Rulebook,
    form: Form<'a>,
    scope: Option<FormScope>,
    records: Vec<RecordRule>,
    /// Row of each record.
    rows: Vec<usize>,
    problems: Vec<MappingProblem>,
}

pub(super) fn parse(
    rulebook: &Rulebook,
    records_csv: &str,
    definition: &Definition,
) -> Result<FormRules, MappingErrors> {
    let mut parser = Parser {
        rulebook,
        form: Form::of(definition),
        scope: None,
        records: Vec::new(),
        rows: Vec::new(),
        problems: Vec::new(),
    };
    for row in parser.read(records_csv) {
        parser.row(&row);
    }
    parser.check_whole();
    let Parser { scope, records, mut problems, .. } = parser;
    match scope {
        Some(scope) if problems.is_empty() => Ok(FormRules { scope, records }),
        _ => {
            problems.sort_by_key(|problem| problem.row);
            Err(MappingErrors { problems })
        }
    }
}

impl Parser<'_> {
    fn problem(&mut self, row: usize, column: &'static str, code: &'static str, vi: String, en: String) {
        self.problems.push(MappingProblem { row, column, code, vi, en });
    }

    fn read(&mut self, records_csv: &str) -> Vec<Row> {
        let text = records_csv.strip_prefix('\u{feff}').unwrap_or(records_csv);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(_) => Vec::new(),
        };
        for name in COLUMNS.iter().filter(|name| !header.iter().any(|found| found == *name)) {
            let (vi, en) = (format!("thiếu cột {name}"), format!("the column {name} is missing"));
            self.problem(1, name, "mapping.missing-column", vi, en);
        }
        for name in header.iter().filter(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
            let (vi, en) = (format!("không có cột nào tên {name}"), format!("there is no column {name}"));
            self.problem(1, "record", "mapping.unknown-column", vi, en);
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let Ok(record) = record else {
                let (vi, en) = ("bảng không phải là CSV UTF-8", "the table is not CSV in UTF-8");
                self.problem(rows.len() + 2, "record", "mapping.not-csv", vi.to_owned(), en.to_owned());
                break;
            };
            let number = record.position().map_or(rows.len() + 2, |position| position.line() as usize);
            let cell = |column: &str| {
                let place = header.iter().position(|name| name == column);
                place.and_then(|i| record.get(i)).unwrap_or_default().trim().to_owned()
            };
            rows.push(Row { number, cells: COLUMNS.map(cell) });
        }
        rows
    }

    fn row(&mut self, row: &Row) {
        if row.cells.iter().all(String::is_empty) {
            return;
        }
        let (record, is_record) = (row.get("record"), !row.get("kind").is_empty());
        if record.is_empty() {
            let (vi, en) = ("thiếu tên bản ghi", "the record has no name");
            self.problem(row.number, "record", "mapping.no-record", vi.to_owned(), en.to_owned());
        } else if record == "form" && row.get("field").is_empty() {
            self.scope(row);
        } else if row.get("field").is_empty() {
            self.record(row);
        } else if is_record {
            let (vi, en) = (
                "một dòng là bản ghi hoặc là trường, không phải cả hai",
                "a row is a record or a field, not both",
            );
            self.problem(row.number, "field", "mapping.record-or-field", vi.to_owned(), en.to_owned());
        } else {
            self.field(row);
        }
    }

    fn scope(&mut self, row: &Row) {
        let scope = match row.get("kind") {
            "household" => FormScope::Household,
            "restricted-case" => FormScope::RestrictedCase,
            other => {
                let vi = format!("phạm vi {other:?} không có; dùng household hoặc restricted-case");
                let en = format!("there is no scope {other:?}: household or restricted-case");
                return self.problem(row.number, "kind", "mapping.unknown-scope", vi, en);
            }
        };
        if self.scope.replace(scope).is_some() {
            let (vi, en) = ("phạm vi đã được nêu ở trên", "the scope was given above");
            self.problem(row.number, "record", "mapping.twice", vi.to_owned(), en.to_owned());
        }
    }

    fn record(&mut self, row: &Row) {
        let (number, name, kind) = (row.number, row.get("record"), row.get("kind"));
        if self.records.iter().any(|record| record.name == name) {
            let (vi, en) =
                (format!("bản ghi {name} có hai lần"), format!("the record {name} is there twice"));
            return self.problem(number, "record", "mapping.twice", vi, en);
        }
        let known = self.rulebook.kind(kind);
        if known.is_none() {
            let (vi, en) = (format!("không có loại bản ghi {kind:?}"), format!("there is no kind {kind:?}"));
            self.problem(number, "kind", "mapping.unknown-kind", vi, en);
        } else if known.is_some_and(|kind| kind.by_program) {
            let (vi, en) =
                (format!("chương trình tự tạo {kind}"), format!("the program makes {kind} itself"));
            self.problem(number, "kind", "mapping.reserved-kind", vi, en);
        }
        let parent = self.parent(row);
        let node = self.node(row).unwrap_or_else(|| self.form.root());
        if let Some(parent) = parent.map(|i| &self.records[i])
            && !node.repeats.starts_with(&parent.node.repeats)
        {
            let vi = format!("bản ghi cha {} nằm trong một lặp khác", parent.name);
            let en = format!("the parent {} lies in another repeat", parent.name);
            self.problem(number, "parent", "mapping.outside-repeat", vi, en);
        }
        let id_from = self.leaf(row, "id_from", &node);
        if let Some(id) = id_from.as_ref().filter(|id| id.depth() != node.depth()) {
            let vi = format!("{} không ở trong cùng lặp với bản ghi", id.path);
            let en = format!("{} is not in the record's own repeat", id.path);
            self.problem(number, "id_from", "mapping.outside-repeat", vi, en);
        }
        let when = self.leaf(row, "when", &node);
        for column in ["from", "type", "clears_with"] {
            if !row.get(column).is_empty() {
                let (vi, en) = ("cột này chỉ dành cho trường", "this column is for fields only");
                self.problem(number, self.column(column), "mapping.record-or-field", vi.into(), en.into());
            }
        }
        let (name, kind) = (name.to_owned(), kind.to_owned());
        self.records.push(RecordRule { name, kind, parent, node, id_from, when, fields: Vec::new() });
        self.rows.push(number);
    }

    fn parent(&mut self, row: &Row) -> Option<usize> {
        let name = row.get("parent");
        let found = self.records.iter().position(|record| record.name == name);
        if found.is_none() && !name.is_empty() {
            let vi = format!("không có bản ghi {name} ở các dòng trên");
            let en = format!("there is no record {name} above");
            self.problem(row.number, "parent", "mapping.unknown-parent", vi, en);
        } else if found.is_none() && !self.records.is_empty() {
            let vi = "chỉ bản ghi đầu tiên không có bản ghi cha".to_owned();
            let en = "only the first record has no parent".to_owned();
            self.problem(row.number, "parent", "mapping.missing-parent", vi, en);
        } else if found.is_some() {
            return found;
        }
        None
    }

    /// The element that a record is made for.
    fn node(&mut self, row: &Row) -> Option<Source> {
        let path = row.get("path");
        let Some(source) = self.form.source(path) else {
            self.unknown_path(row, "path", path);
            return None;
        };
        if !self.form.is_group(path) {
            let (vi, en) = (format!("{path} là câu hỏi"), format!("{path} is a question"));
            self.problem(row.number, "path", "mapping.not-a-group", vi, en);
        }
        Some(source)
    }

    /// A question or a calculation that a record at `node` can read; `None` for an empty cell too.
    fn leaf(&mut self, row: &Row, column: &str, node: &Source) -> Option<Source> {
        let (path, column) = (row.get(column), self.column(column));
        if path.is_empty() {
            return None;
        }
        let Some(source) = self.form.source(path) else {
            self.unknown_path(row, column, path);
            return None;
        };
        if self.form.is_group(path) {
            let (vi, en) = (format!("{path} là nhóm"), format!("{path} is a group"));
            self.problem(row.number, column, "mapping.not-a-question", vi, en);
            return None;
        }
        if !node.repeats.starts_with(&source.repeats) {
            let vi = format!("{path} nằm trong một lặp, bản ghi thì không");
            let en = format!("{path} lies in a repeat that the record is not in");
            self.problem(row.number, column, "mapping.outside-repeat", vi, en);
            return None;
        }
        Some(source)
    }

    fn unknown_path(&mut self, row: &Row, column: &'static str, path: &str) {
        let vi = format!("biểu mẫu không có {path:?}");
        let en = format!("the form has no {path:?}");
        self.problem(row.number, column, "mapping.unknown-path", vi, en);
    }

    fn column(&self, name: &str) -> &'static str {
        COLUMNS.iter().find(|column| **column == name).copied().unwrap_or("record")
    }

    fn field(&mut self, row: &Row) {
        let (number, name) = (row.number, row.get("field"));
        let Some(place) = self.records.iter().position(|record| record.name == row.get("record")) else {
            let record = row.get("record");
            let vi = format!("không có bản ghi {record} ở các dòng trên");
            let en = format!("there is no record {record} above");
            return self.problem(number, "record", "mapping.unknown-record", vi, en);
        };
        if RESERVED_FIELDS.contains(&name) {
            let (vi, en) =
                (format!("chương trình tự điền {name}"), format!("the program fills {name} itself"));
            self.problem(number, "field", "mapping.reserved-field", vi, en);
        }
        if self.records[place].fields.iter().any(|field| field.name == name) {
            let (vi, en) = (format!("trường {name} có hai lần"), format!("the field {name} is there twice"));
            self.problem(number, "field", "mapping.twice", vi, en);
        }
        for column in ["parent", "path", "id_from"] {
            if !row.get(column).is_empty() {
                let (vi, en) = ("cột này chỉ dành cho bản ghi", "this column is for records only");
                self.problem(number, self.column(column), "mapping.record-or-field", vi.into(), en.into());
            }
        }
        let node = self.records[place].node.clone();
        let when = self.leaf(row, "when", &node);
        let clears_with = self.leaf(row, "clears_with", &node);
        let Some(from) = self.from(row, &node) else { return };
        let name = name.to_owned();
        self.records[place].fields.push(FieldRule { name, from, when, clears_with });
    }

    fn from(&mut self, row: &Row, node: &Source) -> Option<From> {
        let (number, from, named) = (row.number, row.get("from"), row.get("type"));
        if from.is_empty() {
            let (vi, en) = ("trường phải lấy từ đâu đó", "the field comes from nowhere");
            self.problem(number, "from", "mapping.no-source", vi.to_owned(), en.to_owned());
        }
        let Some(kind) = self.form.value_kind(named, from) else {
            let all = ValueKind::NAMES.join(", ");
            let vi = format!("không có kiểu {named:?}; có: {all}");
            let en = format!("there is no type {named:?}; there are: {all}");
            self.problem(number, "type", "mapping.unknown-type", vi, en);
            return None;
        };
        if let Some(constant) = from.strip_prefix('\'') {
            let value = constant.strip_suffix('\'').and_then(|text| kind.read(text));
            if value.is_none() {
                let vi = format!("{from} không phải là hằng kiểu {named}");
                let en = format!("{from} is no constant of type {named}");
                self.problem(number, "from", "mapping.wrong-constant", vi, en);
            }
            return value.map(From::Constant);
        }
        let source = self.leaf(row, "from", node)?;
        if !self.form.fits(&source.path, &kind) {
            let vi = format!("{from} không thể là kiểu {named}");
            let en = format!("{from} can't be of type {named}");
            self.problem(number, "type", "mapping.wrong-type", vi, en);
        }
        Some(From::Answer { source, kind })
    }

    /// What only the whole table shows: without these a batch could not be routed or would never be due.
    fn check_whole(&mut self) {
        let Some(scope) = self.scope else {
            if !self.problems.iter().any(|problem| problem.code == "mapping.unknown-scope") {
                let (vi, en) = ("thiếu dòng form,<phạm vi>", "the row form,<scope> is missing");
                self.problem(1, "record", "mapping.no-form", vi.to_owned(), en.to_owned());
            }
            return;
        };
        let Some(root) = self.records.first().cloned() else {
            let (vi, en) = ("bảng không có bản ghi nào", "the table has no record");
            return self.problem(1, "record", "mapping.no-record", vi.to_owned(), en.to_owned());
        };
        let row = self.rows[0];
        let wanted = match scope {
            FormScope::Household => HouseholdId::KIND,
            FormScope::RestrictedCase => CaseId::KIND,
        };
        if root.kind != wanted || root.node.depth() > 0 {
            let vi = format!("bản ghi đầu tiên phải là {wanted}, ngoài mọi lặp");
            let en = format!("the first record must be a {wanted}, outside of all repeats");
            self.problem(row, "kind", "mapping.wrong-root", vi, en);
        }
        if !root.fields.iter().any(|rule| rule.name == field::COMMUNE) {
            let vi = format!("{} cần trường commune để biết thuộc xã nào", root.name);
            let en = format!("{} needs the field commune, which says where it belongs", root.name);
            self.problem(row, "field", "mapping.no-commune", vi, en);
        }
        let workflow = |rule: &FieldRule| match &rule.from {
            From::Constant(value) if rule.name == "workflow" => {
                value.as_str().and_then(|workflow| self.rulebook.first_state(workflow))
            }
            _ => None,
        };
        if scope == FormScope::RestrictedCase && !root.fields.iter().any(|rule| workflow(rule).is_some()) {
            let example = "child-protection";
            let vi = format!("{} cần trường workflow là hằng, như '{example}'", root.name);
            let en = format!("{} needs the field workflow as a constant, such as '{example}'", root.name);
            self.problem(row, "field", "mapping.no-workflow", vi, en);
        }
    }
}
