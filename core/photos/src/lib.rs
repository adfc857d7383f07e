//! Camera bytes to an encrypted, content-addressed photo with a thumbnail.
//!
//! What comes out holds the picture and nothing else: upright, at most [`MAX_SIDE`] px, encoded anew as JPEG, so that
//! place, time, device and whatever else the camera wrote beside the picture stay behind.

#![forbid(unsafe_code)]

mod error;

pub use error::PhotoError;
pub use wire::blob::open;

use model::PhotoFile;
use ring::rand::SecureRandom;

/// The longest side of a photo in pixels.
pub const MAX_SIDE: u32 = 2048;
/// The longest side of a thumbnail in pixels.
pub const THUMBNAIL_SIDE: u32 = 256;

/// A photo ready to keep: each ciphertext goes to the file or upload that its address names.
pub struct TakenPhoto {
    /// For the photo's record; holds both keys.
    pub file: PhotoFile,
    pub photo: Vec<u8>,
    pub thumbnail: Vec<u8>,
}

/// Takes in a JPEG or PNG as it came from a camera or gallery. `taken_at` is RFC 3339 with the phone's offset.
pub fn take_in(_bytes: &[u8], _random: &dyn SecureRandom, _taken_at: &str) -> Result<TakenPhoto, PhotoError> {
    Err(PhotoError::NotAPicture)
}
