//! Pictures for the tests: a scene whose every point tells where it lies, and files around it written by hand.

use photos::{PhotoError, TakenPhoto, take_in};
use ring::rand::SystemRandom;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

pub const TAKEN_AT: &str = "2026-03-05T08:30:00+07:00";
pub const MAKER: &str = "SecretPhoneMaker";
pub const NOTE: &str = "maker note of a secret place";
pub const GPS_DATE: &str = "2026:03:05";

/// The upright scene at `u` from the left and `v` from the top (0 to 1): smooth, and no two corners alike.
pub fn scene(u: f64, v: f64) -> [u8; 3] {
    [20.0 + 200.0 * u, 20.0 + 200.0 * v, 220.0 - 180.0 * u * v].map(|sample| sample.round() as u8)
}

/// Where the stored point `s` along a row, `t` down the rows belongs in the upright picture (Exif 2.32, 4.6.4 A,
/// Orientation: where the 0th row and the 0th column are to be seen).
pub fn upright(orientation: u8, s: f64, t: f64) -> (f64, f64) {
    match orientation {
        1 => (s, t),
        2 => (1.0 - s, t),
        3 => (1.0 - s, 1.0 - t),
        4 => (s, 1.0 - t),
        5 => (t, s),
        6 => (1.0 - t, s),
        7 => (1.0 - t, 1.0 - s),
        8 => (t, 1.0 - s),
        _ => unreachable!(),
    }
}

/// The scene as a camera held for `orientation` stores it.
pub fn stored(width: usize, height: usize, orientation: u8) -> Vec<u8> {
    let place = |at: usize, of: usize| (at as f64 + 0.5) / of as f64;
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = upright(orientation, place(x, width), place(y, height));
            rgb.extend(scene(u, v));
        }
    }
    rgb
}

pub struct Jpeg {
    pub subsamp: Subsamp,
    pub progressive: bool,
    pub arithmetic: bool,
    pub colorspace: Option<Colorspace>,
}

pub const PLAIN: Jpeg =
    Jpeg { subsamp: Subsamp::Sub2x2, progressive: false, arithmetic: false, colorspace: None };

impl Jpeg {
    pub fn encode(&self, pixels: &[u8], width: usize, height: usize, format: PixelFormat) -> Vec<u8> {
        let mut compressor = Compressor::new().unwrap();
        compressor.set_quality(95).unwrap();
        compressor.set_subsamp(self.subsamp).unwrap();
        compressor.set_progressive(self.progressive).unwrap();
        compressor.set_arithmetic(self.arithmetic).unwrap();
        if let Some(colorspace) = self.colorspace {
            compressor.set_colorspace(colorspace).unwrap();
        }
        let pitch = width * format.size();
        compressor.compress_to_vec(Image { pixels, width, pitch, height, format }).unwrap()
    }

    pub fn of_scene(&self, width: usize, height: usize, orientation: u8) -> Vec<u8> {
        let jpeg = self.encode(&stored(width, height, orientation), width, height, PixelFormat::RGB);
        with_segments(&jpeg, &[(0xE1, &[b"Exif\0\0".as_slice(), &exif(orientation)].concat())])
    }
}

/// Puts segments right behind the start of the image.
pub fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, content) in segments {
        out.extend([0xFF, *marker]);
        out.extend((content.len() as u16 + 2).to_be_bytes());
        out.extend(*content);
    }
    out.extend(&jpeg[2..]);
    out
}

