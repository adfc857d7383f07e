//! What each part of the hub may know: SQL and the engine lie in `db`, HTTP in `http` and `console`.

use std::{
    fs,
    path::{Path, PathBuf},
};

const SQL: &[&str] = &[
    "rusqlite",
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "CREATE TABLE",
    "CREATE TEMP",
    "PRAGMA ",
    "SAVEPOINT",
    "ROLLBACK",
    "ON CONFLICT",
];
const HTTP: &[&str] = &["axum", "http", "console", "maud"];

struct Rule {
    /// A file or folder below `src`; all of it if empty.
    within: &'static str,
    except: Option<&'static str>,
    /// What its code must not name.
    words: &'static [&'static str],
    /// Also in what it quotes.
    quoted: bool,
}

const RULES: &[Rule] = &[
    Rule { within: "", except: Some("db/"), words: SQL, quoted: true },
    Rule { within: "office/", except: None, words: HTTP, quoted: false },
    Rule { within: "state.rs", except: None, words: HTTP, quoted: false },
    // Nothing of the hub lies below the database.
    Rule { within: "db/", except: None, words: &["crate", "axum"], quoted: false },
];

/// Whether the line has the word by itself; after one that ends in a blank anything may follow.
fn names(line: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(letter) && (word.ends_with(' ') || !after.is_some_and(letter))
    })
}

/// Lines of a file, by its path below `src`, that name what they must not. Comments may.
fn violations(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let rules = RULES.iter().filter(|rule| {
        path.starts_with(rule.within) && rule.except.is_none_or(|except| !path.starts_with(except))
    });
    for rule in rules {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let unquoted: String = line.split('"').step_by(2).collect();
            let line = if rule.quoted { line } else { &unquoted };
            let wrong = rule.words.iter().filter(|word| names(line, word));
            found.extend(wrong.map(|word| format!("{path}:{}: {}", index + 1, word.trim())));
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

#[test]
fn sql_lies_in_db_and_http_above_the_office() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&root);
    let of = |folder: &str| files.iter().filter(|file| file.starts_with(root.join(folder))).count();
    assert!(of("db") > 10 && of("office") > 10 && files.contains(&root.join("state.rs")), "{files:?}");
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            // A folder's own file, such as `db.rs`, belongs to the folder.
            let folder = file.with_extension("");
            let path =
                if folder.is_dir() { format!("{}/{path}", path.trim_end_matches(".rs")) } else { path };
            violations(&path, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_stands_in_the_wrong_place_is_found() {
    let query = "let name = read.get(\"SELECT name FROM users\", [])?;";
    assert_eq!(violations("console/pages/users.rs", query), ["console/pages/users.rs:1: SELECT"]);
    assert_eq!(violations("db/users.rs", query), Vec::<String>::new());
    assert_eq!(violations("backup.rs", "//! SELECT \n\nuse rusqlite::Row;"), ["backup.rs:3: rusqlite"]);
    assert_eq!(violations("office/users.rs", "use crate::{Hub, http::auth};"), ["office/users.rs:1: http"]);
    assert_eq!(violations("office/users.rs", "Input(\"it must be http:// …\")"), Vec::<String>::new());
    assert_eq!(violations("state.rs", "use axum::Router;"), ["state.rs:1: axum"]);
    assert_eq!(violations("db/users.rs", "use crate::HubError;"), ["db/users.rs:1: crate"]);
}
