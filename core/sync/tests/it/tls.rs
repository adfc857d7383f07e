//! Trust over real TLS: one pinned authority, its dates and names, and nobody else.

use model::{Redacted, encoding::Bytes};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::{ServerConfig, ServerConnection, Stream, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    thread,
};
use sync::{HttpTransport, LinkError, Method, Request, Transport};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn pin(authority: &CertifiedIssuer<'_, KeyPair>) -> Bytes<32> {
    wire::pin::ca_pin(authority.der()).unwrap()
}

fn leaf(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// Serves HTTPS to `clients` connections, one request each, and answers with what it was sent.
fn serve(chain: Vec<CertificateDer<'static>>, key: &KeyPair, clients: usize) -> String {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::new(config);
    thread::spawn(move || {
        for socket in listener.incoming().take(clients) {
            let mut socket = socket.unwrap();
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            let mut asked = Vec::new();
            let mut bytes = [0; 4096];
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut bytes) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => asked.extend_from_slice(&bytes[..count]),
                }
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nUpload-Offset: 7\r\nConnection: close\r\n\r\n",
                asked.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &asked].concat());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    format!("https://{address}")
}

fn served_by(
    authority: &CertifiedIssuer<'static, KeyPair>,
    leaf: &CertificateParams,
    send_authority: bool,
) -> String {
    let key = KeyPair::generate().unwrap();
    let certificate = leaf.signed_by(&key, authority).unwrap();
    let mut chain = vec![certificate.der().clone()];
    if send_authority {
        chain.push(authority.der().clone());
    }
    serve(chain, &key, 1)
}

fn ask(hub: &str, pin: Bytes<32>) -> Result<sync::Response, LinkError> {
    let token = Some(Redacted("secret-token".to_owned()));
    HttpTransport::new(hub, Some(pin), token).unwrap().send(&Request {
        method: Method::Get,
        path: "/v1/hello".into(),
        headers: vec![("accept-encoding", "zstd".into())],
        body: vec![],
    })
}

#[test]
fn the_invited_hub_is_trusted() {
    let office = authority();
    let hub = served_by(&office, &leaf("127.0.0.1"), true);
    let answer = ask(&hub, pin(&office)).unwrap();
    assert_eq!((answer.status, answer.header("upload-offset")), (200, Some("7")));
    let asked = String::from_utf8(answer.body).unwrap().to_lowercase();
    assert!(asked.starts_with("get /v1/hello http/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: bearer secret-token\r\n"), "{asked}");
}

#[test]
fn a_hub_of_another_authority_is_not() {
    let (office, other) = (authority(), authority());
    let hub = served_by(&other, &leaf("127.0.0.1"), true);
    assert_eq!(ask(&hub, pin(&office)), Err(LinkError::WrongHub));
}

#[test]
fn showing_the_right_authority_beside_a_foreign_leaf_does_not_help() {
    let (office, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let foreign = leaf("127.0.0.1").signed_by(&key, &other).unwrap();
    let hub = serve(vec![foreign.der().clone(), office.der().clone()], &key, 1);
    assert_eq!(ask(&hub, pin(&office)), Err(LinkError::WrongHub));
}

#[test]
fn a_chain_without_the_authority_is_not_enough() {
    let office = authority();
    let hub = served_by(&office, &leaf("127.0.0.1"), false);
    assert_eq!(ask(&hub, pin(&office)), Err(LinkError::WrongHub));
}

#[test]
fn a_certificate_for_another_address_is_not_trusted() {
    let office = authority();
    for name in ["10.1.2.3", "hub.example"] {
        let hub = served_by(&office, &leaf(name), true);
        assert_eq!(ask(&hub, pin(&office)), Err(LinkError::WrongHub), "{name}");
    }
}

#[test]
fn a_certificate_out_of_its_dates_has_its_own_code() {
    let office = authority();
    for (from, to) in [(2020, 2021), (2120, 2121)] {
        let mut dated = leaf("127.0.0.1");
        dated.not_before = date_time_ymd(from, 1, 1);
        dated.not_after = date_time_ymd(to, 1, 1);
        let hub = served_by(&office, &dated, true);
        assert_eq!(ask(&hub, pin(&office)), Err(LinkError::CertificateDate), "{from}");
    }
}

#[test]
fn addresses_that_are_not_safe_are_not_used() {
    let some = Some(Bytes([1; 32]));
    for (hub, pin) in [
        ("http://10.0.0.5:8080", None),
        ("http://127.0.0.1.example:80", None),
        ("http://127.0.0.1:80", some),
        ("https://10.0.0.5:8443", None),
        ("ftp://127.0.0.1", None),
        ("nonsense", some),
    ] {
        assert_eq!(HttpTransport::new(hub, pin, None).err(), Some(LinkError::Unusable), "{hub}");
    }
}

#[test]
fn nobody_there_is_unreachable_and_a_broken_answer_is_a_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1000]);
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    });
    let mut transport = HttpTransport::new(&format!("http://{address}"), None, None).unwrap();
    // What came is handed on.
    let hello = Request { method: Method::Get, path: "/".into(), headers: vec![], body: vec![] };
    let part = transport.send(&hello).unwrap();
    assert_eq!((part.body.as_slice(), part.cut), (b"only this".as_slice(), Some(LinkError::Cut)));
    assert_eq!(transport.send(&hello), Err(LinkError::Unreachable));
}
