//! A request and its answer as values.

use model::Rebuilt;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;
use wire::{erasure::Order, error::ErrorBody, lines::Packer, pull::PullResponse, push::PushRequest};

#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// Under the hub's address.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.into(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A message as phones send it.
    pub fn message(path: &str, message: &impl Serialize) -> Self {
        let text = serde_json::to_vec(message).unwrap();
        Self::new("POST", path)
            .with("content-encoding", "zstd")
            .with("accept-encoding", "zstd")
            .body(zstd::bulk::compress(&text, 1).unwrap())
    }

    /// A push as phones send it.
    pub fn push(batches: &[impl AsRef<Rebuilt>]) -> Self {
        Self::push_with(&[], batches)
    }

    pub fn push_with(orders: &[Order], batches: &[impl AsRef<Rebuilt>]) -> Self {
        let batches = batches.iter().map(|batch| batch.as_ref().clone()).collect();
        Self::pushing(&PushRequest { v: wire::VERSION, receipt: None, orders: orders.to_vec(), batches })
    }

    pub fn pushing(push: &PushRequest) -> Self {
        Self::new("POST", wire::paths::PUSH)
            .with("content-encoding", "zstd")
            .with("accept-encoding", "zstd")
            .body(push.write(Packer::new(true).unwrap()).unwrap())
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Response {
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The body, unpacked.
    pub fn bytes(&self) -> Vec<u8> {
        match self.header("content-encoding") {
            Some("zstd") => zstd::decode_all(self.body.as_slice()).unwrap(),
            _ => self.body.clone(),
        }
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        let bytes = self.bytes();
        serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&bytes)))
    }

    /// The whole answer to a pull.
    pub fn pulled(&self) -> PullResponse {
        let zstd = self.header("content-encoding") == Some("zstd");
        let (answer, whole) = PullResponse::read(zstd, &self.body).unwrap().expect("a head");
        assert!(whole);
        answer
    }

    /// Status and code of a refusal that says why in both languages.
    pub fn refusal(&self) -> (u16, String) {
        let body: ErrorBody = self.json();
        assert_eq!(body.v, wire::VERSION);
        assert!(!body.message_vi.is_empty() && !body.message_en.is_empty());
        (self.status, body.code)
    }

    /// `Upload-Offset`.
    pub fn offset(&self) -> u64 {
        let offset = self.header("upload-offset").unwrap_or_else(|| panic!("no offset: {self:?}"));
        offset.parse().unwrap()
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} bytes)", self.method, self.path, self.body.len())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}
