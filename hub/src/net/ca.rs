//! The hub's own certificate authority, which phones pin.

use crate::HubError;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use std::time::Duration;
use zeroize::Zeroizing;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Platforms refuse leaf certificates that live longer than 398 days.
const LEAF_DAYS: u64 = 397;
/// The pin is of the CA's key: a phone in a drawer must still know its hub years later.
const CA_DAYS: u64 = 20 * 365;

/// Certificate and key in DER.
pub struct Ca {
    pub certificate: Vec<u8>,
    pub key: Zeroizing<Vec<u8>>,
}

/// A leaf, in DER; ends at `expires_at`, milliseconds since 1970.
pub struct Issued {
    pub certificate: Vec<u8>,
    pub key: Zeroizing<Vec<u8>>,
    pub expires_at: u64,
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

    /// A leaf for these names.
    pub fn issue(&self, names: &[String], now: u64) -> Result<Issued, HubError> {
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
        Ok(Issued {
            certificate: certificate.der().to_vec(),
            key: Zeroizing::new(key.serialize_der()),
            expires_at: now + (LEAF_DAYS - 1) * DAY_MS,
        })
    }
}
