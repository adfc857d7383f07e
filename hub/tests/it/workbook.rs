//! A pack as a workbook: exported, edited as spreadsheets do, read back.

use hub::packs::{self, workbook};
use rulebook::{Pack, Problem};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::path::Path;

fn folder(name: &str) -> Pack {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    packs::read(&checkout.join("packs").join(name)).unwrap()
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Cell by cell.
fn assert_same(one: &Pack, other: &Pack) {
    let paths = |pack: &Pack| pack.files().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(one), paths(other));
    for (path, bytes) in one.files() {
        if Pack::is_page(path) {
            assert_eq!(String::from_utf8_lossy(other.file(path).unwrap()), String::from_utf8_lossy(bytes));
            continue;
        }
        for (row, (is, was)) in cells(other.file(path).unwrap()).iter().zip(cells(bytes)).enumerate() {
            assert_eq!(*is, was, "{path}:{}", row + 1);
        }
        assert_eq!(cells(bytes).len(), cells(other.file(path).unwrap()).len(), "{path}");
    }
}

#[test]
fn a_pack_comes_back_as_it_went() {
    for name in ["quoc_gia", "vi_du"] {
        let pack = folder(name);
        let bytes = workbook::write(&pack).unwrap();
        assert_same(&pack, &workbook::read(&bytes).unwrap());
        assert!(bytes == workbook::write(&pack).unwrap(), "the same pack gives the same bytes");
    }
}

#[test]
fn sheets_are_called_by_their_tables() {
    let bytes = workbook::write(&folder("quoc_gia")).unwrap();
    let book = xlsform::read_bytes(&bytes, "xlsx").unwrap();
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names[..3], ["pack", "kinds", "fields"]);
    assert!(names.contains(&"vang_gia.survey") && names.contains(&"vang_gia.working_age"));
    assert_eq!(workbook::sheet_of("clocks.csv"), "clocks");
    assert_eq!(workbook::sheet_of("forms/vang_gia/survey.csv"), "vang_gia.survey");
}

/// Names that are too long for a sheet, or that only case tells apart, are in an index.
#[test]
fn a_file_that_no_sheet_can_be_called_by_comes_back_too() {
    let mut pack = folder("vi_du");
    let long = "forms/mot_phieu_co_ten_that_la_dai/external_choices.csv";
    for path in [long, "forms/a.b/c.csv", "forms/a.b/c.d.csv", "forms/gieng_nuoc/Survey.csv"] {
        pack.add(path, b"list_name,name\nx,1\n".to_vec());
    }
    assert_same(&pack, &workbook::read(&workbook::write(&pack).unwrap()).unwrap());
    assert_eq!(workbook::sheet_of(long), long);
}

