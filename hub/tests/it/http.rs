//! The hub's real face: HTTP to its address.

use reqwest::blocking::Client;
use std::sync::Arc;
use testkit::{Link, Request, Response};

pub struct Http {
    client: Client,
    pub url: String,
}

pub fn client() -> Client {
    // Several tests share a process: who comes second finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// To the hub at `url`.
pub fn link(url: &str) -> Arc<dyn Link> {
    Arc::new(Http { client: client(), url: url.to_owned() })
}

impl Link for Http {
    fn send(&self, request: &Request) -> Response {
        let method = request.method.parse().unwrap();
        let mut exchange = self.client.request(method, format!("{}{}", self.url, request.path));
        for (name, value) in &request.headers {
            exchange = exchange.header(name, value);
        }
        let answer = exchange.body(request.body.clone()).send().unwrap();
        let mut response = Response::new(answer.status().as_u16());
        for (name, value) in answer.headers() {
            response = response.with(name.as_str(), value.to_str().unwrap());
        }
        response.body = answer.bytes().unwrap().to_vec();
        response
    }
}
