//! A pack's folder: read, bounded, and checked with all that is planted in `tests/packs/wrong`.

use hub::packs;
use rulebook::{MAX_FILES, Pack, Problem};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A table by its cells.
struct Sheet(Vec<Vec<String>>);

impl Sheet {
    fn of(bytes: &[u8]) -> Self {
        // Of one that is no text only the number of its rows is asked.
        let text = String::from_utf8_lossy(bytes);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
        Self(reader.records().map(|row| cells(row.unwrap())).collect())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &self.0 {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn column(&self, name: &str) -> usize {
        self.0[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// `3`, `last`, or the first row where `column=value&column=value`; as the spreadsheet counts.
    fn row(&self, text: &str) -> usize {
        if text == "last" {
            return self.0.len();
        }
        if let Ok(number) = text.parse() {
            return number;
        }
        let wanted: Vec<(usize, &str)> = text
            .split('&')
            .map(|part| part.split_once('=').unwrap())
            .map(|(column, value)| (self.column(column), value))
            .collect();
        let fits = |row: &&Vec<String>| wanted.iter().all(|(column, value)| row[*column] == *value);
        let found = self.0.iter().skip(1).position(|row| fits(&row));
        found.unwrap_or_else(|| panic!("no row {text}")) + 2
    }
}

/// The rows of a file beside the mistake.
fn rows(file: &Path) -> Vec<csv::StringRecord> {
    let mut reader =
        csv::Reader::from_path(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    reader.records().map(|row| row.unwrap()).collect()
}

/// A pack with what a mistake's `patch.csv` changes: `what,file,row,column,value`.
fn patched(whole: &Pack, mistake: &Path) -> Pack {
    let mut pack = whole.clone();
    for step in rows(&mistake.join("patch.csv")) {
        let [what, file, row, column, value] = [0, 1, 2, 3, 4].map(|i| step[i].to_owned());
        match what.as_str() {
            "write" => pack.add(&file, fs::read(mistake.join(&value)).unwrap()),
            "remove" => pack.remove(&file),
            _ => {
                let mut sheet = Sheet::of(pack.file(&file).unwrap());
                match what.as_str() {
                    "set" => {
                        let (row, column) = (sheet.row(&row) - 1, sheet.column(&column));
                        assert_ne!(sheet.0[row][column], value, "{}: it stands there", mistake.display());
                        sheet.0[row][column] = value;
                    }
                    // To the end of the table.
                    "copy" => sheet.0.push(sheet.0[sheet.row(&row) - 1].clone()),
                    "add" => sheet.0.push(value.split(',').map(str::to_owned).collect()),
                    "add-column" => sheet.0.iter_mut().for_each(|row| row.push(value.clone())),
                    other => panic!("{other} is no step"),
                }
                pack.add(&file, sheet.bytes());
            }
        }
    }
    pack
}

type Place = (String, Option<usize>, Option<String>, String);

fn expected(pack: &Pack, mistake: &Path) -> Vec<Place> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let place = |row: csv::StringRecord| {
        let number = some(&row[1]).map(|text| Sheet::of(pack.file(&row[0]).unwrap_or_default()).row(&text));
        (row[0].to_owned(), number, some(&row[2]), row[3].to_owned())
    };
    let mut places: Vec<_> = rows(&mistake.join("problems.csv")).into_iter().map(place).collect();
    places.sort();
    places
}

#[test]
fn the_national_pack_is_clean() {
    let report = packs::check(&folder("packs/quoc_gia"));
    assert_eq!(report.problems, []);
}

#[test]
fn the_example_of_an_office_lies_over_it_cleanly() {
    let report = packs::check_over(&[folder("packs/quoc_gia"), folder("packs/vi_du")]);
    assert_eq!(report.problems, []);
}

/// Each is found with its file, row, column and code, and nothing else is.
#[test]
fn what_is_planted_is_found_and_nothing_else_is() {
    planted("wrong", 60, &folder("packs/quoc_gia"), |pack| packs::check(pack).problems);
}

#[test]
fn what_an_overlay_takes_away_is_found_and_nothing_else_is() {
    let base = folder("packs/quoc_gia");
    planted("over", 20, &folder("packs/vi_du"), |pack| {
        packs::check_over(&[base.clone(), pack.clone()]).problems
    });
}

#[test]
fn what_a_new_version_takes_away_is_found_and_nothing_else_is() {
    let published = folder("packs/quoc_gia");
    planted("next", 15, &published, |pack| rulebook::compatible(&published, pack));
}

fn folder(path: &str) -> Pack {
    packs::read(&checkout().join(path)).unwrap()
}

/// Each mistake in a folder of `tests/packs`, planted in this pack.
fn planted(name: &str, least: usize, whole: &Pack, check: impl Fn(&Pack) -> Vec<Problem>) {
    let folder = checkout().join("tests/packs").join(name);
    let mistakes: BTreeSet<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(mistakes.len() >= least, "{} mistakes", mistakes.len());
    let mut missed = Vec::new();
    for mistake in &mistakes {
        let pack = patched(whole, mistake);
        let problems = check(&pack);
        for problem in &problems {
            assert!(
                !problem.vi.is_empty() && !problem.en.is_empty() && problem.vi != problem.en,
                "{problem}"
            );
        }
        let mut found: Vec<Place> =
            problems.iter().map(|p| (p.file.clone(), p.row, p.column.clone(), p.code.clone())).collect();
        found.sort();
        let wanted = expected(&pack, mistake);
        assert!(!wanted.is_empty(), "{} expects nothing", mistake.display());
        if found != wanted {
            missed.push(format!("{}\n  wanted {wanted:?}\n  found {problems:#?}", mistake.display()));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// No link is followed, nothing is read that is too large, and a folder without end is left.
#[test]
fn a_hostile_folder_is_bounded() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("pack");
    fs::create_dir_all(folder.join("forms/a/b/c/d")).unwrap();
    fs::write(temporary.path().join("outside.csv"), "secret").unwrap();
    std::os::unix::fs::symlink("../outside.csv", folder.join("kinds.csv")).unwrap();
    std::os::unix::fs::symlink("..", folder.join("lists")).unwrap();
    fs::write(folder.join("forms/a/b/c/d/deep.csv"), "x").unwrap();
    let sparse = fs::File::create(folder.join("fields.csv")).unwrap();
    sparse.set_len(200 * 1024 * 1024).unwrap();
    let pack = packs::read(&folder).unwrap();
    assert_eq!(pack.files().count(), 0);
    let refused = |pack: &Pack, code: &str| {
        let problems = packs::check(pack).problems.into_iter().filter(|problem| problem.code == code);
        problems.map(|problem| problem.file).collect::<Vec<_>>()
    };
    assert_eq!(refused(&pack, "pack.path"), ["forms/a/b/c", "kinds.csv", "lists"]);
    assert_eq!(refused(&pack, "pack.file-size"), ["fields.csv"]);

    let many = temporary.path().join("many");
    fs::create_dir_all(&many).unwrap();
    for number in 0..2 * MAX_FILES + 5 {
        fs::create_dir(many.join(format!("{number:05}"))).unwrap();
    }
    let pack = packs::read(&many).unwrap();
    assert_eq!(refused(&pack, "pack.files").len(), 1);
}
