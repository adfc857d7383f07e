//! The sentences: what a row is called, what a column is, what stands in a cell.

use super::Sides;
use crate::{
    Lang, Pack, Phrase, date,
    schema::{self, CLOCKS, FIELDS, Holds, KINDS, Table},
    table::{Row, Sheet},
    vnd,
};
use std::collections::HashMap;

/// How columns are called: Vietnamese, English.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("action", "việc được làm", "what may be done"),
    ("amount", "thời hạn", "time"),
    ("approves", "phê duyệt", "approves"),
    ("area", "khu vực", "area"),
    ("article", "căn cứ", "ground"),
    ("asks_reason", "hỏi lý do", "asks why"),
    ("at_once", "phải làm ngay", "due at once"),
    ("average_living_vnd", "mức sống trung bình", "average living"),
    ("b1_poor_points", "điểm B1 của hộ nghèo", "B1 points of the poor"),
    ("b2_poor_points", "điểm B2 của hộ nghèo", "B2 points of the poor"),
    ("base", "gói cơ sở", "base pack"),
    ("certainty", "mức chắc chắn", "certainty"),
    ("code", "mã", "code"),
    ("word", "mã chỉ trường hợp bảo mật được ghi", "code that only a restricted case has"),
    ("date", "ngày", "day"),
    ("decision", "loại quyết định", "kind of decision"),
    ("document", "văn bản", "document"),
    ("escalate", "báo lên cấp trên", "whom it goes up to"),
    ("field", "trường", "field"),
    ("form", "biểu mẫu", "form"),
    ("from", "từ ngày", "from"),
    ("from_states", "từ bước", "from the states"),
    ("group", "nhóm trường", "group of fields"),
    ("guard", "điều kiện", "conditions"),
    ("id", "mã", "id"),
    ("immutable", "không sửa được", "never changed"),
    ("in_force", "hiệu lực từ", "in force from"),
    ("income_norm_vnd", "chuẩn thu nhập", "norm of income"),
    ("is_open", "còn đang mở", "open"),
    ("kind", "loại", "kind"),
    ("label_en", "nhãn tiếng Anh", "label in English"),
    ("label_vi", "nhãn tiếng Việt", "label in Vietnamese"),
    ("level", "cấp", "level"),
    ("list", "danh mục", "list"),
    ("listed", "có danh sách", "has a list"),
    ("lists", "chỗ trong danh sách", "place in lists"),
    ("made_by", "do ai tạo", "made by"),
    ("merge", "cách gộp", "how values merge"),
    ("min_of", "cấp được quy định cao hơn", "who may set more"),
    ("name", "tên", "name"),
    ("needs", "tính năng cần có", "features it needs"),
    ("note", "ghi chú", "note"),
    ("number", "số", "number"),
    ("official", "lịch chính thức", "official"),
    ("order", "thứ tự", "order"),
    ("parent_code", "thuộc đơn vị", "unit above"),
    ("parents", "nằm dưới", "lies under"),
    ("place", "nơi", "place"),
    ("plural_en", "tên số nhiều tiếng Anh", "plural in English"),
    ("plural_vi", "tên số nhiều tiếng Việt", "plural in Vietnamese"),
    ("point", "điểm trong điều khoản", "point of the article"),
    ("points", "số điểm", "points"),
    ("privacy", "mức bảo mật", "privacy"),
    ("provisional", "chắc chắn khi", "settled by"),
    ("refuse_en", "lý do từ chối (tiếng Anh)", "refusal, in English"),
    ("refuse_vi", "lý do từ chối", "refusal, in Vietnamese"),
    ("remind", "nhắc trước", "reminders"),
    ("repeat", "lặp lại", "repeats"),
    ("responsible_en", "người chịu trách nhiệm (tiếng Anh)", "who is responsible, in English"),
    ("responsible_vi", "người chịu trách nhiệm", "who is responsible, in Vietnamese"),
    ("role", "vai trò", "roles"),
    ("roles", "ai được làm", "who may"),
    ("rolls", "dời sang ngày làm việc", "moves to a working day"),
    ("rule_en", "cách tính (tiếng Anh)", "rule in English"),
    ("rule_vi", "cách tính", "rule in Vietnamese"),
    ("runs_office", "quản trị văn phòng", "runs the office"),
    ("scope", "phạm vi", "scope"),
    ("search", "thứ tự tìm kiếm", "order of search"),
    ("sees", "được xem", "sees"),
    ("sees_devices", "xem thiết bị", "sees devices"),
    ("service", "dịch vụ", "service"),
    ("settles", "giải quyết khi khác nhau", "settles a disagreement"),
    ("shown", "chỗ hiện trên trang", "where it is shown"),
    ("start_certain", "chắc chắn về lúc bắt đầu", "its start is certain"),
    ("starts", "bắt đầu khi", "starts with"),
    ("stops", "kết thúc khi", "stops with"),
    ("test", "điều phải đúng", "what must hold"),
    ("text_en", "nội dung tiếng Anh", "text in English"),
    ("text_vi", "nội dung", "text in Vietnamese"),
    ("title", "cách ghi tên bản ghi", "title of a record"),
    ("title_en", "tên tiếng Anh", "title in English"),
    ("title_vi", "tên tiếng Việt", "title in Vietnamese"),
    ("to", "đến ngày", "until"),
    ("to_state", "sang bước", "to the state"),
    ("type", "kiểu", "type"),
    ("under", "dưới tuổi", "under the age of"),
    ("unit", "đơn vị", "unit"),
    ("unnamed_en", "tên khi chưa rõ (tiếng Anh)", "name of what has none, in English"),
    ("unnamed_vi", "tên khi chưa rõ", "name of what has none, in Vietnamese"),
    ("version", "phiên bản", "version"),
    ("vnd", "số tiền", "amount"),
    ("voids", "hủy khi", "voided by"),
    ("when", "khi nào", "when"),
    ("who", "ai làm", "who"),
    ("workflow", "quy trình", "workflow"),
    ("year", "năm", "year"),
];