/// What a spreadsheet makes of what people type: numbers, days, a yes; rows left empty.
#[test]
fn an_edited_workbook_says_what_tables_want() {
    let header = |table: &str| cells(folder("quoc_gia").file(table).unwrap())[0].clone();
    let mut book = Workbook::new();
    let rates = book.add_worksheet().set_name("rates").unwrap();
    for (column, name) in (0..).zip(header("rates.csv")) {
        rates.write_string(0, column, name).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for (row, (first, last)) in [(1, ("2027-01-01", "30/06/2027")), (4, ("2027-07-01", ""))] {
        rates.write_string(row, 0, "social_base").unwrap();
        rates.write_number(row, 1, 600_000.0).unwrap();
        rates.write_string(row, 2, "  Mức của tỉnh ").unwrap();
        rates.write_string(row, 3, "Of the province").unwrap();
        rates
            .write_datetime_with_format(row, 4, ExcelDateTime::parse_from_str(first).unwrap(), &day)
            .unwrap();
        rates.write_string(row, 5, last).unwrap();
        rates.write_string(row, 7, "Nghị quyết mẫu").unwrap();
        rates.write_string(row, 8, "unconfirmed").unwrap();
        rates.write_string(row, 9, "province").unwrap();
    }
    let roles = book.add_worksheet().set_name("roles").unwrap();
    for (column, cell) in (0..).zip(["code", "label_vi", "label_en", "runs_office"]) {
        roles.write_string(0, column, cell).unwrap();
    }
    roles.write_string(1, 0, "helper").unwrap().write_boolean(1, 3, true).unwrap();
    let mut pack = workbook::read(&book.save_to_buffer().unwrap()).unwrap();
    let rows = cells(pack.file("rates.csv").unwrap());
    assert_eq!(rows[1][1..6], ["600000", "Mức của tỉnh", "Of the province", "2027-01-01", "2027-06-30"]);
    assert_eq!(rows[4][4], "2027-07-01");
    assert_eq!(cells(pack.file("roles.csv").unwrap())[1], ["helper", "", "", "yes"]);

    // It lies over the national one, and rows are counted as the sheet counts them.
    pack.remove("roles.csv");
    pack.add("pack.csv", folder("vi_du").file("pack.csv").unwrap().to_vec());
    let check = |pack: &Pack| packs::check_over(&[folder("quoc_gia"), pack.clone()]).problems;
    assert_eq!(check(&pack), []);
    let text = String::from_utf8(pack.file("rates.csv").unwrap().to_vec()).unwrap();
    pack.add(
        "rates.csv",
        text.replacen("600000,Mức của tỉnh,Of the province,2027-07", "1,Mức,Of it,2027-07", 1).into(),
    );
    let places: Vec<String> = check(&pack).iter().map(Problem::place).collect();
    assert_eq!(places, ["rates.csv:5 [vnd]"]);
}

fn refused(book: &mut Workbook) -> Vec<(String, String)> {
    let problems = workbook::read(&book.save_to_buffer().unwrap()).unwrap_err();
    problems.into_iter().map(|problem| (problem.place(), problem.code)).collect()
}

/// Nothing that stands in a sheet is left out without a word.
#[test]
fn what_nobody_would_read_is_told() {
    let told = |row: u32, column: u16| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("kinds").unwrap();
        sheet.write_string(0, 0, "kind").unwrap().write_string(1, 0, "well").unwrap();
        sheet.write_string(row, column, "x").unwrap();
        refused(&mut book)
    };
    let unread = |place: &str| [(place.to_owned(), "workbook.unread".to_owned())];
    assert_eq!(told(1, 1), unread("kinds.csv:2 [B]"));
    assert_eq!(told(500, 0), unread("kinds.csv:501 [A]"));
    assert_eq!(told(0, 30), unread("kinds.csv:1 [AE]"));

    let mut book = Workbook::new();
    for name in ["kinds", "sheet-1", "sheets"] {
        book.add_worksheet().set_name(name).unwrap().write_string(0, 0, "sheet").unwrap();
    }
    let index = book.worksheet_from_name("sheets").unwrap();
    index.write_string(0, 1, "file").unwrap();
    index.write_string(1, 0, "sheet-1").unwrap().write_string(1, 1, "kinds.csv").unwrap();
    assert_eq!(refused(&mut book), [("kinds.csv".to_owned(), "workbook.twice".to_owned())]);
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"PK\x03\x04", b"kind,parents\n", &[0xd0, 0xcf, 0x11, 0xe0]] {
        let problems = workbook::read(bytes).unwrap_err();
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "xlsform.damaged"), "{bytes:?}");
    }
    // Paths that lead out are left out, and told when the pack is checked.
    let mut book = Workbook::new();
    book.add_worksheet().set_name("x").unwrap().write_string(0, 0, "a").unwrap();
    let index = book.add_worksheet().set_name("sheets").unwrap();
    index.write_string(0, 0, "sheet").unwrap().write_string(0, 1, "file").unwrap();
    index.write_string(1, 0, "x").unwrap().write_string(1, 1, "../../kinds.csv").unwrap();
    let pack = workbook::read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(pack.files().count(), 0);
    assert!(packs::check(&pack).problems.iter().any(|problem| problem.code == "pack.path"));
}

/// A file that is no table has no sheet.
#[test]
fn a_picture_is_not_exported() {
    let mut pack = folder("vi_du");
    pack.add("forms/gieng_nuoc/well.png", vec![0x89, b'P']);
    assert_eq!(workbook::write(&pack).unwrap_err().place(), "forms/gieng_nuoc/well.png");
}
