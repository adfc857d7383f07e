//! An office: a hub served in this process, with a clock that the test moves.

use chrono::{DateTime, FixedOffset};
use hub::{
    Hub, devices, forms, serve,
    stats::{self, Stats},
    sync::admission,
    users::{self, NewUser, User},
};
use model::{Clock, Role};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use tempfile::TempDir;

use crate::phone::Phone;

pub const COMMUNE: &str = "00070";
/// In the same province.
pub const NEIGHBOUR: &str = "00073";

pub struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let ms = i64::try_from(self.monotonic_ms()).unwrap();
        DateTime::from_timestamp_millis(ms).unwrap().fixed_offset()
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl TestClock {
    pub fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

pub struct Office {
    pub hub: Hub,
    pub clock: Arc<TestClock>,
    pub url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    pub folder: PathBuf,
    _temporary: Option<TempDir>,
}

impl Office {
    pub fn open() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("hub");
        Self::over(folder, Some(temporary))
    }

    /// Serves a folder that is there.
    pub fn over(folder: PathBuf, temporary: Option<TempDir>) -> Self {
        let clock = Arc::new(TestClock(AtomicU64::new(1_795_500_000_000)));
        let hub = Hub::open(&folder, clock.clone()).unwrap();
        let (told, ready) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let served = hub.clone();
        let server = std::thread::spawn(move || {
            let options =
                serve::Options { listen: "127.0.0.1:0".parse().unwrap(), plain: true, names: Vec::new() };
            let ready = |url: &str| told.send(url.to_owned()).unwrap();
            serve::serve(served, &options, ready, async {
                let _ = stopped.await;
            })
            .unwrap();
        });
        let url = ready.recv().unwrap();
        Self { hub, clock, url, stop: Some(stop), server: Some(server), folder, _temporary: temporary }
    }

    pub fn user(&self, login: &str, place: &str) -> User {
        let new = NewUser {
            login: login.into(),
            name: format!("Người dùng {login}"),
            role: Role::CASE_MANAGER,
            places: vec![place.parse().unwrap()],
            on_duty: false,
        };
        self.hub
            .write_now(move |hub, transaction| {
                // Nobody logs in here: a password's hash would only take time.
                let id = users::add(transaction, hub.office(), &new, "-", hub.now())?;
                Ok(users::by_id(transaction, hub.office(), &id.to_string())?.unwrap())
            })
            .unwrap()
    }

    pub fn invitation(&self, user: &User) -> String {
        let (user, url) = (user.clone(), self.url.clone());
        self.hub
            .write_now(move |hub, transaction| devices::invite(hub, transaction, &user, &url))
            .unwrap()
            .to_string()
    }

    /// A new user with a phone of theirs.
    pub fn phone(&self, login: &str, place: &str) -> Phone {
        Phone::enrol(&self.invitation(&self.user(login, place)))
    }

    pub fn set_place(&self, phone: &Phone, place: &str) {
        let (user, place) = (phone.enrolled.worker.user, place.parse().unwrap());
        self.hub
            .write_now(move |hub, transaction| {
                users::set_places(transaction, hub.office(), user, &[place], false)?;
                admission::decide_user(hub, transaction, user)
            })
            .unwrap();
    }

    pub fn revoke(&self, phone: &Phone) {
        let device = phone.enrolled.device.to_string();
        let known = self.hub.write_now(move |hub, transaction| {
            devices::revoke(transaction, hub.office(), &device, hub.now())
        });
        assert!(known.unwrap());
    }

    pub fn publish(&self, folder: &Path) {
        let form = forms::check(&forms::FormSource::open(folder).unwrap()).unwrap();
        self.hub.write_now(move |hub, transaction| forms::publish(hub, transaction, &form)).unwrap();
    }

    pub fn stats(&self) -> Stats {
        self.hub.read_now(|hub, connection| stats::stats(connection, hub.office())).unwrap()
    }

    /// Stops the server, and gives the folder back.
    pub fn close(mut self) -> (PathBuf, Option<TempDir>) {
        self.stop_server();
        (self.folder.clone(), self._temporary.take())
    }

    fn stop_server(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            server.join().unwrap();
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop_server();
    }
}

pub fn catalogue(form: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("forms").join(form)
}
