//! Reading a pack: all tables, and everything that is wrong with them.

use rulebook::{MAX_FILE, MAX_FILES, MAX_PACK, Pack, Rulebook, check};
use std::fs;

fn data(name: &str) -> String {
    fs::read_to_string(format!("{}/../../packs/quoc_gia/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn codes(pack: &Pack) -> Vec<(String, String)> {
    check(pack).problems.into_iter().map(|problem| (problem.file, problem.code)).collect()
}

/// What is built in is what lies in `packs/quoc_gia`: every table and print of it, and nothing else.
#[test]
fn every_table_of_the_folder_is_built_in() {
    let files = |below: &str| {
        let folder = format!("{}/../../packs/quoc_gia/{below}", env!("CARGO_MANIFEST_DIR"));
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let files = files.filter(|file| file.file_type().unwrap().is_file());
        files.map(|file| format!("{below}{}", file.file_name().to_str().unwrap())).collect::<Vec<_>>()
    };
    let mut names = [files(""), files("prints/")].concat();
    names.sort();
    let pack = Pack::built_in();
    assert_eq!(names, pack.files().map(|(name, _)| name).collect::<Vec<_>>());
    for (name, bytes) in pack.files() {
        assert!(data(name).as_bytes() == bytes, "{name} is another");
    }
    assert_eq!(codes(&pack), []);
}

/// Every row of every table is read: a row more that can't be is told with its place.
#[test]
fn every_row_is_read() {
    for (name, bytes) in Pack::built_in().files().filter(|(name, _)| name.ends_with(".csv")) {
        let mut pack = Pack::built_in();
        pack.add(name, [bytes, b"no row at all\n"].concat());
        let problems = check(&pack).problems;
        let rows = csv::Reader::from_reader(bytes).records().count();
        let found: Vec<_> = problems.iter().map(|p| (p.file.as_str(), p.row, p.code.as_str())).collect();
        assert_eq!(found, [(name, Some(rows + 2), "table.cells")]);
        assert!(Rulebook::read(&pack).is_err());
    }
}

#[test]
fn a_table_that_is_not_there_is_an_error() {
    let mut pack = Pack::built_in();
    pack.remove("calendar_years.csv");
    assert_eq!(codes(&pack), [("calendar_years.csv".into(), "pack.missing-table".into())]);
}

/// What may not come is left out before it is read, and the pack is refused.
#[test]
fn a_pack_is_bounded() {
    let refused = |path: &str, size: u64| {
        let mut pack = Pack::built_in();
        assert!(!pack.admits(path, size));
        codes(&pack)
    };
    for path in
        ["../kinds.csv", "/etc/passwd", "forms/../../x.csv", "a\\b.csv", "c:x.csv", ".git/x", "", "a//b"]
    {
        assert_eq!(refused(path, 1)[0].1, "pack.path", "{path}");
    }
    assert_eq!(refused("kinds.csv", MAX_FILE + 1), [("kinds.csv".into(), "pack.file-size".into())]);

    let mut pack = Pack::default();
    let mut path = 0;
    while pack.admits("forms/a/x.csv", MAX_FILE) {
        pack.add(&format!("forms/a/{path}.csv"), vec![b'a'; MAX_FILE as usize]);
        path += 1;
    }
    assert_eq!(path, MAX_PACK / MAX_FILE);
    assert!(codes(&pack).contains(&("forms/a/x.csv".into(), "pack.size".into())));

    let mut pack = Pack::default();
    for number in 0..MAX_FILES + 2 {
        pack.add(&format!("forms/a/{number}.csv"), vec![b'a']);
    }
    assert_eq!(codes(&pack).iter().filter(|(_, code)| code == "pack.files").count(), 2);
}

#[test]
fn other_tables_have_another_version() {
    let (one, again) = (Rulebook::built_in().unwrap(), Rulebook::built_in().unwrap());
    assert_eq!(one.version(), again.version());
    let relations = data("relations.csv").replace("Chủ hộ", "Chủ nhà");
    assert_ne!(Rulebook::with(&[("relations.csv", &relations)]).unwrap().version(), one.version());
}

/// `docs/records.md` is what the tables say: `cargo xtask records` prints it anew.
#[test]
fn the_printed_page_of_records_is_up_to_date() {
    let page = fs::read_to_string(format!("{}/../../docs/records.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(
        page == Rulebook::built_in().unwrap().printed(),
        "cargo xtask records prints docs/records.md anew"
    );
}
