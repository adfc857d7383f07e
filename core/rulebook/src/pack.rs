//! The files of a pack, wherever they come from: what is built in, a folder, a bundle. What doesn't belong into one is
//! told and left out, before anybody reads it.

use crate::{
    Phrase, Problem,
    problem::of_file,
    schema::{self, Level},
    table::Sheet,
};
use chrono::NaiveDate;
use std::{borrow::Cow, collections::BTreeMap};

/// In bytes.
pub const MAX_FILE: u64 = 4 * 1024 * 1024;
pub const MAX_FILES: usize = 1_000;
/// In bytes, all files together.
pub const MAX_PACK: u64 = 32 * 1024 * 1024;
/// Folders below each other.
pub const MAX_DEPTH: usize = 4;

/// A pack: its files by their path in it, such as `kinds.csv` or `forms/vang_gia/survey.csv`.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    files: BTreeMap<String, Cow<'static, [u8]>>,
    bytes: u64,
    /// Of files that were left out.
    refused: Vec<Problem>,
}

/// Who a pack says it is (`pack.csv`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Such as `quoc_gia`.
    pub id: String,
    pub version: String,
    /// The pack that it lies over; `None` for a national one.
    pub base: Option<String>,
    pub level: Level,
    /// Features that a program must have to work by it.
    pub needs: Vec<String>,
    /// The day from which it is to be worked by; `None`: it doesn't say so.
    pub from: Option<NaiveDate>,
    pub title: Phrase,
}

macro_rules! built_in {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../../packs/quoc_gia/", $name)).as_slice())),*]
    };
}

/// The tables of `packs/quoc_gia`, and its prints. Its forms are published by an office.
const BUILT_IN: [(&str, &[u8]); 46] = built_in!(
    "pack.csv" "kinds.csv" "fields.csv" "codes.csv" "permissions.csv" "roles.csv" "ethnic_groups.csv" "relations.csv"
    "needs_groups.csv" "deprivation_indicators.csv" "admin_units.csv" "case_states.csv" "actions.csv" "conditions.csv"
    "ages.csv" "restricted.csv" "clocks.csv" "calendar.csv" "calendar_years.csv" "hotlines.csv" "poverty_norms.csv" "rates.csv" "prints.csv" "prints/muc_tieu.html"
    "prints/tre_em_01.html" "prints/tre_em_02.html" "prints/tre_em_03.html" "prints/tre_em_04.html" "prints/tre_em_05.html"
    "prints/tre_em_06.html" "prints/tre_em_07.html" "prints/tre_em_13.html" "prints/bien_ban_hop.html" "prints/ban_giao.html"
    "prints/doi_tuong_01.html" "prints/doi_tuong_02.html" "prints/doi_tuong_03.html" "prints/doi_tuong_04.html"
    "prints/doi_tuong_05.html" "prints/doi_tuong_06.html" "prints/bien_ban_ket_thuc.html" "prints/ve_gia_dinh.html"
    "prints/khuyet_tat_01.html" "prints/khuyet_tat_05.html" "prints/khuyet_tat_06.html"
    "articles.csv"
);

impl Pack {
    /// The national one that this program has.
    pub fn built_in() -> Self {
        let mut pack = Self::default();
        for (path, bytes) in BUILT_IN {
            pack.put(path, Cow::Borrowed(bytes));
        }
        pack
    }

    /// Whether its tables are those of [`Pack::built_in`], and nothing else is in it.
    pub(crate) fn is_built_in(&self) -> bool {
        self.refused.is_empty() && self.files == Self::built_in().files
    }

    /// Whether a file may come; one that may not is told. Asked before its bytes are read.
    pub fn admits(&mut self, path: &str, size: u64) -> bool {
        let problem = if !stays_inside(path) {
            leads_out(path)
        } else if size > MAX_FILE {
            of_file(
                path,
                "pack.file-size",
                format!("tệp lớn hơn {} MB", MAX_FILE >> 20),
                format!("the file is larger than {} MB", MAX_FILE >> 20),
            )
        } else if self.bytes + size > MAX_PACK {
            let (vi, en) = ("các tệp cộng lại lớn hơn", "the files together are larger than");
            let mb = MAX_PACK >> 20;
            of_file(path, "pack.size", format!("{vi} {mb} MB"), format!("{en} {mb} MB"))
        } else if self.files.len() >= MAX_FILES {
            too_many(path)
        } else {
            return true;
        };
        self.refuse(problem);
        false
    }

