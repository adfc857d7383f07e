//! The whole app: where it stands, and a client for each noun.

use crate::{
    access::{self, Access},
    cases::Cases,
    config::{AppConfig, Language},
    error::AppError,
    form::{Catalogue, Forms, OpenForms},
    households::Households,
    law::Law,
    platform::KeyStore,
    records::Records,
    shared::Shared,
    state::AppStatus,
    syncing::{Runs, Syncing},
    today::Today,
};
use model::{Clock, SystemClock};
use std::sync::Arc;

/// One for each process.
#[derive(uniffi::Object)]
pub struct App {
    shared: Arc<Shared>,
    access: Arc<Access>,
    today: Arc<Today>,
    households: Arc<Households>,
    cases: Arc<Cases>,
    records: Arc<Records>,
    law: Arc<Law>,
    forms: Arc<Forms>,
    syncing: Arc<Syncing>,
}

#[uniffi::export]
impl App {
    #[uniffi::constructor]
    pub fn open(config: AppConfig, key_store: Arc<dyn KeyStore>) -> Result<Arc<Self>, AppError> {
        Self::open_by(config, key_store, Arc::new(SystemClock::default()))
    }

    pub fn status(&self) -> AppStatus {
        self.shared.status()
    }

    pub fn set_language(&self, language: Language) {
        self.shared.speak(language);
    }

    /// Going to the background: stops sync at the next chunk, closes the files, keeps the key until auto-lock.
    pub fn pause(&self) {
        access::pause(&self.shared);
    }

    pub fn resume(&self) -> Result<AppStatus, AppError> {
        self.shared.localized(access::resume(&self.shared))
    }

    pub fn access(&self) -> Arc<Access> {
        self.access.clone()
    }

    pub fn today(&self) -> Arc<Today> {
        self.today.clone()
    }

    pub fn households(&self) -> Arc<Households> {
        self.households.clone()
    }

    pub fn cases(&self) -> Arc<Cases> {
        self.cases.clone()
    }

    pub fn records(&self) -> Arc<Records> {
        self.records.clone()
    }

    pub fn law(&self) -> Arc<Law> {
        self.law.clone()
    }

    pub fn forms(&self) -> Arc<Forms> {
        self.forms.clone()
    }

    pub fn syncing(&self) -> Arc<Syncing> {
        self.syncing.clone()
    }
}

impl App {
    /// The same with another clock than the device's.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open_by(
        config: AppConfig,
        key_store: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, AppError> {
        let lang = config.language.lang();
        let shared = Shared::new(config, key_store, clock);
        let shared = Arc::new(shared.map_err(|fault| fault.localized(lang))?);
        let (catalogue, open, runs) =
            (Arc::new(Catalogue::default()), Arc::new(OpenForms::default()), Arc::new(Runs::default()));
        shared.observe(open.clone());
        shared.observe(catalogue.clone());
        shared.observe(runs.clone());
        Ok(Arc::new(Self {
            access: Arc::new(Access::new(&shared)),
            today: Arc::new(Today::new(&shared, &catalogue)),
            households: Arc::new(Households::new(&shared, &catalogue)),
            records: Arc::new(Records::new(&shared, &catalogue)),
            law: Arc::new(Law::new(&shared)),
            cases: Arc::new(Cases::new(&shared, &catalogue)),
            forms: Arc::new(Forms::new(&shared, &catalogue, open)),
            syncing: Arc::new(Syncing::new(&shared, &catalogue, runs)),
            shared,
        }))
    }
}
