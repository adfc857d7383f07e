//! Columns and what stands in them.

use super::Context;
use crate::{
    Problem,
    problem::of_file,
    schema::{Column, Holds, Table},
    table::Sheet,
};

pub(super) fn check(context: &mut Context<'_>, table: &Table, sheet: &Sheet) {
    let of_header = |name: &str, code: &str, vi: &str, en: &str| {
        let (vi, en) = (format!("{vi} {name}"), format!("{en} {name}"));
        Problem { row: Some(1), column: Some(name.to_owned()), ..of_file(&sheet.file, code, vi, en) }
    };
    let Some(header) = sheet.header() else { return };
    for column in table.columns.iter().filter(|column| !header.iter().any(|name| name == column.name)) {
        let problem =
            of_header(column.name, "table.missing-column", "thiếu cột", "the table misses the column");
        context.problems.push(problem);
    }
    for (place, name) in header.iter().enumerate() {
        if table.column(name).is_none() {
            let problem =
                of_header(name, "table.unknown-column", "bảng không có cột", "the table has no column");
            context.problems.push(problem);
        } else if header.iter().take(place).any(|other| other == name) {
            context.problems.push(of_header(name, "table.twice", "có hai cột", "there are two columns"));
        }
    }
    let columns: Vec<Option<&Column>> = header.iter().map(|name| table.column(name)).collect();
    for row in sheet.own() {
        for (column, cell) in columns.iter().zip(row.cells()) {
            let Some(column) = column else { continue };
            if cell.is_empty() {
                if column.filled {
                    let (code, vi, en) = empty(&column.holds);
                    context.tell(sheet, row, column.name, code, vi, en);
                }
                continue;
            }
            if let Some(feature) = column.feature {
                context.feature(sheet, row, column.name, feature);
            }
            if let Err((code, vi, en)) = column.holds.fits(cell) {
                context.tell(sheet, row, column.name, code, vi, en);
            }
        }
    }
}

fn empty(holds: &Holds) -> (&'static str, &'static str, &'static str) {
    match holds {
        Holds::Label => (
            "label.missing",
            "thiếu nhãn; cần cả tiếng Việt và tiếng Anh",
            "the label is missing; both languages are needed",
        ),
        Holds::Article => (
            "law.article",
            "thiếu căn cứ: điều khoản nào của văn bản nào",
            "the article is missing: of which text, which one",
        ),
        Holds::Certainty => ("law.certainty", "thiếu mức chắc chắn", "it doesn't say how sure it is"),
        _ => ("cell.empty", "ô này phải có giá trị", "the cell must be filled"),
    }
}
