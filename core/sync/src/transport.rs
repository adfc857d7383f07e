//! One exchange with a hub, as values: the state machine wishes requests, a transport makes them.

use crate::Cancel;
use std::{fmt, fs::File};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Head,
    Patch,
}

/// A request under the hub's address. The transport adds the device's token.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// Such as `/v1/push`; holds ids and hashes only.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} ({} bytes)", self.method, self.path, self.body.len())
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Why no more of the body came; `None` if it is whole.
    pub cut: Option<LinkError>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = if self.cut.is_some() { ", then cut" } else { "" };
        write!(f, "{} ({} bytes{cut})", self.status, self.body.len())
    }
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("no connection")]
    Unreachable,
    #[error("the connection broke")]
    Cut,
    /// Nothing moved for a while; how long the whole takes doesn't matter.
    #[error("nothing came through for a while")]
    Timeout,
    /// The certificate is not one of the pinned authority, or not for this address.
    #[error("another hub's certificate")]
    WrongHub,
    /// The hub's own certificate does not hold today: more often than not it is the phone's date that is wrong.
    #[error("the hub's certificate does not hold on this phone's date")]
    CertificateDate,
    /// The address can't be used: no URL, or plain HTTP beyond loopback.
    #[error("an address that can't be used")]
    Unusable,
}

/// A request's body that is read from a file as it goes out.
pub struct Upload<'a> {
    /// At the first byte.
    pub file: File,
    pub length: u64,
    /// Stops it in the middle.
    pub cancel: &'a Cancel,
    /// Hears how many bytes went out so far.
    pub sent: &'a mut dyn FnMut(u64),
}

/// Makes requests: over HTTP, or inside a simulator.
pub trait Transport {
    /// An answer of which only the first part came is one, with the reason in `cut`.
    fn send(&mut self, request: &Request) -> Result<Response, LinkError>;

    /// Sends a request whose body is `upload`. Returns at once when cancelled; what it returns then means nothing.
    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError>;
}
