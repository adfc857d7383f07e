//! An office's hub in memory. It follows the wire's rules as the real one does: see [`crate::contract`].

mod admit;
mod books;
mod enrol;
mod forms;
mod orders;
mod packs;
mod photos;
mod pull;
mod receive;
mod roles;

pub use books::{BatchKey, Books, Received};
pub use forms::{Form, form};

use crate::{Client, Link, Phone, Request, Response, START_MS, TestClock, new_key};
use model::{
    BatchError, Clock, DeviceId, DeviceKey, Digest, Feed, HubId, OfficeId, Place, PublicKey, Rebuilt,
    Redacted, Role, UserId, encoding::Bytes,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};
use wire::{
    Hello,
    enrol::{Worker, plain_code},
    error::{ErrorBody, code},
    keys::Step,
    lines::{Bad, Packer},
    packs::SignedPack,
    paths,
    pull::Entry,
    roles::SignedRole,
    signed::{Certificate, DeviceStatement},
};

/// Where its workers are unless a test says otherwise.
pub const COMMUNE: &str = "00070";
/// Answers below this are sent as they are.
const COMPRESS_FROM: usize = 1_024;

#[derive(Clone)]
pub struct Device {
    pub id: DeviceId,
    pub user: UserId,
    pub key: PublicKey,
    pub certificate: Certificate,
    pub revoked: bool,
    token: String,
}

/// Whom a code is for, and the device that it made.
#[derive(Clone, Copy)]
struct Invited {
    user: UserId,
    made: Option<DeviceId>,
}

