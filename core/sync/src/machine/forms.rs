//! New versions of forms, file by file, each checked against its hash before the whole version is kept. A file that was
//! cut goes on from there within the run.

use super::{Machine, Operation, State, Wish, get};
use crate::{Response, SyncError, codec, report::Phase};
use model::Digest;
use ring::digest::{SHA256, digest};
use std::collections::VecDeque;
use wire::forms::{FormEntry, FormList};

#[derive(Default)]
pub(super) struct Forms {
    list: Option<FormList>,
    wanted: VecDeque<FormEntry>,
    files: Vec<(String, Vec<u8>)>,
    /// What came of the file under way, as it travels, and what it was called by then.
    part: Vec<u8>,
    tag: Option<String>,
    /// The most that came of it.
    furthest: usize,
}

impl Machine {
    pub(super) fn begin_forms(&mut self) -> Wish {
        self.begin_phase(Phase::Forms);
        self.operate(State::FormsStood, Operation::FormsStand)
    }

    /// `standing`: of the forms here. Pulls say what the hub's is, so nothing is asked if there is nothing new.
    pub(super) fn forms_stand(&mut self, standing: Digest) -> Wish {
        if standing == self.pull.forms {
            return self.begin_photos();
        }
        self.send(State::FormListAsked, get(wire::paths::FORMS.to_owned()))
    }

    pub(super) fn forms_listed(&mut self, list: FormList) -> Wish {
        self.forms.list = Some(list.clone());
        self.operate(State::FormsCompared, Operation::MissingForms(list))
    }

    pub(super) fn get_forms(&mut self, missing: Vec<FormEntry>) -> Result<Wish, SyncError> {
        // Older versions are for drafts, which began with a version that is here.
        self.forms.wanted = missing.into_iter().filter(|form| form.newest).collect();
        self.progress.total = self.forms.wanted.iter().map(|form| form.files.len() as u64).sum();
        self.failed = 0;
        self.next_form_file()
    }

    pub(super) fn next_form_file(&mut self) -> Result<Wish, SyncError> {
        let Some(form) = self.forms.wanted.front() else {
            let list = self.forms.list.take().ok_or(SyncError::BadAnswer)?;
            return Ok(self.operate(State::FormListTaken, Operation::TakeFormList(list)));
        };
        match form.files.get(self.forms.files.len()) {
            Some(file) => {
                let segments = [&form.id, &form.version, &file.name];
                if !segments.iter().all(|segment| is_plain(segment)) {
                    return Err(SyncError::BadAnswer);
                }
                let path = format!("{}/{}/{}/{}", wire::paths::FORMS, form.id, form.version, file.name);
                let mut request = get(path);
                if let Some(tag) = self.forms.tag.clone() {
                    request.headers.push(("range", format!("bytes={}-", self.forms.part.len())));
                    request.headers.push(("if-range", tag));
                }
                Ok(self.send_again(State::FormFileAsked, request))
            }
            None => {
                let files = std::mem::take(&mut self.forms.files);
                let entry = form.clone();
                Ok(self.operate(State::FormKept, Operation::KeepForm { entry, files }))
            }
        }
    }

    /// A file, the rest of one, or a part.
    pub(super) fn form_file(&mut self, response: &Response) -> Result<Wish, SyncError> {
        if response.status != 206 {
            self.forms.part.clear();
        }
        self.forms.part.extend_from_slice(&response.body);
        // A proxy may pass on no ranges: to get as far again is not to get further.
        if self.forms.part.len() > self.forms.furthest {
            self.forms.furthest = self.forms.part.len();
            self.failed = 0;
        }
        if let Some(cut) = response.cut {
            self.forms.tag = response.header("etag").map(str::to_owned);
            return self.no_response(cut);
        }
        (self.forms.tag, self.forms.furthest) = (None, 0);
        let packed = Response { body: std::mem::take(&mut self.forms.part), ..response.clone() };
        let bytes = codec::body(&packed)?;
        let wanted = self.forms.wanted.front().and_then(|form| form.files.get(self.forms.files.len()));
        let file = wanted.ok_or(SyncError::BadAnswer)?;
        if hex(digest(&SHA256, &bytes).as_ref()) != file.sha256 {
            return Err(SyncError::DamagedFile);
        }
        self.forms.files.push((file.name.clone(), bytes));
        self.progress.done += 1;
        self.failed = 0;
        self.next_form_file()
    }

    pub(super) fn form_kept(&mut self) -> Result<Wish, SyncError> {
        self.forms.wanted.pop_front();
        self.summary.forms_received += 1;
        self.next_form_file()
    }
}

/// A name that stays one segment of a path, here and in a folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
