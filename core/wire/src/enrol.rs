//! Enrolment: a one-time code and the pin of the hub's CA key turn a phone into a device of one worker.

use crate::signed::Certificate;
use model::{
    DeviceId, DeviceKey, Digest, HubId, OfficeId, Place, PublicKey, Redacted, Role, UserId,
    encoding::Bytes,
    key::{Signature, verify_signature},
};
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

/// What counts of a code: people type it in any case, with dashes and blanks or without.
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// What asks for a certificate is signed with the key that it is for, and with those of the devices that go on under it.
const CONTEXT: &[u8] = b"vanggia enrolment 1\n";

/// Asked again with the same code and key, it gets the same certificate (and a new token): the answer may have been lost.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    pub v: u16,
    /// As shown in the console, such as `K7QM-2FXD-9A`; see [`plain_code`].
    pub code: String,
    /// The key that this phone signs with; the private part never leaves it.
    pub device_key: PublicKey,
    /// Made with that key: a certificate is public, and who has seen it can't ask for it again.
    pub proof: Signature,
    /// Such as `Samsung Galaxy A05`; for the console's list of devices.
    pub device_name: String,
    pub app_version: String,
    /// Devices of the same worker that end here and go on under the new key; at most [`MAX_CONTINUED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub continues: Vec<Continues>,
}

pub const MAX_CONTINUED: usize = 8;
/// The most batches that one of them may name.
pub const MAX_KEPT: usize = 10_000;

/// A device whose folder this phone has.
#[derive(Clone, Serialize, Deserialize)]
pub struct Continues {
    pub device: DeviceId,
    /// Made with its key. It shows that the folder is here, and certifies nothing: a copy of the folder has that key too.
    pub proof: Signature,
    /// Its batches that are kept here, in their order.
    pub kept: Vec<Kept>,
}

/// A batch by the number of its last change and the first bytes of `Statement::hash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept(pub u64, pub Bytes<16>);

impl Kept {
    pub fn new(last: u64, statement: &Digest) -> Self {
        let mut start = [0; 16];
        start.copy_from_slice(&statement.0[..16]);
        Self(last, Bytes(start))
    }
}

impl EnrolRequest {
    /// For the key `key`, continuing nothing.
    pub fn new(code: &str, key: &DeviceKey, device_name: &str, app_version: &str) -> Self {
        let device_key = key.public();
        Self {
            v: crate::VERSION,
            code: code.to_owned(),
            device_key,
            proof: key.sign(CONTEXT, &said(code, &device_key)),
            device_name: device_name.to_owned(),
            app_version: app_version.to_owned(),
            continues: Vec::new(),
        }
    }

    /// The same, for a phone that has the folder of `device` too, with its key and these batches of it.
    #[must_use]
    pub fn continuing(mut self, device: DeviceId, key: &DeviceKey, kept: Vec<Kept>) -> Self {
        let proof = key.sign(CONTEXT, &said(&self.code, &self.device_key));
        self.continues.push(Continues { device, proof, kept });
        self
    }

    /// Whether `proof` was made for this request with the key of `public`.
    pub fn is_proved_by(&self, public: &PublicKey, proof: &Signature) -> bool {
        verify_signature(public, CONTEXT, &said(&self.code, &self.device_key), proof)
    }
}

fn said(code: &str, device_key: &PublicKey) -> Vec<u8> {
    [&device_key.0, plain_code(code).as_bytes()].concat()
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
    /// What the hub has of the devices that go on here; none of those that it does not know (a hub restored from a
    /// backup).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub continued: Vec<Continued>,
    pub server_time: u64,
}

/// What the hub has of a device that ended. The rest is to be made anew under the new key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continued {
    pub device: DeviceId,
    /// Of its kept batches the last that is here; as each names the one before, so are all before it.
    pub received_through: u64,
    /// Of these, by the number of their first change, what was never admitted; nor will it be in that device's name.
    pub unadmitted: Vec<u64>,
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
    /// All that are enrolled for this worker and not revoked, the newest first, at most [`MOST_DEVICES`]: whoever sees
    /// one that isn't theirs tells the office.
    #[serde(default, deserialize_with = "crate::open::readable")]
    pub devices: Vec<OwnDevice>,
}

/// The most devices that a worker is told of.
pub const MOST_DEVICES: usize = 20;

/// A device that is enrolled for a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnDevice {
    pub device: DeviceId,
    /// As it calls itself.
    pub name: String,
    /// Milliseconds since 1970.
    pub enrolled_at: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colleague {
    pub user: UserId,
    pub name: Redacted<String>,
    /// Whom to call when nobody has taken on an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Redacted<String>>,
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