/// What a word of a column means in Vietnamese; in English it says so itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("action", "add", "thêm"),
    ("action", "assign", "giao"),
    ("action", "change", "sửa"),
    ("action", "move", "chuyển nơi"),
    ("action", "remove", "gỡ bỏ"),
    ("action", "restrict", "hạn chế người xem"),
    ("action", "see", "xem"),
    ("asks_reason", "late", "khi làm trễ"),
    ("certainty", "carried-over", "giữ theo văn bản cũ, chưa xác nhận"),
    ("certainty", "confirmed", "đã xác nhận"),
    ("certainty", "practice", "theo thông lệ"),
    ("certainty", "unconfirmed", "chưa xác nhận"),
    ("decision", "legal", "quyết định hành chính"),
    ("decision", "professional", "quyết định chuyên môn"),
    ("kind", "off", "ngày nghỉ"),
    ("kind", "work", "ngày làm việc"),
    ("level", "commune", "xã"),
    ("level", "national", "quốc gia"),
    ("level", "province", "tỉnh"),
    ("lists", "done", "ngày đã làm"),
    ("lists", "due", "ngày phải làm"),
    ("lists", "place", "nơi"),
    ("lists", "state", "tình trạng"),
    ("lists", "title", "tên"),
    ("made_by", "form", "biểu mẫu"),
    ("made_by", "program", "chương trình"),
    ("merge", "earliest", "lấy lần sớm nhất"),
    ("merge", "grow-only", "có một lần là đủ"),
    ("merge", "value", "khác nhau thì người dùng chọn"),
    ("min_of", "commune", "xã"),
    ("min_of", "national", "quốc gia"),
    ("min_of", "province", "tỉnh"),
    ("privacy", "open", "không riêng tư"),
    ("privacy", "personal", "cá nhân"),
    ("privacy", "secret", "bí mật"),
    ("privacy", "sensitive", "nhạy cảm"),
    ("scope", "case", "trong trường hợp bảo mật"),
    ("scope", "commune", "của xã"),
    ("scope", "desk", "của bàn trực"),
    ("scope", "facility", "của cơ sở"),
    ("scope", "inherit", "theo bản ghi chứa nó"),
    ("scope", "national", "cả nước"),
    ("scope", "office", "của cả văn phòng"),
    ("scope", "own", "của xã, hoặc riêng khi bị hạn chế"),
    ("scope", "own-device", "chỉ ở trên máy"),
    ("scope", "province", "cấp tỉnh"),
    ("sees", "cases", "trường hợp mình tham gia"),
    ("sees", "nothing", "không hồ sơ nào"),
    ("sees", "places", "hồ sơ ở nơi mình phụ trách"),
    ("shown", "fact", "trong nội dung"),
    ("shown", "head", "ở đầu trang"),
    ("shown", "no", "không hiện"),
    ("type", "bool", "có hoặc không"),
    ("type", "code", "một mã"),
    ("type", "codes", "nhiều mã"),
    ("type", "date", "ngày"),
    ("type", "datetime", "ngày giờ"),
    ("type", "decimal", "số thập phân"),
    ("type", "id-number", "số định danh"),
    ("type", "int", "số nguyên"),
    ("type", "money", "số tiền"),
    ("type", "narrative", "đoạn văn"),
    ("type", "person-name", "họ tên"),
    ("type", "phone", "số điện thoại"),
    ("type", "photo", "ảnh"),
    ("type", "point", "vị trí"),
    ("type", "ref", "bản ghi khác"),
    ("type", "text", "chữ"),
    ("type", "user", "người dùng"),
    ("unit", "days", "ngày"),
    ("unit", "hours", "giờ"),
    ("unit", "months", "tháng"),
    ("unit", "working-days", "ngày làm việc"),
    ("when", "always", "luôn luôn"),
    ("when", "any", "của bất kỳ ai"),
    ("when", "member", "trong trường hợp mình tham gia"),
    ("when", "not-urgent", "không khẩn cấp"),
    ("when", "own", "của chính mình"),
    ("when", "urgent", "khẩn cấp"),
];

