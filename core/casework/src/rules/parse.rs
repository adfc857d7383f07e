//! Reads `records.csv` and checks it against the form: everything that is wrong, not only the first thing.

mod form;
mod whole;

use super::{FieldRule, FormRules, From, Over, Parent, RecordRule, Source, Standing};
use crate::{MappingErrors, MappingProblem, value::ValueKind};
use form::Form;
use model::record::field;
use rulebook::{Lang, Rulebook};
use xforms::Definition;

/// The columns of the table, in their order.
pub const COLUMNS: [&str; 12] = [
    "record",
    "kind",
    "parent",
    "path",
    "id_from",
    "when",
    "field",
    "from",
    "type",
    "clears_with",
    OVER,
    KNOWN,
];
pub const OVER: &str = "over";
pub const KNOWN: &str = "known";
/// Came later: tables of before lack them.
pub const LATER: [&str; 2] = [OVER, KNOWN];
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

/// The word for a form all of which lies in a restricted case.
const RESTRICTED_CASE: &str = "restricted-case";

/// What the row `form` says.
struct About {
    row: usize,
    kind: Option<String>,
    restricted: bool,
}

struct Parser<'a> {
    rulebook: &'a Rulebook,
    form: Form<'a>,
    about: Option<About>,
    records: Vec<RecordRule>,
    /// Row of each record.
    rows: Vec<usize>,
    /// Rows of the fields of each record.
    field_rows: Vec<Vec<usize>>,
    problems: Vec<MappingProblem>,
}

pub(super) fn parse(
    rulebook: &Rulebook,
    records_csv: &str,
    definition: &Definition,
) -> Result<FormRules, MappingErrors> {
    Parser::read_whole(rulebook, records_csv, definition).rules()
}

pub(super) fn check(
    rulebook: &Rulebook,
    records_csv: &str,
    definition: &Definition,
) -> Result<FormRules, MappingErrors> {
    let mut parser = Parser::read_whole(rulebook, records_csv, definition);
    parser.check_allowed();
    parser.rules()
}

impl<'a> Parser<'a> {
    fn read_whole(rulebook: &'a Rulebook, records_csv: &str, definition: &'a Definition) -> Self {
        let mut parser = Parser {
            rulebook,
            form: Form::of(definition),
            about: None,
            records: Vec::new(),
            rows: Vec::new(),
            field_rows: Vec::new(),
            problems: Vec::new(),
        };
        for row in parser.read(records_csv) {
            parser.row(&row);
        }
        parser.check_whole();
        parser
    }

