//! Camera bytes to an encrypted, content-addressed photo with a thumbnail.
//!
//! What comes out holds the picture and nothing else: upright, at most [`MAX_SIDE`] px, encoded anew as JPEG, so that
//! place, time, device and whatever else the camera wrote beside the picture stay behind.

#![forbid(unsafe_code)]

mod error;
mod jpeg;
mod picture;
mod png;

pub use error::PhotoError;
pub use wire::blob::open;

use model::{BlobRef, PhotoFile, encoding::Bytes};
use picture::Picture;
use ring::rand::SecureRandom;

/// The longest side of a photo in pixels.
pub const MAX_SIDE: u32 = 2048;
/// The longest side of a thumbnail in pixels.
pub const THUMBNAIL_SIDE: u32 = 256;

const PHOTO_QUALITY: i32 = 82;
const THUMBNAIL_QUALITY: i32 = 75;

/// A photo ready to keep: each ciphertext goes to the file or upload that its address names.
pub struct TakenPhoto {
    /// For the photo's record; holds both keys.
    pub file: PhotoFile,
    pub photo: Vec<u8>,
    pub thumbnail: Vec<u8>,
}

/// Takes in a JPEG or PNG as it came from a camera or gallery. `taken_at` is RFC 3339.
pub fn take_in(bytes: &[u8], random: &dyn SecureRandom, taken_at: &str) -> Result<TakenPhoto, PhotoError> {
    let picture = upright(bytes)?;
    let (width, height) = picture.size();
    let (blob, photo) = seal(&jpeg::encode(&picture, PHOTO_QUALITY)?, random)?;
    let small = picture.fitted(THUMBNAIL_SIDE)?;
    let small = jpeg::encode(small.as_ref().unwrap_or(&picture), THUMBNAIL_QUALITY)?;
    let (thumbnail_blob, thumbnail) = seal(&small, random)?;
    let file = PhotoFile { blob, width, height, thumbnail: thumbnail_blob, taken_at: taken_at.to_owned() };
    Ok(TakenPhoto { file, photo, thumbnail })
}

/// Decoded by what the bytes are, whatever the file was called, at most [`MAX_SIDE`] px.
fn upright(bytes: &[u8]) -> Result<Picture, PhotoError> {
    let (picture, orientation) = if bytes.starts_with(jpeg::header::SIGNATURE) {
        jpeg::decode(bytes)?
    } else if bytes.starts_with(png::SIGNATURE) {
        png::decode(bytes)?
    } else if is_other_picture(bytes) {
        return Err(PhotoError::Unsupported);
    } else {
        return Err(PhotoError::NotAPicture);
    };
    let picture = match picture.fitted(MAX_SIDE)? {
        Some(fitted) => fitted,
        None => picture,
    };
    Ok(picture.upright(orientation))
}

/// Formats that phones and galleries hand out, told from files that are no picture at all.
fn is_other_picture(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..12).unwrap_or_default();
    let heif: [&[u8; 8]; 7] =
        [b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheif", b"ftypmif1", b"ftypmsf1", b"ftypavif"];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice());
    let starts: [&[u8]; 5] = [b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\xFF\x0A"];
    webp || heif.iter().any(|known| *known == brand) || starts.iter().any(|start| bytes.starts_with(start))
}

fn seal(jpeg: &[u8], random: &dyn SecureRandom) -> Result<(BlobRef, Vec<u8>), PhotoError> {
    let mut key = Bytes([0; 32]);
    random.fill(&mut key.0).map_err(|_| PhotoError::NoRandomness)?;
    let blob = wire::blob::seal(jpeg, &key);
    let reference = BlobRef { address: wire::blob::address(&blob), key, size: blob.len() as u64 };
    Ok((reference, blob))
}
