//! A phone at the level of messages, for what an honest core never sends.

use crate::hub::HubProcess;
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::{
    BlobRef, Clock, DeviceKey, HouseholdId, PhotoFile, Rebuilt, RecordRef, Stamp, SystemClock, Verified,
    batch::{Chain, Device, Draft, Json, Maker},
    encoding::Bytes,
};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};
use sync::{HttpTransport, Method, Request, Response, Transport};
use wire::{
    enrol::{EnrolRequest, EnrolResponse, Invitation},
    erasure::Order,
    lines::Packer,
    pull::{Condition, PullRequest, PullResponse},
    push::{Outcome, PushRequest, PushResponse},
    receipt::Receipt,
};

/// What it does is the caller's to say; what the hub answers comes back as it is.
pub struct WirePhone {
    pub key: DeviceKey,
    pub enrolled: EnrolResponse,
    transport: HttpTransport,
}

impl WirePhone {
    /// Enrolled as a phone of `login`.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn enrol(hub: &HubProcess, login: &str) -> Result<Self> {
        let invitation: Invitation = hub.invite(login, None)?.parse()?;
        let key = DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new())?)?;
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
        let request = EnrolRequest::new(&invitation.code, &key, "Máy thử", "0.1");
        let enrolled = sync::enrol(&request, &mut transport)?;
        let token = enrolled.token.clone();
        let transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, Some(token))?;
        Ok(Self { key, enrolled, transport })
    }

    /// Whose its batches are.
    pub fn device(&self) -> Device {
        let EnrolResponse { office, device, .. } = self.enrolled;
        Device { office, device, author: self.enrolled.worker.user }
    }

    /// Where its first batch goes.
    ///
    /// # Errors
    /// When its certificate can't be read.
    pub fn chain(&self) -> Result<Chain> {
        Ok(self.enrolled.certificate.chain()?)
    }

    /// A batch of one household.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn batch(&self, chain: Chain, commune: &str) -> Result<Verified> {
        self.batch_as(self.device(), chain, commune)
    }

    /// The same under another's name.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn batch_as(&self, device: Device, chain: Chain, commune: &str) -> Result<Verified> {
        let fields = [("name", json!("Nông Thị Giả")), ("commune", json!(commune))];
        self.changes(device, chain, &[(HouseholdId::new().reference(), &fields)])
    }

    /// A batch of changes that replace nothing, each of a record and its fields.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn changes(
        &self,
        device: Device,
        chain: Chain,
        changes: &[(RecordRef, &[(&str, Value)])],
    ) -> Result<Verified> {
        let mut maker = Maker::new(device, chain.clone(), &SystemRandom::new())?;
        for (record, fields) in changes {
            let mut draft = Draft { at: now(), record: record.clone(), cause: None, fields: BTreeMap::new() };
            for (name, value) in *fields {
                let value = (Json::new(value.to_string())?, BTreeSet::new());
                draft.fields.insert((*name).to_owned(), value);
            }
            maker.add(draft)?;
        }
        Ok(maker.sign(&self.key)?)
    }

    /// A batch of one household that names a photo's ciphertext by its address and length.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn photo(&self, chain: Chain, commune: &str, address: &str, size: u64) -> Result<Verified> {
        let blob = |address: String, size| BlobRef { address, key: Bytes([7; 32]), size };
        let file = PhotoFile {
            blob: blob(address.to_owned(), size),
            width: 2_048,
            height: 1_536,
            thumbnail: blob(wire::blob::address(address.as_bytes()), 1),
            taken_at: "2026-11-24T10:00:00+07:00".to_owned(),
        };
        let fields = [
            ("name", json!("Nông Thị Giả")),
            ("commune", json!(commune)),
            ("file", serde_json::to_value(file)?),
        ];
        self.changes(self.device(), chain, &[(HouseholdId::new().reference(), &fields)])
    }

    /// Begins an upload of so many bytes with the first of them; what the hub answers comes back as it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn begin_upload(&mut self, address: &str, size: u64, first: &[u8]) -> Result<Response> {
        let mut headers = vec![
            ("tus-resumable", "1.0.0".to_owned()),
            ("upload-length", size.to_string()),
            ("upload-metadata", format!("address {}", STANDARD.encode(address))),
        ];
        if !first.is_empty() {
            headers.push(("content-type", "application/offset+octet-stream".to_owned()));
        }
        let path = wire::paths::PHOTOS.into();
        self.send(&Request { method: Method::Post, path, headers, body: first.to_vec() })
    }

    /// Pushes them; what the hub answered.
    ///
    /// # Errors
    /// When there is no answer, or another than a push's.
    pub fn push(&mut self, batches: Vec<Rebuilt>) -> Result<PushResponse> {
        self.push_showing(None, batches)
    }

    /// The same with a receipt.
    ///
    /// # Errors
    /// As [`WirePhone::push`].
    pub fn push_showing(&mut self, receipt: Option<Receipt>, batches: Vec<Rebuilt>) -> Result<PushResponse> {
        self.send_push(&PushRequest { v: wire::VERSION, receipt, orders: Vec::new(), batches })
    }

    /// Brings orders to erase.
    ///
    /// # Errors
    /// As [`WirePhone::push`].
    pub fn push_orders(&mut self, orders: Vec<Order>) -> Result<PushResponse> {
        self.send_push(&PushRequest { v: wire::VERSION, receipt: None, orders, batches: Vec::new() })
    }

    fn send_push(&mut self, push: &PushRequest) -> Result<PushResponse> {
        let body = push.write(Packer::new(false)?)?;
        let request = Request {
            method: Method::Post,
            path: wire::paths::PUSH.into(),
            headers: vec![("content-type", "application/x-ndjson".into())],
            body,
        };
        let response = self.send(&request)?;
        if response.status != 200 {
            bail!("status {}: {}", response.status, String::from_utf8_lossy(&response.body));
        }
        Ok(serde_json::from_slice(&response.body)?)
    }

    /// All that one answer holds from the start of each feed.
    ///
    /// # Errors
    /// When there is no answer, or another than a pull's.
    pub fn pull(&mut self) -> Result<PullResponse> {
        Ok(self.pull_bytes()?.1)
    }

    /// The same, with the bytes as they came.
    ///
    /// # Errors
    /// As [`WirePhone::pull`].
    pub fn pull_bytes(&mut self) -> Result<(Vec<u8>, PullResponse)> {
        let question = PullRequest {
            v: wire::VERSION,
            hub: None,
            cursors: Vec::new(),
            skip: Vec::new(),
            max_entries: u32::MAX,
            max_bytes: u64::MAX,
            holds: None,
            statements_after: None,
            condition: Condition::default(),
        };
        let request = Request {
            method: Method::Post,
            path: wire::paths::PULL.into(),
            headers: vec![("content-type", "application/json".into())],
            body: serde_json::to_vec(&question)?,
        };
        let response = self.send(&request)?;
        let read = PullResponse::read(false, &response.body).ok().flatten();
        let (answer, whole) = read.with_context(|| format!("status {}", response.status))?;
        ensure!(whole, "the answer was cut");
        Ok((response.body, answer))
    }

    /// Any request, with this phone's token.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn send(&mut self, request: &Request) -> Result<Response> {
        Ok(self.transport.send(request)?)
    }
}

/// Later than whatever another of these phones said before.
fn now() -> Stamp {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let clock = SystemClock::default().now_ms();
    let before = LAST.fetch_max(clock, Ordering::Relaxed);
    if before < clock { Stamp(clock, 0) } else { Stamp(LAST.fetch_add(1, Ordering::Relaxed) + 1, 0) }
}

/// The code of what became of it.
pub fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Admitted => "admitted",
        Outcome::Known => "known",
        Outcome::Waiting { code } | Outcome::Denied { code, .. } | Outcome::Refused { code } => code,
        Outcome::Staged => "staged",
        Outcome::Unknown => "unknown",
    }
}
