//! Published forms: all versions that a phone may need, file by file, each with its hash.

use model::{Digest, encoding::Bytes};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormList {
    pub v: u16,
    pub forms: Vec<FormEntry>,
}

/// One published version. The newest one of an id is what is filled; older ones stay for drafts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormEntry {
    /// Such as `vang_gia`.
    pub id: String,
    /// The XLSForm's `version`, such as `2026112401`; compared as text of equal length, else as numbers.
    pub version: String,
    pub title: String,
    /// `form.xml`, `records.csv` and media such as `communes.csv`.
    pub files: Vec<FormFile>,
    pub newest: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFile {
    pub name: String,
    /// Hex SHA-256.
    pub sha256: String,
    pub size: u64,
}

/// What the newest versions are, in short: a phone that has the same need not ask for the list.
pub fn standing<'a>(forms: impl IntoIterator<Item = &'a FormEntry>) -> Digest {
    let mut newest: Vec<_> = forms
        .into_iter()
        .filter(|form| form.newest)
        .map(|form| (&form.id, &form.version, &form.files))
        .collect();
    newest.sort_by_key(|(id, ..)| *id);
    // Texts and numbers: writing them can't fail.
    let text = serde_json::to_vec(&newest).unwrap_or_default();
    let mut standing = [0; 32];
    standing.copy_from_slice(digest(&SHA256, &text).as_ref());
    Bytes(standing)
}
