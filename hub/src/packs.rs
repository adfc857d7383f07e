//! Packs as folders, and all that is wrong with one: what the rulebook's check finds, and what its forms' own check does.

mod error;
mod golden;
pub mod workbook;

pub use error::PackError;

use crate::forms::{self, CheckedForm, FormError, FormProblem, FormSource};
use rulebook::{Checked, MAX_FILES, Pack, Problem, Rulebook};
use std::{collections::BTreeMap, convert::Infallible, fs, io, path::Path, slice, sync::Arc};

/// The files below a folder, as far as a pack admits them: no link is followed, nothing too large is read.
///
/// # Errors
/// What can't be read of the disk.
pub fn read(folder: &Path) -> io::Result<Pack> {
    let mut pack = Pack::default();
    // Folders count too: a pack has few of them.
    let mut left = 2 * MAX_FILES;
    walk(folder, "", &mut left, &mut pack)?;
    Ok(pack)
}

fn walk(folder: &Path, below: &str, left: &mut usize, pack: &mut Pack) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.take(*left + 1).collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let path = format!("{below}{}", name.to_string_lossy());
        if *left == 0 {
            pack.refuse_rest(&path);
            return Ok(());
        }
        *left -= 1;
        // Of a link itself, not of what it leads to.
        let about = entry.metadata()?;
        if about.is_dir() && path.split('/').count() < rulebook::MAX_FOLDERS {
            walk(&entry.path(), &format!("{path}/"), left, pack)?;
        } else if !about.is_file() || name.to_str().is_none() {
            pack.refuse_link(&path);
        } else if pack.admits(&path, about.len()) {
            pack.add(&path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// What is wrong, and what is doubtful but runs.
pub struct Report {
    pub problems: Vec<Problem>,
    pub warnings: Vec<Problem>,
    /// Those of its forms that nothing is wrong with.
    pub forms: Vec<CheckedForm>,
    /// What would be worked by, without the rows that can't be read.
    pub readable: Arc<Rulebook>,
}

pub fn check(pack: &Pack) -> Report {
    check_over(slice::from_ref(pack))
}

/// What the last of these packs has wrong, lying over those before it.
pub fn check_over(packs: &[Pack]) -> Report {
    check_with(packs, |_| Ok::<_, Infallible>(())).unwrap_or_else(|never| match never {})
}

/// The same; `complete` gives its forms the lists that they lack.
///
/// # Errors
/// Those of `complete`.
pub fn check_with<E>(
    packs: &[Pack],
    complete: impl Fn(&mut FormSource) -> Result<(), E>,
) -> Result<Report, E> {
    let mut report = tables(packs);
    // A page that names a field whose row can't be read has no fault of its own.
    let is_whole = report.problems.is_empty();
    if let Some(pack) = packs.last() {
        forms_into(&mut report, packs, pack, complete)?;
        if is_whole {
            report.problems.extend(papers(&report.readable, pack));
            if report.problems.is_empty() {
                report.problems.extend(golden::check(&report.readable, pack, &report.forms));
            }
        }
    }
    report.problems.sort();
    report.warnings.sort();
    Ok(report)
}

/// These packs lying over each other with the forms of all of them, an upper pack's before one of the same name below: to
/// try them before they are proved.
pub fn open(packs: &[Pack]) -> Report {
    let mut report = tables(packs);
    for pack in packs {
        let found: Result<(), Infallible> = forms_into(&mut report, packs, pack, |_| Ok(()));
        found.unwrap_or_else(|never| match never {});
    }
    let mut forms: BTreeMap<String, CheckedForm> = BTreeMap::new();
    forms.extend(report.forms.drain(..).map(|form| (form.id.clone(), form)));
    report.forms.extend(forms.into_values());
    report
}

fn tables(packs: &[Pack]) -> Report {
    let Checked { problems, readable } = rulebook::check_over(packs);
    Report { problems, warnings: Vec::new(), forms: Vec::new(), readable: Arc::new(readable) }
}

fn forms_into<E>(
    report: &mut Report,
    packs: &[Pack],
    pack: &Pack,
    complete: impl Fn(&mut FormSource) -> Result<(), E>,
) -> Result<(), E> {
    for (id, files) in forms_of(pack) {
        let mut source = FormSource::files(id, files.iter().copied());
        if let Ok(source) = &mut source {
            source.media.extend(lists_of(packs, source));
            complete(source)?;
        }
        form(id, source, report);
    }
    Ok(())
}

/// The lists of these packs that a form names and doesn't have; an upper pack's goes before.
fn lists_of(packs: &[Pack], source: &FormSource) -> Vec<(String, Vec<u8>)> {
    let list = |name: String| {
        let files = packs.iter().rev().flat_map(Pack::files);
        let mut lists = files.filter(|(path, _)| Pack::list_file(path) == Some(name.as_str()));
        let bytes = lists.next()?.1.to_vec();
        Some((name, bytes))
    };
    source.named_lists().into_iter().filter_map(list).collect()
}

/// What is wrong with the pages of its prints.
fn papers(rulebook: &Arc<Rulebook>, pack: &Pack) -> Vec<Problem> {
    let mut papers: Vec<_> = rulebook.all_prints().collect();
    papers.dedup_by(|a, b| a.id == b.id);
    let own = papers.into_iter().filter(|print| pack.file(&Pack::print_path(&print.id)).is_some());
    let problems = own.flat_map(|print| {
        let placed = |problem: prints::Problem| Problem {
            file: Pack::print_path(&print.id),
            row: problem.line,
            column: None,
            code: problem.code.into(),
            vi: problem.vi,
            en: problem.en,
        };
        prints::check(rulebook, print).into_iter().map(placed)
    });
    problems.collect()
}

/// The files of each form, by its folder's name.
fn forms_of(pack: &Pack) -> BTreeMap<&str, Vec<(&str, &[u8])>> {
    let mut forms: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (path, bytes) in pack.files() {
        if let Some((id, file)) = Pack::form_file(path) {
            forms.entry(id).or_default().push((file, bytes));
        }
    }
    forms
}

fn form(id: &str, source: Result<FormSource, FormError>, report: &mut Report) {
    let placed = |problem: FormProblem, what: &str| {
        let sheet = problem.sheet.as_deref().unwrap_or("survey");
        let hint = problem.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        Problem {
            file: Pack::form_path(id, &format!("{sheet}.csv")),
            row: problem.row,
            column: problem.column,
            code: problem.code,
            // The compiler and the engine speak English.
            vi: problem.vi.unwrap_or_else(|| format!("{what}: {}{hint}", problem.message)),
            en: format!("{}{hint}", problem.message),
        }
    };
    let wrong = |problem| placed(problem, "phiếu chưa dùng được");
    match source.and_then(|source| forms::check(&report.readable, &source)) {
        Ok(mut form) => {
            let doubts = std::mem::take(&mut form.warnings);
            report.warnings.extend(doubts.into_iter().map(|doubt| placed(doubt, "phiếu nên xem lại")));
            if form.id != id {
                report.problems.push(wrong(FormProblem {
                    code: "form.other-folder".into(),
                    sheet: Some("settings".into()),
                    row: Some(2),
                    column: Some("form_id".into()),
                    message: format!("the folder is called {id}, the form {}", form.id),
                    vi: Some(format!("thư mục tên {id}, phiếu tên {}", form.id)),
                    ..FormProblem::default()
                }));
            }
            report.forms.push(form);
        }
        Err(FormError::Problems(problems)) => report.problems.extend(problems.into_iter().map(wrong)),
        Err(error) => report.problems.push(wrong(FormProblem {
            code: error.code().into(),
            message: error.to_string(),
            ..FormProblem::default()
        })),
    }
}
