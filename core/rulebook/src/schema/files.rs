//! What the files of a pack are called, and where they lie.

use super::{TABLES, Table};

pub(crate) const PACK: &str = "pack.csv";
pub(crate) const KINDS: &str = "kinds.csv";
pub(crate) const FIELDS: &str = "fields.csv";
pub(crate) const UNITS: &str = "admin_units.csv";
pub(crate) const ACTIONS: &str = "actions.csv";
pub(crate) const CONDITIONS: &str = "conditions.csv";
pub(crate) const AGES: &str = "ages.csv";
pub(crate) const RESTRICTED: &str = "restricted.csv";
pub(crate) const CLOCKS: &str = "clocks.csv";
pub(crate) const PRINTS: &str = "prints.csv";
pub(crate) const ARTICLES: &str = "articles.csv";

/// Tables that a pack may lack: those that were published before there were any have none.
pub(crate) const OPTIONAL: [&str; 6] = [ACTIONS, CONDITIONS, AGES, RESTRICTED, ARTICLES, PRINTS];

/// The folder of a form, one below it for each.
pub(crate) const FORMS: &str = "forms";

pub(crate) fn table(file: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.file == file)
}

/// The id of the form that a file is of, and the file's name in its folder.
pub(crate) fn form_of(path: &str) -> Option<(&str, &str)> {
    let (form, file) = path.strip_prefix(FORMS)?.strip_prefix('/')?.split_once('/')?;
    (!file.contains('/')).then_some((form, file))
}

/// The name of a list that a pack has for all of its forms.
pub(crate) fn list_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("lists/")?;
    (name.ends_with(".csv") && !name.contains('/')).then_some(name)
}

/// The id of the print whose page a file is.
pub(crate) fn print_of(path: &str) -> Option<&str> {
    let id = path.strip_prefix("prints/")?.strip_suffix(".html")?;
    (!id.contains('/')).then_some(id)
}

pub(crate) fn print_path(id: &str) -> String {
    format!("prints/{id}.html")
}

/// What the worked cases of a file are of: a form, or `clocks`.
pub(crate) fn golden_of(path: &str) -> Option<&str> {
    let of = path.strip_prefix("golden/")?.strip_suffix(".csv")?;
    (!of.contains('/')).then_some(of)
}

/// Whether the table says what becomes of a form's answers.
pub(crate) fn is_records(path: &str) -> bool {
    form_of(path).is_some_and(|(_, file)| file == "records.csv")
}
