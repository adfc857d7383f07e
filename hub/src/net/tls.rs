//! The hub's own certificate authority, which phones pin, and the leaf certificate it serves with.

use crate::{Hub, HubError, db::int};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rusqlite::{OptionalExtension, Transaction, params};
use rustls::{ServerConfig, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::{sync::Arc, time::Duration};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Platforms refuse leaf certificates that live longer than 398 days.
const LEAF_DAYS: u64 = 397;
const RENEW_BEFORE_DAYS: u64 = 30;
/// The pin is of the CA's key: a phone in a drawer must still know its hub years later.
const CA_DAYS: u64 = 20 * 365;

/// Certificate and key in DER.
pub struct Ca {
    pub certificate: Vec<u8>,
    pub key: Zeroizing<Vec<u8>>,
}

fn failed(_: rcgen::Error) -> HubError {
    HubError::Internal("a certificate can't be made")
}

/// Milliseconds since 1970 as a certificate's time.
macro_rules! time {
    ($ms:expr) => {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_millis($ms)
    };
}

/// The CA's name and extensions: always the same, so that an issuer is made of them and the key alone.
fn ca_params(now: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Vãng Gia hub CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = time!(now.saturating_sub(DAY_MS));
    params.not_after = time!(now + CA_DAYS * DAY_MS);
    params
}

impl Ca {
    pub fn create(now: u64) -> Result<Self, HubError> {
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = ca_params(now).self_signed(&key).map_err(failed)?;
        Ok(Self { certificate: certificate.der().to_vec(), key: Zeroizing::new(key.serialize_der()) })
    }

    /// A leaf for these names: certificate and key in DER.
    fn issue(&self, names: &[String], now: u64) -> Result<Leaf, HubError> {
        let ca_key = PrivatePkcs8KeyDer::from(self.key.as_slice());
        let ca_key =
            KeyPair::from_pkcs8_der_and_sign_algo(&ca_key, &rcgen::PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let issuer = Issuer::new(ca_params(now), ca_key);
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(names).map_err(failed)?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Vãng Gia hub");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        // A day back, for phones whose clock is behind.
        params.not_before = time!(now.saturating_sub(DAY_MS));
        params.not_after = time!(now + (LEAF_DAYS - 1) * DAY_MS);
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        Ok(Leaf { certificate: certificate.der().to_vec(), key: Zeroizing::new(key.serialize_der()) })
    }
}

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
            params![office, names, int(now + RENEW_BEFORE_DAYS * DAY_MS)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((certificate, key)) = kept {
        return Ok(Leaf { certificate, key: Zeroizing::new(key) });
    }
    let list: Vec<String> = names.split(' ').map(str::to_owned).collect();
    let leaf = hub.identity.ca.issue(&list, now)?;
    transaction.execute(
        "INSERT INTO leaf (office, certificate, key, names, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (office) DO UPDATE SET certificate = excluded.certificate, key = excluded.key,
             names = excluded.names, expires_at = excluded.expires_at",
        params![office, leaf.certificate, leaf.key.as_slice(), names, int(now + (LEAF_DAYS - 1) * DAY_MS)],
    )?;
    Ok(leaf)
}
