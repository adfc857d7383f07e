//! The pin of a certificate authority: SHA-256 over its subject public key info, the same on hub and phone.

use model::encoding::Bytes;
use ring::digest::{SHA256, digest};
use rustls_pki_types::CertificateDer;

/// The bytes are no certificate.
#[derive(Debug, thiserror::Error)]
#[error("not an X.509 certificate")]
pub struct NotACertificate;

/// The pin of a CA certificate in DER.
pub fn ca_pin(certificate: &CertificateDer<'_>) -> Result<Bytes<32>, NotACertificate> {
    let anchor = webpki::anchor_from_trusted_cert(certificate).map_err(|_| NotACertificate)?;
    let mut pin = [0; 32];
    pin.copy_from_slice(digest(&SHA256, &anchor.subject_public_key_info).as_ref());
    Ok(Bytes(pin))
}
