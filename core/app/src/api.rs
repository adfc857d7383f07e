//! The calls.

use crate::{AppError, KeyStore, SyncObserver, view::*};
use std::sync::Arc;

/// Where this installation keeps its files, and how it speaks.
#[derive(Debug, Clone, uniffi::Record)]
pub struct AppConfig {
    /// A private folder of the app, excluded from cloud backup.
    pub folder: String,
    pub language: Language,
    /// Such as `Samsung Galaxy A05`; shown in the office's list of devices.
    pub device_name: String,
    pub app_version: String,
}

/// One for each process.
#[derive(uniffi::Object)]
pub struct App {}

fn not_ready<T>() -> Result<T, AppError> {
    Err(AppError::Failed { code: "app.not-ready".into(), text: String::new(), wait_seconds: 0 })
}

#[uniffi::export]
impl App {
    #[uniffi::constructor]
    pub fn open(config: AppConfig, key_store: Arc<dyn KeyStore>) -> Result<Arc<Self>, AppError> {
        let _ = (config, key_store);
        Ok(Arc::new(Self {}))
    }

    pub fn status(&self) -> AppStatus {
        AppStatus::NotEnrolled
    }

    pub fn set_language(&self, _language: Language) {}

    /// Makes this phone a device of the worker that the invitation (QR text) is for, with `pin` (six digits or more).
    /// Leaves the app unlocked.
    pub fn enrol(&self, _invitation: String, _pin: String) -> Result<WorkerView, AppError> {
        not_ready()
    }

    pub fn unlock(&self, _pin: String) -> Result<WorkerView, AppError> {
        not_ready()
    }

    /// Forgets the keys.
    pub fn lock(&self) {}

    /// Going to the background: stops sync at the next chunk, closes the files, keeps the key until auto-lock.
    pub fn pause(&self) {}

    pub fn resume(&self) -> Result<AppStatus, AppError> {
        not_ready()
    }

    pub fn today(&self) -> Result<TodayView, AppError> {
        not_ready()
    }

    /// By what a person types, without tone marks; empty for all.
    pub fn households(&self, _query: String, _offset: u32, _limit: u32) -> Result<HouseholdPage, AppError> {
        not_ready()
    }

    pub fn household(&self, _id: String) -> Result<HouseholdView, AppError> {
        not_ready()
    }

    pub fn cases(&self) -> Result<Vec<CaseRow>, AppError> {
        not_ready()
    }

    pub fn case_details(&self, _id: String) -> Result<CaseView, AppError> {
        not_ready()
    }

    /// Opens an ordinary case for a household.
    pub fn open_case(&self, _household_id: String, _reason: String) -> Result<String, AppError> {
        not_ready()
    }

    pub fn forms(&self) -> Result<Vec<FormRow>, AppError> {
        not_ready()
    }

    pub fn start_form(
        &self,
        _form_id: String,
        _household_id: Option<String>,
    ) -> Result<Arc<FormSession>, AppError> {
        not_ready()
    }

    pub fn resume_draft(&self, _draft_id: String) -> Result<Arc<FormSession>, AppError> {
        not_ready()
    }

    /// JPEG, 256 px.
    pub fn thumbnail(&self, _photo_id: String) -> Result<Vec<u8>, AppError> {
        not_ready()
    }

    /// JPEG, at most 2,048 px.
    pub fn photo(&self, _photo_id: String) -> Result<Vec<u8>, AppError> {
        not_ready()
    }

    /// Starts on a thread of the core; a second call while one runs joins it.
    pub fn sync(&self, _observer: Arc<dyn SyncObserver>) -> Result<Arc<SyncHandle>, AppError> {
        not_ready()
    }
}

/// A running synchronisation.
#[derive(uniffi::Object)]
pub struct SyncHandle {}

#[uniffi::export]
impl SyncHandle {
    /// Stops at the next chunk; what came through stays.
    pub fn cancel(&self) {}
}

/// A form being filled. Every answer is kept before its call returns.
#[derive(uniffi::Object)]
pub struct FormSession {}

#[uniffi::export]
impl FormSession {
    pub fn draft_id(&self) -> String {
        String::new()
    }

    pub fn page(&self) -> Result<PageView, AppError> {
        not_ready()
    }

    /// What the answer changed on the page, nothing else.
    pub fn answer(&self, _path: String, _value: AnswerValue) -> Result<Vec<QuestionChange>, AppError> {
        not_ready()
    }

    /// JPEG or PNG from the camera, straight from memory; oriented, resized, stripped and encrypted here.
    pub fn take_photo(&self, _path: String, _bytes: Vec<u8>) -> Result<Vec<QuestionChange>, AppError> {
        not_ready()
    }

    /// JPEG, 256 px, of a photo taken in this draft; `None` if the question has none.
    pub fn photo_preview(&self, _path: String) -> Result<Option<Vec<u8>>, AppError> {
        not_ready()
    }

    /// Adds an instance and goes to its first page.
    pub fn add_repeat(&self, _path: String) -> Result<PageView, AppError> {
        not_ready()
    }

    pub fn remove_repeat(&self, _path: String) -> Result<PageView, AppError> {
        not_ready()
    }

    pub fn next(&self) -> Result<PageMove, AppError> {
        not_ready()
    }

    /// The page before; the same page if it is the first.
    pub fn back(&self) -> Result<PageView, AppError> {
        not_ready()
    }

    pub fn go_to(&self, _index: u32) -> Result<PageView, AppError> {
        not_ready()
    }

    pub fn outline(&self) -> Result<Vec<OutlineRow>, AppError> {
        not_ready()
    }

    /// One transaction: submission, records, photos, outbox.
    pub fn finish(&self) -> Result<FinishOutcome, AppError> {
        not_ready()
    }

    /// Throws the draft and its photos away.
    pub fn abandon(&self) -> Result<(), AppError> {
        not_ready()
    }
}
