//! The calls: each hands over to its use case and gives faults their text.

use crate::{
    AppError, FormSession, KeyStore, SyncObserver, access, cases,
    error::Fault,
    forms, households, photos,
    state::{Desk, Shared},
    syncing::{self, Running},
    today,
    view::*,
};
use model::SystemClock;
use rulebook::Lang;
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
pub struct App {
    shared: Arc<Shared>,
}

impl App {
    fn told<T>(&self, result: Result<T, Fault>) -> Result<T, AppError> {
        result.map_err(|fault| fault.told(self.shared.lang()))
    }

    fn with<T>(&self, work: impl FnOnce(&Desk) -> Result<T, Fault>) -> Result<T, AppError> {
        self.told(self.shared.desk().and_then(|desk| work(&desk)))
    }
}

#[uniffi::export]
impl App {
    #[uniffi::constructor]
    pub fn open(config: AppConfig, key_store: Arc<dyn KeyStore>) -> Result<Arc<Self>, AppError> {
        let lang = if config.language == Language::English { Lang::En } else { Lang::Vi };
        let clock = Arc::new(SystemClock::default());
        let shared = Shared::new(config, key_store, clock).map_err(|fault| fault.told(lang))?;
        Ok(Arc::new(Self { shared: Arc::new(shared) }))
    }

    pub fn status(&self) -> AppStatus {
        self.shared.status()
    }

    pub fn set_language(&self, language: Language) {
        self.shared.speak(language);
    }

    /// Makes this phone a device of the worker that the invitation (QR text) is for, with `pin` (six digits or more).
    /// Leaves the app unlocked.
    pub fn enrol(&self, invitation: String, pin: String) -> Result<WorkerView, AppError> {
        self.told(access::enrol(&self.shared, &invitation, &pin))
    }

    pub fn unlock(&self, pin: String) -> Result<WorkerView, AppError> {
        self.told(access::unlock(&self.shared, &pin))
    }

    /// Forgets the keys.
    pub fn lock(&self) {
        access::lock(&self.shared);
    }

    /// Going to the background: stops sync at the next chunk, closes the files, keeps the key until auto-lock.
    pub fn pause(&self) {
        access::pause(&self.shared);
    }

    pub fn resume(&self) -> Result<AppStatus, AppError> {
        self.told(access::resume(&self.shared))
    }

    pub fn today(&self) -> Result<TodayView, AppError> {
        self.with(today::view)
    }

    /// By what a person types, without tone marks; empty for all.
    pub fn households(&self, query: String, offset: u32, limit: u32) -> Result<HouseholdPage, AppError> {
        self.with(|desk| households::list(desk, &query, offset, limit))
    }

    pub fn household(&self, id: String) -> Result<HouseholdView, AppError> {
        self.with(|desk| households::view(&self.shared, desk, &id))
    }

    pub fn cases(&self) -> Result<Vec<CaseRow>, AppError> {
        self.with(cases::list)
    }

    pub fn case_details(&self, id: String) -> Result<CaseView, AppError> {
        self.with(|desk| cases::details(&self.shared, desk, &id))
    }

    /// Opens an ordinary case for a household.
    pub fn open_case(&self, household_id: String, reason: String) -> Result<String, AppError> {
        self.with(|desk| cases::open(desk, &household_id, &reason))
    }

    pub fn forms(&self) -> Result<Vec<FormRow>, AppError> {
        self.with(|desk| forms::list(&self.shared, desk))
    }

    pub fn start_form(
        &self,
        form_id: String,
        household_id: Option<String>,
    ) -> Result<Arc<FormSession>, AppError> {
        self.with(|desk| forms::start(&self.shared, desk, &form_id, household_id.as_deref()))
    }

    pub fn resume_draft(&self, draft_id: String) -> Result<Arc<FormSession>, AppError> {
        self.with(|desk| {
            let draft = draft_id.parse().map_err(|_| Fault::new("app.bad-id"))?;
            forms::resume(&self.shared, desk, draft)
        })
    }

    /// JPEG, 256 px.
    pub fn thumbnail(&self, photo_id: String) -> Result<Vec<u8>, AppError> {
        self.with(|desk| photos::read(desk, &photos::find(desk, &photo_id)?.thumbnail))
    }

    /// JPEG, at most 2,048 px.
    pub fn photo(&self, photo_id: String) -> Result<Vec<u8>, AppError> {
        self.with(|desk| photos::read(desk, &photos::find(desk, &photo_id)?.blob))
    }

    /// Starts on a thread of the core; a second call while one runs joins it.
    pub fn sync(&self, observer: Arc<dyn SyncObserver>) -> Result<Arc<SyncHandle>, AppError> {
        self.with(|desk| syncing::start(&self.shared, desk, observer))
    }
}

/// A running synchronisation.
#[derive(uniffi::Object)]
pub struct SyncHandle {
    running: Arc<Running>,
}

impl SyncHandle {
    pub(crate) fn of(running: Arc<Running>) -> Self {
        Self { running }
    }
}

#[uniffi::export]
impl SyncHandle {
    /// Stops at the next chunk; what came through stays.
    pub fn cancel(&self) {
        self.running.cancel();
    }
}
