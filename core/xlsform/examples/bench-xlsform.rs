//! How long the big form takes from its workbook to its XForm: 586 questions and calculates (199 chained), two
//! languages, a list of 5,000 choices. From an `.xlsx` in memory, and from Markdown, where reading costs next to
//! nothing. Prints a JSON line each: median of the runs in ms. `bench-xlsform FILE.xlsx` writes the workbook instead,
//! for other compilers to be measured with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

use std::{fmt::Write, io::Write as _, time::Instant};
use xlsform::{Options, convert, read_bytes};

const RUNS: usize = 25;
const CHOICES: usize = 5_000;
const CHAIN: usize = 199;
const QUESTIONS: usize = 387;

fn main() {
    let sheets = sheets();
    if let Some(file) = std::env::args().nth(1) {
        return std::fs::write(file, xlsx(&sheets)).unwrap();
    }
    measure("xlsform.big_form_xlsx", "xlsx", &xlsx(&sheets));
    measure("xlsform.big_form_md", "md", markdown(&sheets).as_bytes());
}

fn measure(name: &str, extension: &str, bytes: &[u8]) {
    let mut times = Vec::new();
    let mut size = 0;
    for _ in 0..=RUNS {
        let start = Instant::now();
        let form = convert(&read_bytes(bytes, extension).unwrap(), &Options::default()).unwrap();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        size = form.xml.len();
    }
    // The first run warms up.
    times.remove(0);
    times.sort_by(f64::total_cmp);
    let (median, rounds) = (times[RUNS / 2], RUNS);
    println!(
        r#"{{"name":"{name}","median_ms":{median:.2},"rounds":{rounds},"questions":{},"choices":{CHOICES},"input_bytes":{},"xml_bytes":{size}}}"#,
        QUESTIONS + CHAIN,
        bytes.len(),
    );
}

type Rows = Vec<Vec<String>>;

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn sheets() -> Vec<(&'static str, Rows)> {
    let mut survey = vec![row(&[
        "type",
        "name",
        "label::Tiếng Việt (vi)",
        "label::English (en)",
        "relevant",
        "constraint",
        "calculation",
        "choice_filter",
    ])];
    for n in 0..QUESTIONS {
        let (name, vi, en) = (format!("q{n}"), format!("Câu hỏi số {n}"), format!("Question {n}"));
        let relevant = if n > 2 && n % 3 == 0 { format!("${{q{}}} > {n}", n - 3) } else { String::new() };
        match n % 3 {
            0 => survey.push(row(&["integer", &name, &vi, &en, &relevant, ". >= 0 and . <= 100000", "", ""])),
            1 => survey.push(row(&[
                "text",
                &name,
                &vi,
                &format!("{en} after ${{q{}}}", n - 1),
                "",
                "",
                "",
                "",
            ])),
            _ => survey.push(row(&[
                "select_one villages",
                &name,
                &vi,
                &en,
                "",
                "",
                "",
                &format!("group = ${{q{}}}", n - 2),
            ])),
        }
    }
    for n in 0..CHAIN {
        let before = if n == 0 { "${q0}".to_owned() } else { format!("${{c{}}}", n - 1) };
        survey.push(row(&["calculate", &format!("c{n}"), "", "", "", "", &format!("{before} + 1"), ""]));
    }
    let mut choices =
        vec![row(&["list_name", "name", "label::Tiếng Việt (vi)", "label::English (en)", "group"])];
    for n in 0..CHOICES {
        let (name, group) = (format!("v{n}"), (n % 50).to_string());
        choices.push(row(&["villages", &name, &format!("Thôn {n}"), &format!("Village {n}"), &group]));
    }
    let settings = vec![row(&["form_title", "form_id", "version"]), row(&["The big form", "big", "1"])];
    vec![("survey", survey), ("choices", choices), ("settings", settings)]
}

fn markdown(sheets: &[(&str, Rows)]) -> String {
    let mut text = String::new();
    for (name, rows) in sheets {
        writeln!(text, "| {name} |").unwrap();
        for row in rows {
            writeln!(text, "| | {} |", row.join(" | ")).unwrap();
        }
    }
    text
}

/// As spreadsheets save it: texts shared, cells by reference.
fn xlsx(sheets: &[(&str, Rows)]) -> Vec<u8> {
    let mut shared = String::new();
    let mut count = 0;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut list, mut targets) = (String::new(), String::new());
    for (n, (name, rows)) in sheets.iter().enumerate() {
        let mut data = String::new();
        for (r, row) in rows.iter().enumerate() {
            write!(data, r#"<row r="{}">"#, r + 1).unwrap();
            for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let column = char::from(b'A' + u8::try_from(c).unwrap());
                write!(data, r#"<c r="{column}{}" t="s"><v>{count}</v></c>"#, r + 1).unwrap();
                let text = cell.replace('&', "&amp;").replace('<', "&lt;");
                write!(shared, "<si><t>{text}</t></si>").unwrap();
                count += 1;
            }
            data.push_str("</row>");
        }
        let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>"#);
        file(&format!("xl/worksheets/sheet{n}.xml"), &sheet);
        write!(list, r#"<sheet name="{name}" sheetId="{}" r:id="r{n}"/>"#, n + 1).unwrap();
        write!(
            targets,
            r#"<Relationship Id="r{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        )
        .unwrap();
    }
    write!(
        targets,
        r#"<Relationship Id="strings" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>"#
    )
    .unwrap();
    let package = "http://schemas.openxmlformats.org/package/2006";
    file("xl/sharedStrings.xml", &format!(r#"<sst xmlns="{main}">{shared}</sst>"#));
    file(
        "xl/workbook.xml",
        &format!(r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{list}</sheets></workbook>"#),
    );
    file(
        "xl/_rels/workbook.xml.rels",
        &format!(r#"<Relationships xmlns="{package}/relationships">{targets}</Relationships>"#),
    );
    file(
        "_rels/.rels",
        &format!(
            r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    );
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    file(
        "[Content_Types].xml",
        &format!(
            r#"<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/></Types>"#
        ),
    );
    zip.finish().unwrap().into_inner()
}
