//! Input made to exhaust the machine gives a clear error.

use crate::errors;
use std::{fmt::Write as _, io::Write as _};
use xlsform::{Options, convert, read_bytes};
use zip::{ZipWriter, write::SimpleFileOptions};

fn code(bytes: &[u8], extension: &str) -> &'static str {
    match read_bytes(bytes, extension) {
        Err(problem) => problem.code,
        Ok(workbook) => match convert(&workbook, &Options::default()) {
            Err(problems) => problems.errors[0].code,
            Ok(_) => panic!("it was converted"),
        },
    }
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1024 * 1024];
    for _ in 0..300 {
        zip.write_all(&block).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024);
    assert_eq!(code(&bytes, "xlsx"), "xlsform.too-large");
}

#[test]
fn cells_repeated_by_number_are_not_unrolled() {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    file("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    file(
        "content.xml",
        r#"<office:document-content><table:table table:name="survey"><table:table-row table:number-rows-repeated="1048576">
           <table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell>
           </table:table-row></table:table></office:document-content>"#,
    );
    assert_eq!(code(&zip.finish().unwrap().into_inner(), "ods"), "xlsform.too-large");
}

#[test]
fn two_hundred_megabytes_of_choices_are_no_form() {
    let text = "choices\n,list_name,name,label\n".to_owned() + &",l,a,A\n".repeat(30_000_000);
    assert_eq!(code(text.as_bytes(), "csv"), "xlsform.too-large");
}

#[test]
fn a_million_groups_are_refused() {
    let mut text = String::from("survey\n,type,name,label\n");
    for n in 0..1_000_000 {
        writeln!(text, ",begin group,g{n},").unwrap();
    }
    assert_eq!(code(text.as_bytes(), "csv"), "xlsform.too-large");
    // Fewer pass as cells.
    assert_eq!(code(&text.as_bytes()[..2_000_000], "csv"), "xlsform.too-deep");
}

#[test]
fn thousands_of_wrong_references_are_a_few_problems() {
    let mut text = String::from("| survey |\n| | type | name | label | relevant |\n");
    for n in 0..20_000 {
        writeln!(text, "| | text | q{n} | Q | ${{none{n}}} |").unwrap();
    }
    let errors = errors(&text);
    assert!((100..1000).contains(&errors.len()), "{}", errors.len());
}

#[test]
fn a_text_that_refers_a_million_times_is_cut_short() {
    let cell = "${q}".repeat(20_000);
    let mut text = String::from("| survey |\n| | type | name | label |\n");
    writeln!(text, "| | text | q | Q |").unwrap();
    for n in 0..60 {
        writeln!(text, "| | begin group | {}{n} | G |", "g".repeat(100)).unwrap();
    }
    writeln!(text, "| | text | deep | {cell} |").unwrap();
    for _ in 0..60 {
        text += "| | end group | | |\n";
    }
    // It is large, but one such text is bearable.
    assert!(convert(&read_bytes(text.as_bytes(), "md").unwrap(), &Options::default()).is_ok());
    let deep = text.replace("${q}", "${deep}").replace("| q | Q |", "| q | ${deep} |");
    assert_eq!(code(deep.as_bytes(), "md"), "xlsform.too-large");
}
