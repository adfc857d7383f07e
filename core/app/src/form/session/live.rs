//! A form being filled, in memory.

use super::{
    pages::{OnPage, PageNumbers},
    progress::Progress,
};
use crate::{
    desk::Desk,
    error::Fault,
    form::{
        catalogue::LoadedForm,
        view::{PageUpdate, PageView},
    },
};
use casework::Known;
use chrono::{DateTime, FixedOffset};
use model::{DraftId, PhotoFile, RecordRef};
use rulebook::Lang;
use std::{collections::BTreeMap, sync::Arc};
use store::{DraftStep, SetAside, Snapshot};
use xforms::{Saved, Session};

/// What a session begins with.
pub struct Filling {
    pub session: Session,
    pub form: Arc<LoadedForm>,
    /// The record that the form was started at.
    pub about: Option<RecordRef>,
    /// What was known of it then, and of those around it.
    pub known: Known,
    /// By attachment name.
    pub photos: BTreeMap<String, PhotoFile>,
    pub started: DateTime<FixedOffset>,
    /// Answers that this version of the form has no place for.
    pub set_aside: Vec<SetAside>,
    /// What is taken when it is finished.
    pub step: Option<DraftStep>,
}

pub struct Live {
    pub filling: Filling,
    pub numbers: PageNumbers,
    pub progress: Progress,
    pub on_page: OnPage,
    /// The store lacks something that the session has, as a full disk refused it: keep all of it next time.
    pub behind: bool,
    /// The shell may show something else than the session holds (a call ended in an error half-way; another language):
    /// the next update hands the page over whole.
    pub unseen: bool,
    /// An instance came or went and the shell does not know, as the store refused it: the same touch once more would
    /// add or remove another.
    pub reshaped: bool,
}

impl Live {
    pub fn new(mut filling: Filling) -> Self {
        let on_page = OnPage(filling.session.page());
        Self {
            filling,
            numbers: PageNumbers::default(),
            progress: Progress::default(),
            on_page,
            behind: false,
            unseen: true,
            reshaped: false,
        }
    }

    /// The page as it is now; from here on changes count against it.
    pub fn page(&mut self, desk: &Desk) -> PageView {
        self.on_page = OnPage(self.filling.session.page());
        (self.unseen, self.reshaped) = (false, false);
        self.on_page.whole(&self.filling.form.title, &mut self.numbers, &mut self.progress, desk.lang)
    }

    /// All of the page, for a shell that may show something else.
    pub fn whole(&mut self, desk: &Desk) -> PageUpdate {
        PageUpdate { page: self.page(desk), order: self.on_page.order(), goes_on: false }
    }

    /// The engine's changes for the shell.
    pub fn update(&mut self, desk: &Desk, changes: &[xforms::PageChange]) -> PageUpdate {
        let changed = if self.unseen { None } else { self.on_page.take_up(changes) };
        let Some(changed) = changed else { return self.whole(desk) };
        let Self { filling, numbers, progress, on_page, .. } = self;
        let page = on_page.part(&changed, &filling.form.title, numbers, progress, desk.lang);
        PageUpdate { page, order: self.on_page.order(), goes_on: false }
    }

    pub fn speak(&mut self, lang: Lang) {
        let code = format!("({})", lang.code());
        let spoken = self.filling.session.language();
        if spoken.is_some_and(|name| name != lang.code() && !name.ends_with(&code)) {
            // A form without that language stays in its own.
            self.unseen |= self.filling.session.set_language(lang.code()).is_ok();
        }
    }

    /// Keeps the whole draft, with the page the person is on.
    pub fn keep(&mut self, desk: &Desk, draft: DraftId) -> Result<(), Fault> {
        let kept = desk.store.save_snapshot(draft, &snapshot(&self.filling.session));
        self.behind = kept.is_err();
        self.unseen |= kept.is_err();
        Ok(kept?)
    }
}

pub fn snapshot(session: &Session) -> Snapshot {
    let Saved { instance, page, language, .. } = session.saved();
    Snapshot { instance, page, language }
}
