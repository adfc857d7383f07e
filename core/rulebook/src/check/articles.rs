//! Articles, and the grounds that name them.

use super::Context;
use crate::{
    articles::{Cited, cited, named},
    schema::{self, ARTICLES, Holds},
    table::Row,
};
use std::collections::HashSet;

/// A pack that has articles has all that its grounds name, with those of the packs below; one without any is shown its
/// grounds alone.
pub(super) fn check(context: &mut Context<'_>) {
    let articles = context.tables.sheet(ARTICLES);
    let name = |row: &Row<'_>| named(row.cell("document"), row.cell("article"));
    for row in articles.own() {
        if !matches!(&cited(&name(&row))[..], [_]) {
            let vi = "không đọc được: văn bản phải có số hiệu, rồi «Điều N», «Mẫu số N» hoặc «Phụ lục»";
            let en = "it can't be read: a document has a number; then «Điều N», «Mẫu số N» or «Phụ lục»";
            context.tell(articles, row, "document", "article.name", vi, en);
        }
    }
    if articles.own().next().is_none() {
        return;
    }
    let names: Vec<String> = articles.rows().map(|row| name(&row)).collect();
    let places: HashSet<Cited<'_>> = names.iter().flat_map(|name| cited(name)).collect();
    for table in &schema::TABLES {
        let grounds = table.columns.iter().filter(|column| matches!(column.holds, Holds::Article));
        let sheet = context.tables.sheet(table.file);
        for (column, row) in grounds.flat_map(|column| sheet.own().map(move |row| (column.name, row))) {
            let ground = row.cell(column);
            let all = cited(ground);
            let found = |asked: &Cited<'_>| asked.upwards().any(|place| places.contains(&place));
            if !ground.is_empty() && (all.is_empty() || !all.iter().all(found)) {
                let vi = format!("{ARTICLES} không có điều khoản mà căn cứ {ground:?} nêu");
                let en = format!("{ARTICLES} lacks what the ground {ground:?} names");
                context.tell(sheet, row, column, "reference.article", vi, en);
            }
        }
    }
}
