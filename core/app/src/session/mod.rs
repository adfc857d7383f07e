//! A form being filled. Every answer is in the store before its call returns; the store is what counts.

mod answering;
mod finishing;
mod pages;
mod turning;
mod values;

use crate::{
    AppError,
    error::Fault,
    forms::{LoadedForm, snapshot},
    state::{Desk, Shared},
    view::{AnswerValue, FinishOutcome, OutlineRow, PageChange, PageMove, PageView},
};
use casework::Known;
use chrono::{DateTime, FixedOffset};
use model::{DraftId, PhotoFile, RecordRef};
use pages::{OnPage, PageNumbers};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};
use xforms::Session;

/// A form being filled. Every answer is kept before its call returns.
#[derive(uniffi::Object)]
pub struct FormSession {
    shared: Arc<Shared>,
    draft: DraftId,
    /// `None` once it is finished, thrown away or locked.
    filling: Mutex<Option<Live>>,
}

/// What a session begins with.
pub(crate) struct Filling {
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

struct Live {
    filling: Filling,
    numbers: PageNumbers,
    on_page: OnPage,
    /// The store lacks something that the session has, as a full disk refused it: keep all of it next time.
    behind: bool,
}

impl FormSession {
    pub(crate) fn open(shared: &Arc<Shared>, draft: DraftId, filling: Filling) -> Arc<Self> {
        let mut live =
            Live { filling, numbers: PageNumbers::default(), on_page: OnPage::default(), behind: false };
        live.look();
        let session = Arc::new(Self { shared: shared.clone(), draft, filling: Mutex::new(Some(live)) });
        shared.register(&session);
        session
    }

    pub(crate) fn draft(&self) -> DraftId {
        self.draft
    }

    pub(crate) fn is_open(&self) -> bool {
        self.live().is_some()
    }

    /// Forgets the answers in memory; the draft stays.
    pub(crate) fn close(&self) {
        *self.live() = None;
    }

    fn live(&self) -> MutexGuard<'_, Option<Live>> {
        self.filling.lock().unwrap_or_else(|poisoned| {
            // A panic inside may have left it half changed. The draft in the store is whole.
            let mut live = poisoned.into_inner();
            *live = None;
            self.filling.clear_poison();
            live
        })
    }

    /// Works on the open session, in the app's language; its faults get their texts.
    fn with<T>(&self, work: impl FnOnce(&Desk, &mut Live) -> Result<T, Fault>) -> Result<T, AppError> {
        let worked = || {
            let desk = self.shared.desk()?;
            let mut live = self.live();
            let live = live.as_mut().ok_or(Fault::new("app.draft-closed"))?;
            live.speak(desk.lang);
            work(&desk, live)
        };
        worked().map_err(|fault: Fault| fault.told(self.shared.lang()))
    }
}

impl Live {
    /// The page as it is now; from here on changes count against it.
    fn look(&mut self) -> xforms::PageView {
        let page = self.filling.session.page();
        self.on_page = OnPage::of(&page);
        page
    }

    fn page(&mut self, desk: &Desk) -> PageView {
        let page = self.look();
        pages::page(page, &self.filling.form.title, &mut self.numbers, desk.lang)
    }

    fn speak(&mut self, lang: rulebook::Lang) {
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
    fn keep(&mut self, desk: &Desk, draft: DraftId) -> Result<(), Fault> {
        let kept = desk.store.save_snapshot(draft, &snapshot(&self.filling.session));
        self.behind = kept.is_err();
        Ok(kept?)
    }
}

#[uniffi::export]
impl FormSession {
    pub fn draft_id(&self) -> String {
        self.draft.to_string()
    }

    pub fn page(&self) -> Result<PageView, AppError> {
        self.with(|desk, live| Ok(live.page(desk)))
    }

    /// What the answer changed on the page, nothing else.
    pub fn answer(&self, path: String, value: AnswerValue) -> Result<Vec<PageChange>, AppError> {
        self.with(|desk, live| live.answer(desk, self.draft, &path, value))
    }

    /// JPEG or PNG from the camera, straight from memory; oriented, resized, stripped and encrypted here.
    pub fn take_photo(&self, path: String, bytes: Vec<u8>) -> Result<Vec<PageChange>, AppError> {
        self.with(|_, live| live.check_photo(&path))?;
        // The slow part, without the session's lock.
        let taken = self.shared.desk().and_then(|desk| answering::take_in(&desk, bytes));
        let taken = taken.map_err(|fault| fault.told(self.shared.lang()))?;
        self.with(|desk, live| live.keep_photo(desk, self.draft, &path, taken))
    }

    /// JPEG, 256 px, of a photo taken in this draft; `None` if the question has none.
    pub fn photo_preview(&self, path: String) -> Result<Option<Vec<u8>>, AppError> {
        self.with(|desk, live| live.preview(desk, &path))
    }

    /// A picture that a label or a choice of the form shows; `None` if the office sent none of that name.
    pub fn form_picture(&self, name: String) -> Result<Option<Vec<u8>>, AppError> {
        self.with(|_, live| Ok(live.filling.form.pictures.get(&name).cloned()))
    }

    /// Adds an instance and goes to its first page.
    pub fn add_repeat(&self, path: String) -> Result<PageView, AppError> {
        self.with(|desk, live| {
            live.filling.session.add_repeat(&path)?;
            live.turned(desk, self.draft)
        })
    }

    pub fn remove_repeat(&self, path: String) -> Result<PageView, AppError> {
        self.with(|desk, live| {
            live.filling.session.remove_repeat(&path)?;
            live.turned(desk, self.draft)
        })
    }

    pub fn next(&self) -> Result<PageMove, AppError> {
        self.with(|desk, live| live.next(desk, self.draft))
    }

    /// The page before; the same page if it is the first.
    pub fn back(&self) -> Result<PageView, AppError> {
        self.with(|desk, live| {
            live.filling.session.back();
            live.turned(desk, self.draft)
        })
    }

    pub fn go_to(&self, index: u32) -> Result<PageView, AppError> {
        self.with(|desk, live| live.go_to(desk, self.draft, index))
    }

    pub fn outline(&self) -> Result<Vec<OutlineRow>, AppError> {
        self.with(|_, live| Ok(live.outline()))
    }

    /// One transaction: submission, records, photos, outbox.
    pub fn finish(&self) -> Result<FinishOutcome, AppError> {
        let outcome = self.with(|desk, live| live.finish(desk, self.draft))?;
        if matches!(outcome, FinishOutcome::Finished { .. }) {
            self.close();
        }
        Ok(outcome)
    }

    /// Throws the draft and its photos away.
    pub fn abandon(&self) -> Result<(), AppError> {
        self.with(|desk, _| Ok(desk.store.delete_draft(self.draft)?))?;
        self.close();
        Ok(())
    }
}
