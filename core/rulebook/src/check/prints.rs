//! Each print has its page, and each page its print. What stands in a page is checked where pages are drawn.

use super::{Context, clocks};
use crate::{Pack, prints::PrintedOf, problem::of_file, schema};

/// In bytes.
const MAX_PAGE: usize = 256 * 1024;

pub(super) fn check(context: &mut Context<'_>, pack: &Pack) {
    let sheet = context.tables.sheet(schema::PRINTS);
    let ids: Vec<&str> = sheet.own().map(|row| row.cell("id")).collect();
    for row in sheet.own() {
        let of = PrintedOf::read(row.cell("kind"));
        for selector in of.iter().flat_map(PrintedOf::selectors) {
            clocks::of_selector(context, sheet, row, "kind", selector);
        }
        if pack.file(&schema::print_path(row.cell("id"))).is_none() {
            let vi = format!("thiếu tệp {}", schema::print_path(row.cell("id")));
            let en = format!("there is no file {}", schema::print_path(row.cell("id")));
            context.tell(sheet, row, "id", "print.no-page", vi, en);
        }
    }
    for (path, bytes) in pack.files() {
        let Some(id) = schema::print_of(path) else { continue };
        let problem = if !ids.contains(&id) {
            ("print.no-row", "prints.csv không có dòng của tệp này", "prints.csv has no row for it")
        } else if bytes.len() > MAX_PAGE {
            ("print.size", "tệp lớn hơn 256 KB", "the file is larger than 256 KB")
        } else if std::str::from_utf8(bytes).is_err() {
            ("print.not-utf8", "tệp không phải là UTF-8", "the file is not UTF-8")
        } else {
            continue;
        };
        let (code, vi, en) = problem;
        context.problems.push(of_file(path, code, vi.into(), en.into()));
    }
}
