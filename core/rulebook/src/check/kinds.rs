//! Kinds of records and their fields, together.

use super::{Context, EVERY};
use crate::{FieldType, Scope, schema, table::Row, title::Template};
use model::record::field;
use std::collections::{BTreeMap, HashSet};

pub(super) fn check(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::KINDS);
    for row in sheet.rows() {
        for parent in row.words("parents") {
            if parent != EVERY && !context.kinds.contains_key(parent) {
                context.no_kind(sheet, row, "parents", parent);
            }
        }
        if row.cell("listed") == "yes" && row.words("parents").next().is_some() {
            let (vi, en) =
                ("loại có danh sách thì không nằm dưới loại khác", "what is listed lies under nothing");
            context.tell(sheet, row, "listed", "kind.listed-below", vi, en);
        }
        title(context, row);
        scope(context, row);
    }
    cycles(context);
    fields(context);
}

/// What a kind of the office, a facility, a desk or the phone alone must be, and what may lie under the last.
fn scope(context: &mut Context<'_>, row: Row<'_>) {
    let sheet = context.tables.sheet(schema::KINDS);
    let Some(scope) = scope_of(row) else { return };
    let is_top = matches!(scope, Scope::Office | Scope::Facility | Scope::Desk | Scope::OwnDevice);
    if is_top && row.words("parents").next().is_some() {
        let vi = "loại của văn phòng, cơ sở, bàn trực hoặc riêng trên máy thì không nằm dưới loại khác";
        let en = "what is of the office, a facility, a desk or the phone alone lies under nothing";
        context.tell(sheet, row, "parents", "scope.not-at-the-top", vi, en);
    }
    let named_by = match scope {
        Scope::Facility => Some(field::FACILITY),
        Scope::Desk => Some(field::DESK),
        _ => None,
    };
    if let Some(name) = named_by.filter(|name| context.field(row.cell("kind"), name).is_none()) {
        let vi = format!("loại này cần trường {name} nói nó thuộc nơi nào");
        let en = format!("the kind needs a field {name} that says whose it is");
        context.tell(sheet, row, "scope", "scope.says-no-place", vi, en);
    }
    let stays =
        |parent: &str| context.kinds.get(parent).copied().and_then(scope_of) == Some(Scope::OwnDevice);
    if scope != Scope::Inherit && row.words("parents").any(stays) {
        let vi = "dưới bản ghi chỉ ở trên máy không có gì được gửi đi: loại này phải theo bản ghi chứa nó (scope inherit)";
        let en = "nothing below what stays on the phone is sent: the kind goes with what it lies under (scope inherit)";
        context.tell(sheet, row, "parents", "scope.below-own-device", vi, en);
    }
}

fn scope_of(row: Row<'_>) -> Option<Scope> {
    schema::read(row.cell("scope")).ok()
}

fn title(context: &mut Context<'_>, row: Row<'_>) {
    let sheet = context.tables.sheet(schema::KINDS);
    let template = match Template::parse(row.cell("title")) {
        Ok(template) => template,
        Err(what) => {
            let vi = "tên bản ghi viết sai: ${ thiếu dấu }";
            return context.tell(sheet, row, "title", "title.broken", vi, what);
        }
    };
    for (below, field) in template.fields() {
        let kind = below.unwrap_or(row.cell("kind"));
        context.names_field(sheet, row, "title", kind, field);
        let secret = |field: Row<'_>| field.cell("privacy") == "secret";
        if context.kinds.contains_key(kind) && context.field(kind, field).is_some_and(secret) {
            let vi = format!("tên bản ghi không được nêu trường bí mật {field}");
            let en = format!("a title doesn't say {field}, which is secret");
            context.tell(sheet, row, "title", "title.secret", vi, en);
        }
    }
}

/// A circle of kinds that lie under each other is told at its first kind in the table.
fn cycles(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::KINDS);
    let parents: BTreeMap<&str, Vec<&str>> =
        context.kinds.iter().map(|(kind, row)| (*kind, row.words("parents").collect())).collect();
    let above = |kind: &str| {
        let mut found: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&str> = parents.get(kind).cloned().unwrap_or_default();
        while let Some(next) = waiting.pop() {
            if found.insert(next) {
                waiting.extend(parents.get(next).into_iter().flatten());
            }
        }
        found
    };
    let mut told: HashSet<&str> = HashSet::new();
    for row in sheet.rows() {
        let kind = row.cell("kind");
        let of_kind = above(kind);
        if of_kind.contains(kind) && !told.contains(kind) {
            told.extend(&of_kind);
            let vi = format!("{kind} nằm dưới chính nó theo vòng");
            let en = format!("{kind} lies under itself, in a circle");
            context.tell(sheet, row, "parents", "kind.cycle", vi, en);
        }
    }
}

fn fields(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::FIELDS);
    let mut photos: HashSet<&str> = HashSet::new();
    for row in sheet.rows() {
        let (kind, secret) = (row.cell("kind"), row.cell("privacy") == "secret");
        if schema::read(row.cell("type")) == Ok(FieldType::Photo) && !photos.insert(kind) {
            let (vi, en) = ("mỗi bản ghi chỉ giữ một ảnh", "a record holds one photo");
            context.tell(sheet, row, "type", "field.second-photo", vi, en);
        }
        let search = row.cell("search");
        if search.parse::<u8>().is_ok_and(|order| !(1..=3).contains(&order)) {
            let (vi, en) = ("thứ tự tìm kiếm là 1, 2 hoặc 3", "the order of search is 1, 2 or 3");
            context.tell(sheet, row, "search", "field.search", vi, en);
        }
        if secret && !search.is_empty() {
            let (vi, en) = ("không tìm kiếm theo trường bí mật", "nothing is searched by what is secret");
            context.tell(sheet, row, "search", "search.secret", vi, en);
        }
        let of_kind = context.kinds.get(kind).copied();
        if row.cell("field") == field::PRACTICE
            && (schema::read(row.cell("type")) != Ok(FieldType::Bool)
                || of_kind.is_none_or(|kind| kind.words("parents").next().is_some()))
        {
            let vi = "trường practice là có hoặc không, ở loại không nằm dưới loại khác";
            let en = "the field practice is a bool of a kind that lies under nothing";
            context.tell(sheet, row, "field", "field.practice", vi, en);
        }
        let scope = of_kind.and_then(scope_of);
        if secret && (kind == EVERY || scope.is_some_and(|scope| !matches!(scope, Scope::Own | Scope::Case)))
        {
            let vi = "trường bí mật chỉ nằm trong trường hợp bảo mật (scope own hoặc case)";
            let en = "what is secret lies in a restricted case only (scope own or case)";
            context.tell(sheet, row, "privacy", "field.secret-place", vi, en);
        }
    }
}
