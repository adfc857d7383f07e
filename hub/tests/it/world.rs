//! An office: a hub served in this process, with a clock that the test moves.

use crate::http;
use hub::{
    Hub,
    db::{
        self,
        stats::{self, Stats},
        users::{NewUser, User},
    },
    forms,
    office::{self, devices, users},
    serve,
};
use model::{DeviceId, Role, UserId};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use tempfile::TempDir;
use testkit::{Client, Link, Request, Response, TestClock};
use wire::enrol::Invitation;

pub const COMMUNE: &str = "00070";
/// In the same province.
pub const NEIGHBOUR: &str = "00073";

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

    /// The office's key in use.
    pub fn key(&self) -> model::DeviceKey {
        self.hub.read_now(|_, read| hub::office::keys::signing(read)).unwrap()
    }

    /// Serves a folder that is there.
    pub fn over(folder: PathBuf, temporary: Option<TempDir>) -> Self {
        let clock = TestClock::at(1_795_500_000_000);
        let hub = Hub::open(&folder, clock.clone()).unwrap();
        // Put away, as it should be.
        let _ = std::fs::remove_file(folder.join(hub::recovery::FILE));
        let (told, ready) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let served = hub.clone();
        let server = std::thread::spawn(move || {
            let options = serve::Options {
                listen: "127.0.0.1:0".parse().unwrap(),
                plain: true,
                names: Vec::new(),
                alarm: None,
            };
            let ready = |url: &str| told.send(url.to_owned()).unwrap();
            serve::serve(served, &options, ready, async {
                let _ = stopped.await;
            })
            .unwrap();
        });
        let url = ready.recv().unwrap();
        Self { hub, clock, url, stop: Some(stop), server: Some(server), folder, _temporary: temporary }
    }

    /// A case manager. Nobody logs in as one: a password's hash would only take time.
    pub fn user(&self, login: &str, place: &str) -> User {
        self.user_with(login, Role::new("case_manager"), place, "-")
    }

    pub fn user_with(&self, login: &str, role: Role, place: &str, password_hash: &str) -> User {
        let new = NewUser {
            login: login.into(),
            name: format!("Người dùng {login}"),
            role,
            places: vec![place.parse().unwrap()],
            on_duty: false,
        };
        let hash = password_hash.to_owned();
        self.hub
            .write_now(move |hub, tx| {
                let id = users::add(hub, tx, new, &hash, None)?;
                Ok(db::users::by_id(tx, id)?.unwrap())
            })
            .unwrap()
    }

    pub fn invitation(&self, user: &User) -> String {
        let (user, url) = (user.clone(), self.url.clone());
        self.hub.write_now(move |hub, tx| devices::invite(hub, tx, &user, &url)).unwrap().to_string()
    }

    /// The invitation's one-time code.
    pub fn code(&self, user: &User) -> String {
        self.invitation(user).parse::<Invitation>().unwrap().code
    }

    /// A new user with a phone of theirs.
    pub fn phone(&self, login: &str, place: &str) -> Client {
        Client::enrol(self.link(), &self.code(&self.user(login, place)))
    }

    /// A phone of a user who is here.
    pub fn phone_of(&self, login: &str) -> Client {
        let user = self.hub.read_now(|_, read| users::by_login(read, login)).unwrap().unwrap();
        Client::enrol(self.link(), &self.code(&user))
    }

    pub fn link(&self) -> Arc<dyn Link> {
        http::link(&self.url)
    }

    /// From nobody in particular.
    pub fn send(&self, request: &Request) -> Response {
        self.link().send(request)
    }

    pub fn set_place(&self, user: UserId, place: &str) {
        let place = place.parse().unwrap();
        self.hub.write_now(move |hub, tx| users::set_places(hub, tx, user, &[place], false)).unwrap();
    }

    pub fn revoke(&self, device: DeviceId) {
        let known = self.hub.write_now(move |_, tx| Ok(db::devices::revoke(tx, device)?));
        assert!(known.unwrap());
    }

    pub fn publish(&self, folder: &Path) {
        let form =
            forms::check(&rulebook::Rulebook::built_in().unwrap(), &forms::FormSource::open(folder).unwrap())
                .unwrap();
        self.hub.write_now(move |hub, tx| office::forms::publish(hub, tx, &form, None)).unwrap();
    }

    pub fn stats(&self) -> Stats {
        self.hub.read_now(|_, read| Ok(stats::count(read)?)).unwrap()
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
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packs/quoc_gia/forms").join(form)
}