/// What the office does otherwise than a hub that is well.
#[derive(Default)]
pub struct Script {
    /// Answers with this status to paths that begin so.
    pub fail: Option<(&'static str, u16)>,
    /// The most batches that a push may carry.
    pub max_batches: Option<usize>,
    /// The most entries of a pulled page, whatever was asked for.
    pub page: Option<usize>,
    /// Compresses every answer, or none.
    pub compress: Option<bool>,
    /// Nothing is admitted: it waits with this code.
    pub hold: Option<String>,
}

pub struct Ledger {
    pub hub: HubId,
    pub office: OfficeId,
    /// Certifies devices.
    pub key: DeviceKey,
    pub recovery_key: PublicKey,
    /// What every pull says of the office's keys.
    pub keys: Vec<Step>,
    pub epoch: String,
    pub clock: Arc<dyn Clock>,
    pub workers: BTreeMap<UserId, Worker>,
    invitations: BTreeMap<String, Invited>,
    pub devices: Vec<Device>,
    /// What a backup keeps.
    pub books: Books,
    /// Device and address → announced length and what has arrived.
    pub uploads: BTreeMap<(DeviceId, String), (u64, Vec<u8>)>,
    /// What it said of its users, each with the number after the one before.
    pub roles: Vec<SignedRole>,
    pub forms: Vec<Form>,
    /// As they are listed.
    pub packs: Vec<SignedPack>,
    /// Files of packs, by their hash.
    pub contents: BTreeMap<Digest, Vec<u8>>,
    /// First segments of what was asked, in order.
    pub asked: Vec<String>,
    /// Bytes of the answers' bodies as they travelled, by that segment.
    pub sent: BTreeMap<String, usize>,
    pub script: Script,
}

/// Cheap to clone: each clone is the same office.
#[derive(Clone)]
pub struct Office(Arc<Mutex<Ledger>>);

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl Office {
    /// By a clock that stands at [`START_MS`].
    pub fn new() -> Self {
        Self::by_clock(TestClock::at(START_MS))
    }

    pub fn by_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Mutex::new(Ledger {
            hub: HubId::new(),
            office: OfficeId::new(),
            key: new_key(),
            // Any 32 bytes are a public key of X25519.
            recovery_key: Bytes([9; 32]),
            keys: Vec::new(),
            epoch: "e1".into(),
            clock,
            workers: BTreeMap::new(),
            invitations: BTreeMap::new(),
            devices: Vec::new(),
            books: Books::default(),
            uploads: BTreeMap::new(),
            roles: Vec::new(),
            forms: Vec::new(),
            packs: Vec::new(),
            contents: BTreeMap::new(),
            asked: Vec::new(),
            sent: BTreeMap::new(),
            script: Script::default(),
        })))
    }

    /// The office's insides, to look at and to spoil.
    pub fn state(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap()
    }

    pub fn link(&self) -> Arc<dyn Link> {
        Arc::new(self.clone())
    }

    /// A case manager of the place, whom nothing was asked of yet.
    pub fn worker(name: &str, place: &str) -> Worker {
        let place: Place = place.parse().unwrap();
        Worker {
            user: UserId::new(),
            name: Redacted(name.into()),
            role: Role::new("case_manager"),
            places: vec![place],
            duty_managers: Vec::new(),
            devices: Vec::new(),
        }
    }

    /// Takes the worker on; `code` enrols a phone of theirs once.
    pub fn invite(&self, worker: Worker, code: &str) {
        let mut state = self.state();
        state.invitations.insert(plain_code(code), Invited { user: worker.user, made: None });
        let user = worker.user;
        state.workers.insert(user, worker);
        state.say_role(user);
    }

    /// A new worker of [`COMMUNE`] with a phone.
    pub fn phone(&self) -> Client {
        let worker = Self::worker("Lý Thị Cán Bộ", &format!("commune:{COMMUNE}"));
        let code = worker.user.to_string();
        self.invite(worker, &code);
        Client::enrol(self.link(), &code)
    }

    /// Lets a phone sign here, without enrolling it.
    pub fn certify(&self, phone: &mut Phone) -> Certificate {
        let certificate = self.certificate_of(phone);
        phone.become_certified(&certificate);
        certificate
    }

    /// What says whose key the phone signs with.
    pub fn certificate_of(&self, phone: &Phone) -> Certificate {
        self.state().certify(phone.device, phone.user, phone.public_key())
    }

    pub fn revoke(&self, device: DeviceId) {
        self.state().revoke_device(device);
    }

    /// A worker agrees to what others moved into their places.
    pub fn agree(&self, user: UserId) {
        self.state().agree(user);
    }

    pub fn set_places(&self, user: UserId, places: Vec<Place>) {
        let mut state = self.state();
        state.workers.get_mut(&user).unwrap().places = places;
        state.say_role(user);
        state.decide();
    }

    pub fn publish(&self, form: Form) {
        let mut state = self.state();
        for (entry, _) in &mut state.forms {
            entry.newest &= entry.id != form.0.id;
        }
        state.forms.push(form);
        state.decide();
    }

    /// As after a restored backup: a new epoch, and what came since is gone.
    pub fn restore(&self, backup: Books) {
        let mut state = self.state();
        state.books = backup;
        state.uploads.clear();
        state.begin_epoch();
    }

    /// As after an old folder was put back: what came since is gone, and nobody told the office.
    pub fn rewind(&self, (books, epoch): (Books, String)) {
        let mut state = self.state();
        (state.books, state.epoch) = (books, epoch);
        state.uploads.clear();
    }

    /// What an old folder holds.
    pub fn copy(&self) -> (Books, String) {
        let state = self.state();
        (state.books.clone(), state.epoch.clone())
    }

    /// Spoils a batch in a feed, as a hub would that invents some.
    pub fn forge(&self, feed: &Feed, position: usize) {
        let mut state = self.state();
        let entry = &mut state.books.feeds.get_mut(feed).unwrap()[position - 1].entry;
        let Entry::Put(put) = entry else { panic!("no batch at {position}") };
        let mut forged = put.batch().clone();
        forged.signature = Bytes([9; 64]);
        **put = forged.rebuild().unwrap();
    }

    /// The batches in a feed, in order, as it shows them.
    pub fn feed(&self, feed: &Feed) -> Vec<Rebuilt> {
        self.state().books.puts(feed)
    }
}

impl Link for Office {
    fn send(&self, request: &Request) -> Response {
        self.state().answer(request)
    }
}

impl Ledger {
    fn begin_epoch(&mut self) {
        self.epoch.push('+');
        self.books.acknowledged.clear();
    }

    fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    fn certify(&self, device: DeviceId, user: UserId, key: PublicKey) -> Certificate {
        let (office, issued_at) = (self.office, self.now());
        let statement =
            DeviceStatement { v: wire::VERSION, office, device, user, key, issued_at, held: false };
        Certificate::issue(&statement, &self.key).unwrap()
    }

    fn answer(&mut self, request: &Request) -> Response {
        let segment = request.path.split('/').nth(2).unwrap_or_default();
        self.asked.push(segment.to_owned());
        let response = match self.script.fail {
            Some((path, status)) if request.path.starts_with(path) => refuse(status, "some.code"),
            _ => self.route(request).unwrap_or_else(|refusal| refusal),
        };
        *self.sent.entry(segment.to_owned()).or_default() += response.body.len();
        response
    }

