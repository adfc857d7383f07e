//! TLS: phones pin the key of the hub's CA and check the leaf against it.

use crate::{http::client, world::Office};
use hub::{Hub, office::certificate, serve};
use model::{SystemClock, encoding::Bytes};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    StreamOwned,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring::default_provider,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, mpsc},
};

/// As a phone does it: the one root is the certificate of the chain whose key has the pin.
#[derive(Debug)]
struct Pinned(Bytes<32>);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer,
        chain: &[CertificateDer],
        name: &ServerName,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ca = chain.iter().find(|ca| wire::pin::ca_pin(ca).is_ok_and(|pin| pin == self.0));
        let mut roots = RootCertStore::empty();
        roots.add(ca.ok_or_else(|| Error::General("no such pin".into()))?.clone())?;
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), default_provider().into())
            .build()
            .map_err(|e| Error::General(e.to_string()))?;
        verifier.verify_server_cert(leaf, chain, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 is spoken here".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn hello(address: &str, name: &str, pin: Bytes<32>) -> Result<String, std::io::Error> {
    let config = ClientConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(pin)))
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /v1/hello HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    // Some servers close without a goodbye.
    let _ = stream.read_to_string(&mut answer);
    Ok(answer)
}

#[test]
fn the_invitations_pin_fits_the_hub_and_no_other() {
    let temporary = tempfile::tempdir().unwrap();
    let hub = Hub::open(&temporary.path().join("hub"), Arc::new(SystemClock::default())).unwrap();
    let pin = hub.identity.ca_pin().unwrap();
    let (told, ready) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = std::thread::spawn(move || {
        let options = serve::Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            plain: false,
            names: vec!["hub.example".into()],
            alarm: None,
        };
        serve::serve(hub, &options, |url| told.send(url.to_owned()).unwrap(), async {
            let _ = stopped.await;
        })
        .unwrap();
    });
    let url = ready.recv().unwrap();
    let port = url.strip_prefix("https://hub.example:").unwrap();
    let address = format!("127.0.0.1:{port}");
    for name in ["127.0.0.1", "localhost", "hub.example"] {
        assert!(hello(&address, name, pin).unwrap().starts_with("HTTP/1.1 200"), "{name}");
    }
    assert!(hello(&address, "elsewhere.example", pin).is_err());
    assert!(hello(&address, "127.0.0.1", Bytes([1; 32])).is_err());
    // Plain HTTP is not spoken on that port.
    assert!(client().get(format!("http://{address}/v1/hello")).send().is_err());
    drop(stop);
    server.join().unwrap();
}

#[test]
fn the_ca_stays_and_plain_http_is_for_loopback() {
    let office = Office::open();
    let pin = office.hub.identity.ca_pin().unwrap();
    let (folder, _kept) = office.close();
    let hub = Hub::open(&folder, Arc::new(SystemClock::default())).unwrap();
    assert_eq!(hub.identity.ca_pin().unwrap(), pin);
    let options =
        serve::Options { listen: "0.0.0.0:0".parse().unwrap(), plain: true, names: vec![], alarm: None };
    let error = serve::serve(hub, &options, |_| panic!("it serves"), async {}).unwrap_err();
    assert_eq!(error.code(), "hub.input");
}

#[test]
fn the_leaf_is_renewed_before_it_ends_and_for_new_names() {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let office = Office::open();
    let names = hub::net::tls::names(&[]);
    let leaf = |names: &[String]| {
        let names = names.to_vec();
        office.hub.write_now(move |hub, tx| certificate::leaf(hub, tx, &names)).unwrap().certificate
    };
    let first = leaf(&names);
    office.clock.pass(360 * DAY);
    assert_eq!(leaf(&names), first);
    office.clock.pass(10 * DAY);
    let second = leaf(&names);
    assert_ne!(second, first);
    assert_ne!(leaf(&hub::net::tls::names(&["hub.example".into()])), second);
}
