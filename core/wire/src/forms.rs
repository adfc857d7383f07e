//! Published forms: all versions that a phone may need, file by file, each with its hash.

use model::{Digest, encoding::Bytes};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BTreeSet};

/// The most characters of an id, a version or a file's name.
pub const MAX_NAME: usize = 64;
/// The most files of a version, the most bytes of one, and of all together.
pub const MAX_FILES: usize = 100;
pub const MAX_FILE: u64 = 16 * 1024 * 1024;
pub const MAX_FORM: u64 = 32 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormList {
    pub v: u16,
    #[serde(deserialize_with = "crate::open::readable")]
    pub forms: Vec<FormEntry>,
}

/// One published version. The newest one of an id is what is filled; older ones stay for drafts, as all do of a form
/// that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormEntry {
    /// Such as `vang_gia`.
    pub id: String,
    /// The XLSForm's `version`, such as `2026112401`; see [`compare_versions`].
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

impl FormFile {
    /// What its hash says; `None` where that is none.
    pub fn digest(&self) -> Option<Digest> {
        let (pairs, rest) = self.sha256.as_bytes().as_chunks::<2>();
        let value = |letter: u8| char::from(letter).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let byte = |[high, low]: &[u8; 2]| Some(value(*high)? << 4 | value(*low)?);
        let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        rest.is_empty().then_some(Bytes(bytes.try_into().ok()?))
    }
}

/// Why phones can't take a version, however often they ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Of the form, of its version or of a file: see [`is_name`].
    #[error("`{0}` can't be a name")]
    Name(String),
    #[error("two files are called `{0}`")]
    Twice(String),
    #[error("`{0}` is larger than {MAX_FILE} bytes")]
    File(String),
    #[error("more than {MAX_FILES} files")]
    Files,
    #[error("its files are larger than {MAX_FORM} bytes together")]
    Together,
}

impl Unfit {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(_) | Self::Twice(_) => "form.bad-name",
            Self::File(_) | Self::Files | Self::Together => "form.too-large",
        }
    }
}

/// Ids, versions and names of files stand in paths, and in folders of any system: 1 to [`MAX_NAME`] of the letters a to
/// z and A to Z, digits, `_`, `-` and `.`, which doesn't come first.
pub fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// All that keeps phones from taking a version with these files (name, bytes): asked before it is published, and before
/// it is fetched.
pub fn unfit<'a>(id: &str, version: &str, files: impl IntoIterator<Item = (&'a str, u64)>) -> Vec<Unfit> {
    let bad = |name: &&str| !is_name(name);
    let mut unfit: Vec<_> =
        [id, version].into_iter().filter(bad).map(|name| Unfit::Name(name.into())).collect();
    let (mut seen, mut together) = (BTreeSet::new(), 0u64);
    for (name, size) in files {
        if bad(&name) {
            unfit.push(Unfit::Name(name.into()));
        }
        if size > MAX_FILE {
            unfit.push(Unfit::File(name.into()));
        }
        if !seen.insert(name) {
            unfit.push(Unfit::Twice(name.into()));
        }
        together = together.saturating_add(size);
    }
    unfit.extend((seen.len() > MAX_FILES).then_some(Unfit::Files));
    unfit.extend((together > MAX_FORM).then_some(Unfit::Together));
    unfit
}

impl FormEntry {
    /// What keeps phones from taking it, if anything does.
    pub fn unfit(&self) -> Option<Unfit> {
        let files = self.files.iter().map(|file| (file.name.as_str(), file.size));
        unfit(&self.id, &self.version, files).into_iter().next()
    }
}

/// Which of two versions is newer: as text where the lengths are equal, else as numbers.
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    if a.len() == b.len() {
        return a.cmp(b);
    }
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// What a phone says of a version that it could not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub id: String,
    pub version: String,
    /// Such as `form.bad-name`, [`Unfit::code`]; `sync.damaged-file`; `xforms.invalid-form`.
    pub code: String,
}

impl Complaint {
    /// Names that are too long are cut: they are told, no more.
    pub fn new(id: &str, version: &str, code: &str) -> Self {
        let short = |text: &str| text.chars().take(MAX_NAME).collect();
        Self { id: short(id), version: short(version), code: short(code) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_text_of_equal_length_else_numbers() {
        assert_eq!(compare_versions("2026112401", "2026112402"), Ordering::Less);
        assert_eq!(compare_versions("9", "10"), Ordering::Less);
        assert_eq!(compare_versions("1.2", "1.10"), Ordering::Greater);
    }

    #[test]
    fn a_name_is_one_segment_of_a_path_on_any_system() {
        let long = "a".repeat(MAX_NAME);
        for name in ["form.xml", "communes_2.csv", "vang-gia", "2026112401", &long] {
            assert!(is_name(name), "{name}");
        }
        for name in
            ["", ".a.csv", "..", "xã.csv", "a b.csv", "a/b.csv", "a\\b.csv", "a%2e", &format!("{long}a")]
        {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let file = |sha256: &str| FormFile { name: "a".into(), sha256: sha256.into(), size: 1 };
        let hash: String = (0..32).map(|byte| format!("{:02x}", byte * 7)).collect();
        let bytes = file(&hash).digest().unwrap().0;
        assert_eq!((bytes[0], bytes[1], bytes[31]), (0, 7, 217));
        for none in ["", &hash[2..], &hash[1..], &hash.replace("07", "+7"), &format!("{hash}00")] {
            assert_eq!(file(none).digest(), None, "{none}");
        }
    }

    #[test]
    fn all_that_is_unfit_is_told() {
        let files = [("form.xml", 10), ("xã.csv", MAX_FILE + 1), ("a.csv", MAX_FILE), ("a.csv", 1)];
        let told = unfit("vang_gia", "", files);
        assert_eq!(
            told,
            [
                Unfit::Name("".into()),
                Unfit::Name("xã.csv".into()),
                Unfit::File("xã.csv".into()),
                Unfit::Twice("a.csv".into()),
                Unfit::Together,
            ]
        );
        let names: Vec<String> = (0..=MAX_FILES).map(|n| format!("{n}.csv")).collect();
        assert_eq!(unfit("a", "1", names.iter().map(|name| (name.as_str(), 1))), [Unfit::Files]);
    }
}
