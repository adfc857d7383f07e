//! Photos as a phone's camera makes them: 12 megapixels, EXIF with an orientation, a place and a maker's note.

use image::{ImageBuffer, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops};

/// Text in the metadata that must be gone from every photo that was taken in.
pub const MAKER_NOTE: &str = "VG-TEST-CAMERA-SERIAL-0042";

/// A quick one.
///
/// # Errors
/// When the encoder fails.
pub fn small() -> Result<Vec<u8>, image::ImageError> {
    let picture: RgbImage = ImageBuffer::from_fn(320, 240, |x, y| Rgb(scene(x, y, 60, 80)));
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 80).encode_image(&picture)?;
    Ok(jpeg)
}

/// A 4,000 × 3,000 JPEG with grain everywhere over simple shapes, its EXIF saying orientation 6 (held
/// upright) and a place. `seed` makes it another picture.
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
    // Shapes and grain are made small, then enlarged by the library: quick without optimisation too.
    let (width, height) = (750, 1000);
    let ridge = 180 + (noise() % 120) as u32;
    let house = 250 + (noise() % 250) as u32;
    let picture: RgbImage = ImageBuffer::from_fn(width, height, |x, y| {
        let mut colour = scene(x + 125, y * 3 / 4, ridge, house);
        let grain = (noise() % 28) as u8;
        for channel in &mut colour {
            *channel = channel.saturating_sub(14).saturating_add(grain);
        }
        Rgb(colour)
    });
    // As the sensor lies: orientation 6 turns it upright again.
    let picture = imageops::rotate270(&picture);
    let picture = imageops::resize(&picture, 4000, 3000, imageops::FilterType::Triangle);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 92).encode_image(&picture)?;
    jpeg.splice(2..2, exif());
    Ok(jpeg)
}

/// A hill, a wooden house with a tin roof, a yard.
fn scene(x: u32, y: u32, ridge: u32, house: u32) -> [u8; 3] {
    let hill = ridge + x.abs_diff(620) / 3;
    let (left, right) = (house, house + 380);
    let middle = (left + right) / 2;
    let eaves = 330 + x.abs_diff(middle) * 2 / 5;
    let roof =
        (left.saturating_sub(30)..right + 30).contains(&x) && y > eaves - 20 && y < eaves + 60 && y < 470;
    let wall = (left..right).contains(&x) && (430..620).contains(&y);
    let door = (middle - 35..middle + 35).contains(&x) && (480..620).contains(&y);
    match () {
        () if door => [52, 38, 30],
        () if roof => [138, 120, 112],
        () if wall => [150 - (x % 24) as u8, 112 - (x % 24) as u8, 74],
        () if y > 600 => [126, 104, 70],
        () if y > hill => [62, 110 + (y % 40) as u8 / 2, 64],
        () => [168, 196 + (y / 16).min(40) as u8, 224],
    }
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
