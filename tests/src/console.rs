//! The hub's console as a browser without a screen: log in, read pages.

use anyhow::{Context, Result, ensure};
use sync::{HttpTransport, Method, Request, Response, Transport};
use wire::enrol::Invitation;

/// A logged-in visitor.
pub struct Console {
    transport: HttpTransport,
    cookie: String,
}

impl Console {
    /// Logs in at the hub that `invitation` (any) is of.
    ///
    /// # Errors
    /// When the hub can't be reached or does not take the password.
    pub fn log_in(invitation: &str, login: &str, password: &str) -> Result<Self> {
        let invitation: Invitation = invitation.parse()?;
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
        let response = transport.send(&Request {
            method: Method::Post,
            path: "/login".into(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".into())],
            body: format!("login={}&password={}", encoded(login), encoded(password)).into_bytes(),
        })?;
        ensure!(response.status == 303, "the login was answered with {}", response.status);
        let cookie = response.header("set-cookie").context("no session")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { transport, cookie })
    }

    /// Any page or picture; also refusals.
    ///
    /// # Errors
    /// When the hub can't be reached.
    pub fn get(&mut self, path: &str) -> Result<Response> {
        let headers = vec![("cookie", self.cookie.clone())];
        Ok(self.transport.send(&Request { method: Method::Get, path: path.into(), headers, body: vec![] })?)
    }

    /// Sends a form as its page does; also refusals.
    ///
    /// # Errors
    /// When the hub can't be reached.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Response> {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let form = ("content-type", "application/x-www-form-urlencoded".into());
        Ok(self.transport.send(&Request {
            method: Method::Post,
            path: path.into(),
            headers: vec![("cookie", self.cookie.clone()), form],
            body: pairs.join("&").into_bytes(),
        })?)
    }

    /// Sends a workbook as its page does; also refusals.
    ///
    /// # Errors
    /// When the hub can't be reached.
    pub fn upload(&mut self, path: &str, workbook: &[u8]) -> Result<Response> {
        let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"goi.xlsx\"\r\n\r\n";
        let form = ("content-type", "multipart/form-data; boundary=b".into());
        Ok(self.transport.send(&Request {
            method: Method::Post,
            path: path.into(),
            headers: vec![("cookie", self.cookie.clone()), form],
            body: [head.as_bytes(), workbook, b"\r\n--b--\r\n"].concat(),
        })?)
    }

    /// A page's HTML.
    ///
    /// # Errors
    /// When it is refused.
    pub fn page(&mut self, path: &str) -> Result<String> {
        let response = self.get(path)?;
        ensure!(response.status == 200, "{path} was answered with {}", response.status);
        Ok(String::from_utf8(response.body)?)
    }
}

/// A value for a query or a form body (RFC 3986, 2.1).
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
