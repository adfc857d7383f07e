//! A hub in memory that follows the wire's rules, strictly.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::{
    DeviceId, DeviceKey, Feed, HubId, OfficeId, Place, PublicKey, Redacted, Role, SignedChange, UserId,
};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;
use sync::{Method, Request, Response};
use wire::{
    certificate::{Certificate, DeviceStatement},
    enrol::Worker,
    error::{ErrorBody, code},
    forms::{FormEntry, FormFile, FormList},
    pull::{Entry, FeedEntry, FeedPage, PullRequest, PullResponse},
    push::{ChangeResult, MissingRequest, MissingResponse, Outcome, PushRequest, PushResponse},
};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn address(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub fn new_key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

#[derive(Clone)]
pub struct Device {
    pub id: DeviceId,
    pub key: PublicKey,
    pub user: UserId,
    pub revoked: bool,
}

/// What a backup keeps.
#[derive(Clone, Default)]
pub struct Kept {
    pub received: BTreeMap<DeviceId, Vec<SignedChange>>,
    pub feed: Vec<SignedChange>,
    pub whole: BTreeMap<String, Vec<u8>>,
}

pub struct Hub {
    pub id: HubId,
    pub office: OfficeId,
    pub office_key: DeviceKey,
    pub epoch: String,
    pub devices: Vec<Device>,
    certificates: Vec<Certificate>,
    pub kept: Kept,
    /// Address → announced length and what has arrived.
    pub uploads: BTreeMap<String, (u64, Vec<u8>)>,
    pub forms: Vec<(FormEntry, BTreeMap<String, Vec<u8>>)>,
    /// First segments of what was asked, in order.
    pub asked: Vec<String>,
    /// The most changes that a push may carry here.
    pub max_changes: usize,
    /// Answers with this status to paths that begin so.
    pub fail: Option<(&'static str, u16)>,
    pub zstd_answers: bool,
    /// Granted to all, and of a newer hub: how often a page of it was sent.
    pub newer_feed: Option<(Feed, u32)>,
}

impl Hub {
    pub fn new() -> Self {
        Self {
            id: HubId::new(),
            office: OfficeId::new(),
            office_key: new_key(),
            epoch: "one".into(),
            devices: Vec::new(),
            certificates: Vec::new(),
            kept: Kept::default(),
            uploads: BTreeMap::new(),
            forms: Vec::new(),
            asked: Vec::new(),
            max_changes: 500,
            fail: None,
            zstd_answers: true,
            newer_feed: None,
        }
    }

    pub fn certify(&mut self, key: PublicKey) -> Device {
        let device = Device { id: DeviceId::new(), key, user: UserId::new(), revoked: false };
        self.devices.push(device.clone());
        self.certificates.push(self.certificate(&device));
        device
    }

    pub fn certificate(&self, device: &Device) -> Certificate {
        let statement = DeviceStatement {
            v: 1,
            office: self.office,
            device: device.id,
            user: device.user,
            key: device.key,
            issued_at: 1,
        };
        Certificate::issue(&statement, &self.office_key).unwrap()
    }

    pub fn publish(&mut self, id: &str, version: &str, files: &[(&str, &[u8])]) {
        for (entry, _) in &mut self.forms {
            entry.newest &= entry.id != id;
        }
        let entry = FormEntry {
            id: id.into(),
            version: version.into(),
            title: id.into(),
            files: files
                .iter()
                .map(|(name, bytes)| FormFile {
                    name: (*name).into(),
                    sha256: address(bytes),
                    size: bytes.len() as u64,
                })
                .collect(),
            newest: true,
        };
        let files = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        self.forms.push((entry, files));
    }

    pub fn restore(&mut self, backup: Kept) {
        self.kept = backup;
        self.uploads.clear();
        self.epoch.push('+');
    }

    /// `body` may be less than what was sent, if the link broke.
    pub fn answer(&mut self, device: DeviceId, request: &Request, body: &[u8]) -> Response {
        self.asked.push(request.path.split('/').nth(2).unwrap_or_default().to_owned());
        if let Some((path, status)) = self.fail
            && request.path.starts_with(path)
        {
            return self.error(status, "some.code");
        }
        let revoked = self.devices.iter().find(|known| known.id == device).is_none_or(|known| known.revoked);
        let path = request.path.as_str();
        let open = path == wire::paths::HELLO || path == wire::paths::PUSH;
        if revoked && !open {
            return self.error(403, code::REVOKED);
        }
        match (request.method, path) {
            (Method::Get, wire::paths::HELLO) => {
                self.ok(&wire::Hello { hub: self.id, versions: vec![wire::VERSION], server_time: 1_000_000 })
            }
            (Method::Post, wire::paths::PUSH) => self.push(device, &read(request, body), revoked),
            (Method::Post, wire::paths::PULL) => self.pull(&read(request, body)),
            (Method::Get, wire::paths::FORMS) => {
                let forms = self.forms.iter().map(|(entry, _)| entry.clone()).collect();
                self.ok(&FormList { v: 1, forms })
            }
            (Method::Get, path) => self.form_file(path),
            (Method::Post, wire::paths::PHOTOS_MISSING) => {
                let mut missing = read::<MissingRequest>(request, body).addresses;
                missing.retain(|address| !self.kept.whole.contains_key(address));
                self.ok(&MissingResponse { v: 1, missing })
            }
            _ => self.photo(request, body),
        }
    }

    fn push(&mut self, device: DeviceId, request: &PushRequest, quarantine: bool) -> Response {
        if request.changes.len() > self.max_changes {
            return self.error(413, code::TOO_LARGE);
        }
        let key = self.devices.iter().find(|known| known.id == device).unwrap().key;
        let received = self.kept.received.entry(device).or_default();
        let mut results = Vec::new();
        for signed in &request.changes {
            let header = signed.header().unwrap();
            let outcome = if signed.verify(&key).is_err() {
                Outcome::Refused { code: "change.wrong-signature".into() }
            } else if header.seq <= received.len() as u64 {
                Outcome::Known
            } else if header.seq == received.len() as u64 + 1 {
                received.push(signed.clone());
                if quarantine {
                    Outcome::Waiting { code: "admission.revoked".into() }
                } else {
                    self.kept.feed.push(signed.clone());
                    Outcome::Admitted
                }
            } else {
                Outcome::Refused { code: "push.gap".into() }
            };
            results.push(ChangeResult { id: header.id, outcome });
        }
        let received_through = received.len() as u64;
        self.ok(&PushResponse { v: 1, received_through, results, server_time: 1_000_000 })
    }

    pub fn feed() -> Feed {
        Feed::Commune("00070".into())
    }

    /// Fills the whole answer, as long as the phone does not say to leave it out.
    fn newer_page(&mut self, request: &PullRequest) -> Option<FeedPage> {
        let (feed, sent) = self.newer_feed.as_mut().filter(|(feed, _)| !request.skip.contains(feed))?;
        *sent += 1;
        let entry = |position| FeedEntry {
            position,
            entry: Entry::Unknown(to_raw_value("of a newer hub").unwrap()),
            received_at: 1,
        };
        let entries = (1..=request.max_entries.into()).map(entry).collect();
        Some(FeedPage { feed: feed.clone(), entries, head: 100_000 })
    }

    fn pull(&mut self, request: &PullRequest) -> Response {
        let newer_page = self.newer_page(request);
        let known = request.cursors.iter().find(|c| c.feed == Self::feed() && c.epoch == self.epoch);
        let position = known.map_or(0, |cursor| cursor.position) as usize;
        let entries: Vec<FeedEntry> = self.kept.feed[position..]
            .iter()
            // Smaller pages than asked for, so that small worlds have several.
            .take(3)
            .zip(position as u64 + 1..)
            .map(|(signed, position)| FeedEntry {
                position,
                entry: Entry::Put(signed.clone()),
                received_at: 1,
            })
            .collect();
        let feeds = if let Some(page) = newer_page {
            vec![page]
        } else if entries.is_empty() {
            vec![]
        } else {
            vec![FeedPage { feed: Self::feed(), entries, head: self.kept.feed.len() as u64 }]
        };
        self.ok(&PullResponse {
            v: 1,
            hub: self.id,
            epoch: self.epoch.clone(),
            feeds,
            granted: self.newer_feed.iter().map(|(feed, _)| feed.clone()).chain([Self::feed()]).collect(),
            certificates: self.certificates.clone(),
            own: vec![],
            worker: worker(UserId::new()),
            server_time: 1_000_000,
        })
    }

    fn form_file(&self, path: &str) -> Response {
        let parts: Vec<&str> = path.split('/').skip(3).collect();
        let found = self.forms.iter().find(|(entry, _)| entry.id == parts[0] && entry.version == parts[1]);
        match found.and_then(|(_, files)| files.get(parts[2])) {
            Some(bytes) => Response { status: 200, headers: vec![], body: bytes.clone() },
            None => self.error(404, code::NOT_FOUND),
        }
    }

    fn photo(&mut self, request: &Request, body: &[u8]) -> Response {
        let header = |name| request.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        assert_eq!(header("tus-resumable").as_deref(), Some("1.0.0"));
        let address = match request.method {
            Method::Post => {
                let metadata = header("upload-metadata").unwrap();
                let encoded = metadata.strip_prefix("address ").unwrap();
                let address = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
                let length = header("upload-length").unwrap().parse().unwrap();
                if !self.kept.whole.contains_key(&address) && !self.uploads.contains_key(&address) {
                    self.uploads.insert(address.clone(), (length, body.to_vec()));
                }
                address
            }
            _ => request.path.strip_prefix("/v1/photos/").unwrap().to_owned(),
        };
        if let Some(whole) = self.kept.whole.get(&address) {
            return stands_at(200, whole.len() as u64);
        }
        let Some((length, arrived)) = self.uploads.get_mut(&address) else {
            return self.error(404, code::NOT_FOUND);
        };
        if request.method == Method::Patch {
            if header("upload-offset").unwrap().parse::<usize>().unwrap() != arrived.len() {
                return self.error(409, code::WRONG_OFFSET);
            }
            arrived.extend_from_slice(body);
        }
        if arrived.len() as u64 == *length {
            let (_, bytes) = self.uploads.remove(&address).unwrap();
            if self::address(&bytes) != address {
                return self.error(409, code::WRONG_ADDRESS);
            }
            let size = bytes.len() as u64;
            self.kept.whole.insert(address, bytes);
            return stands_at(204, size);
        }
        stands_at(if request.method == Method::Post { 201 } else { 204 }, arrived.len() as u64)
    }

    fn ok<T: Serialize>(&self, message: &T) -> Response {
        let text = serde_json::to_vec(message).unwrap();
        if self.zstd_answers {
            let headers = vec![("content-encoding".to_owned(), "zstd".to_owned())];
            Response { status: 200, headers, body: zstd::bulk::compress(&text, 3).unwrap() }
        } else {
            Response { status: 200, headers: vec![], body: text }
        }
    }

    fn error(&self, status: u16, code: &str) -> Response {
        let body =
            ErrorBody { v: 1, code: code.into(), message_vi: String::new(), message_en: String::new() };
        Response { status, headers: vec![], body: serde_json::to_vec(&body).unwrap() }
    }
}

pub fn worker(user: UserId) -> Worker {
    Worker {
        user,
        name: Redacted("Thử".into()),
        role: Role::CASE_MANAGER,
        places: vec![Place::Commune("00070".into())],
        duty_managers: vec![],
    }
}

fn stands_at(status: u16, offset: u64) -> Response {
    let headers = vec![("upload-offset".to_owned(), offset.to_string())];
    Response { status, headers, body: vec![] }
}

fn read<T: DeserializeOwned>(request: &Request, body: &[u8]) -> T {
    let compressed = request.headers.iter().any(|(n, value)| *n == "content-encoding" && value == "zstd");
    let text = if compressed { zstd::bulk::decompress(body, 64 << 20).unwrap() } else { body.to_vec() };
    serde_json::from_slice(&text).unwrap()
}
