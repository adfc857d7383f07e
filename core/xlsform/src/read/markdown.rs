//! Tables in Markdown: `| survey |`, then rows that begin with an empty cell.

use super::{Budget, sheet_of, workbook};
use crate::{Format, Problem, Workbook};

pub fn looks_like(text: &str) -> bool {
    text.chars().take(5000).filter(|c| *c == '|').count() >= 5
}

pub fn read(text: &str) -> Result<Workbook, Problem> {
    if !looks_like(text) {
        return Err(Problem::error("xlsform.no-workbook", "the file holds no table of a form"));
    }
    let mut budget = Budget::default();
    let mut sheets: Vec<(String, Vec<Vec<Option<String>>>)> = Vec::new();
    for line in text.split('\n') {
        let Some(inner) = table_row(line) else { continue };
        let mut cells = cells(inner);
        let name = cells.remove(0);
        for cell in cells.iter().flatten() {
            budget.take(cell)?;
        }
        if let Some(name) = name {
            sheets.push((name, Vec::new()));
        }
        if cells.iter().any(Option::is_some)
            && let Some((_, rows)) = sheets.last_mut()
        {
            rows.push(cells);
        }
    }
    let sheets = sheets.into_iter().map(|(name, rows)| sheet_of(&name, rows)).collect();
    Ok(workbook(Format::Markdown, sheets))
}

/// What stands between the outer bars. Comments (`#` at the start, or after the last bar) and rules are left out.
fn table_row(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let last = line.rfind('|')?;
    let inner = line[..last].strip_prefix('|')?;
    let rule = !inner.is_empty() && inner.chars().all(|c| c == '|' || c == '-');
    (!rule).then_some(inner)
}

/// Cells between bars; `\|` is a bar in a cell.
fn cells(inner: &str) -> Vec<Option<String>> {
    let mut cells = Vec::new();
    let mut start = 0;
    let bytes = inner.as_bytes();
    for (at, _) in inner.match_indices('|').filter(|(at, _)| *at == 0 || bytes[at - 1] != b'\\') {
        cells.push(cell(&inner[start..at]));
        start = at + 1;
    }
    cells.push(cell(&inner[start..]));
    cells
}

fn cell(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.replace("\\|", "|"))
}