    fn route(&mut self, request: &Request) -> Result<Response, Response> {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", paths::HELLO) => {
                let hello = Hello { hub: self.hub, versions: vec![wire::VERSION], server_time: self.now() };
                Ok(self.message(request, &hello))
            }
            ("POST", paths::ENROL) => self.enrol(request),
            ("POST", paths::PUSH) => self.push(request),
            ("POST", paths::PULL) => self.pull(request),
            ("GET", paths::PACKS) => self.pack_list(request),
            ("GET", path) if path.starts_with(paths::PACKS) => self.pack_file(request),
            ("GET", paths::FORMS) => self.form_list(request),
            ("GET", path) if path.starts_with(paths::FORMS) => self.form_file(request),
            ("POST", paths::PHOTOS_MISSING) => self.missing(request),
            ("POST", paths::PHOTOS_BUNDLE) => self.bundle(request),
            ("POST", paths::PHOTOS) => self.create_upload(request),
            ("HEAD", path) if path.starts_with(paths::PHOTOS) => self.upload_status(request),
            ("PATCH", path) if path.starts_with(paths::PHOTOS) => self.append_upload(request),
            _ => Err(refuse(404, code::NOT_FOUND)),
        }
    }

    fn revoke_device(&mut self, device: DeviceId) {
        self.devices.iter_mut().find(|known| known.id == device).unwrap().revoked = true;
    }

    /// Whose token the request carries; revoked devices too.
    fn sender(&self, request: &Request) -> Result<Device, Response> {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let device = self.devices.iter().find(|device| Some(device.token.as_str()) == token);
        device.cloned().ok_or_else(|| refuse(401, code::UNAUTHORISED))
    }

    /// A device in good standing.
    fn member(&self, request: &Request) -> Result<Device, Response> {
        let device = self.sender(request)?;
        if device.revoked { Err(refuse(403, code::REVOKED)) } else { Ok(device) }
    }

    fn message<T: Serialize>(&self, request: &Request, message: &T) -> Response {
        self.bytes(request, serde_json::to_vec(message).unwrap())
    }

    /// Always compressed for who takes it.
    fn lines(&self, request: &Request, write: impl FnOnce(Packer) -> std::io::Result<Vec<u8>>) -> Response {
        let takes = request.header("accept-encoding") == Some("zstd");
        let zstd = self.script.compress.unwrap_or(takes);
        let mut response = Response::new(200);
        response.body = write(Packer::new(zstd).unwrap()).unwrap();
        if zstd { response.with("content-encoding", "zstd") } else { response }
    }

    fn bytes(&self, request: &Request, bytes: Vec<u8>) -> Response {
        let takes = request.header("accept-encoding") == Some("zstd");
        let compress = self.script.compress.unwrap_or(takes && bytes.len() >= COMPRESS_FROM);
        let mut response = Response::new(200);
        response.body = bytes;
        if compress {
            response = response.with("content-encoding", "zstd");
            response.body = zstd::bulk::compress(&response.body, 12).unwrap();
        }
        response
    }
}

fn is_packed(request: &Request) -> Result<bool, Response> {
    match request.header("content-encoding") {
        None | Some("identity") => Ok(false),
        Some("zstd") => Ok(true),
        Some(_) => Err(refuse(400, code::BAD_MESSAGE)),
    }
}

fn bad(why: Bad) -> Response {
    match why {
        Bad::Packing | Bad::Shape => refuse(400, code::BAD_MESSAGE),
        Bad::Version => refuse(426, code::VERSION),
        Bad::TooLarge => refuse(413, code::TOO_LARGE),
        Bad::Batches(BatchError::Newer | BatchError::UnknownSuite) => refuse(426, code::VERSION),
        Bad::Batches(error) => refuse(400, error.code()),
    }
}

/// The request's message, of the version spoken here.
fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Response> {
    let text = if is_packed(request)? {
        zstd::decode_all(request.body.as_slice()).map_err(|_| bad(Bad::Packing))?
    } else {
        request.body.clone()
    };
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|_| bad(Bad::Shape))?;
    match value["v"].as_u64() {
        None => Err(bad(Bad::Shape)),
        Some(v) if v != u64::from(wire::VERSION) => Err(bad(Bad::Version)),
        Some(_) => serde_json::from_slice(&text).map_err(|_| bad(Bad::Shape)),
    }
}

fn refuse(status: u16, code: &str) -> Response {
    let (message_vi, message_en) = ("Máy chủ từ chối.".into(), "The hub refuses.".into());
    let body = ErrorBody { v: wire::VERSION, code: code.into(), message_vi, message_en };
    let mut response = Response::new(status);
    response.body = serde_json::to_vec(&body).unwrap();
    response
}
