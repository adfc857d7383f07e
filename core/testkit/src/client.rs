//! A phone that talks to a hub: enrols, pushes, pulls, uploads. Knows nothing of the hub's insides.

use crate::{
    Link, Phone, Request, Response,
    office::COMMUNE,
    records::{household, photo, under},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::{DeviceKey, Feed, Place, Rebuilt, RecordEdit, kind};
use serde::Serialize;
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};
use wire::{
    VERSION,
    enrol::{EnrolRequest, EnrolResponse},
    erasure::Order,
    paths,
    photos::{Bundle, BundleResponse, Bundled, Missing, MissingRequest, MissingResponse},
    pull::{Condition, Cursor, Entry, FeedEntry, PullRequest, PullResponse},
    push::{Outcome, PushRequest, PushResponse},
    receipt::Receipt,
    roles::Told,
};

pub const OFFSET_STREAM: &str = "application/offset+octet-stream";
pub const BUNDLE: &str = "application/octet-stream";

/// Clone it to get a second phone with the same files.
#[derive(Clone)]
pub struct Client {
    pub link: Arc<dyn Link>,
    pub phone: Phone,
    pub enrolled: EnrolResponse,
    pub cursors: Vec<Cursor>,
    /// Granted feeds that it asks to leave out.
    pub skip: Vec<Feed>,
    /// Those to erase that came down.
    pub orders: Vec<Order>,
    /// Statements of roles that came down.
    pub roles: Vec<Told>,
}

impl Deref for Client {
    type Target = Phone;
    fn deref(&self) -> &Phone {
        &self.phone
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Phone {
        &mut self.phone
    }
}

impl Client {
    pub fn enrol_request(code: &str, key: &DeviceKey) -> EnrolRequest {
        EnrolRequest::new(code, key, "Thử nghiệm", "0.1.0")
    }

    /// A new phone, certified for the code.
    pub fn enrol(link: Arc<dyn Link>, code: &str) -> Self {
        let mut phone = Phone::new();
        let request = Self::enrol_request(code, &phone.key());
        let response = link.send(&Request::message(paths::ENROL, &request));
        assert_eq!(response.status, 200, "{:?}", response.refusal());
        let enrolled: EnrolResponse = response.json();
        let statement = enrolled.certificate.verify(&enrolled.office_key).unwrap();
        assert_eq!((statement.device, statement.key), (enrolled.device, phone.public_key()));
        assert_eq!((statement.office, statement.user), (enrolled.office, enrolled.worker.user));
        phone.become_certified(&enrolled.certificate);
        Self::of(link, phone, enrolled)
    }

    /// A phone that became what the answer says.
    pub fn of(link: Arc<dyn Link>, phone: Phone, enrolled: EnrolResponse) -> Self {
        Self {
            link,
            phone,
            enrolled,
            cursors: Vec::new(),
            skip: Vec::new(),
            orders: Vec::new(),
            roles: Vec::new(),
        }
    }

    pub fn send(&self, request: Request) -> Response {
        self.link.send(&request.bearer(&self.enrolled.token.0))
    }

    pub fn post(&self, path: &str, message: &impl Serialize) -> Response {
        self.send(Request::message(path, message))
    }

    pub fn get(&self, path: &str) -> Response {
        self.send(Request::new("GET", path))
    }

    pub fn push(&self, batches: &[impl AsRef<Rebuilt>]) -> PushResponse {
        self.push_with(&[], batches)
    }

    pub fn push_with(&self, orders: &[Order], batches: &[impl AsRef<Rebuilt>]) -> PushResponse {
        let response = self.send(Request::push_with(orders, batches));
        assert_eq!(response.status, 200);
        response.json()
    }

    /// An empty push: how a phone asks where the hub stands.
    pub fn ask(&self) -> PushResponse {
        self.push(&[] as &[Rebuilt])
    }

    /// The same, with a receipt.
    pub fn show(&self, receipt: &Receipt) -> PushResponse {
        let (orders, batches) = (Vec::new(), Vec::new());
        let push = PushRequest { v: VERSION, receipt: Some(receipt.clone()), orders, batches };
        let response = self.send(Request::pushing(&push));
        assert_eq!(response.status, 200);
        response.json()
    }

    /// What became of each.
    pub fn outcomes(&self, batches: &[impl AsRef<Rebuilt>]) -> Vec<Outcome> {
        let sent = batches.iter().map(|batch| batch.as_ref().statement());
        self.push(batches).results_of(sent).into_iter().map(|result| result.outcome).collect()
    }

    /// Signs, pushes, and sees that all of it was admitted.
    pub fn write(&mut self, edits: Vec<RecordEdit>) {
        let batch = self.batch(edits);
        assert_eq!(self.outcomes(&[batch]), [Outcome::Admitted]);
    }

    /// A visit whose photos have these ciphertexts, by address and length: what may then be uploaded.
    pub fn name_blobs(&mut self, blobs: &[(&str, usize)]) {
        let home = household(COMMUNE);
        let visit = under(kind::VISIT, &home.record).set("date", "2026-11-24");
        let photos = blobs.iter().map(|blob| photo(&visit.record, *blob)).collect::<Vec<_>>();
        self.write([vec![home, visit], photos].concat());
    }

