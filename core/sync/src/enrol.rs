//! A one-time code and a fresh key turn a phone into a device of one worker.

use crate::{SyncError, Transport, codec, machine::refusal};
use wire::enrol::{EnrolRequest, EnrolResponse};

/// Asks the hub over a transport with the invitation's pin to certify the request's key, whose private part stays here.
/// What comes back was checked: certified by the office, for this key, device and worker. Until then the key is to be
/// kept: with it the same may be asked again.
pub fn enrol(request: &EnrolRequest, transport: &mut impl Transport) -> Result<EnrolResponse, SyncError> {
    let response = transport.send(&codec::post(wire::paths::ENROL, request)?)?;
    if let Some(cut) = response.cut {
        return Err(cut.into());
    }
    if !(200..300).contains(&response.status) {
        return Err(refusal(&response));
    }
    let answer: EnrolResponse = codec::read(&response)?;
    let statement = answer.certificate.verify(&answer.office_key).map_err(|_| SyncError::BadCertificate)?;
    let fits = statement.key == request.device_key
        && statement.device == answer.device
        && statement.office == answer.office
        && statement.user == answer.worker.user;
    if fits { Ok(answer) } else { Err(SyncError::BadCertificate) }
}