/// TIFF structure (little-endian) with maker, orientation, a maker note and a GPS date and latitude.
pub fn exif(orientation: u8) -> Vec<u8> {
    // Header 8, IFD0 of 4 entries 54, Exif IFD of 1 entry 18, GPS IFD of 2 entries 30; then the values.
    let (exif_ifd, gps_ifd, values) = (62u32, 80u32, 110u32);
    let maker = values;
    let note = maker + MAKER.len() as u32 + 1;
    let date = note + NOTE.len() as u32;
    let latitude = date + GPS_DATE.len() as u32 + 1;
    let entry = |tag: u16, format: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &format.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let ifd = |entries: &[Vec<u8>]| {
        [&(entries.len() as u16).to_le_bytes()[..], &entries.concat(), &0u32.to_le_bytes()].concat()
    };
    let rational = |number: u32| [number.to_le_bytes(), 1u32.to_le_bytes()].concat();
    [
        b"II*\0\x08\0\0\0".to_vec(),
        ifd(&[
            entry(0x010F, 2, MAKER.len() as u32 + 1, maker),
            entry(0x0112, 3, 1, u32::from(orientation)),
            entry(0x8769, 4, 1, exif_ifd),
            entry(0x8825, 4, 1, gps_ifd),
        ]),
        ifd(&[entry(0x927C, 7, NOTE.len() as u32, note)]),
        ifd(&[entry(0x0002, 5, 3, latitude), entry(0x001D, 2, GPS_DATE.len() as u32 + 1, date)]),
        [MAKER, "\0", NOTE, GPS_DATE, "\0"].concat().into_bytes(),
        [rational(21), rational(2), rational(1234)].concat(),
    ]
    .concat()
}

/// A PNG of raw scanlines (each with its filter byte), with chunks between header and data.
pub fn png(
    width: u32,
    height: u32,
    (depth, color): (u8, u8),
    between: &[(&[u8; 4], &[u8])],
    lines: &[u8],
) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, 0]].concat();
    let mut chunk = |name: &[u8; 4], content: &[u8]| {
        let named = [name.as_slice(), content].concat();
        out.extend((content.len() as u32).to_be_bytes());
        out.extend(&named);
        out.extend(crc32(&named).to_be_bytes());
    };
    chunk(b"IHDR", &header);
    between.iter().for_each(|(name, content)| chunk(name, content));
    chunk(b"IDAT", &zlib_stored(lines));
    chunk(b"IEND", &[]);
    out
}

/// The lines of packed samples, unfiltered.
pub fn lines(samples: &[u8], bytes_a_line: usize) -> Vec<u8> {
    samples.chunks(bytes_a_line).flat_map(|line| [&[0], line].concat()).collect()
}

/// RFC 1950 around the stored blocks of RFC 1951.
fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend(block);
    }
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

pub fn taken(bytes: &[u8]) -> TakenPhoto {
    take_in(bytes, &SystemRandom::new(), TAKEN_AT).unwrap()
}

/// `taken`, or the code of what was refused.
pub fn outcome(bytes: &[u8]) -> &'static str {
    take_in(bytes, &SystemRandom::new(), TAKEN_AT).map_or_else(PhotoError::code, |_| "taken")
}

/// A taken photo opened with its own key.
pub struct Opened {
    pub photo: Vec<u8>,
    pub thumbnail: Vec<u8>,
}

pub fn opened(taken: &TakenPhoto) -> Opened {
    Opened {
        photo: photos::open(&taken.photo, &taken.file.blob.key).unwrap(),
        thumbnail: photos::open(&taken.thumbnail, &taken.file.thumbnail.key).unwrap(),
    }
}

pub fn pixels(jpeg: &[u8]) -> Image<Vec<u8>> {
    turbojpeg::decompress(jpeg, PixelFormat::RGB).unwrap()
}

/// Compares a grid of points up to the very corners with the scene.
pub fn assert_shows_scene(jpeg: &[u8], what: &str, expected: impl Fn(f64, f64) -> [u8; 3]) {
    let image = pixels(jpeg);
    for row in 0..=12 {
        for column in 0..=12 {
            let (x, y) = (column * (image.width - 1) / 12, row * (image.height - 1) / 12);
            let found = &image.pixels[y * image.pitch + x * 3..][..3];
            let place = |at: usize, of: usize| (at as f64 + 0.5) / of as f64;
            let wanted = expected(place(x, image.width), place(y, image.height));
            let off = found.iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max().unwrap();
            assert!(off <= 9, "{what}: at {x}, {y} there is {found:?}, not {wanted:?}");
        }
    }
}
