//! PNG in: any colour type and depth, interlaced or not; transparent places become white.

use crate::{
    PhotoError,
    picture::{Picture, Plane, narrow},
};
use image::{ColorType, ImageDecoder, ImageError, Limits, codecs::png::PngDecoder, metadata::Orientation};
use std::io::{Cursor, ErrorKind};

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The decoded picture lies in memory whole, so 12 MP of 16 bits with alpha (96 MB) is about the end.
const MAX_DECODED: u64 = 128 << 20;
/// For rows and what lies beside the picture, which may be compressed too.
const MAX_ALLOC: u64 = 32 << 20;

pub fn decode(bytes: &[u8]) -> Result<(Picture, Orientation), PhotoError> {
    let (width, height) = declared_size(bytes)?;
    // The least a pixel can take after decoding is a byte: decided before anything is allocated.
    if u64::from(width) * u64::from(height) > MAX_DECODED {
        return Err(PhotoError::TooLarge);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_ALLOC);
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(refusal)?;
    if decoder.total_bytes() > MAX_DECODED {
        return Err(PhotoError::TooLarge);
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = exif.as_deref().and_then(Orientation::from_exif_chunk);
    let color = decoder.color_type();
    let mut data = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut data).map_err(refusal)?;

    let picture = match color {
        ColorType::L8 => Picture::Gray(Plane { width, height, data }),
        ColorType::L16 => {
            narrow(&mut data, 2, |p| [high(p, 0)]);
            Picture::Gray(Plane { width, height, data })
        }
        ColorType::La8 => {
            narrow(&mut data, 2, |p| [on_white(p[0], p[1])]);
            Picture::Gray(Plane { width, height, data })
        }
        ColorType::La16 => {
            narrow(&mut data, 4, |p| [on_white(high(p, 0), high(p, 1))]);
            Picture::Gray(Plane { width, height, data })
        }
        ColorType::Rgb8 => Picture::Rgb(Plane { width, height, data }),
        ColorType::Rgb16 => {
            narrow(&mut data, 6, |p| [high(p, 0), high(p, 1), high(p, 2)]);
            Picture::Rgb(Plane { width, height, data })
        }
        ColorType::Rgba8 => {
            narrow(&mut data, 4, |p| [0, 1, 2].map(|channel| on_white(p[channel], p[3])));
            Picture::Rgb(Plane { width, height, data })
        }
        ColorType::Rgba16 => {
            narrow(&mut data, 8, |p| [0, 1, 2].map(|channel| on_white(high(p, channel), high(p, 3))));
            Picture::Rgb(Plane { width, height, data })
        }
        _ => return Err(PhotoError::Unsupported),
    };
    Ok((picture, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// Width and height of the first chunk, IHDR (PNG specification, 11.2.1).
fn declared_size(bytes: &[u8]) -> Result<(u32, u32), PhotoError> {
    let header = bytes.get(SIGNATURE.len()..SIGNATURE.len() + 16).ok_or(PhotoError::Cut)?;
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    match &header[4..8] {
        b"IHDR" => Ok((number(8), number(12))),
        _ => Err(PhotoError::Damaged),
    }
}

fn refusal(error: ImageError) -> PhotoError {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => PhotoError::Cut,
        ImageError::Limits(_) => PhotoError::TooLarge,
        ImageError::Unsupported(_) => PhotoError::Unsupported,
        _ => PhotoError::Damaged,
    }
}

/// The upper byte of a 16-bit sample.
fn high(pixel: &[u8], channel: usize) -> u8 {
    (u16::from_ne_bytes([pixel[channel * 2], pixel[channel * 2 + 1]]) >> 8) as u8
}

fn on_white(sample: u8, alpha: u8) -> u8 {
    let (sample, alpha) = (u32::from(sample), u32::from(alpha));
    ((sample * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
