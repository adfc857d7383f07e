//! Where the app stands: which worker's folder, whether its keys are held, whether its files are open.

use crate::{
    AppConfig, FormSession, KeyStore, KeyStoreFailure,
    error::Fault,
    forms::Forms,
    syncing::Running,
    view::{AppStatus, Language},
};
use chrono::{DateTime, FixedOffset};
use model::Clock;
use rulebook::Lang;
use rulebook::Rulebook;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{HardwareKey, HardwareKeyError, Keys, Store, WorkerFolder};

/// How long a paused app keeps its keys. Long enough for a phone call or a photo of a paper in another app, short
/// enough for a phone left on a table.
pub const AUTO_LOCK: Duration = Duration::from_secs(15 * 60);

/// The platform's key as the store asks for it.
pub struct Hardware(pub Arc<dyn KeyStore>);

impl HardwareKey for Hardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        self.0.hmac(bytes.to_vec()).map_err(|failure| match failure {
            KeyStoreFailure::Lost => HardwareKeyError::Lost,
            KeyStoreFailure::Unavailable => HardwareKeyError::Unavailable,
        })
    }
}

pub enum State {
    NotEnrolled,
    Locked(WorkerFolder),
    Unlocked(Opened),
    Paused { folder: WorkerFolder, keys: Keys, since: Moment },
}

pub struct Opened {
    pub folder: WorkerFolder,
    pub keys: Keys,
    pub store: Arc<Store>,
}

/// Both clocks at once: the monotonic one stands still while a phone sleeps, the wall clock can be set.
#[derive(Clone, Copy)]
pub struct Moment {
    wall_ms: u64,
    monotonic_ms: u64,
}

impl Moment {
    pub fn now(clock: &dyn Clock) -> Self {
        Self { wall_ms: clock.now_ms(), monotonic_ms: clock.monotonic_ms() }
    }

    /// By whichever clock says more.
    fn until(self, later: Self) -> Duration {
        let wall = later.wall_ms.saturating_sub(self.wall_ms);
        Duration::from_millis(wall.max(later.monotonic_ms.saturating_sub(self.monotonic_ms)))
    }
}

/// One for the app, shared with its sessions and the thread that synchronises.
pub struct Shared {
    pub root: PathBuf,
    pub device_name: String,
    pub app_version: String,
    pub hardware: Hardware,
    pub clock: Arc<dyn Clock>,
    pub rulebook: Arc<Rulebook>,
    pub forms: Forms,
    pub running: Mutex<Option<Arc<Running>>>,
    english: AtomicBool,
    busy: AtomicBool,
    /// Whether a thread waits for the auto-lock.
    watched: AtomicBool,
    state: Mutex<State>,
    sessions: Mutex<Vec<Weak<FormSession>>>,
}

/// What a use case works with.
pub struct Desk {
    pub store: Arc<Store>,
    pub rulebook: Arc<Rulebook>,
    pub lang: Lang,
    pub now: DateTime<FixedOffset>,
}

/// Ends the time in which nobody else may unlock or enrol.
pub struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// A value is whole after each of our short locks, so that a panic elsewhere spoils nothing.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(
        config: AppConfig,
        key_store: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let root = PathBuf::from(config.folder);
        // Oldest first: the newest enrolment is the one in use.
        let state = WorkerFolder::all(&root)?.pop().map_or(State::NotEnrolled, State::Locked);
        Ok(Self {
            root,
            device_name: config.device_name,
            app_version: config.app_version,
            hardware: Hardware(key_store),
            clock,
            rulebook: Rulebook::built_in()?,
            forms: Forms::default(),
            running: Mutex::new(None),
            english: AtomicBool::new(config.language == Language::English),
            busy: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            state: Mutex::new(state),
            sessions: Mutex::new(Vec::new()),
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
        match &*self.state() {
            State::Unlocked(opened) => {
                let (store, rulebook) = (opened.store.clone(), self.rulebook.clone());
                Ok(Desk { store, rulebook, lang: self.lang(), now: self.clock.now() })
            }
            State::Paused { .. } => Err(Fault::new("app.paused")),
            State::Locked(_) => Err(Fault::new("app.locked")),
            State::NotEnrolled => Err(Fault::new("app.not-enrolled")),
        }
    }

    /// The state, locked first if its time is over.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = locked(&self.state);
        self.lock_if_due(&mut state);
        state
    }

    pub fn status(&self) -> AppStatus {
        match &*self.state() {
            State::NotEnrolled => AppStatus::NotEnrolled,
            State::Locked(_) => AppStatus::Locked,
            State::Unlocked(_) => AppStatus::Unlocked,
            State::Paused { .. } => AppStatus::Paused,
        }
    }

    /// For what takes long and asks the platform's key: one at a time, but no lock is held meanwhile.
    pub fn turn(&self) -> Result<Turn<'_>, Fault> {
        match self.busy.swap(true, Ordering::Acquire) {
            false => Ok(Turn(&self.busy)),
            true => Err(Fault::new("app.busy")),
        }
    }

    fn lock_if_due(&self, state: &mut State) -> Option<Duration> {
        let State::Paused { folder, since, .. } = state else { return None };
        let left = AUTO_LOCK.saturating_sub(since.until(Moment::now(&*self.clock)));
        if left.is_zero() {
            *state = State::Locked(folder.clone());
            self.forget();
            return None;
        }
        Some(left)
    }

    /// What sessions and caches hold in memory.
    pub fn forget(&self) {
        for session in locked(&self.sessions).drain(..).filter_map(|known| known.upgrade()) {
            session.close();
        }
        self.forms.forget();
    }

    /// Stops a running synchronisation at its next chunk.
    pub fn stop_sync(&self) {
        if let Some(running) = &*locked(&self.running) {
            running.cancel();
        }
    }

    pub fn register(&self, session: &Arc<FormSession>) {
        let mut sessions = locked(&self.sessions);
        sessions.retain(|known| known.strong_count() > 0);
        sessions.push(Arc::downgrade(session));
    }

    /// The session that fills this draft already.
    pub fn session_of(&self, draft: model::DraftId) -> Option<Arc<FormSession>> {
        let sessions: Vec<_> = locked(&self.sessions).iter().filter_map(Weak::upgrade).collect();
        sessions.into_iter().find(|session| session.draft() == draft && session.is_open())
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

#[cfg(test)]
mod tests;
