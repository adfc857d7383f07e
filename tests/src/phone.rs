//! A phone: the real core over a folder, with a software key in place of the secure hardware.

use anyhow::{Context, Result, anyhow, bail};
use app::{
    App, AppConfig, KeyStore, KeyStoreFailure, SyncObserver,
    view::{Language, SyncProgress, SyncSummary, WorkerView},
};
use model::{Clock, SystemClock};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, ThreadId},
    time::Duration,
};

/// The PIN of every phone here.
pub const PIN: &str = "246810";
/// The secret of every phone's secure hardware here.
pub const HARDWARE: [u8; 32] = [7; 32];
/// A synchronisation that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Stands for the phone's secure hardware; the key is the phone's own, and can be lost.
pub struct SoftwareKey(Mutex<Option<[u8; 32]>>);

impl SoftwareKey {
    pub fn new(key: [u8; 32]) -> Self {
        Self(Mutex::new(Some(key)))
    }

    /// As when the phone's lock is reset.
    pub fn lose(&self) {
        *locked(&self.0) = None;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KeyStore for SoftwareKey {
    fn hmac(&self, bytes: Vec<u8>) -> Result<Vec<u8>, KeyStoreFailure> {
        let key = locked(&self.0).ok_or(KeyStoreFailure::Lost)?;
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
        Ok(ring::hmac::sign(&key, &bytes).as_ref().to_vec())
    }

    fn renew(&self) -> Result<(), KeyStoreFailure> {
        *locked(&self.0) = Some([8; 32]);
        Ok(())
    }
}

pub struct Phone {
    pub app: Arc<App>,
    pub key: Arc<SoftwareKey>,
    folder: PathBuf,
}

impl Phone {
    /// The app as started on a phone with this folder, in Vietnamese.
    ///
    /// # Errors
    /// When the folder can't be used.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_by(Arc::new(SystemClock::default()), folder)
    }

    /// The same with another clock than this machine's.
    ///
    /// # Errors
    /// When the folder can't be used.
    pub fn start_by(clock: Arc<dyn Clock>, folder: &Path) -> Result<Self> {
        let config = AppConfig {
            folder: folder.to_string_lossy().into_owned(),
            language: Language::Vietnamese,
            device_name: "Điện thoại thử".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let key = Arc::new(SoftwareKey::new(HARDWARE));
        let app = App::open_by(config, key.clone(), clock)?;
        Ok(Self { app, key, folder: folder.to_owned() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// # Errors
    /// When the invitation or the hub is not as it should be.
    pub fn enrol(&self, invitation: &str) -> Result<WorkerView> {
        Ok(self.app.access().enrol(invitation.to_owned(), PIN.to_owned())?)
    }

    /// # Errors
    /// When the PIN does not open it.
    pub fn unlock(&self) -> Result<WorkerView> {
        Ok(self.app.access().unlock(PIN.to_owned())?)
    }

    /// Synchronises to the end; `hear` gets every progress, and the synchronisation waits while it listens.
    ///
    /// # Errors
    /// When it can't start or hangs; what stopped it otherwise is in the summary.
    pub fn sync_hearing(&self, mut hear: impl FnMut(&SyncProgress)) -> Result<SyncSummary> {
        let (heard, hears) = mpsc::channel();
        let handle =
            self.app.syncing().start(Arc::new(Observer { heard, listener: thread::current().id() }))?;
        loop {
            match hears.recv_timeout(PATIENCE) {
                // Dropping the second value lets it go on.
                Ok(Heard::Progress(progress, _waits)) => hear(&progress),
                Ok(Heard::Finished(summary)) => return Ok(summary),
                Err(_) => {
                    handle.cancel();
                    bail!("the synchronisation hangs")
                }
            }
        }
    }

    /// Synchronises; anything but `ok` is an error.
    ///
    /// # Errors
    /// With the summary's text and code.
    pub fn sync(&self) -> Result<SyncSummary> {
        let summary = self.sync_hearing(|_| {})?;
        if summary.code == "ok" { Ok(summary) } else { Err(anyhow!("{} ({})", summary.text, summary.code)) }
    }

    /// The first household that fits what a person types.
    ///
    /// # Errors
    /// When none fits.
    pub fn find(&self, query: &str) -> Result<String> {
        let page = self.app.households().list(query.to_owned(), 0, 1)?;
        Ok(page.rows.first().context("no household fits")?.id.clone())
    }
}

enum Heard {
    Progress(SyncProgress, mpsc::Sender<()>),
    Finished(SyncSummary),
}

struct Observer {
    heard: mpsc::Sender<Heard>,
    /// Told how things stand before it listens.
    listener: ThreadId,
}

impl SyncObserver for Observer {
    fn progress(&self, progress: SyncProgress) {
        let (waits, until_heard) = mpsc::channel();
        // Nobody listens any more once the phone was given up.
        let sent = self.heard.send(Heard::Progress(progress, waits));
        if sent.is_ok() && thread::current().id() != self.listener {
            let _ = until_heard.recv();
        }
    }

    fn finished(&self, summary: SyncSummary) {
        let _ = self.heard.send(Heard::Finished(summary));
    }
}
