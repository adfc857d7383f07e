//! New versions of forms, file by file: those that are not here. A version that can't be taken holds up neither the
//! others nor the photos.

use super::{Machine, Operation, State, Wish, get};
use crate::{SyncError, report::Phase};
use model::Digest;
use std::collections::{BTreeSet, VecDeque};
use store::RefusedForm;
use wire::forms::{FormEntry, FormFile, FormList};

#[derive(Default)]
pub(super) struct Forms {
    list: Option<FormList>,
    wanted: VecDeque<FormEntry>,
    /// How many files of the first are here.
    done: usize,
    /// Hashes of files that need not be fetched.
    here: BTreeSet<Digest>,
    /// Versions that could not be taken in this run.
    refused: Vec<RefusedForm>,
}

impl Forms {
    fn is_here(&self, file: &FormFile) -> bool {
        file.digest().is_some_and(|hash| self.here.contains(&hash))
    }

    /// How many files of it are to be fetched.
    fn lacking(&self, form: &FormEntry) -> u64 {
        form.files.iter().filter(|file| !self.is_here(file)).count() as u64
    }
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

    /// `here`: the hashes of their files that are here already.
    pub(super) fn get_forms(&mut self, missing: Vec<FormEntry>, here: BTreeSet<Digest>) -> Wish {
        self.forms.here = here;
        // Older versions are for drafts, which began with a version that is here.
        for form in missing.into_iter().filter(|form| form.newest) {
            match form.unfit() {
                Some(unfit) => {
                    self.forms.refused.push(RefusedForm { entry: form, code: unfit.code().to_owned() })
                }
                None => self.forms.wanted.push_back(form),
            }
        }
        self.progress.total = self.forms.wanted.iter().map(|form| self.forms.lacking(form)).sum();
        self.failed = 0;
        self.next_form_file()
    }

    pub(super) fn next_form_file(&mut self) -> Wish {
        let Some(form) = self.forms.wanted.front() else {
            let refused = std::mem::take(&mut self.forms.refused);
            return match self.forms.list.take() {
                Some(list) => self.operate(State::FormListTaken, Operation::TakeFormList { list, refused }),
                None => self.begin_photos(),
            };
        };
        let lacking = form.files.iter().skip(self.forms.done).position(|file| !self.forms.is_here(file));
        match lacking {
            Some(skipped) => {
                self.forms.done += skipped;
                let name = &form.files[self.forms.done].name;
                let path = format!("{}/{}/{}/{name}", wire::paths::FORMS, form.id, form.version);
                self.send_again(State::FormFileAsked, self.file.request(path))
            }
            None => {
                let entry = form.clone();
                self.operate(State::FormKept, Operation::KeepForm { entry })
            }
        }
    }

    /// The hash of the file under way.
    pub(super) fn form_file_wanted(&self) -> Option<Digest> {
        self.forms.wanted.front()?.files.get(self.forms.done)?.digest()
    }

    pub(super) fn form_file_kept(&mut self) -> Wish {
        self.forms.here.extend(self.form_file_wanted());
        self.forms.done += 1;
        self.next_form_file()
    }

    pub(super) fn form_failed(&mut self, error: &SyncError) -> Wish {
        if let Some(entry) = self.forms.wanted.pop_front() {
            self.progress.done += self.forms.lacking(&entry);
            self.forms.refused.push(RefusedForm { entry, code: error.code().to_owned() });
        }
        self.forms.done = 0;
        self.next_form_file()
    }

    /// `is_kept`: this program can read it.
    pub(super) fn form_kept(&mut self, is_kept: bool) -> Wish {
        self.forms.wanted.pop_front();
        self.forms.done = 0;
        self.summary.forms_received += u64::from(is_kept);
        self.next_form_file()
    }
}
