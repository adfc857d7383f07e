//! New versions of forms, file by file, each checked against its hash before the whole version is kept. A file that was
//! cut goes on from there within the run. A version that can't be taken holds up neither the others nor the photos.

use super::{Machine, Operation, State, Wish, get};
use crate::{Response, SyncError, codec, report::Phase};
use model::Digest;
use ring::digest::{SHA256, digest};
use std::collections::VecDeque;
use store::RefusedForm;
use wire::forms::{FormEntry, FormList};

#[derive(Default)]
pub(super) struct Forms {
    list: Option<FormList>,
    wanted: VecDeque<FormEntry>,
    files: Vec<(String, Vec<u8>)>,
    /// Versions that could not be taken in this run.
    refused: Vec<RefusedForm>,
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

    /// `standing`: of the forms here, if none was refused. Pulls say what the hub's is, so nothing is asked if there is
    /// nothing new.
    pub(super) fn forms_stand(&mut self, standing: Option<Digest>) -> Wish {
        if standing == Some(self.pull.forms) {
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
        for form in missing.into_iter().filter(|form| form.newest) {
            match form.unfit() {
                Some(unfit) => {
                    self.forms.refused.push(RefusedForm { entry: form, code: unfit.code().to_owned() })
                }
                None => self.forms.wanted.push_back(form),
            }
        }
        self.progress.total = self.forms.wanted.iter().map(|form| form.files.len() as u64).sum();
        self.failed = 0;
        Ok(self.next_form_file())
    }

    pub(super) fn next_form_file(&mut self) -> Wish {
        let Some(form) = self.forms.wanted.front() else {
            let refused = std::mem::take(&mut self.forms.refused);
            return match self.forms.list.take() {
                Some(list) => self.operate(State::FormListTaken, Operation::TakeFormList { list, refused }),
                None => self.begin_photos(),
            };
        };
        match form.files.get(self.forms.files.len()) {
            Some(file) => {
                let path = format!("{}/{}/{}/{}", wire::paths::FORMS, form.id, form.version, file.name);
                let mut request = get(path);
                if let Some(tag) = self.forms.tag.clone() {
                    request.headers.push(("range", format!("bytes={}-", self.forms.part.len())));
                    request.headers.push(("if-range", tag));
                }
                self.send_again(State::FormFileAsked, request)
            }
            None => {
                let files = std::mem::take(&mut self.forms.files);
                let entry = form.clone();
                self.operate(State::FormKept, Operation::KeepForm { entry, files })
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
        let wanted = self.forms.wanted.front().and_then(|form| form.files.get(self.forms.files.len()));
        let file = wanted.ok_or(SyncError::BadAnswer)?;
        let whole = codec::body(&packed).ok();
        let Some(bytes) = whole.filter(|bytes| hex(digest(&SHA256, bytes).as_ref()) == file.sha256) else {
            return self.form_failed(SyncError::DamagedFile);
        };
        self.forms.files.push((file.name.clone(), bytes));
        self.progress.done += 1;
        self.failed = 0;
        Ok(self.next_form_file())
    }

    /// The list or a file did not come. What is wrong with a form leaves the rest of the run as it is.
    pub(super) fn form_failed(&mut self, error: SyncError) -> Result<Wish, SyncError> {
        match error {
            SyncError::Hub { .. } | SyncError::TooLarge | SyncError::BadAnswer | SyncError::DamagedFile => {}
            of_the_line => return Err(of_the_line),
        }
        if self.state == State::FormListAsked {
            self.leave_undone(error);
            return Ok(self.begin_photos());
        }
        if let Some(entry) = self.forms.wanted.pop_front() {
            self.progress.done += (entry.files.len() - self.forms.files.len()) as u64;
            self.forms.refused.push(RefusedForm { entry, code: error.code().to_owned() });
        }
        self.forms.files.clear();
        self.forms.part.clear();
        (self.forms.tag, self.forms.furthest, self.failed) = (None, 0, 0);
        Ok(self.next_form_file())
    }

    /// `is_kept`: this program can read it.
    pub(super) fn form_kept(&mut self, is_kept: bool) -> Wish {
        self.forms.wanted.pop_front();
        self.summary.forms_received += u64::from(is_kept);
        self.next_form_file()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
