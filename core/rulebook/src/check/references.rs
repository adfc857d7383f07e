//! What cells name must be there.

use super::{Context, EVERY};
use crate::{
    schema::{self, Holds, Table},
    table::{Row, Sheet},
};
use std::collections::HashSet;

pub(super) fn check(context: &mut Context<'_>, table: &Table, sheet: &Sheet) {
    for column in table.columns {
        let (Holds::Row(file, of) | Holds::Rows(file, of)) = column.holds else { continue };
        let known: HashSet<&str> = context.tables.sheet(file).rows().map(|row| row.cell(of)).collect();
        let several = matches!(column.holds, Holds::Rows(..));
        for row in sheet.rows().filter(|row| !row.cell(column.name).is_empty()) {
            let words: Vec<&str> =
                if several { row.words(column.name).collect() } else { vec![row.cell(column.name)] };
            for word in words.into_iter().filter(|word| !known.contains(word)) {
                let (vi, en) = (format!("{file} không có {word:?}"), format!("{file} has no {word:?}"));
                context.tell(sheet, row, column.name, code(file), vi, en);
            }
        }
    }
    for row in sheet.rows() {
        match sheet.file.as_str() {
            schema::FIELDS => of_field(context, sheet, row),
            "permissions.csv" => of_permission(context, sheet, row),
            schema::RESTRICTED => of_restricted(context, sheet, row),
            "poverty_norms.csv" => in_list(context, sheet, row, "area", "area"),
            "case_states.csv" => in_list(context, sheet, row, "workflow", "workflow"),
            _ => {}
        }
    }
}

fn code(file: &str) -> &'static str {
    match file {
        "roles.csv" => "reference.role",
        "case_states.csv" => "reference.workflow",
        schema::KINDS => "reference.kind",
        schema::CONDITIONS => "reference.condition",
        _ => "reference.unit",
    }
}

fn of_field(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>) {
    let (kind, list) = (row.cell("kind"), row.cell("list"));
    if !kind.is_empty() && kind != EVERY && !context.kinds.contains_key(kind) {
        context.no_kind(sheet, row, "kind", kind);
    }
    if list.is_empty() {
        return;
    }
    if !context.lists.contains_key(list) {
        let (vi, en) = (format!("không có danh mục {list:?}"), format!("there is no list {list:?}"));
        context.tell(sheet, row, "list", "reference.list", vi, en);
    } else if !matches!(row.cell("type"), "code" | "codes") {
        let (vi, en) = ("chỉ mã mới có danh mục", "only codes have a list");
        context.tell(sheet, row, "list", "field.list", vi, en);
    }
}

fn of_permission(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>) {
    let (kind, field) = (row.cell("kind"), row.cell("field"));
    if kind != EVERY && !context.kinds.contains_key(kind) {
        context.no_kind(sheet, row, "kind", kind);
    } else if field != EVERY {
        context.names_field(sheet, row, "field", kind, field);
    }
}

/// A word of a list, in a kind whose records may be restricted.
fn of_restricted(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>) {
    let (kind, field) = (row.cell("kind"), row.cell("field"));
    if context.kinds.get(kind).is_some_and(|kind| kind.cell("scope") != "own") {
        let (vi, en) = ("loại này không bảo mật riêng được", "records of this kind can't be restricted");
        context.tell(sheet, row, "kind", "restricted.kind", vi, en);
        return;
    }
    context.names_field(sheet, row, "field", kind, field);
    if let Some(list) = context.field(kind, field).map(|field| field.cell("list")) {
        in_list(context, sheet, row, "word", list);
    }
}

fn in_list(context: &mut Context<'_>, sheet: &Sheet, row: Row<'_>, column: &str, list: &str) {
    let code = row.cell(column);
    if !code.is_empty() && !context.lists.get(list).is_some_and(|codes| codes.contains(code)) {
        let (vi, en) =
            (format!("danh mục {list} không có {code:?}"), format!("the list {list} has no {code:?}"));
        context.tell(sheet, row, column, "reference.code", vi, en);
    }
}