    /// A file, in place of one of the same path; left out and told if the pack doesn't admit it.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.remove(path);
        if self.admits(path, bytes.len() as u64) {
            self.put(path, Cow::Owned(bytes));
        }
    }

    /// A link or the like, which is not followed.
    pub fn refuse_link(&mut self, path: &str) {
        self.refuse(leads_out(path));
    }

    /// From this path on nothing more is read: there are too many.
    pub fn refuse_rest(&mut self, path: &str) {
        self.refuse(too_many(path));
    }

    fn refuse(&mut self, problem: Problem) {
        // So many are enough to be told what is wrong.
        if self.refused.len() < MAX_FILES {
            self.refused.push(problem);
        }
    }

    pub fn remove(&mut self, path: &str) {
        if let Some(gone) = self.files.remove(path) {
            self.bytes -= gone.len() as u64;
        }
    }

    fn put(&mut self, path: &str, bytes: Cow<'static, [u8]>) {
        self.bytes += bytes.len() as u64;
        self.files.insert(path.to_owned(), bytes);
    }

    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// The tables that a pack may have, in the order in which people read them.
    pub fn tables() -> impl Iterator<Item = &'static str> {
        schema::TABLES.iter().map(|table| table.file)
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
    }

    /// Who it says it is; `None` if that can't be read.
    pub fn about(&self) -> Option<About> {
        let sheet = Sheet::alone(schema::PACK, self.file(schema::PACK)?);
        let row = sheet.rows().next()?;
        let filled = |column| Some(row.cell(column)).filter(|cell| !cell.is_empty()).map(str::to_owned);
        Some(About {
            id: filled("id")?,
            version: filled("version")?,
            base: filled("base"),
            level: schema::read(row.cell("level")).ok()?,
            needs: row.words("needs").map(str::to_owned).collect(),
            from: row.cell("from").parse().ok(),
            title: Phrase::new(row.cell("title_vi"), row.cell("title_en")),
        })
    }

    /// The features that it needs and this program doesn't have.
    pub fn lacks(&self) -> Vec<String> {
        crate::lacking(&self.about().map(|about| about.needs).unwrap_or_default())
    }

    /// The form that a file is of, and its name there.
    pub fn form_file(path: &str) -> Option<(&str, &str)> {
        schema::form_of(path)
    }

    /// What a file has worked cases of: `clocks`, or the id of a form.
    pub fn golden_of(path: &str) -> Option<&str> {
        schema::golden_of(path)
    }

    /// Where a form's file lies.
    pub fn form_path(form: &str, file: &str) -> String {
        format!("{}/{form}/{file}", schema::FORMS)
    }

    /// The name of the list that a file is, for all forms of the pack.
    pub fn list_file(path: &str) -> Option<&str> {
        schema::list_of(path)
    }

    /// Whether a file is the page of a print.
    pub fn is_page(path: &str) -> bool {
        schema::print_of(path).is_some()
    }

    /// Where the page of a print lies.
    pub fn print_path(id: &str) -> String {
        schema::print_path(id)
    }

    pub(crate) fn refused(&self) -> &[Problem] {
        &self.refused
    }
}

/// Whether a path names a file below the pack's folder, the same on every system.
fn stays_inside(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.contains(['\\', ':'])
            && !part.contains(char::is_control)
    };
    path.split('/').all(plain) && path.split('/').count() <= MAX_DEPTH
}

fn too_many(path: &str) -> Problem {
    let (vi, en) = (format!("có hơn {MAX_FILES} tệp"), format!("there are more than {MAX_FILES} files"));
    of_file(path, "pack.files", vi, en)
}

fn leads_out(path: &str) -> Problem {
    // The name may be anything: only what can be printed.
    let path: String = path.chars().filter(|letter| !letter.is_control()).take(200).collect();
    of_file(
        &path,
        "pack.path",
        "tệp ẩn, đường dẫn ra ngoài thư mục của gói, quá sâu, hoặc là liên kết".to_owned(),
        "the file is hidden, its path leads out of the pack's folder, is too deep, or is a link".to_owned(),
    )
}
