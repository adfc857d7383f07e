//! A form of the catalogue as published: XForm, records, lists.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/quoc_gia/forms")
}

/// The ids of all.
pub fn all() -> Vec<String> {
    let folders = fs::read_dir(folder()).unwrap();
    let mut all: Vec<_> = folders.map(|form| form.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

/// File name and bytes.
pub fn publish(id: &str) -> Vec<(String, Vec<u8>)> {
    publish_from(&folder().join(id))
}

/// The same of sheets in a folder.
pub fn publish_from(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let form = xlsform::convert(&xlsform::read(folder).unwrap(), &xlsform::Options::default()).unwrap();
    // A pack has its lists once for all forms.
    let read =
        |name: &str| fs::read(folder.join(name)).or_else(|_| fs::read(folder.join("../../lists").join(name)));
    let file = |name: &str| (name.to_owned(), read(name).unwrap());
    let media = form.media.iter().map(|name| file(name));
    [("form.xml".to_owned(), form.xml.into_bytes()), file("records.csv")].into_iter().chain(media).collect()
}
