//! How large a spreadsheet file becomes, found out before it is read: small files may claim to be huge.

use super::{MAX_CELLS, spreadsheet::damaged, too_large};
use crate::Problem;
use std::io::{Cursor, Read};

/// What an archive may hold, unpacked.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// Of a sheet, as spreadsheets have them.
const MAX_COLUMNS: usize = 16_384;
const MAX_ROWS: usize = 1_048_576;

pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.starts_with(b"PK") { check_archive(bytes) } else { check_compound(bytes) }
}

/// Unpacks once into nothing: what an archive says of its sizes may be a lie.
fn check_archive(bytes: &[u8]) -> Result<(), Problem> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let is_ods = archive.index_for_name("mimetype").is_some();
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        let is_content = is_ods && entry.name().is_ok_and(|name| name == "content.xml");
        let mut limited = entry.take(left + 1);
        let mut content = Vec::new();
        let unpacked = if is_content {
            limited.read_to_end(&mut content).map(|size| size as u64)
        } else {
            std::io::copy(&mut limited, &mut std::io::sink())
        };
        left = left.checked_sub(unpacked.map_err(|error| damaged(&error))?).ok_or_else(too_large)?;
        check_open_document(&String::from_utf8_lossy(&content))?;
    }
    Ok(())
}

/// Cells and rows of an `.ods` are repeated by number. The cells of a table are counted as they are when unrolled:
/// all rows up to the last with something in it, each as wide as the widest.
fn check_open_document(content: &str) -> Result<(), Problem> {
    let mut total = 0_usize;
    let (mut height, mut widest, mut rows) = (0_usize, 0_usize, 0_usize);
    let (mut width, mut cells, mut repeated) = (0_usize, 0_usize, 1_usize);
    for tag in content.split('<').skip(1) {
        let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
        match name {
            "table:table" => (height, widest, rows) = (0, 0, 0),
            "table:table-row" => {
                (width, cells) = (0, 0);
                repeated = repeats(tag, "table:number-rows-repeated").min(MAX_ROWS);
                if tag.trim_end().ends_with("/>") {
                    rows = rows.saturating_add(repeated);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let count = repeats(tag, "table:number-columns-repeated").min(MAX_COLUMNS);
                cells = cells.saturating_add(count).min(MAX_COLUMNS);
                if !tag.split('>').next().unwrap_or_default().ends_with('/') || tag.contains("office:value") {
                    width = cells;
                }
            }
            "" if tag.starts_with("/table:table-row>") => {
                rows = rows.saturating_add(repeated).min(MAX_ROWS);
                if width > 0 {
                    (height, widest) = (rows, widest.max(width));
                }
            }
            "" if tag.starts_with("/table:table>") => {
                total = total.saturating_add(height.saturating_mul(widest));
                if total > MAX_CELLS {
                    return Err(too_large());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn repeats(tag: &str, attribute: &str) -> usize {
    let value = tag.split_once(attribute).and_then(|(_, rest)| rest.strip_prefix("=\""));
    let digits = value.and_then(|rest| rest.split('"').next());
    digits.map_or(1, |digits| digits.parse().unwrap_or(usize::MAX))
}

/// The cells of an `.xls` stand anywhere; a sheet is as large as its last row and column say.
fn check_compound(bytes: &[u8]) -> Result<(), Problem> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut stream = file
        .open_stream("/Workbook")
        .or_else(|_| file.open_stream("/Book"))
        .map_err(|error| damaged(&error))?;
    let mut data = Vec::new();
    stream.read_to_end(&mut data).map_err(|error| damaged(&error))?;
    let (mut total, mut rows, mut columns) = (0_usize, 0_usize, 0_usize);
    let mut rest = data.as_slice();
    while let [kind_low, kind_high, length_low, length_high, after @ ..] = rest {
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high]));
        let Some((record, next)) = after.split_at_checked(length) else { break };
        rest = next;
        match (kind, record) {
            // A stream of its own begins: a sheet.
            (0x0809, _) => {
                total = total.saturating_add(rows.saturating_mul(columns));
                (rows, columns) = (0, 0);
            }
            // Formula, MulRk, RString, LabelSst, Number, Label, BoolErr, Rk: row and column come first.
            (0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203..=0x0205 | 0x027E, [r0, r1, c0, c1, ..]) => {
                let column = |low: u8, high: u8| usize::from(u16::from_le_bytes([low, high])) + 1;
                rows = rows.max(column(*r0, *r1));
                columns = columns.max(column(*c0, *c1));
                // Several cells: the last column comes last.
                if let (0x00BD, [.., l0, l1]) = (kind, record) {
                    columns = columns.max(column(*l0, *l1));
                }
            }
            _ => {}
        }
    }
    if total.saturating_add(rows.saturating_mul(columns)) > MAX_CELLS { Err(too_large()) } else { Ok(()) }
}