/// A text in both languages, made by one rule.
fn both(text: impl Fn(Lang) -> String) -> Phrase {
    let [vi, en] = Lang::ALL.map(text);
    Phrase { vi, en }
}

/// A column that this program doesn't know is called by its own name.
pub(super) fn called(column: &str, lang: Lang) -> &str {
    let known = COLUMNS.iter().find(|(name, ..)| *name == column);
    known.map_or(column, |(_, vi, en)| lang.pick(vi, en))
}

/// Names of kinds, roles and workflows, by table and code.
pub(super) struct Names(HashMap<(&'static str, String), Phrase>);

impl Names {
    pub fn of(packs: [&Pack; 3]) -> Self {
        let mut names = HashMap::new();
        for (file, code) in [(KINDS, "kind"), ("roles.csv", "code"), ("codes.csv", "code")] {
            for pack in packs {
                let sheet = Sheet::alone(file, pack.file(file).unwrap_or_default());
                for row in sheet.rows().filter(|row| file != "codes.csv" || row.cell("list") == "workflow") {
                    let label = Phrase::new(row.cell("label_vi"), row.cell("label_en"));
                    names.entry((file, row.cell(code).to_owned())).or_insert(label);
                }
            }
        }
        Self(names)
    }

    fn name<'a>(&'a self, file: &'static str, code: &'a str, lang: Lang) -> &'a str {
        self.0.get(&(file, code.to_owned())).map_or(code, |name| name.get(lang))
    }

    /// Such as `Hạn «Can thiệp khẩn cấp»: thời hạn 12 giờ → 6 giờ`.
    pub fn changed(&self, table: &Table, was: Row<'_>, is: Row<'_>, column: &str) -> Phrase {
        both(|lang| {
            let (what, column_name) = (self.row(table, is, lang), called(column, lang));
            let (before, after) = (self.cell(table, was, column, lang), self.cell(table, is, column, lang));
            format!("{} {what}: {column_name} {before} → {after}", lang.pick(table.row.0, table.row.1))
        })
    }

    pub fn gone(&self, table: &Table, row: Row<'_>) -> Phrase {
        both(|lang| {
            let what = self.row(table, row, lang);
            format!("{} {} {what}", lang.pick("Bỏ", "Gone:"), lower(lang.pick(table.row.0, table.row.1)))
        })
    }

    /// With all that it says.
    pub fn added(&self, table: &Table, row: Row<'_>) -> Phrase {
        both(|lang| {
            let is_name = |column: &str| match column {
                "label_vi" | "label_en" | "title_vi" | "title_en" => true,
                // A right is called by all that it says.
                "kind" | "field" | "action" | "role" | "when" => table.file == "permissions.csv",
                "word" => table.file == schema::RESTRICTED,
                _ => false,
            };
            let said = row.filled().filter(|(column, _)| !is_name(column));
            let said: Vec<String> = said
                .map(|(column, _)| {
                    format!("{} {}", called(column, lang), self.cell(table, row, column, lang))
                })
                .collect();
            let (add, noun) = (lang.pick("Thêm", "New:"), lower(lang.pick(table.row.0, table.row.1)));
            let said = if said.is_empty() { String::new() } else { format!(": {}", said.join("; ")) };
            format!("{add} {noun} {}{said}", self.row(table, row, lang))
        })
    }

    /// What a row is called.
    fn row(&self, table: &Table, row: Row<'_>, lang: Lang) -> String {
        let label = [lang.pick("label_vi", "label_en"), lang.pick("title_vi", "title_en"), "name"];
        let label = label.into_iter().map(|column| row.cell(column)).find(|label| !label.is_empty());
        let key =
            || row.key(table.key).into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
        let name = match label {
            Some(label) => format!("«{label}»"),
            None if table.file == "calendar_years.csv" || table.file == "poverty_norms.csv" => key(),
            None => format!("«{}»", key()),
        };
        let of = |vi: &str, en: &str, what: &str| format!("{name} {} «{what}»", lang.pick(vi, en));
        let name = match table.file {
            FIELDS => of("của", "of", self.name(KINDS, row.cell("kind"), lang)),
            "case_states.csv" | schema::ACTIONS => {
                of("của quy trình", "of", self.name("codes.csv", row.cell("workflow"), lang))
            }
            "codes.csv" => of("của danh mục", "of the list", row.cell("list")),
            "permissions.csv" => self.right(row, lang),
            schema::RESTRICTED => of("của", "of", self.name(KINDS, row.cell("kind"), lang)),
            "calendar.csv" => format!("{} {name}", day(row.cell("date"))),
            "hotlines.csv" => format!("{} {name}", row.cell("number")),
            schema::UNITS => format!("{} {name}", row.cell("code")),
            _ => name,
        };
        match row.cell("from") {
            from if table.dated && !from.is_empty() => {
                format!("{name} {} {}", lang.pick("từ", "from"), day(from))
            }
            _ => name,
        }
    }

    /// Such as `gỡ bỏ «Trường hợp» của chính mình (Cộng tác viên)`.
    fn right(&self, row: Row<'_>, lang: Lang) -> String {
        let every = lang.pick("mọi loại bản ghi", "every kind");
        let kind = match row.cell("kind") {
            "*" => every.to_owned(),
            kind => format!("«{}»", self.name(KINDS, kind, lang)),
        };
        let field = match row.cell("field") {
            "*" => String::new(),
            field => format!(".{field}"),
        };
        let roles: Vec<&str> = row.words("role").map(|role| self.name("roles.csv", role, lang)).collect();
        let (action, when) = (word("action", row.cell("action"), lang), word("when", row.cell("when"), lang));
        format!("{action} {kind}{field} {when} ({})", roles.join(", "))
    }

    /// What stands in a cell.
    fn cell(&self, table: &Table, row: Row<'_>, column: &str, lang: Lang) -> String {
        let cell = row.cell(column);
        if cell.is_empty() {
            return nothing(lang).to_owned();
        }
        if table.file == CLOCKS
            && let Some(said) = self.of_clock(row, column, lang)
        {
            return said;
        }
        let named = |file| {
            let names: Vec<&str> = row.words(column).map(|code| self.name(file, code, lang)).collect();
            quoted(&names.join(", "))
        };
        match table.column(column).map(|column| &column.holds) {
            Some(Holds::Date) => day(cell),
            Some(Holds::Vnd) => cell.parse().map_or_else(|_| quoted(cell), vnd),
            Some(Holds::YesNo) => match cell {
                "yes" => lang.pick("có", "yes").to_owned(),
                "no" => lang.pick("không", "no").to_owned(),
                other => quoted(other),
            },
            Some(Holds::Number | Holds::Digits) => cell.to_owned(),
            Some(Holds::Word(_) | Holds::Certainty) => word(column, cell, lang),
            Some(Holds::Rows("roles.csv", _)) => named("roles.csv"),
            _ => quoted(cell),
        }
    }

    /// What is counted in a deadline.
    fn of_clock(&self, row: Row<'_>, column: &str, lang: Lang) -> Option<String> {
        let cell = row.cell(column);
        match column {
            "amount" => Some(format!("{cell} {}", word("unit", row.cell("unit"), lang))),
            "remind" => {
                let before = cell.split(',').map(|before| span(before.trim().trim_start_matches('-'), lang));
                let said =
                    before.map(|before| lang.pick(format!("trước {before}"), format!("{before} before")));
                Some(quoted(&said.collect::<Vec<_>>().join(", ")))
            }
            "escalate" => {
                let steps = cell.split(';').filter_map(|step| step.trim().split_once(':'));
                let said = steps.map(|(after, role)| {
                    let (after, role) = (span(after, lang), self.name("roles.csv", role, lang));
                    lang.pick(format!("sau {after}: {role}"), format!("after {after}: {role}"))
                });
                Some(quoted(&said.collect::<Vec<_>>().join("; ")))
            }
            _ => None,
        }
    }
}

