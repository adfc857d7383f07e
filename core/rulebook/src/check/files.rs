//! Which files a pack has, and what it says of itself.

use super::Context;
use crate::{
    Pack, Problem,
    problem::of_file,
    schema::{self, Over},
};

/// What this program can do beyond what every program can: rows may need it by these names.
const FEATURES: [&str; 12] = [
    "clocks.action",
    "clocks.asks-reason",
    "clocks.escalate",
    "clocks.provisional",
    "clocks.record",
    "clocks.remind",
    "clocks.repeat",
    "clocks.voids",
    "clocks.who",
    "conditions.if",
    "conditions.over",
    "restricted.word",
];

/// What a pack needs and this program doesn't have.
pub(crate) fn lacks(feature: &str) -> bool {
    !FEATURES.contains(&feature)
}

pub(super) fn check(context: &mut Context<'_>, pack: &Pack) {
    context.problems.extend(pack.refused().iter().cloned());
    for (path, _) in pack.files() {
        if schema::table(path).is_none()
            && schema::form_of(path).is_none()
            && schema::list_of(path).is_none()
            && schema::print_of(path).is_none()
            && schema::golden_of(path).is_none()
        {
            let (vi, en) = ("gói không có tệp nào tên như vậy", "a pack has no file of this name");
            context.problems.push(of_file(path, "pack.unknown-file", vi.into(), en.into()));
        }
    }
    let has = |table: &schema::Table| {
        let sheet = context.tables.sheet(table.file);
        sheet.header().is_some()
            || schema::OPTIONAL.contains(&table.file)
            || (!matches!(table.over, Over::Itself) && context.tables.has(table.file))
    };
    let missing: Vec<&str> =
        schema::TABLES.iter().filter(|table| !has(table)).map(|table| table.file).collect();
    for file in missing {
        // It is there, and too large or the like.
        if context.problems.iter().any(|problem| problem.file == file) {
            continue;
        }
        let (vi, en) = ("thiếu bảng này", "the table is missing");
        context.problems.push(of_file(file, "pack.missing-table", vi.into(), en.into()));
    }
    let sheet = context.tables.sheet(schema::PACK);
    let mut rows = sheet.own();
    let Some(about) = rows.next() else {
        if sheet.header().is_some() {
            let (vi, en) = ("bảng phải có đúng một dòng", "the table must have exactly one row");
            context.problems.push(of_file(schema::PACK, "pack.one-row", vi.into(), en.into()));
        }
        return;
    };
    if let Some(more) = rows.next() {
        let (vi, en) = ("bảng phải có đúng một dòng", "the table must have exactly one row");
        let problem = of_file(schema::PACK, "pack.one-row", vi.into(), en.into());
        context.problems.push(Problem { row: Some(more.number), ..problem });
    }
    let national = about.cell("level") == "national";
    if national != about.cell("base").is_empty() {
        let vi = "gói quốc gia không dựa trên gói nào; gói khác phải nêu gói cơ sở";
        let en = "a national pack has no base; another names its base";
        context.tell(sheet, about, "base", "pack.base", vi, en);
    }
    for feature in about.words("needs").filter(|feature| lacks(feature)) {
        let vi = format!("gói cần {feature} mà chương trình chưa có: hãy cập nhật ứng dụng");
        let en = format!("the pack needs {feature}, which this program doesn't have: update the app");
        context.tell(sheet, about, "needs", "pack.needs", vi, en);
    }
}
