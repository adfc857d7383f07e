//! Provinces and their communes.

use super::Context;
use crate::schema;
use std::collections::HashSet;

pub(super) fn check(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::UNITS);
    let communes: HashSet<&str> =
        sheet.rows().filter(|row| row.cell("level") == "commune").map(|row| row.cell("code")).collect();
    for row in sheet.rows() {
        let (code, parent) = (row.cell("code"), row.cell("parent_code"));
        let (length, is_commune) = match row.cell("level") {
            "province" => (2, false),
            "commune" => (5, true),
            _ => continue,
        };
        if !code.is_empty() && code.len() != length {
            let (vi, en) = (
                format!("mã cấp này có {length} chữ số"),
                format!("a code of this level has {length} digits"),
            );
            context.tell(sheet, row, "code", "unit.code", vi, en);
        }
        if is_commune == parent.is_empty() || communes.contains(parent) {
            let vi = "xã, phường, đặc khu thuộc một tỉnh, thành phố; tỉnh, thành phố không thuộc đơn vị nào";
            let en = "a commune belongs to a province, a province to nothing";
            context.tell(sheet, row, "parent_code", "unit.parent", vi, en);
        }
    }
}
