//! A one-time code and a fresh key turn a phone into a device of one worker.

use crate::{SyncError, Transport, codec, machine::refusal};
use model::PublicKey;
use wire::enrol::{EnrolRequest, EnrolResponse, Invitation};

/// Asks the hub of `invitation` (over a transport with its pin) to certify `device_key`, whose private part stays here.
/// What comes back was checked: certified by the office, for this key, device and worker.
pub fn enrol(
    invitation: &Invitation,
    device_key: PublicKey,
    device_name: &str,
    app_version: &str,
    transport: &mut impl Transport,
) -> Result<EnrolResponse, SyncError> {
    let question = EnrolRequest {
        v: wire::VERSION,
        code: invitation.code.clone(),
        device_key,
        device_name: device_name.to_owned(),
        app_version: app_version.to_owned(),
    };
    let response = transport.send(&codec::post(wire::paths::ENROL, &question)?)?;
    if let Some(cut) = response.cut {
        return Err(cut.into());
    }
    if !(200..300).contains(&response.status) {
        return Err(refusal(&response));
    }
    let answer: EnrolResponse = codec::read(&response)?;
    let statement = answer.certificate.verify(&answer.office_key).map_err(|_| SyncError::BadCertificate)?;
    let fits = statement.key == device_key
        && statement.device == answer.device
        && statement.office == answer.office
        && statement.user == answer.worker.user;
    if fits { Ok(answer) } else { Err(SyncError::BadCertificate) }
}
