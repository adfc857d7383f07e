//! TLS: the leaf certificate that the hub serves with.

use crate::{Hub, HubError, db::int};
use rusqlite::{OptionalExtension, Transaction, params};
use rustls::{ServerConfig, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

const RENEW_BEFORE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

struct Leaf {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

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

/// Serves with the kept leaf; makes one when there is none for these names, or it soon ends.
pub fn acceptor(hub: &Hub, names: &[String]) -> Result<TlsAcceptor, HubError> {
    let wanted = names.join(" ");
    let leaf = hub.write_now(move |hub, transaction| leaf(hub, transaction, &wanted))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf.key.to_vec()));
    // The CA goes along: phones pin its key and check the leaf against it.
    let chain = vec![
        CertificateDer::from(leaf.certificate),
        CertificateDer::from(hub.identity.ca.certificate.clone()),
    ];
    let unusable = |_| HubError::Internal("the hub's certificate can't be used");
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn leaf(hub: &Hub, transaction: &Transaction, names: &str) -> Result<Leaf, HubError> {
    let (office, now) = (hub.office(), hub.now());
    let kept: Option<(Vec<u8>, Vec<u8>)> = transaction
        .query_row(
            "SELECT certificate, key FROM leaf WHERE office = ?1 AND names = ?2 AND expires_at > ?3",
            params![office, names, int(now + RENEW_BEFORE_MS)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((certificate, key)) = kept {
        return Ok(Leaf { certificate, key: Zeroizing::new(key) });
    }
    let list: Vec<String> = names.split(' ').map(str::to_owned).collect();
    let issued = hub.identity.ca.issue(&list, now)?;
    let leaf = Leaf { certificate: issued.certificate, key: issued.key };
    transaction.execute(
        "INSERT INTO leaf (office, certificate, key, names, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (office) DO UPDATE SET certificate = excluded.certificate, key = excluded.key,
             names = excluded.names, expires_at = excluded.expires_at",
        params![office, leaf.certificate, leaf.key.as_slice(), names, int(issued.expires_at)],
    )?;
    Ok(leaf)
}