    fn rules(mut self) -> Result<FormRules, MappingErrors> {
        match self.about {
            Some(About { kind, restricted, .. }) if self.problems.is_empty() => {
                Ok(FormRules { about: kind, restricted, records: self.records })
            }
            _ => {
                self.problems.sort_by_key(|problem| problem.row);
                Err(MappingErrors { problems: self.problems })
            }
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
        let lacks = |name: &&&str| !LATER.contains(name) && !header.iter().any(|found| found == **name);
        for name in COLUMNS.iter().filter(lacks) {
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
            self.about(row);
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

    fn about(&mut self, row: &Row) {
        let (kind, scope) = match (row.get("kind"), row.get("parent")) {
            // As the first tables said it.
            (RESTRICTED_CASE, "") => ("", RESTRICTED_CASE),
            said => said,
        };
        if !matches!(scope, "" | RESTRICTED_CASE) {
            let vi = format!("phạm vi {scope:?} không có; để trống hoặc ghi {RESTRICTED_CASE}");
            let en = format!("there is no scope {scope:?}: nothing or {RESTRICTED_CASE}");
            self.problem(row.number, "parent", "mapping.unknown-scope", vi, en);
        }
        if !kind.is_empty() {
            self.kind(row.number, kind);
        }
        let kind = Some(kind.to_owned()).filter(|kind| !kind.is_empty());
        let about = About { row: row.number, kind, restricted: scope == RESTRICTED_CASE };
        if self.about.replace(about).is_some() {
            let (vi, en) = ("dòng form đã có ở trên", "the row form was given above");
            self.problem(row.number, "record", "mapping.twice", vi.to_owned(), en.to_owned());
        }
    }

    /// One that forms may speak of.
    fn kind(&mut self, row: usize, name: &str) {
        match self.rulebook.kind(name) {
            None => {
                let vi = format!("không có loại bản ghi {name:?}");
                let en = format!("there is no kind {name:?}");
                self.problem(row, "kind", "mapping.unknown-kind", vi, en);
            }
            Some(kind) if kind.by_program => {
                let vi = format!("chương trình tự tạo {name}");
                let en = format!("the program makes {name} itself");
                self.problem(row, "kind", "mapping.reserved-kind", vi, en);
            }
            Some(_) => {}
        }
    }

    fn record(&mut self, row: &Row) {
        let (number, name, kind) = (row.number, row.get("record"), row.get("kind"));
        if self.records.iter().any(|record| record.name == name) {
            let (vi, en) =
                (format!("bản ghi {name} có hai lần"), format!("the record {name} is there twice"));
            return self.problem(number, "record", "mapping.twice", vi, en);
        }
        self.kind(number, kind);
        let standing = Standing::named(name);
        let parent = self.parent(row, standing.is_some());
        let node = self.node(row).unwrap_or_else(|| self.form.root());
        if let Some(Parent::Made(parent)) = parent
            && let Some(parent) = self.records.get(parent)
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
        let over = self.over(row, id_from.is_some());
        let latest_by = self.latest_by(row, id_from.is_some() || standing.is_some());
        let counted_by = self.form.counted_by(&node.path);
        let (name, kind) = (name.to_owned(), kind.to_owned());
        self.records.push(RecordRule {
            name,
            kind,
            standing,
            parent,
            node,
            id_from,
            when,
            over,
            latest_by,
            counted_by,
            fields: Vec::new(),
        });
        self.rows.push(number);
        self.field_rows.push(Vec::new());
    }

    fn parent(&mut self, row: &Row, stands: bool) -> Option<Parent> {
        let name = row.get("parent");
        if stands {
            if !name.is_empty() {
                let vi = format!("{} đã có sẵn, không ghi bản ghi cha", row.get("record"));
                let en = format!("{} is there already: no parent", row.get("record"));
                self.problem(row.number, "parent", "mapping.parent-of-standing", vi, en);
            }
            return None;
        }
        if let Some(place) = self.records.iter().position(|record| record.name == name) {
            return Some(Parent::Made(place));
        }
        if let Some(standing) = Standing::named(name) {
            return Some(Parent::Standing(standing));
        }
        if !name.is_empty() {
            let vi = format!("không có bản ghi {name} ở các dòng trên");
            let en = format!("there is no record {name} above");
            self.problem(row.number, "parent", "mapping.unknown-parent", vi, en);
        } else if !self.records.is_empty() {
            let vi = "chỉ bản ghi đầu tiên không có bản ghi cha".to_owned();
            let en = "only the first record has no parent".to_owned();
            self.problem(row.number, "parent", "mapping.missing-parent", vi, en);
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

    /// `field=code|code` of a field that the kind has, with codes that its list has.
    fn over(&mut self, row: &Row, is_filled_in: bool) -> Option<Over> {
        let said = row.get(OVER);
        if said.is_empty() {
            return None;
        }
        let (name, codes) = said.split_once('=').unwrap_or((said, ""));
        let codes: Vec<String> = codes.split('|').map(str::to_owned).collect();
        let field = self.rulebook.kind(row.get("kind")).and_then(|kind| kind.field(name));
        let list = field.and_then(|field| field.list.as_deref());
        let is_code =
            |code: &String| list.is_some_and(|list| self.rulebook.code(list, code, Lang::Vi).is_some());
        if !is_filled_in || !codes.iter().all(is_code) {
            let vi = format!("{said:?} phải là trường=mã|mã có trong danh mục, của bản ghi có id_from");
            let en = format!("{said:?} must be field=code|code of its list, of a record with id_from");
            self.problem(row.number, OVER, "mapping.over", vi, en);
            return None;
        }
        Some(Over { field: name.to_owned(), codes })
    }

    /// A field of the kind that says of records made anew each time which is the last.
    fn latest_by(&mut self, row: &Row, stays: bool) -> Option<String> {
        let name = row.get(KNOWN);
        if name.is_empty() {
            return None;
        }
        let field = self.rulebook.kind(row.get("kind")).and_then(|kind| kind.field(name));
        if stays || field.is_none() {
            let vi = format!("{name:?} phải là một trường của bản ghi được ghi mới mỗi lần");
            let en = format!("{name:?} must be a field of a record that is made anew each time");
            self.problem(row.number, KNOWN, "mapping.known", vi, en);
            return None;
        }
        Some(name.to_owned())
    }

    /// The hidden answer that is told what the field says.
    fn known(&mut self, row: &Row, node: &Source, is_filled_in: bool) -> Option<Source> {
        let source = self.leaf(row, KNOWN, node)?;
        if !is_filled_in || source.depth() != node.depth() || self.form.is_asked(&source.path) {
            let path = &source.path;
            let vi = format!("{path} phải là câu ẩn cùng chỗ với bản ghi, của bản ghi có id_from hoặc known");
            let en = format!("{path} must be hidden, where the record is, of a record with id_from or known");
            self.problem(row.number, KNOWN, "mapping.known", vi, en);
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
        for column in ["parent", "path", "id_from", OVER] {
            if !row.get(column).is_empty() {
                let (vi, en) = ("cột này chỉ dành cho bản ghi", "this column is for records only");
                self.problem(number, self.column(column), "mapping.record-or-field", vi.into(), en.into());
            }
        }
        let node = self.records[place].node.clone();
        let when = self.leaf(row, "when", &node);
        let clears_with = self.leaf(row, "clears_with", &node);
        let is_filled_in = self.records[place].id_from.is_some() || self.records[place].latest_by.is_some();
        let known = self.known(row, &node, is_filled_in);
        let Some(from) = self.from(row, &node) else { return };
        let name = name.to_owned();
        self.records[place].fields.push(FieldRule { name, from, when, clears_with, known });
        self.field_rows[place].push(number);
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
}
