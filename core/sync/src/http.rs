//! The real transport: HTTP/1.1 over TLS, trusting one pinned authority and nothing else; no proxy, no redirect.

mod outgoing;

use crate::{LinkError, Method, Request, Response, Transport, Upload, pinned};
use model::{Redacted, encoding::Bytes};
use outgoing::Outgoing;
use reqwest::{
    Body, Client, RequestBuilder,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use std::{
    error::Error,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{self, Runtime},
    time::{Instant, timeout},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// An exchange in which no byte moves for so long is over.
const STALL: Duration = Duration::from_secs(60);
/// What went out may still lie in the phone's buffers: so many bytes at most, and a line passes 1 KB/s.
const BUFFERED: u64 = 256 * 1024;
/// How soon a cancelled upload ends, and how often its progress is told.
const TICK: Duration = Duration::from_millis(100);
/// The most bytes of one answer.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

pub struct HttpTransport {
    runtime: Runtime,
    client: Client,
    base: String,
    token: Option<Redacted<String>>,
}

impl HttpTransport {
    /// `hub` such as `https://10.0.0.5:8443`; `pin` may be `None` only for plain HTTP on loopback; `token` once enrolled.
    pub fn new(
        hub: &str,
        pin: Option<Bytes<32>>,
        token: Option<Redacted<String>>,
    ) -> Result<Self, LinkError> {
        let url: reqwest::Url = hub.parse().map_err(|_| LinkError::Unusable)?;
        let usable = match url.scheme() {
            "https" => pin.is_some(),
            "http" => pin.is_none() && is_loopback(&url),
            _ => false,
        };
        if !usable {
            return Err(LinkError::Unusable);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(pinned::client_config(pin).ok_or(LinkError::Unusable)?)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|_| LinkError::Unusable)?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| LinkError::Unusable)?;
        Ok(Self { runtime, client, base: hub.trim_end_matches('/').to_owned(), token })
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

impl Transport for HttpTransport {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        let moved = Arc::new(AtomicU64::new(0));
        let body = (!request.body.is_empty()).then(|| request.body.clone().into());
        self.exchange(request, body, &moved, &mut |_| true)
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        let Upload { file, length, cancel, sent } = upload;
        let moved = Arc::new(AtomicU64::new(0));
        let body = Body::wrap(Outgoing::new(file, length, moved.clone()));
        self.exchange(request, Some(body), &moved, &mut |moved| {
            sent(moved.min(length));
            !cancel.is_cancelled()
        })
    }
}

impl HttpTransport {
    /// Ends early when `go_on`, which hears the bytes moved so far, says no.
    fn exchange(
        &self,
        request: &Request,
        body: Option<Body>,
        moved: &AtomicU64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Response, LinkError> {
        let asked = self.asked(request, body)?;
        self.runtime.block_on(async {
            let mut answer = pin!(answer(asked, moved));
            let (mut before, mut since) = (0, Instant::now());
            loop {
                if let Ok(answer) = timeout(TICK, answer.as_mut()).await {
                    return answer;
                }
                let now = moved.load(Ordering::Relaxed);
                if now != before {
                    (before, since) = (now, Instant::now());
                }
                if !go_on(now) {
                    return Err(LinkError::Cut);
                }
                if since.elapsed() > STALL + Duration::from_millis(now.min(BUFFERED)) {
                    return Err(LinkError::Timeout);
                }
            }
        })
    }

    fn asked(&self, request: &Request, body: Option<Body>) -> Result<RequestBuilder, LinkError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Head => reqwest::Method::HEAD,
            Method::Patch => reqwest::Method::PATCH,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            headers.insert(HeaderName::from_static(name), header_value(value)?);
        }
        if let Some(Redacted(token)) = &self.token {
            let mut value = header_value(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        let asked = self.client.request(method, format!("{}{}", self.base, request.path)).headers(headers);
        Ok(match body {
            Some(body) => asked.body(body),
            None => asked,
        })
    }
}

async fn answer(asked: RequestBuilder, moved: &AtomicU64) -> Result<Response, LinkError> {
    let mut answer = asked.send().await.map_err(|error| link_error(&error))?;
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(|error| link_error(&error))? {
        if body.len() + bytes.len() > MAX_ANSWER {
            return Err(LinkError::Cut);
        }
        moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        body.extend_from_slice(&bytes);
    }
    Ok(Response { status, headers, body })
}

fn header_value(text: &str) -> Result<HeaderValue, LinkError> {
    HeaderValue::from_str(text).map_err(|_| LinkError::Unusable)
}

fn link_error(error: &reqwest::Error) -> LinkError {
    if let Some(refused) = certificate_error(error) {
        return refused;
    }
    if error.is_timeout() {
        LinkError::Timeout
    } else if error.is_connect() {
        LinkError::Unreachable
    } else {
        LinkError::Cut
    }
}

/// Finds rustls's word on the certificate under the layers of the HTTP client.
fn certificate_error(error: &(dyn Error + 'static)) -> Option<LinkError> {
    if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
        return Some(pinned::refusal(why));
    }
    // The source of an `io::Error` is the source of what it wraps: the wrapped error itself must be asked for.
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => certificate_error(wrapped),
        None => certificate_error(error.source()?),
    }
}
