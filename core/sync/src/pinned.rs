//! Trust in one authority by the pin of its key (the QR code carries it), and in nothing else: no system roots.

use crate::LinkError;
use model::encoding::Bytes;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{self, CryptoProvider},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::Arc;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// TLS 1.2 and 1.3 with ring; without a pin nobody is trusted.
pub(crate) fn client_config(pin: Option<Bytes<32>>) -> Option<ClientConfig> {
    let provider = Arc::new(crypto::ring::default_provider());
    let verifier = PinnedAuthority { pin, provider: provider.clone() };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.max_fragment_size = Some(wire::TLS_RECORD);
    Some(config)
}

pub(crate) fn refusal(why: &CertificateError) -> LinkError {
    match why {
        CertificateError::Expired | CertificateError::NotValidYet => LinkError::CertificateDate,
        _ => LinkError::WrongHub,
    }
}

#[derive(Debug)]
struct PinnedAuthority {
    pin: Option<Bytes<32>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedAuthority {
    /// The chain must end at the certificate whose key is pinned; the hub sends it along. An authority's key outlives
    /// its certificates, so only the leaf's dates and names count.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pin = self.pin.ok_or(CertificateError::UnknownIssuer)?;
        let authority = intermediates
            .iter()
            .find(|certificate| wire::pin::ca_pin(certificate).is_ok_and(|theirs| theirs == pin))
            .ok_or(CertificateError::UnknownIssuer)?;
        let anchor = anchor_from_trusted_cert(authority).map_err(refused)?;
        let leaf = EndEntityCert::try_from(end_entity).map_err(refused)?;
        leaf.verify_for_usage(
            self.provider.signature_verification_algorithms.all,
            &[anchor],
            intermediates,
            now,
            KeyUsage::server_auth(),
            None,
            None,
        )
        .map_err(refused)?;
        leaf.verify_is_valid_for_subject_name(server_name).map_err(refused)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn refused(error: webpki::Error) -> Error {
    let why = match error {
        webpki::Error::CertExpired { .. } => CertificateError::Expired,
        webpki::Error::CertNotValidYet { .. } => CertificateError::NotValidYet,
        webpki::Error::CertNotValidForName(_) => CertificateError::NotValidForName,
        webpki::Error::BadDer => CertificateError::BadEncoding,
        _ => CertificateError::UnknownIssuer,
    };
    Error::InvalidCertificate(why)
}
