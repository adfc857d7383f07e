use std::{fs, path::Path};
use xlsform::{Options, convert, read, read_bytes};

const SHEETS: [(&str, &str); 2] = [
    ("survey", "type,name,label\nselect_one yn,a,Có?\n"),
    ("choices", "list_name,name,label\nyn,1,Có\nyn,0,Không\n"),
];

fn xml(path: &Path) -> String {
    convert(&read(path).unwrap(), &Options::default()).unwrap().xml
}

#[test]
fn a_folder_one_csv_and_a_table_make_the_same_form() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("visit");
    fs::create_dir(&place).unwrap();
    let (mut single, mut table) = (String::new(), String::new());
    for (name, text) in SHEETS {
        fs::write(place.join(format!("{name}.csv")), text).unwrap();
        single += &format!("{name}\n");
        table += &format!("| {name} |\n");
        for line in text.lines() {
            single += &format!(",{line}\n");
            table += &format!("| | {} |\n", line.replace(',', " | "));
        }
    }
    let expected = xml(&place);
    assert!(expected.contains(r#"<data id="visit">"#), "{expected}");
    for (file, text) in [("visit.csv", single), ("visit.md", table)] {
        let path = folder.path().join(file);
        fs::write(&path, text).unwrap();
        assert_eq!(xml(&path), expected, "{file}");
    }
}

#[test]
fn a_cut_or_foreign_file_is_no_workbook() {
    for (bytes, extension) in [
        (b"PK\x03\x04 cut".as_slice(), "xlsx"),
        (b"\xd0\xcf\x11\xe0 cut".as_slice(), "xls"),
        (b"not a workbook".as_slice(), "xlsx"),
        (b"not a table".as_slice(), "md"),
        (b"\xff\xfe".as_slice(), "csv"),
        (b"".as_slice(), ""),
    ] {
        let problem = read_bytes(bytes, extension).unwrap_err();
        assert!(problem.code.starts_with("xlsform."), "{problem}");
    }
}
