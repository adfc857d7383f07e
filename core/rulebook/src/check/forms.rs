//! What forms write, against what is declared of records. How a form is written is checked where forms are compiled.

use super::Context;
use crate::{FieldType, schema, table::Sheet};
use std::collections::HashMap;

pub(super) fn check(context: &mut Context<'_>) {
    for sheet in context.tables.sheets().filter(|sheet| schema::is_records(&sheet.file)) {
        records(context, sheet);
    }
}

fn records(context: &mut Context<'_>, sheet: &Sheet) {
    let mut kinds: HashMap<&str, &str> = HashMap::new();
    for row in sheet.rows() {
        let (record, kind, name) = (row.cell("record"), row.cell("kind"), row.cell("field"));
        if name.is_empty() {
            kinds.entry(record).or_insert(kind);
            continue;
        }
        // A record or a kind that isn't there is told with the rest of the table.
        let Some(kind) = kinds.get(record).filter(|kind| context.kinds.contains_key(**kind)) else {
            continue;
        };
        let Some(field) = context.field(kind, name) else {
            context.names_field(sheet, row, "field", kind, name);
            continue;
        };
        let (declared, named) = (field.cell("type"), row.cell("type"));
        if FieldType::of(declared).is_some_and(|kind| !named.is_empty() && kind.in_forms() != named) {
            let vi = format!("fields.csv khai {kind}.{name} là {declared}");
            let en = format!("fields.csv declares {kind}.{name} as {declared}");
            context.tell(sheet, row, "type", "form.field-type", vi, en);
        }
    }
}
