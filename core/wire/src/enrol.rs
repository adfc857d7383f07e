//! Enrolment: a one-time code and the pin of the hub's CA key turn a phone into a device of one worker.

use crate::signed::Certificate;
use model::{DeviceId, HubId, OfficeId, Place, PublicKey, Redacted, Role, UserId, encoding::Bytes};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What the QR code says: `vanggia:1;<hub address>;<code>;<SPKI SHA-256 of the hub's CA, base64url, or "-" for plain
/// HTTP on loopback>`. The same text can be pasted.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Such as `https://10.0.0.5:8443`, without a trailing slash.
    pub hub: String,
    /// One-time; see [`EnrolRequest::code`].
    pub code: String,
    /// `None` only for `http://` on loopback.
    pub ca_pin: Option<Bytes<32>>,
}

/// The text is no invitation of a version this app knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an enrolment invitation")]
pub struct NotAnInvitation;

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pin = self.ca_pin.map_or("-".to_owned(), |pin| model::encoding::to_text(&pin.0));
        write!(f, "vanggia:1;{};{};{pin}", self.hub, self.code)
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("hub", &self.hub).finish_non_exhaustive()
    }
}

impl FromStr for Invitation {
    type Err = NotAnInvitation;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.trim().strip_prefix("vanggia:1;").ok_or(NotAnInvitation)?;
        let parts: Vec<&str> = rest.split(';').collect();
        let [hub, code, pin] = parts.as_slice() else { return Err(NotAnInvitation) };
        let ca_pin = match *pin {
            "-" => None,
            text => {
                let bytes = model::encoding::from_text(text).ok_or(NotAnInvitation)?;
                Some(Bytes(bytes.try_into().map_err(|_| NotAnInvitation)?))
            }
        };
        let secure = hub.starts_with("https://");
        let loopback =
            ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].iter().any(|p| hub.starts_with(p));
        if code.is_empty() || secure != ca_pin.is_some() || !(secure || loopback) {
            return Err(NotAnInvitation);
        }
        Ok(Self { hub: hub.trim_end_matches('/').to_owned(), code: (*code).to_owned(), ca_pin })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    pub v: u16,
    /// As shown in the console, such as `K7QM-2FXD-9A`; case and dashes don't matter.
    pub code: String,
    /// The key that this phone signs with; the private part never leaves it.
    pub device_key: PublicKey,
    /// Such as `Samsung Galaxy A05`; for the console's list of devices.
    pub device_name: String,
    pub app_version: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolResponse {
    pub v: u16,
    pub hub: HubId,
    pub office: OfficeId,
    /// Checks device certificates.
    pub office_key: PublicKey,
    /// X25519; one slot of the phone's key file is sealed to it (forgotten PIN, lost hardware key).
    pub recovery_key: PublicKey,
    pub device: DeviceId,
    pub certificate: Certificate,
    /// For `Authorization: Bearer`; the hub keeps only its hash.
    pub token: Redacted<String>,
    pub worker: Worker,
    pub server_time: u64,
}

/// Whose phone this is. Sent at enrolment and again with every pull, as it may change. User, name and role are always
/// texts; of the lists what can't be read is passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    pub user: UserId,
    pub name: Redacted<String>,
    pub role: Role,
    #[serde(deserialize_with = "crate::open::readable")]
    pub places: Vec<Place>,
    /// Case managers on duty for these places: members of every restricted case opened here, with their names.
    #[serde(deserialize_with = "crate::open::readable")]
    pub duty_managers: Vec<Colleague>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colleague {
    pub user: UserId,
    pub name: Redacted<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_survives_its_qr_code() {
        let sent = Invitation {
            hub: "https://10.0.0.5:8443".into(),
            code: "K7QM-2FXD".into(),
            ca_pin: Some(Bytes([7; 32])),
        };
        assert_eq!(sent.to_string().parse(), Ok(sent));
    }

    #[test]
    fn plain_http_is_for_loopback_only_and_https_needs_a_pin() {
        assert!("vanggia:1;http://127.0.0.1:80;K7;-".parse::<Invitation>().is_ok());
        for bad in [
            "vanggia:1;http://10.0.0.5:80;K7;-",
            "vanggia:1;https://10.0.0.5:80;K7;-",
            "vanggia:1;http://127.0.0.1.example:80;K7;-",
            "vanggia:2;https://a;b;c",
            "hello",
        ] {
            assert_eq!(bad.parse::<Invitation>(), Err(NotAnInvitation), "{bad}");
        }
    }
}
