//! Sheets that are almost called like one of a form.

use crate::{Workbook, names::distance, workbook::is_form_sheet};

/// Sheets that were probably meant to be `name`. One whose name begins with `_` is the author's own.
pub(crate) fn similar<'a>(workbook: &'a Workbook, name: &str) -> Vec<&'a str> {
    let near = |sheet: &&str| {
        let letters: Vec<char> = sheet.to_lowercase().chars().take(64).collect();
        distance(&letters, name) <= 2 && !is_form_sheet(sheet) && !sheet.starts_with('_')
    };
    workbook.sheets.iter().map(|sheet| sheet.name.as_str()).filter(near).collect()
}
