//! A phone: a folder, a hardware key in software, and the app on it.

use app::{App, AppConfig, AppError, KeyStore, KeyStoreFailure, SyncObserver, view::*};
use ring::hmac;
use std::sync::{Arc, Mutex, mpsc};
use tempfile::TempDir;

pub const PIN: &str = "135790";

pub struct Hardware(hmac::Key);

impl KeyStore for Hardware {
    fn hmac(&self, bytes: Vec<u8>) -> Result<Vec<u8>, KeyStoreFailure> {
        Ok(hmac::sign(&self.0, &bytes).as_ref().to_vec())
    }

    fn renew(&self) -> Result<(), KeyStoreFailure> {
        Err(KeyStoreFailure::Unavailable)
    }
}

pub struct Phone {
    pub folder: TempDir,
    hardware: Arc<Hardware>,
}

impl Phone {
    pub fn new() -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"a key that stays in this phone");
        Self { folder: tempfile::tempdir().unwrap(), hardware: Arc::new(Hardware(key)) }
    }

    /// The app as after a start of its process.
    pub fn app(&self) -> Arc<App> {
        let config = AppConfig {
            folder: self.folder.path().join("vanggia").to_string_lossy().into_owned(),
            language: Language::Vietnamese,
            device_name: "Máy thử".into(),
            app_version: "0.1.0".into(),
        };
        App::open(config, self.hardware.clone()).unwrap()
    }

    /// How many photo files lie in the worker's folder.
    pub fn ciphertexts(&self) -> usize {
        let inside = std::fs::read_dir(self.folder.path().join("vanggia")).unwrap();
        let folders = inside.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        folders.map(|worker| std::fs::read_dir(worker.join("blobs")).unwrap().count()).sum()
    }
}

#[derive(Default)]
pub struct Listener {
    heard: Mutex<Vec<SyncProgress>>,
    end: Mutex<Option<mpsc::Sender<SyncSummary>>>,
}

impl Listener {
    pub fn new() -> (Arc<Self>, mpsc::Receiver<SyncSummary>) {
        let (sender, end) = mpsc::channel();
        (Arc::new(Self { heard: Mutex::default(), end: Mutex::new(Some(sender)) }), end)
    }

    pub fn phases(&self) -> Vec<SyncPhase> {
        let mut phases: Vec<_> = self.heard.lock().unwrap().iter().map(|progress| progress.phase).collect();
        phases.dedup();
        phases
    }
}

impl SyncObserver for Listener {
    fn progress(&self, progress: SyncProgress) {
        assert!(self.end.lock().unwrap().is_some(), "progress after the end");
        self.heard.lock().unwrap().push(progress);
    }

    fn finished(&self, summary: SyncSummary) {
        let sender = self.end.lock().unwrap().take().expect("finished twice");
        let _ = sender.send(summary);
    }
}

/// Synchronises and waits for its end.
pub fn synchronise(app: &App) -> SyncSummary {
    let (listener, end) = Listener::new();
    let _handle = app.syncing().start(listener).unwrap();
    end.recv().unwrap()
}

pub fn code<T>(result: Result<T, AppError>) -> String {
    result.err().expect("an error").code().to_owned()
}
