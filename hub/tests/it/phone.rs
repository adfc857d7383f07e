//! A phone as the protocol sees it: signs, chains, pushes, pulls, uploads. Knows nothing of the hub's insides.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::{
    Batch, BatchId, ChangeId, DeviceKey, Feed, Place, RecordEdit, RecordRef, RecordState, SignedChange,
    Stamp,
    change::{Digest, Draft},
    encoding::Bytes,
    kind,
    record::field,
};
use reqwest::blocking::{Client, Response};
use ring::rand::SystemRandom;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;
use wire::{
    VERSION,
    enrol::{EnrolRequest, EnrolResponse, Invitation},
    error::ErrorBody,
    paths,
    pull::{Cursor, Entry, PullRequest, PullResponse},
    push::{MissingRequest, MissingResponse, Outcome, PushRequest, PushResponse},
};

pub struct Phone {
    pub http: Client,
    pub url: String,
    pub enrolled: EnrolResponse,
    key: DeviceKey,
    pkcs8: Vec<u8>,
    seq: u64,
    previous: Option<Digest>,
    /// All it ever signed.
    pub changes: Vec<SignedChange>,
    records: BTreeMap<RecordRef, RecordState>,
    pub cursors: Vec<Cursor>,
    /// Granted feeds that it asks to leave out.
    pub skip: Vec<Feed>,
}

pub fn client() -> Client {
    // Several tests share a process: who comes second finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

pub fn error(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: ErrorBody = response.json_body();
    assert_eq!(body.v, VERSION);
    assert!(!body.message_vi.is_empty() && !body.message_en.is_empty());
    (status, body.code)
}

pub trait JsonBody {
    fn json_body<T: DeserializeOwned>(self) -> T;
}

impl JsonBody for Response {
    fn json_body<T: DeserializeOwned>(self) -> T {
        let zstd = self.headers().get("content-encoding").is_some_and(|coding| coding == "zstd");
        let bytes = self.bytes().unwrap();
        let bytes = if zstd { zstd::decode_all(bytes.as_ref()).unwrap() } else { bytes.to_vec() };
        serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&bytes)))
    }
}

pub fn enrol_request(code: &str, key: &DeviceKey) -> EnrolRequest {
    EnrolRequest {
        v: VERSION,
        code: code.into(),
        device_key: key.public(),
        device_name: "Thử nghiệm".into(),
        app_version: "0.1.0".into(),
    }
}

pub fn new_key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

pub fn household(commune: &str) -> RecordEdit {
    RecordEdit::new(RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7()))
        .set("name", "Nguyễn Văn Thử")
        .set("commune", commune)
        .set("village", "Bản Mới")
}

pub fn under(kind: &'static str, parent: &RecordRef) -> RecordEdit {
    RecordEdit::new(RecordRef::new(kind, Uuid::now_v7())).under(parent.clone())
}

impl Phone {
    pub fn enrol(invitation: &str) -> Self {
        let invitation: Invitation = invitation.trim().parse().unwrap();
        let http = client();
        let pkcs8 = DeviceKey::generate(&SystemRandom::new()).unwrap().to_vec();
        let key = DeviceKey::from_pkcs8(&pkcs8).unwrap();
        let response =
            post(&http, &invitation.hub, paths::ENROL, None, &enrol_request(&invitation.code, &key));
        assert_eq!(response.status(), 200);
        let enrolled: EnrolResponse = response.json_body();
        let statement = enrolled.certificate.verify(&enrolled.office_key).unwrap();
        assert_eq!((statement.device, statement.key), (enrolled.device, key.public()));
        Self {
            http,
            url: invitation.hub,
            enrolled,
            key,
            pkcs8,
            seq: 0,
            previous: None,
            changes: Vec::new(),
            records: BTreeMap::new(),
            cursors: Vec::new(),
            skip: Vec::new(),
        }
    }

    /// Signs the edits as one batch, and returns its changes.
    pub fn batch(&mut self, edits: Vec<RecordEdit>) -> Vec<SignedChange> {
        let (id, count) = (BatchId::new(), u32::try_from(edits.len()).unwrap());
        let batches = (0..count).map(|index| Batch { id, index, count });
        edits.into_iter().zip(batches).map(|(edit, batch)| self.sign(edit, batch)).collect()
    }

    pub fn sign(&mut self, edit: RecordEdit, batch: Batch) -> SignedChange {
        let state = self.records.entry(edit.record.clone()).or_default();
        let parent = edit.parent.map(|parent| (field::PARENT.to_owned(), Value::from(parent.to_string())));
        let fields: BTreeMap<String, (Value, Vec<ChangeId>)> = edit
            .fields
            .into_iter()
            .chain(parent)
            .map(|(name, value)| {
                let replaces = state.heads_of(&name);
                (name, (value, replaces))
            })
            .collect();
        self.seq += 1;
        let draft = Draft {
            id: ChangeId::new(),
            device: self.enrolled.device,
            seq: self.seq,
            author: self.enrolled.worker.user,
            at: Stamp(1_800_000_000_000 + self.seq, 0),
            record: edit.record,
            fields,
            batch,
            cause: None,
            previous: self.previous,
        };
        let signed = draft.sign(&self.key, &SystemRandom::new()).unwrap();
        let change = signed.reopen().unwrap();
        let plan = state.plan(&change);
        state.apply(plan);
        self.previous = Some(change.digest);
        self.changes.push(signed.clone());
        signed
    }

