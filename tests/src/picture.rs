//! Photos as a phone's camera makes them: 12 megapixels, EXIF with an orientation, a place and a maker's note.

use image::{ImageBuffer, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops};

/// Text in the metadata that must be gone from every photo that was taken in.
pub const MAKER_NOTE: &str = "VG-TEST-CAMERA-SERIAL-0042";

/// A 4,000 × 3,000 JPEG with detail everywhere (grain over soft shapes, as in a room without much light), its EXIF
/// saying orientation 6 and a place. `seed` makes it another picture.
///
/// # Errors
/// When the encoder fails.
pub fn twelve_megapixels(seed: u64) -> Result<Vec<u8>, image::ImageError> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // Coarse shapes and fine grain are made small, then enlarged by the library: quick without optimisation too.
    let coarse: RgbImage = ImageBuffer::from_fn(40, 30, |_, _| {
        let [r, g, b, ..] = noise().to_le_bytes();
        Rgb([r, g, b])
    });
    let mut picture = imageops::resize(&coarse, 1000, 750, imageops::FilterType::Triangle);
    for pixel in picture.pixels_mut() {
        let grain = (noise() % 24) as u8;
        pixel.0 = pixel.0.map(|c| c.saturating_sub(12).saturating_add(grain));
    }
    let picture = imageops::resize(&picture, 4000, 3000, imageops::FilterType::Triangle);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 92).encode_image(&picture)?;
    jpeg.splice(2..2, exif());
    Ok(jpeg)
}

/// An APP1 segment: orientation 6 (turn right by 90°), maker, and a GPS position (Exif 2.32, 4.6).
fn exif() -> Vec<u8> {
    let maker = [MAKER_NOTE.as_bytes(), &[0]].concat();
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entries: u16 = 3;
    let after = 8 + 2 + u32::from(entries) * 12 + 4;
    let gps_at = after + maker.len() as u32 + (maker.len() as u32 & 1);
    tiff.extend(entries.to_le_bytes());
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(count.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    };
    entry(0x010f, 2, maker.len() as u32, after);
    entry(0x0112, 3, 1, 6);
    entry(0x8825, 4, 1, gps_at);
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(&maker);
    if maker.len() % 2 == 1 {
        tiff.push(0);
    }
    // GPS: latitude reference and latitude 21° 51' 0".
    tiff.extend(2u16.to_le_bytes());
    let degrees_at = gps_at + 2 + 2 * 12 + 4;
    for (tag, kind, count, value) in [(1u16, 2u16, 2u32, u32::from(b'N')), (2, 5, 3, degrees_at)] {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(count.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend(0u32.to_le_bytes());
    for number in [21u32, 1, 51, 1, 0, 1] {
        tiff.extend(number.to_le_bytes());
    }
    let mut segment = vec![0xff, 0xe1];
    let length = (2 + 6 + tiff.len()) as u16;
    segment.extend(length.to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    segment
}
