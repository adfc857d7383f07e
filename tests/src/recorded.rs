//! What a phone and a hub said to each other, byte by byte: recorded once, and played to either of them ever after.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{collections::VecDeque, fs, io::Read, path::Path};
use sync::{LinkError, Method, Request, Response, Transport, Upload};

/// A request with its answer.
#[derive(Clone, Serialize, Deserialize)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    #[serde(serialize_with = "to_text", deserialize_with = "from_text")]
    pub body: Vec<u8>,
    pub status: u16,
    pub answer_headers: Vec<(String, String)>,
    #[serde(serialize_with = "to_text", deserialize_with = "from_text")]
    pub answer: Vec<u8>,
}

fn to_text<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(bytes))
}

fn from_text<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(from)?).map_err(serde::de::Error::custom)
}

impl Exchange {
    /// The request as it went.
    ///
    /// # Errors
    /// When it is of a method that no phone uses.
    pub fn request(&self) -> Result<Request> {
        let methods = [Method::Get, Method::Post, Method::Head, Method::Patch];
        let method = methods.into_iter().find(|method| format!("{method:?}") == self.method);
        let headers = self.headers.iter().map(|(name, value)| (&*name.clone().leak(), value.clone()));
        Ok(Request {
            method: method.context("a method that no phone uses")?,
            path: self.path.clone(),
            headers: headers.collect(),
            body: self.body.clone(),
        })
    }
}

/// Exchanges as they are kept, one a line.
///
/// # Errors
/// When they can't be read.
pub fn read(file: &Path) -> Result<Vec<Exchange>> {
    fs::read_to_string(file)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// # Errors
/// When they can't be written.
pub fn write(file: &Path, exchanges: &[Exchange]) -> Result<()> {
    let lines = exchanges.iter().map(|exchange| Ok(serde_json::to_string(exchange)? + "\n"));
    Ok(fs::write(file, lines.collect::<Result<String>>()?)?)
}

/// Keeps what goes over another transport.
pub struct Recorder<'a, T> {
    pub over: T,
    pub heard: &'a mut Vec<Exchange>,
}

impl<T> Recorder<'_, T> {
    fn keep(&mut self, request: &Request, body: Vec<u8>, answer: &Response) {
        self.heard.push(Exchange {
            method: format!("{:?}", request.method),
            path: request.path.clone(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            body,
            status: answer.status,
            answer_headers: answer.headers.clone(),
            answer: answer.body.clone(),
        });
    }
}

impl<T: Transport> Transport for Recorder<'_, T> {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        let answer = self.over.send(request)?;
        self.keep(request, request.body.clone(), &answer);
        Ok(answer)
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        let mut body = Vec::new();
        let again = upload.file.try_clone().and_then(|file| file.take(upload.length).read_to_end(&mut body));
        again.and_then(|_| std::io::Seek::rewind(&mut &upload.file)).map_err(|_| LinkError::Unusable)?;
        let answer = self.over.upload(request, upload)?;
        self.keep(request, body, &answer);
        Ok(answer)
    }
}

/// A hub of which only its answers are left: each request gets the next one that was given to its method and path.
pub struct Played(pub VecDeque<Exchange>);

impl Transport for Played {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        let method = format!("{:?}", request.method);
        let found = self.0.iter().position(|kept| kept.method == method && kept.path == request.path);
        let kept = found.and_then(|at| self.0.remove(at)).ok_or(LinkError::Unusable)?;
        Ok(Response { status: kept.status, headers: kept.answer_headers, body: kept.answer, cut: None })
    }

    fn upload(&mut self, request: &Request, _: Upload<'_>) -> Result<Response, LinkError> {
        self.send(request)
    }
}