    /// Takes note of changes that another phone made, as a pull would bring them.
    pub fn learn(&mut self, changes: &[SignedChange]) {
        for signed in changes {
            let change = signed.reopen().unwrap();
            let state = self.records.entry(change.header.record.clone()).or_default();
            let plan = state.plan(&change);
            state.apply(plan);
        }
    }

    /// A copy of the phone's files, as of now.
    pub fn fork(&self) -> Self {
        Self {
            http: self.http.clone(),
            url: self.url.clone(),
            enrolled: self.enrolled.clone(),
            key: DeviceKey::from_pkcs8(&self.pkcs8).unwrap(),
            pkcs8: self.pkcs8.clone(),
            seq: self.seq,
            previous: self.previous,
            changes: self.changes.clone(),
            records: self.records.clone(),
            cursors: self.cursors.clone(),
            skip: self.skip.clone(),
        }
    }

    /// As if it were another device's signature.
    pub fn forge(&self, signed: &SignedChange) -> SignedChange {
        SignedChange { signature: Bytes([9; 64]), ..signed.clone() }
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> Response {
        post(&self.http, &self.url, path, Some(&self.enrolled.token.0), body)
    }

    pub fn push(&self, changes: &[SignedChange]) -> PushResponse {
        let response = self.post(paths::PUSH, &PushRequest { v: VERSION, changes: changes.to_vec() });
        assert_eq!(response.status(), 200);
        response.json_body()
    }

    pub fn outcomes(&self, changes: &[SignedChange]) -> Vec<Outcome> {
        self.push(changes).results.into_iter().map(|result| result.outcome).collect()
    }

    /// Signs, pushes, and sees that all of it was admitted.
    pub fn write(&mut self, edits: Vec<RecordEdit>) {
        let changes = self.batch(edits);
        let outcomes = self.outcomes(&changes);
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted), "{outcomes:?}");
    }

    pub fn pull_page(&self, max_entries: u32) -> PullResponse {
        let request = PullRequest {
            v: VERSION,
            hub: Some(self.enrolled.hub),
            cursors: self.cursors.clone(),
            skip: self.skip.clone(),
            max_entries,
        };
        let response = self.post(paths::PULL, &request);
        assert_eq!(response.status(), 200);
        response.json_body()
    }

    /// Pulls to the end in pages of `max_entries`, as lines such as `commune:00070 1 put household:…`.
    pub fn pull(&mut self, max_entries: u32) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..1_000 {
            let response = self.pull_page(max_entries);
            if response.feeds.is_empty() {
                return lines;
            }
            for page in response.feeds {
                for entry in &page.entries {
                    let what = match &entry.entry {
                        Entry::Put(signed) => {
                            let header = signed.header().unwrap();
                            let certificates = response.certificates.iter();
                            let statement = certificates
                                .filter_map(|certificate| certificate.verify(&self.enrolled.office_key).ok())
                                .find(|statement| statement.device == header.device)
                                .unwrap();
                            signed.verify(&statement.key).unwrap();
                            format!("put {}", header.record)
                        }
                        Entry::Leave(record) => format!("leave {record}"),
                        Entry::Sealed(_) => "sealed".into(),
                        Entry::Unknown(_) => "unknown".into(),
                    };
                    lines.push(format!("{} {} {what}", page.feed, entry.position));
                }
                let position = page.entries.last().unwrap().position;
                self.cursors.retain(|cursor| cursor.feed != page.feed);
                self.cursors.push(Cursor { feed: page.feed, epoch: response.epoch.clone(), position });
            }
        }
        panic!("the feeds never end");
    }

    fn photo(&self, method: reqwest::Method, path: &str) -> reqwest::blocking::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.enrolled.token.0)
            .header("Tus-Resumable", "1.0.0")
    }

    /// Creates an upload, with first bytes or none.
    pub fn create_upload(&self, address: &str, size: usize, first: Option<&[u8]>) -> Response {
        let metadata = format!("address {}", STANDARD.encode(address));
        let request = self.photo(reqwest::Method::POST, paths::PHOTOS);
        let request = request.header("Upload-Length", size).header("Upload-Metadata", metadata);
        match first {
            Some(bytes) => {
                request.header("Content-Type", "application/offset+octet-stream").body(bytes.to_vec())
            }
            None => request,
        }
        .send()
        .unwrap()
    }

    pub fn append_upload(&self, address: &str, offset: u64, bytes: &[u8]) -> Response {
        self.photo(reqwest::Method::PATCH, &format!("{}/{address}", paths::PHOTOS))
            .header("Upload-Offset", offset)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec())
            .send()
            .unwrap()
    }

    pub fn upload_status(&self, address: &str) -> Response {
        self.photo(reqwest::Method::HEAD, &format!("{}/{address}", paths::PHOTOS)).send().unwrap()
    }

    pub fn missing(&self, addresses: &[&str]) -> Vec<String> {
        let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
        let response = self.post(paths::PHOTOS_MISSING, &MissingRequest { v: VERSION, addresses });
        response.json_body::<MissingResponse>().missing
    }

    pub fn places(&self) -> &[Place] {
        &self.enrolled.worker.places
    }
}

pub fn offset(response: &Response) -> u64 {
    response.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

fn post(http: &Client, url: &str, path: &str, token: Option<&str>, body: &impl Serialize) -> Response {
    let body = zstd::encode_all(serde_json::to_vec(body).unwrap().as_slice(), 1).unwrap();
    let request = http.post(format!("{url}{path}")).header("Content-Encoding", "zstd").body(body);
    let request = request.header("Accept-Encoding", "zstd");
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
    .send()
    .unwrap()
}
