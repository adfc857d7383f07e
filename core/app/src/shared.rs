//! What all of an app's parts share: its folder, its clock, its language, and the one state with the lock around it.

use crate::{
    access::workers,
    config::{AppConfig, Language},
    desk::Desk,
    error::{AppError, Fault},
    lifecycle::LifecycleObserver,
    mutex::locked,
    platform::{Hardware, KeyStore},
    state::{AUTO_LOCK, AppState, AppStatus, Moment},
};
use model::{Clock, clock::vietnam};
use rulebook::{Lang, Rulebook};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// One for the app, shared with its sessions and the thread that synchronises.
pub struct Shared {
    pub root: PathBuf,
    pub device_name: String,
    pub app_version: String,
    pub hardware: Hardware,
    pub clock: Arc<dyn Clock>,
    /// The program's own rules; the store says which are in force.
    pub built_in: Arc<Rulebook>,
    english: AtomicBool,
    busy: AtomicBool,
    /// Whether a thread waits for the auto-lock.
    watched: AtomicBool,
    state: Mutex<AppState>,
    observers: Mutex<Vec<Arc<dyn LifecycleObserver>>>,
}

/// Ends the time in which nobody else may unlock or enrol.
pub struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Shared {
    pub fn new(
        config: AppConfig,
        key_store: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let root = PathBuf::from(config.folder);
        let state = workers::last(&root)?.map_or(AppState::NotEnrolled, AppState::Locked);
        Ok(Self {
            root,
            device_name: config.device_name,
            app_version: config.app_version,
            hardware: Hardware(key_store),
            clock,
            built_in: Rulebook::built_in()?,
            english: AtomicBool::new(config.language == Language::English),
            busy: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            state: Mutex::new(state),
            observers: Mutex::default(),
        })
    }

    pub fn lang(&self) -> Lang {
        if self.english.load(Ordering::Relaxed) { Lang::En } else { Lang::Vi }
    }

    pub fn speak(&self, language: Language) {
        self.english.store(language == Language::English, Ordering::Relaxed);
    }

    /// The open store, or why there is none now.
    pub fn desk(&self) -> Result<Desk, Fault> {
        let store = match &*self.state() {
            AppState::Unlocked(opened) => opened.store.clone(),
            AppState::Paused { .. } => return Err(Fault::new("app.paused")),
            AppState::Locked(_) => return Err(Fault::new("app.locked")),
            AppState::NotEnrolled => return Err(Fault::new("app.not-enrolled")),
        };
        // A pack may begin with the day.
        store.work_by_today()?;
        let (rulebook, now) = (store.rulebook(), vietnam(&self.clock.now()));
        Ok(Desk { store, rulebook, lang: self.lang(), now })
    }

    /// Works with the open store; faults get their text in the app's language.
    pub fn with<T>(&self, work: impl FnOnce(&Desk) -> Result<T, Fault>) -> Result<T, AppError> {
        self.localized(self.desk().and_then(|desk| work(&desk)))
    }

    pub fn localized<T>(&self, result: Result<T, Fault>) -> Result<T, AppError> {
        result.map_err(|fault| fault.localized(self.lang()))
    }

    /// The state, locked first if its time is over.
    pub fn state(&self) -> MutexGuard<'_, AppState> {
        let mut state = locked(&self.state);
        self.lock_if_due(&mut state);
        state
    }

    pub fn status(&self) -> AppStatus {
        self.state().status()
    }

    /// For what takes long and asks the platform's key: one at a time, but no lock is held meanwhile.
    pub fn turn(&self) -> Result<Turn<'_>, Fault> {
        match self.busy.swap(true, Ordering::Acquire) {
            false => Ok(Turn(&self.busy)),
            true => Err(Fault::new("app.busy")),
        }
    }

    fn lock_if_due(&self, state: &mut AppState) -> Option<Duration> {
        let AppState::Paused { folder, since, .. } = state else { return None };
        let left = AUTO_LOCK.saturating_sub(since.until(Moment::now(&*self.clock)));
        if left.is_zero() {
            *state = AppState::Locked(folder.clone());
            self.forget();
            return None;
        }
        Some(left)
    }

    /// For as long as the app lives.
    pub fn observe(&self, observer: Arc<dyn LifecycleObserver>) {
        locked(&self.observers).push(observer);
    }

    /// What sessions and caches hold in memory.
    pub fn forget(&self) {
        for observer in &*locked(&self.observers) {
            observer.on_lock();
        }
    }

    /// Tells those who work with the files that these close now.
    pub fn closing(&self) {
        for observer in &*locked(&self.observers) {
            observer.on_pause();
        }
    }

    /// Forgets the keys in time even if nobody brings the app back. One thread, however often the app is paused.
    pub fn watch(self: &Arc<Self>) {
        if self.watched.swap(true, Ordering::AcqRel) {
            return;
        }
        let app = Arc::downgrade(self);
        let watching = std::thread::Builder::new().name("vanggia-auto-lock".into()).spawn(move || {
            loop {
                let Some(left) = app.upgrade().and_then(|shared| shared.time_left()) else { return };
                std::thread::sleep(left);
            }
        });
        if watching.is_err() {
            // The next call that comes in still locks.
            self.watched.store(false, Ordering::Release);
        }
    }

    fn time_left(&self) -> Option<Duration> {
        let mut state = locked(&self.state);
        let left = self.lock_if_due(&mut state);
        if left.is_none() {
            // Under the lock, so that a pause from now on starts a new watch.
            self.watched.store(false, Ordering::Release);
        }
        left
    }
}
