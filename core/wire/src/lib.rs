//! The messages between phone and hub, versioned from the first one, and the format photos travel in.
//!
//! All bodies are JSON (compressed with zstd where `Content-Encoding` says so) except photos, which go up as ciphertext:
//! large ones by tus 1.0, small ones many in one body. Batches going up and feeds coming down are [`lines`] with pages of
//! batches between them (`model::batch::codec`), so that what came before a cut is of use. Paths begin with the version: see [`paths`].

#![forbid(unsafe_code)]

pub mod blob;
pub mod enrol;
pub mod erasure;
pub mod error;
pub mod forms;
pub mod keys;
pub mod lines;
mod open;
pub mod packs;
mod pages;
pub mod photos;
pub mod pin;
pub mod pull;
pub mod push;
pub mod receipt;
pub mod recovery;
pub mod roles;
pub mod signed;
pub mod spoken;

#[cfg(test)]
mod vectors;

use std::ops::RangeInclusive;

/// The version of every message here.
pub const VERSION: u16 = 1;

/// What a hub understands, from the oldest on, as listed in [`Hello`]. The oldest goes when no enrolled device speaks
/// it any more: the console tells which do.
pub const VERSIONS: RangeInclusive<u16> = 1..=VERSION;

/// How a phone's `User-Agent` begins; the app's version follows.
pub const AGENT: &str = "vanggia/";

/// Bytes in one TLS record, of either side: only whole ones can be read, and a slow line is cut often.
pub const TLS_RECORD: usize = 4 * 1024;

/// Paths under the hub's address.
pub mod paths {
    /// `GET` → [`crate::Hello`]; needs no token.
    pub const HELLO: &str = "/v1/hello";
    /// `POST` [`crate::enrol::EnrolRequest`] → [`crate::enrol::EnrolResponse`]; needs no token.
    pub const ENROL: &str = "/v1/enrol";
    /// `POST` [`crate::push::PushRequest`] as [`crate::lines`] → [`crate::push::PushResponse`].
    pub const PUSH: &str = "/v1/push";
    /// `POST` [`crate::pull::PullRequest`] → [`crate::pull::PullResponse`] as [`crate::lines`].
    pub const PULL: &str = "/v1/pull";
    /// `GET` → [`crate::forms::FormList`]; `GET {FORMS}/{id}/{version}/{file}` → the file's bytes, with a strong `ETag`
    /// and `Range` of the bytes as they travel.
    pub const FORMS: &str = "/v1/forms";
    /// `GET` → [`crate::packs::PackList`]; `GET {PACKS}/files/{sha256}` → the file's bytes, as a form's.
    pub const PACKS: &str = "/v1/packs";
    /// tus 1.0: `POST` creates (with `Upload-Metadata: address <base64 of the hex address>` and optionally the
    /// first bytes: creation-with-upload), `HEAD`, `PATCH {PHOTOS}/{address}`.
    pub const PHOTOS: &str = "/v1/photos";
    /// `POST` [`crate::photos::MissingRequest`] → [`crate::photos::MissingResponse`].
    pub const PHOTOS_MISSING: &str = "/v1/photos/missing";
    /// `POST` the bytes of a [`crate::photos::Bundle`] → [`crate::photos::BundleResponse`]. The blobs that came whole
    /// are kept, also when the body was cut.
    pub const PHOTOS_BUNDLE: &str = "/v1/photos/bundle";
}

/// Who answers. Every answer to a push or a pull says it too; this is for whoever has no token.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Hello {
    pub hub: model::HubId,
    /// Wire versions this hub speaks.
    pub versions: Vec<u16>,
    /// Milliseconds since 1970 by the hub's clock.
    pub server_time: u64,
}
