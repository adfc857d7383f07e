//! Takes in a 12 MP photo again and again on one thread and prints a line of JSON. Beside sharp:
//! `tests/bench/photos/sharp.js`.
//!
//! ```text
//! cargo run --release --package photos --example bench-photos -- FILE.jpg [ROUNDS]
//! ```
//! Makes FILE.jpg if it is not there. What is measured runs in a process of its own, so that making the picture does
//! not count; the file's bytes don't count either, the photo's and the thumbnail's ciphertext do.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use ring::rand::SystemRandom;
use std::{
    env,
    error::Error,
    fs,
    process::{Command, Stdio},
    time::Instant,
};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

const WIDTH: usize = 4000;
const HEIGHT: usize = 3000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let file = args.next().ok_or("which file? FILE.jpg [ROUNDS]")?;
    let rounds = args.next().map_or(Ok(30), |rounds| rounds.parse())?;
    if args.next().is_some() {
        return measure(&file, rounds);
    }
    if fs::metadata(&file).is_err() {
        fs::write(&file, picture()?)?;
    }
    let mut child = Command::new(env::current_exe()?);
    child.args([&file, &rounds.to_string(), "measure"]).stdout(Stdio::inherit());
    if !child.status()?.success() {
        return Err("the measured process failed".into());
    }
    Ok(())
}

fn measure(file: &str, rounds: usize) -> Result<(), Box<dyn Error>> {
    let bytes = fs::read(file)?;
    let random = SystemRandom::new();
    let before = peak_kb()?;
    let mut times = Vec::with_capacity(rounds);
    let mut kept = (0, 0, 0, 0);
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        let taken = photos::take_in(&bytes, &random, "2026-03-05T08:30:00+07:00")?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        kept = (taken.file.width, taken.file.height, taken.photo.len(), taken.thumbnail.len());
    }
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    let peak = (peak_kb()? - before) as f64 / 1024.0;
    let (width, height, photo, thumbnail) = kept;
    println!(
        r#"{{"name":"photos.take_in","median_ms":{median:.1},"peak_mb":{peak:.1},"rounds":{rounds},"input_bytes":{},"width":{width},"height":{height},"photo_bytes":{photo},"thumbnail_bytes":{thumbnail}}}"#,
        bytes.len(),
    );
    Ok(())
}

/// The most memory this process held so far.
fn peak_kb() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Soft shapes of every size, edges and a sensor's grain, as in a room without much light; held upright (orientation
/// 6), as phones are. About as many bytes as a phone's camera makes of 12 MP.
fn picture() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
    let mut grain = 0x9E37_79B9_7F4A_7C15_u64;
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let mut light = 0.0;
            for octave in 0..9u32 {
                light += shape(x, y, 1024 >> octave, octave) * 0.7f64.powi(octave as i32);
            }
            let shadow = if (x / 3 + y) % 700 < 240 { 0.6 } else { 1.0 };
            grain ^= grain << 13;
            grain ^= grain >> 7;
            grain ^= grain << 17;
            for (channel, tint) in [1.0, 0.86, 0.7].into_iter().enumerate() {
                let noise = f64::from((grain >> (channel * 8)) as u8 % 25) - 12.0;
                rgb.push((light * 82.0 * tint * shadow + noise).clamp(0.0, 255.0) as u8);
            }
        }
    }
    let mut compressor = Compressor::new()?;
    compressor.set_quality(92)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let image = Image {
        pixels: rgb.as_slice(),
        width: WIDTH,
        pitch: WIDTH * 3,
        height: HEIGHT,
        format: PixelFormat::RGB,
    };
    let mut jpeg = compressor.compress_to_vec(image)?;
    // Big-endian TIFF with one entry: orientation 6.
    let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    jpeg.splice(2..2, exif.iter().copied());
    Ok(jpeg)
}

/// Smooth noise with a lattice of `size` px.
fn shape(x: usize, y: usize, size: usize, seed: u32) -> f64 {
    let corner = |x: usize, y: usize| {
        let mut hash =
            (x as u32).wrapping_mul(0x85EB_CA6B) ^ (y as u32).wrapping_mul(0xC2B2_AE35) ^ seed << 20;
        hash = (hash ^ hash >> 15).wrapping_mul(0x2C1B_3C6D);
        f64::from((hash ^ hash >> 13) & 0xFFFF) / 65_535.0
    };
    let (left, top) = (x / size, y / size);
    let ease = |at: usize| {
        let t = (at % size) as f64 / size as f64;
        t * t * (3.0 - 2.0 * t)
    };
    let (across, down) = (ease(x), ease(y));
    let upper = corner(left, top) * (1.0 - across) + corner(left + 1, top) * across;
    let lower = corner(left, top + 1) * (1.0 - across) + corner(left + 1, top + 1) * across;
    upper * (1.0 - down) + lower * down
}
