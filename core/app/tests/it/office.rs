//! A small office on loopback: enrols with the code `GOOD`, takes every change, publishes the two forms, has no news.
//! What a hub really does is tested with the real one, elsewhere.

use crate::sheets;
use model::{DeviceId, DeviceKey, Feed, HubId, OfficeId, Place, Redacted, Role, UserId, encoding::Bytes};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, LazyLock, Mutex},
    thread,
};
use wire::{
    Hello,
    certificate::{Certificate, DeviceStatement},
    enrol::{Colleague, EnrolRequest, EnrolResponse, Worker},
    error::{ErrorBody, code},
    forms::{FormEntry, FormFile, FormList},
    paths,
    pull::PullResponse,
    push::{ChangeResult, MissingResponse, Outcome, PushRequest, PushResponse},
};

pub const COMMUNE: &str = "06040";

pub struct Office {
    pub address: String,
    desk: Arc<Desk>,
}

struct Desk {
    hub: HubId,
    key: DeviceKey,
    office: OfficeId,
    worker: Worker,
    forms: Files,
    received: Mutex<Vec<model::Header>>,
    /// What the office says to each change.
    verdict: Mutex<Outcome>,
}

pub type Files = Vec<(FormEntry, Vec<(String, Vec<u8>)>)>;

/// Made once: turning sheets into forms takes a moment.
static FORMS: LazyLock<Files> = LazyLock::new(|| {
    [("vang_gia", "Vãng gia hộ gia đình"), ("tiep_nhan_tre_em", "Tiếp nhận thông tin trẻ em")]
        .map(|(id, title)| {
            let files = sheets::publish(id);
            (entry(id, title, &files), files)
        })
        .into()
});

pub fn entry(id: &str, title: &str, files: &[(String, Vec<u8>)]) -> FormEntry {
    let listed = files.iter().map(|(name, bytes)| FormFile {
        name: name.clone(),
        sha256: digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect(),
        size: bytes.len() as u64,
    });
    FormEntry {
        id: id.to_owned(),
        version: "2026112401".to_owned(),
        title: title.to_owned(),
        files: listed.collect(),
        newest: true,
    }
}

impl Office {
    pub fn open() -> Self {
        Self::publishing(FORMS.clone())
    }

    pub fn publishing(forms: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let key = DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap();
        let worker = Worker {
            user: UserId::new(),
            name: Redacted("Lò Thị Thử".into()),
            role: Role::CASE_MANAGER,
            places: vec![Place::Commune(COMMUNE.into())],
            duty_managers: vec![Colleague { user: UserId::new(), name: Redacted("Vi Văn Trực".into()) }],
        };
        let desk = Arc::new(Desk {
            hub: HubId::new(),
            key,
            office: OfficeId::new(),
            worker,
            forms,
            received: Mutex::default(),
            verdict: Mutex::new(Outcome::Admitted),
        });
        let serving = desk.clone();
        // Ends with the test process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = serving.clone();
                thread::spawn(move || serve(&desk, stream));
            }
        });
        Self { address, desk }
    }

    pub fn invitation(&self, code: &str) -> String {
        format!("vanggia:1;{};{code};-", self.address)
    }

    /// Kinds of the records whose changes came.
    pub fn received(&self) -> Vec<String> {
        let received = self.desk.received.lock().unwrap();
        received.iter().map(|header| header.record.kind.to_string()).collect()
    }

    pub fn decide(&self, outcome: Outcome) {
        *self.desk.verdict.lock().unwrap() = outcome;
    }
}

fn serve(desk: &Desk, stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut packed) = (0, false);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            let header = header.trim().to_ascii_lowercase();
            match header.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("content-encoding", "zstd")) => packed = true,
                None if header.is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        if packed {
            body = zstd::decode_all(body.as_slice()).unwrap();
        }
        let path = line.split(' ').nth(1).unwrap_or_default();
        let (status, answer) = desk.answer(path, &body);
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", answer.len());
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer)).is_err() {
            return;
        }
    }
}

fn json(value: &impl Serialize) -> (u16, Vec<u8>) {
    (200, serde_json::to_vec(value).unwrap())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).unwrap()
}

fn refuse(status: u16, code: &str) -> (u16, Vec<u8>) {
    let body = ErrorBody { v: 1, code: code.into(), message_vi: String::new(), message_en: String::new() };
    (status, serde_json::to_vec(&body).unwrap())
}

impl Desk {
    fn answer(&self, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        match path {
            paths::HELLO => json(&Hello { hub: self.hub, versions: vec![1], server_time: now() }),
            paths::ENROL => self.enrol(read(body)),
            paths::PUSH => self.push(read(body)),
            paths::PULL => self.pull(),
            paths::FORMS => {
                let forms = self.forms.iter().map(|(entry, _)| entry.clone()).collect();
                json(&FormList { v: 1, forms })
            }
            // It has every photo already.
            paths::PHOTOS_MISSING => json(&MissingResponse { v: 1, missing: Vec::new() }),
            _ => self
                .forms
                .iter()
                .find_map(|(entry, files)| {
                    let under = format!("{}/{}/{}/", paths::FORMS, entry.id, entry.version);
                    let name = path.strip_prefix(&under)?;
                    files.iter().find(|(known, _)| known == name)
                })
                .map_or_else(|| refuse(404, code::NOT_FOUND), |(_, bytes)| (200, bytes.clone())),
        }
    }

    fn enrol(&self, request: EnrolRequest) -> (u16, Vec<u8>) {
        if request.code != "GOOD" {
            return refuse(409, code::CODE_USED);
        }
        let device = DeviceId::new();
        let statement = DeviceStatement {
            v: 1,
            office: self.office,
            device,
            user: self.worker.user,
            key: request.device_key,
            issued_at: now(),
        };
        json(&EnrolResponse {
            v: 1,
            hub: self.hub,
            office: self.office,
            office_key: self.key.public(),
            // X25519's base point: any point does for a test that recovers nothing.
            recovery_key: Bytes({
                let mut point = [0; 32];
                point[0] = 9;
                point
            }),
            device,
            certificate: Certificate::issue(&statement, &self.key).unwrap(),
            token: Redacted("token".into()),
            worker: self.worker.clone(),
            server_time: now(),
        })
    }

    fn push(&self, request: PushRequest) -> (u16, Vec<u8>) {
        let headers: Vec<_> = request.changes.iter().map(|change| change.header().unwrap()).collect();
        let outcome = self.verdict.lock().unwrap().clone();
        let results = headers.iter().map(|h| ChangeResult { id: h.id, outcome: outcome.clone() }).collect();
        let received_through = headers.last().map_or(0, |header| header.seq);
        self.received.lock().unwrap().extend(headers);
        json(&PushResponse { v: 1, received_through, results, server_time: now() })
    }

    fn pull(&self) -> (u16, Vec<u8>) {
        json(&PullResponse {
            v: 1,
            hub: self.hub,
            epoch: "1".into(),
            feeds: Vec::new(),
            granted: vec![Feed::Commune(COMMUNE.into())],
            certificates: Vec::new(),
            own: Vec::new(),
            worker: self.worker.clone(),
            server_time: now(),
        })
    }
}

fn now() -> u64 {
    model::Clock::now_ms(&model::SystemClock::default())
}
