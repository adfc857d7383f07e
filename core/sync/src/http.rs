//! The real transport: HTTP/1.1 over TLS, trusting one pinned authority and nothing else; no proxy, no redirect.

use crate::{LinkError, Method, Request, Response, Transport, pinned};
use model::{Redacted, encoding::Bytes};
use reqwest::{
    blocking::Client,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use std::{error::Error, io::Read, time::Duration};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// For one whole exchange: a chunk of 256 KiB passes at 3 KB/s.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(90);
/// The most bytes of one answer.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;

pub struct HttpTransport {
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
            .timeout(EXCHANGE_TIMEOUT)
            .build()
            .map_err(|_| LinkError::Unusable)?;
        Ok(Self { client, base: hub.trim_end_matches('/').to_owned(), token })
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

impl Transport for HttpTransport {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
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
        let mut exchange =
            self.client.request(method, format!("{}{}", self.base, request.path)).headers(headers);
        if !request.body.is_empty() {
            exchange = exchange.body(request.body.clone());
        }
        let answer = exchange.send().map_err(|error| link_error(&error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::new();
        answer.take(MAX_ANSWER).read_to_end(&mut body).map_err(|error| {
            if error.kind() == std::io::ErrorKind::TimedOut { LinkError::Timeout } else { LinkError::Cut }
        })?;
        Ok(Response { status, headers, body, cut: None })
    }
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
