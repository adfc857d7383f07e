//! The real transport: HTTP/1.1 over TLS, trusting one pinned authority and nothing else; no proxy, no redirect. One
//! connection serves a whole run.

use crate::{LinkError, Method, Request, Response, Transport, Upload, pinned, stall::Stall};
use model::{Redacted, encoding::Bytes};
use reqwest::{
    Body, Client,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use std::{error::Error, io::Cursor, pin::pin, time::Duration};
use tokio::{
    runtime::{self, Runtime},
    time::timeout,
};

/// With the handshake, which takes some round trips and 4 KB.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Nothing came or went for so long: the line is dead. At 8 kbit/s a record of TLS takes 4 seconds.
const STALL: Duration = Duration::from_secs(45);
/// What the system sent and nobody acknowledged for so long ends the connection, where the system can tell.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);
/// How soon a cancelled upload ends, and how often its progress is told.
const TICK: Duration = Duration::from_millis(100);
/// The most bytes of one answer.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

pub struct HttpTransport {
    runtime: Runtime,
    client: Client,
    base: String,
    token: Option<Redacted<String>>,
    stall: Duration,
    /// The app's version, as the hub is told.
    app_version: String,
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
            .connect_timeout(CONNECT_TIMEOUT);
        #[cfg(any(target_os = "android", target_os = "linux"))]
        let client = client.tcp_user_timeout(UNACKNOWLEDGED);
        let client = client.build().map_err(|_| LinkError::Unusable)?;
        // The connection is looked after while a request is under way, on the thread that makes it.
        let runtime =
            runtime::Builder::new_current_thread().enable_all().build().map_err(|_| LinkError::Unusable)?;
        Ok(Self {
            runtime,
            client,
            base: hub.trim_end_matches('/').to_owned(),
            token,
            stall: STALL,
            app_version: String::new(),
        })
    }

    /// Waits so long for anything to move instead of the usual time.
    #[must_use]
    pub fn with_stall(self, stall: Duration) -> Self {
        Self { stall, ..self }
    }

    /// Tells the hub the app's version.
    #[must_use]
    pub fn of_app(self, version: &str) -> Self {
        Self { app_version: version.to_owned(), ..self }
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

impl Transport for HttpTransport {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        let stall = Stall::after(self.stall);
        let length = request.body.len() as u64;
        let body = (length > 0).then(|| stall.watched(Cursor::new(request.body.clone()), length));
        self.runtime.block_on(self.exchange(request, body.map(Body::wrap), &stall))
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        let Upload { file, length, cancel, sent } = upload;
        let stall = Stall::after(self.stall);
        let body = Body::wrap(stall.watched(file, length));
        self.runtime.block_on(async {
            let mut exchange = pin!(self.exchange(request, Some(body), &stall));
            loop {
                match timeout(TICK, exchange.as_mut()).await {
                    Ok(answer) => return answer,
                    Err(_) if cancel.is_cancelled() => return Err(LinkError::Cut),
                    Err(_) => sent(stall.gone()),
                }
            }
        })
    }
}

impl HttpTransport {
    async fn exchange(
        &self,
        request: &Request,
        body: Option<Body>,
        stall: &Stall,
    ) -> Result<Response, LinkError> {
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
        // One that no header can hold is left out.
        let agent = header_value(&format!("{}{}", wire::AGENT, self.app_version)).ok();
        if let Some(agent) = agent.filter(|_| !self.app_version.is_empty()) {
            headers.insert(reqwest::header::USER_AGENT, agent);
        }
        if let Some(Redacted(token)) = &self.token {
            let mut value = header_value(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        let mut exchange =
            self.client.request(method, format!("{}{}", self.base, request.path)).headers(headers);
        if let Some(body) = body {
            exchange = exchange.body(body);
        }
        let answer = stall.unless(exchange.send()).await?.map_err(|error| link_error(&error))?;
        read(answer, stall).await
    }
}

/// The answer, or what came of it.
async fn read(mut answer: reqwest::Response, stall: &Stall) -> Result<Response, LinkError> {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut body = Vec::new();
    let cut = loop {
        stall.moved();
        match stall.unless(answer.chunk()).await {
            Ok(Ok(Some(chunk))) if body.len() + chunk.len() <= MAX_ANSWER => body.extend_from_slice(&chunk),
            Ok(Ok(Some(_)) | Err(_)) => break Some(LinkError::Cut),
            Ok(Ok(None)) => break None,
            Err(stalled) => break Some(stalled),
        }
    };
    Ok(Response { status, headers, body, cut })
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
