//! A form being filled, in memory.

use super::pages::{self, OnPage, PageNumbers};
use crate::{
    desk::Desk,
    error::Fault,
    form::{catalogue::LoadedForm, view::PageView},
};
use casework::{Known, Lang};
use chrono::{DateTime, FixedOffset};
use model::{DraftId, PhotoFile, RecordRef};
use std::{collections::BTreeMap, sync::Arc};
use store::Snapshot;
use xforms::{Saved, Session};

/// What a session begins with.
pub struct Filling {
    pub session: Session,
    pub form: Arc<LoadedForm>,
    /// The household that the form was started at.
    pub about: Option<RecordRef>,
    /// What was known of it then.
    pub known: Known,
    /// By attachment name.
    pub photos: BTreeMap<String, PhotoFile>,
    pub started: DateTime<FixedOffset>,
}

pub struct Live {
    pub filling: Filling,
    pub numbers: PageNumbers,
    pub on_page: OnPage,
    /// The store lacks something that the session has, as a full disk refused it: keep all of it next time.
    pub behind: bool,
    /// The shell may show something else than the session holds, as a call ended in an error half-way: the next one
    /// hands the page over whole.
    pub unseen: bool,
}

impl Live {
    pub fn new(filling: Filling) -> Self {
        let mut live = Self {
            filling,
            numbers: PageNumbers::default(),
            on_page: OnPage::default(),
            behind: false,
            unseen: false,
        };
        live.look();
        live
    }

    /// The page as it is now; from here on changes count against it.
    pub fn look(&mut self) -> xforms::PageView {
        let page = self.filling.session.page();
        self.on_page = OnPage::of(&page);
        page
    }

    pub fn page(&mut self, desk: &Desk) -> PageView {
        let page = self.look();
        self.unseen = false;
        pages::page(page, &self.filling.form.title, &mut self.numbers, desk.lang)
    }

    pub fn speak(&mut self, lang: Lang) {
        let code = format!("({})", lang.code());
        let spoken = self.filling.session.language();
        if spoken.is_some_and(|name| name != lang.code() && !name.ends_with(&code)) {
            // A form without that language stays in its own.
            if self.filling.session.set_language(lang.code()).is_ok() {
                self.look();
            }
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
