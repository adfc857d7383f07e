//! A JPEG's segments, read before libjpeg-turbo sees them: what it is, whether it is whole, and which way is up.
//! Section numbers are of ITU-T T.81.

use crate::PhotoError;
use image::metadata::Orientation;
use std::io::BufRead;

pub const SIGNATURE: &[u8] = &[0xFF, 0xD8, 0xFF];

/// 200-megapixel sensors give 16,320 × 12,240; decoded at a reduced scale they need no more memory than others.
const MAX_PIXELS: u64 = 200_000_000;
/// A picture of several scans is held as coefficients until its last scan, at full size.
const MAX_COEFFICIENT_BYTES: u64 = 128 << 20;

pub struct Header {
    pub width: u32,
    pub height: u32,
    pub orientation: Orientation,
    /// Adobe's marker is there: ink amounts of CMYK are written inverted.
    pub adobe: bool,
}

/// A frame header (B.2.2): size and sampling of what follows.
struct Frame {
    width: u32,
    height: u32,
    progressive: bool,
    components: u8,
    coefficient_bytes: u64,
}

/// Goes from marker to marker to the end of the image.
pub fn read(bytes: &[u8]) -> Result<Header, PhotoError> {
    let mut rest = bytes.get(2..).ok_or(PhotoError::Cut)?;
    let mut frame: Option<Frame> = None;
    let mut scanned = false;
    let mut orientation = None;
    let mut adobe = false;
    loop {
        match next_marker(&mut rest)? {
            // Stuffed zero, TEM and restarts stand alone (B.1.1.3, B.1.1.5).
            0x00 | 0x01 | 0xD0..=0xD7 => {}
            0xD9 => break,
            0xD8 => return Err(PhotoError::Damaged),
            marker => {
                let segment = segment(&mut rest)?;
                match marker {
                    0xC0..=0xC2 => {
                        let read = Frame::read(segment, marker == 0xC2)?;
                        if frame.replace(read).is_some() {
                            return Err(PhotoError::Damaged);
                        }
                    }
                    // Lossless, hierarchical or arithmetic-coded: no camera writes them (C4, C8 and CC are no frames).
                    0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err(PhotoError::Unsupported),
                    0xDA if !scanned => {
                        scanned = true;
                        let frame = frame.as_ref().ok_or(PhotoError::Damaged)?;
                        frame.check_memory(segment.first().copied())?;
                    }
                    0xE1 if orientation.is_none() => {
                        orientation =
                            segment.strip_prefix(b"Exif\0\0").and_then(Orientation::from_exif_chunk);
                    }
                    0xEE => adobe |= segment.starts_with(b"Adobe"),
                    _ => {}
                }
            }
        }
    }
    let frame = frame.filter(|_| scanned).ok_or(PhotoError::Damaged)?;
    Ok(Header {
        width: frame.width,
        height: frame.height,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        adobe,
    })
}

/// Skips to the next marker, over compressed data too, and gives its code (B.1.1.2). Without the end-of-image marker
/// the file is cut, which libjpeg-turbo would fill with grey.
fn next_marker(rest: &mut &[u8]) -> Result<u8, PhotoError> {
    rest.skip_until(0xFF).map_err(|_| PhotoError::Cut)?;
    while let Some((&code, after)) = rest.split_first() {
        *rest = after;
        if code != 0xFF {
            return Ok(code);
        }
    }
    Err(PhotoError::Cut)
}

fn segment<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], PhotoError> {
    let (length, after) = rest.split_first_chunk().ok_or(PhotoError::Cut)?;
    let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2).ok_or(PhotoError::Damaged)?;
    let (segment, after) = after.split_at_checked(length).ok_or(PhotoError::Cut)?;
    *rest = after;
    Ok(segment)
}

impl Frame {
    fn read(segment: &[u8], progressive: bool) -> Result<Self, PhotoError> {
        let Some((&[bits, h1, h0, w1, w0, components], specifications)) = segment.split_first_chunk() else {
            return Err(PhotoError::Damaged);
        };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MAX_PIXELS {
            return Err(PhotoError::TooLarge);
        }
        if bits != 8 || !matches!(components, 1 | 3 | 4) {
            return Err(PhotoError::Unsupported);
        }
        let (specifications, _) = specifications.as_chunks::<3>();
        // A height of 0 is told behind the first scan (B.2.5), which libjpeg-turbo does not read.
        if pixels == 0 || specifications.len() != usize::from(components) {
            return Err(PhotoError::Damaged);
        }
        let factors =
            specifications.iter().map(|[_, factor, _]| (u64::from(factor >> 4), u64::from(factor & 15)));
        let most = factors.clone().fold((0, 0), |most, factor| (most.0.max(factor.0), most.1.max(factor.1)));
        let samples: u64 = factors.map(|factor| factor.0 * factor.1).sum();
        let coefficient_bytes =
            (pixels * samples * 2).checked_div(most.0 * most.1).ok_or(PhotoError::Damaged)?;
        Ok(Self { width: width.into(), height: height.into(), progressive, components, coefficient_bytes })
    }

    /// `first_scan`: how many of the components the first scan holds.
    fn check_memory(&self, first_scan: Option<u8>) -> Result<(), PhotoError> {
        let several_scans = self.progressive || first_scan.is_none_or(|count| count < self.components);
        if several_scans && self.coefficient_bytes > MAX_COEFFICIENT_BYTES {
            return Err(PhotoError::TooLarge);
        }
        Ok(())
    }
}
