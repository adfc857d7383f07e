//! A form being filled. Every answer is in the store before its call returns; the store is what counts.

mod answering;
mod finishing;
mod live;
mod pages;
mod progress;
mod review;
mod turning;
mod values;

use super::view::{
    AnswerValue, FinishOutcome, OutlineRow, PageMove, PageUpdate, PageView, ReviewView, SetAsideRow,
};
use crate::{
    desk::Desk,
    error::{AppError, Fault},
    shared::Shared,
    texts::errors,
};
use live::Live;
pub use live::{Filling, snapshot};
use model::DraftId;
pub use pages::question;
use std::sync::{Arc, Mutex, MutexGuard};
use store::SetAside;
use xforms::Saved;

/// A form being filled. Every answer is kept before its call returns.
#[derive(uniffi::Object)]
pub struct FormSession {
    shared: Arc<Shared>,
    draft: DraftId,
    /// `None` once it is finished, thrown away or locked.
    filling: Mutex<Option<Live>>,
}

impl FormSession {
    pub(crate) fn open(shared: &Arc<Shared>, draft: DraftId, filling: Filling) -> Arc<Self> {
        Arc::new(Self { shared: shared.clone(), draft, filling: Mutex::new(Some(Live::new(filling))) })
    }

    pub(crate) fn draft(&self) -> DraftId {
        self.draft
    }

    pub(crate) fn is_open(&self) -> bool {
        self.live().is_some()
    }

    /// Hands over all that is answered, also what the store refused (`None` once it is closed), with the session held;
    /// closes it if that goes well.
    pub(crate) fn carry<T>(&self, carry: impl FnOnce(Option<Saved>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut live = self.live();
        let carried = carry(live.as_ref().map(|live| live.filling.session.saved()))?;
        *live = None;
        Ok(carried)
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
        self.shared.with(|desk| {
            let mut live = self.live();
            let live = live.as_mut().ok_or(Fault::new("app.draft-closed"))?;
            live.speak(desk.lang);
            work(desk, live)
        })
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

    /// What the answer changed on the page, nothing else; all of it after a call that failed.
    pub fn answer(&self, path: String, value: AnswerValue) -> Result<PageUpdate, AppError> {
        self.with(|desk, live| live.answer(desk, self.draft, &path, value))
    }

    /// JPEG or PNG from the camera, straight from memory; oriented, resized, stripped and encrypted here.
    pub fn take_photo(&self, path: String, bytes: Vec<u8>) -> Result<PageUpdate, AppError> {
        self.with(|_, live| live.check_photo(&path))?;
        // The slow part, without the session's lock.
        let taken = self.shared.with(|desk| answering::take_in(desk, bytes))?;
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
        self.with(|desk, live| live.add_repeat(desk, self.draft, &path))
    }

    pub fn remove_repeat(&self, path: String) -> Result<PageView, AppError> {
        self.with(|desk, live| live.remove_repeat(desk, self.draft, &path))
    }

    pub fn next(&self) -> Result<PageMove, AppError> {
        self.with(|desk, live| live.next(desk, self.draft))
    }

    /// The page before; the same page if it is the first.
    pub fn back(&self) -> Result<PageView, AppError> {
        self.with(|desk, live| live.back(desk, self.draft))
    }

    pub fn go_to(&self, index: u32) -> Result<PageView, AppError> {
        self.with(|desk, live| live.go_to(desk, self.draft, index))
    }

    pub fn outline(&self) -> Result<Vec<OutlineRow>, AppError> {
        self.with(|_, live| Ok(live.outline()))
    }

    /// Answers that the form had no place for when its draft was carried over to this version.
    pub fn set_aside(&self) -> Result<Vec<SetAsideRow>, AppError> {
        self.with(|desk, live| {
            let row = |aside: &SetAside| SetAsideRow {
                path: aside.path.clone(),
                label: aside.label.clone(),
                value: aside.value.clone(),
                code: aside.reason.clone(),
                text: errors::not_carried(desk.lang, &aside.reason).to_owned(),
            };
            Ok(live.filling.set_aside.iter().map(row).collect())
        })
    }

    /// What to look at before `finish`: what is missing, what was answered, what will be written. Nothing is kept.
    pub fn review(&self) -> Result<ReviewView, AppError> {
        self.with(|desk, live| live.review(desk))
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