    pub fn pull_request(&self, max_entries: u32) -> PullRequest {
        PullRequest {
            v: VERSION,
            hub: Some(self.enrolled.hub),
            cursors: self.cursors.clone(),
            skip: self.skip.clone(),
            max_entries,
            max_bytes: u64::MAX,
            holds: None,
            statements_after: Some(self.roles.last().map_or(0, |told| told.serial)),
            condition: Condition::default(),
        }
    }

    pub fn pull_page(&self, max_entries: u32) -> PullResponse {
        let response = self.post(paths::PULL, &self.pull_request(max_entries));
        assert_eq!(response.status, 200);
        response.pulled()
    }

    /// Pulls to the end in pages of `max_entries`, as lines such as `commune:00070 1 put household:… visit:…`: the
    /// records of what is shown of a batch. It was signed by a device that the office certified.
    pub fn pull(&mut self, max_entries: u32) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..1_000 {
            let response = self.pull_page(max_entries);
            self.roles.extend(response.roles.iter().cloned());
            if response.feeds.is_empty() && !response.more {
                return lines;
            }
            self.orders.extend(response.orders.iter().cloned());
            for page in &response.feeds {
                let line = |entry| format!("{} {}", page.feed, self.line(&response, entry));
                lines.extend(page.entries.iter().map(line));
                let position = page.entries.last().unwrap().position;
                self.cursors.retain(|cursor| cursor.feed != page.feed);
                let (feed, epoch, mark) = (page.feed.clone(), response.epoch.clone(), page.mark);
                self.cursors.push(Cursor { feed, epoch, position, mark });
            }
        }
        panic!("the feeds never end");
    }

    fn line(&self, response: &PullResponse, entry: &FeedEntry) -> String {
        let what = match &entry.entry {
            Entry::Put(batch) => {
                let certificates = response.certificates.iter();
                let statement = certificates
                    .filter_map(|certificate| certificate.verify(&self.enrolled.office_key).ok())
                    .find(|statement| statement.device == batch.statement().device)
                    .expect("a certificate with each entry");
                let batch = batch.as_ref().clone().verify(&statement.signer().unwrap()).unwrap();
                let records = batch.changes().flatten().map(|change| change.head.record.to_string());
                format!("put {}", records.collect::<Vec<_>>().join(" "))
            }
            Entry::Page { error, .. } => format!("page {}", error.code()),
            Entry::Own(seq) => format!("own {seq}"),
            Entry::Leave(record) => format!("leave {record}"),
            Entry::Sealed(_) => "sealed".into(),
            Entry::Unknown(_) => "unknown".into(),
        };
        format!("{} {what}", entry.position)
    }

    fn photo(&self, method: &str, path: String) -> Request {
        Request::new(method, path).with("tus-resumable", "1.0.0")
    }

    /// Creates an upload, with first bytes or none.
    pub fn create_upload(&self, address: &str, size: usize, first: Option<&[u8]>) -> Response {
        let metadata = format!("address {}", STANDARD.encode(address));
        let request = self.photo("POST", paths::PHOTOS.into());
        let request = request.with("upload-length", size).with("upload-metadata", metadata);
        self.send(match first {
            Some(bytes) => request.with("content-type", OFFSET_STREAM).body(bytes),
            None => request,
        })
    }

    pub fn append_upload(&self, address: &str, offset: u64, bytes: &[u8]) -> Response {
        let request = self.photo("PATCH", format!("{}/{address}", paths::PHOTOS));
        self.send(request.with("upload-offset", offset).with("content-type", OFFSET_STREAM).body(bytes))
    }

    pub fn upload_status(&self, address: &str) -> Response {
        self.send(self.photo("HEAD", format!("{}/{address}", paths::PHOTOS)))
    }

    /// What the hub lacks of these, and where their uploads stand.
    pub fn lacks(&self, addresses: &[&str]) -> Vec<Missing> {
        let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
        let response = self.post(paths::PHOTOS_MISSING, &MissingRequest { v: VERSION, addresses });
        response.json::<MissingResponse>().missing
    }

    pub fn missing(&self, addresses: &[&str]) -> Vec<String> {
        self.lacks(addresses).into_iter().map(|missing| missing.address).collect()
    }

    /// A bundle as phones send it; its bytes may be spoiled.
    pub fn bundle_request(bytes: Vec<u8>) -> Request {
        Request::new("POST", paths::PHOTOS_BUNDLE).with("content-type", BUNDLE).body(bytes)
    }

    pub fn bundle(&self, blobs: &[(&str, &[u8])]) -> Vec<Bundled> {
        let mut bundle = Bundle::default();
        for (address, blob) in blobs {
            bundle.add(address, blob).unwrap();
        }
        let response = self.send(Self::bundle_request(bundle.into_bytes()));
        assert_eq!(response.status, 200);
        response.json::<BundleResponse>().blobs
    }

    pub fn places(&self) -> &[Place] {
        &self.enrolled.worker.places
    }
}