/// dd/mm/yyyy; what is no day as it stands.
fn day(cell: &str) -> String {
    cell.parse().map_or_else(|_| quoted(cell), date)
}

/// `3d` in words; what is none as it stands.
fn span(text: &str, lang: Lang) -> String {
    let unit = match text.chars().last() {
        Some('m') => lang.pick("phút", "minutes"),
        Some('h') => lang.pick("giờ", "hours"),
        Some('d') => lang.pick("ngày", "days"),
        _ => return text.to_owned(),
    };
    format!("{} {unit}", text.trim_end_matches(|c: char| c.is_ascii_lowercase()))
}

fn word(column: &str, word: &str, lang: Lang) -> String {
    let known = WORDS.iter().find(|(of, known, _)| *of == column && *known == word);
    known.map_or_else(|| quoted(word), |(_, word, vi)| lang.pick((*vi).to_owned(), word.replace('-', " ")))
}

fn nothing(lang: Lang) -> &'static str {
    lang.pick("(trống)", "(empty)")
}

fn quoted(text: &str) -> String {
    format!("«{text}»")
}

/// `Hạn` in the middle of a sentence.
fn lower(noun: &str) -> String {
    let mut letters = noun.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

pub(super) fn file(sides: &Sides<'_>) -> Phrase {
    let path = sides.path;
    match (sides.before, sides.after) {
        (None, _) => Phrase::new(format!("Thêm tệp {path}"), format!("New: the file {path}")),
        (_, None) => Phrase::new(format!("Bỏ tệp {path}"), format!("Gone: the file {path}")),
        _ => Phrase::new(
            format!("Tệp {path} có nội dung khác"),
            format!("The file {path} says something else"),
        ),
    }
}

pub(super) fn form(id: &str, is_there: bool) -> Phrase {
    if is_there {
        Phrase::new(format!("Thêm phiếu {id}"), format!("New: the form {id}"))
    } else {
        Phrase::new(format!("Bỏ phiếu {id}"), format!("Gone: the form {id}"))
    }
}

pub(super) fn written_otherwise(path: &str) -> Phrase {
    Phrase::new(
        format!("{path} được ghi theo cách khác; các ô đọc được vẫn như cũ"),
        format!("{path} is written in another way; the cells that can be read say the same"),
    )
}

pub(super) fn misshapen(path: &str) -> Phrase {
    Phrase::new(
        format!("{path}: các dòng thừa hoặc thiếu ô đã khác đi"),
        format!("{path}: rows with too many or too few cells changed"),
    )
}

pub(super) fn column(path: &str, column: &str, is_there: bool) -> Phrase {
    if is_there {
        Phrase::new(format!("{path}: thêm cột {column}"), format!("{path}: a new column {column}"))
    } else {
        Phrase::new(format!("{path}: bỏ cột {column}"), format!("{path}: the column {column} is gone"))
    }
}

pub(super) fn column_order(path: &str) -> Phrase {
    Phrase::new(
        format!("{path}: thứ tự các cột thay đổi"),
        format!("{path}: the columns are in another order"),
    )
}

pub(super) fn row_order(path: &str) -> Phrase {
    Phrase::new(format!("{path}: thứ tự các dòng thay đổi"), format!("{path}: the rows are in another order"))
}

/// A row of a form's sheet.
pub(super) fn place(form: &str, file: &str, row: Row<'_>, key: &[&str]) -> Phrase {
    let name = row.key(key).into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
    let number = row.number;
    let (vi, en) = if name.is_empty() {
        (format!("dòng {number}"), format!("row {number}"))
    } else {
        (quoted(&name), quoted(&name))
    };
    let sheet = file.trim_end_matches(".csv");
    Phrase::new(format!("Phiếu {form}, bảng {sheet}, {vi}"), format!("Form {form}, sheet {sheet}, {en}"))
}

pub(super) fn changed_in_form(place: &Phrase, column: &str, was: &str, is: &str) -> Phrase {
    let said = |cell: &str, lang| if cell.is_empty() { nothing(lang).to_owned() } else { quoted(cell) };
    both(|lang| format!("{}: {column} {} → {}", place.get(lang), said(was, lang), said(is, lang)))
}

pub(super) fn row_in_form(place: &Phrase, row: Row<'_>, is_there: bool) -> Phrase {
    both(|lang| {
        if is_there {
            let said: Vec<String> =
                row.filled().map(|(column, cell)| format!("{column} {}", quoted(cell))).collect();
            format!("{}: {}: {}", place.get(lang), lang.pick("thêm", "new"), said.join("; "))
        } else {
            format!("{}: {}", place.get(lang), lang.pick("bỏ", "gone"))
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test stops where it fails
    use super::*;

    #[test]
    fn every_column_has_a_name_in_both_languages() {
        for table in &schema::TABLES {
            for column in table.columns {
                let known = COLUMNS.iter().filter(|(name, ..)| *name == column.name).count();
                assert_eq!(known, 1, "{} [{}]", table.file, column.name);
            }
        }
    }

    #[test]
    fn every_word_of_the_national_pack_has_its_vietnamese() {
        let pack = Pack::built_in();
        for table in &schema::TABLES {
            let words = table
                .columns
                .iter()
                .filter(|column| matches!(column.holds, Holds::Word(_) | Holds::Certainty));
            let sheet = Sheet::alone(table.file, pack.file(table.file).unwrap());
            for (column, row) in words.flat_map(|column| sheet.rows().map(move |row| (column.name, row))) {
                let word = row.cell(column);
                // What is named with its kind is called so in both languages.
                let is_known = word.is_empty()
                    || word.contains(':')
                    || column == "remind"
                    || table.file == schema::PRINTS;
                let mut known = WORDS.iter().filter(|(of, known, _)| *of == column && *known == word);
                assert!(is_known || known.next().is_some(), "{} [{column}] {word}", table.file);
            }
        }
    }

    /// None is left of a column that went.
    #[test]
    fn every_word_is_one_of_its_column() {
        for (column, word, _) in WORDS {
            let mut holding = schema::TABLES.iter().filter_map(|table| table.column(column));
            assert!(holding.any(|column| column.holds.fits(word).is_ok()), "{column} {word}");
        }
    }
}
