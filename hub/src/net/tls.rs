//! TLS: the names that the hub is known by, and serving with its leaf certificate.

use crate::HubError;
use rustls::{ServerConfig, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The names a leaf is made for: loopback, this machine's, and those given.
pub fn names(given: &[String]) -> Vec<String> {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    for name in std::iter::once(machine.trim()).chain(given.iter().map(|name| name.trim())) {
        if !name.is_empty() && name.is_ascii() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Serves with a leaf and its key, in DER. The CA goes along: phones pin its key and check the leaf against it.
pub fn acceptor(leaf: Vec<u8>, key: &[u8], ca: Vec<u8>) -> Result<TlsAcceptor, HubError> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    let chain = vec![CertificateDer::from(leaf), CertificateDer::from(ca)];
    let unusable = |_| HubError::Internal("the hub's certificate can't be used");
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.max_fragment_size = Some(wire::TLS_RECORD);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
