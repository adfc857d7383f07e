//! What an author hands in: a folder of CSV sheets, a workbook, or an XForm.

use super::FormError;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wire::forms::MAX_FILE;
use xlsform::{Problem, Sheet, Workbook};

/// A form with the lists beside it.
pub struct FormSource {
    pub form: SourceForm,
    /// `records.csv`: what a finished form changes.
    pub records: Option<Vec<u8>>,
    /// Lists by file name, such as `communes.csv`.
    pub media: BTreeMap<String, Vec<u8>>,
    /// The version that an office gives to sheets in place of what their settings say.
    pub number: Option<String>,
    /// Folders where files that the form names may lie.
    folders: Vec<PathBuf>,
}

pub enum SourceForm {
    Sheets(Workbook),
    XForm(String),
}

impl FormSource {
    /// A folder with `survey.csv` …, a workbook or table that `xlsform` reads, or an XForm (`.xml`). Lists lie in the
    /// folder, or beside the file: in its own folder or in `NAME-media/`.
    pub fn open(path: &Path) -> Result<Self, FormError> {
        if path.is_dir() {
            return Self::folder(path);
        }
        let mut source = if extension(path) == "xml" {
            let xml = String::from_utf8(read(path)?)
                .map_err(|_| FormError::Unreadable("the form is no XML in UTF-8".into()))?;
            Self::of(SourceForm::XForm(xml))
        } else {
            Self::sheets(xlsform::read(path).map_err(unreadable)?)?
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        source.folders = vec![folder.join(format!("{name}-media")), folder];
        Ok(source)
    }

    /// A workbook as uploaded, under its file name.
    pub fn upload(bytes: &[u8], file_name: &str) -> Result<Self, FormError> {
        let path = Path::new(file_name);
        let mut workbook = xlsform::read_bytes(bytes, &extension(path)).map_err(unreadable)?;
        workbook.name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        Self::sheets(workbook)
    }

    fn of(form: SourceForm) -> Self {
        Self { form, records: None, media: BTreeMap::new(), number: None, folders: Vec::new() }
    }

    fn folder(path: &Path) -> Result<Self, FormError> {
        let failed = |_| FormError::Unreadable("the form's folder can't be read".into());
        let mut files = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if file.ends_with(".csv") {
                files.push((file.to_owned(), read(&path)?));
            }
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mut source =
            Self::files(name, files.iter().map(|(file, bytes)| (file.as_str(), bytes.as_slice())))?;
        source.folders = vec![path.to_owned()];
        // Of a pack: the lists that it has for all forms.
        if let Some(forms) = path.parent().filter(|forms| forms.ends_with("forms")) {
            source.folders.push(forms.with_file_name("lists"));
        }
        Ok(source)
    }

    /// The CSV files of a form's folder, which is called `name`.
    pub fn files<'a>(
        name: &str,
        files: impl Iterator<Item = (&'a str, &'a [u8])> + Clone,
    ) -> Result<Self, FormError> {
        let sheets = files.filter_map(|(file, bytes)| Some((file.strip_suffix(".csv")?, bytes)));
        let workbook = xlsform::read_sheets(name, sheets.clone()).map_err(unreadable)?;
        let mut source = Self::of(SourceForm::Sheets(workbook));
        for (sheet, bytes) in sheets {
            if sheet == "records" {
                source.records = Some(bytes.to_vec());
            } else if !xlsform::is_form_sheet(&sheet.to_lowercase()) {
                source.media.insert(format!("{sheet}.csv"), bytes.to_vec());
            }
        }
        Ok(source)
    }

    /// A sheet `records` is the record table; a sheet named like `communes.csv` is that list.
    fn sheets(workbook: Workbook) -> Result<Self, FormError> {
        let mut records = None;
        let mut media = BTreeMap::new();
        for sheet in &workbook.sheets {
            let file = sheet.name.trim().to_lowercase();
            if file == "records" {
                records = Some(csv(sheet)?);
            } else if file.ends_with(".csv") {
                media.insert(file, csv(sheet)?);
            }
        }
        Ok(Self { records, media, ..Self::of(SourceForm::Sheets(workbook)) })
    }

    pub fn is_sheets(&self) -> bool {
        matches!(self.form, SourceForm::Sheets(_))
    }

    /// Looks for files in this folder first.
    pub fn look_in(&mut self, folder: &Path) {
        self.folders.insert(0, folder.to_owned());
    }

    /// A file that the form reads. A name that leads out of the form's folders is none.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(known) = self.media.get(name) {
            return Some(known.clone());
        }
        let plain = Path::new(name).file_name().is_some_and(|file| file == name);
        let mut folders = self.folders.iter().filter(|_| plain);
        folders.find_map(|folder| read(&folder.join(name)).ok())
    }

    /// Lists that questions choose from (`select_one_from_file communes.csv`) and that are not here.
    pub fn named_lists(&self) -> Vec<String> {
        let SourceForm::Sheets(workbook) = &self.form else { return Vec::new() };
        let rows = workbook.sheet("survey").into_iter().flat_map(|survey| &survey.rows);
        let mut names: Vec<String> = rows
            .flat_map(|row| &row.cells)
            .flat_map(|(_, text)| text.split_whitespace())
            .filter(|word| word.ends_with(".csv") && !self.media.contains_key(*word))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase()
}

fn unreadable(problem: Problem) -> FormError {
    FormError::Unreadable(match problem.hint {
        Some(hint) => format!("{} ({hint})", problem.message),
        None => problem.message,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, FormError> {
    let size = std::fs::metadata(path).map(|file| file.len());
    match size {
        Ok(size) if size <= MAX_FILE => std::fs::read(path).ok(),
        _ => None,
    }
    .ok_or_else(|| FormError::Unreadable("the form's file can't be read, or is too large".into()))
}

fn csv(sheet: &Sheet) -> Result<Vec<u8>, FormError> {
    let failed = || FormError::Unreadable("a sheet of the workbook can't be read".into());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = sheet.header.iter().map(|cell| cell.as_deref().unwrap_or_default());
    writer.write_record(header).map_err(|_| failed())?;
    for row in &sheet.rows {
        let mut cells = vec![""; sheet.header.len()];
        for (column, text) in &row.cells {
            if let Some(cell) = cells.get_mut(*column) {
                *cell = text;
            }
        }
        writer.write_record(cells).map_err(|_| failed())?;
    }
    writer.into_inner().map_err(|_| failed())
}
