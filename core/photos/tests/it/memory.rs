//! How much memory pictures take, hostile ones too. Each is taken in by a process of its own, since what a process
//! once allocated and freed hides what it allocates next.

use crate::pictures::{Jpeg, PLAIN, lines, outcome, png, stored};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use std::{env, fs, process::Command};
use turbojpeg::Subsamp;

const FILE: &str = "PHOTOS_TEST_FILE";

/// Megabytes by which a process grew at its peak while it took in `bytes`.
fn growth(bytes: &[u8], expected: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("picture");
    fs::write(&file, bytes).unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--ignored", "--exact", "memory::measured", "--nocapture"]).env(FILE, file);
    let output = String::from_utf8(child.output().unwrap().stdout).unwrap();
    let line = output.lines().find_map(|line| line.strip_prefix("grown ")).expect("the child measures");
    let (megabytes, found) = line.split_once(' ').unwrap();
    assert_eq!(found, expected);
    megabytes.parse().unwrap()
}

#[test]
#[ignore = "run by the other test, in processes of their own"]
fn measured() {
    let Ok(file) = env::var(FILE) else { return };
    let bytes = fs::read(file).unwrap();
    let before = peak_kb();
    let outcome = outcome(&bytes);
    println!("\ngrown {} {outcome}", (peak_kb() - before) / 1024);
}

/// VmHWM, the most that was resident so far (proc(5)).
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Changes the size that a JPEG's frame header declares.
fn declaring(mut jpeg: Vec<u8>, side: u16) -> Vec<u8> {
    let at = jpeg.windows(2).position(|pair| pair[0] == 0xFF && (0xC0..=0xC2).contains(&pair[1])).unwrap();
    jpeg[at + 5..at + 7].copy_from_slice(&side.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&side.to_be_bytes());
    jpeg
}

#[test]
fn memory_stays_bounded() {
    for file in [declaring(PLAIN.of_scene(64, 64, 1), 40_000), png(40_000, 40_000, (8, 2), &[], &[0; 100])] {
        assert!(growth(&file, "photo.too-large") <= 1);
    }

    // A colour profile of a few kilobytes that would swell to 80 MB.
    let mut packed = Vec::new();
    PngEncoder::new(&mut packed)
        .write_image(&vec![0; 80_000_000], 10_000, 8_000, ExtendedColorType::L8)
        .unwrap();
    let at = packed.windows(4).position(|name| name == b"IDAT").unwrap();
    let length = u32::from_be_bytes(packed[at - 4..at].try_into().unwrap()) as usize;
    let profile = [b"name\0\0", &packed[at + 4..at + 4 + length]].concat();
    let swelling = png(8, 8, (8, 0), &[(b"iCCP", &profile)], &lines(&[5; 64], 8));
    assert!(swelling.len() < 2_000_000);
    assert!(growth(&swelling, "taken") <= 40);

    let (width, height) = (4000, 3000);
    let usual = growth(&PLAIN.of_scene(width, height, 6), "taken");
    assert!(usual <= 40, "12 MP took {usual} MB");
    let progressive = growth(&Jpeg { progressive: true, ..PLAIN }.of_scene(width, height, 6), "taken");
    assert!((30..=60).contains(&progressive), "progressive 12 MP took {progressive} MB: is it measured?");
    // Just below the sides that half scale would do for: decoded at full size, chroma too.
    let worst = Jpeg { subsamp: Subsamp::None, ..PLAIN }.of_scene(3684, 3258, 6);
    let worst = growth(&worst, "taken");
    assert!(worst <= 60, "12 MP resized from the full size took {worst} MB");
    let png = png(4000, 3000, (8, 2), &[], &lines(&stored(4000, 3000, 1), 12_000));
    let png = growth(&png, "taken");
    assert!(png <= 80, "a PNG of 12 MP took {png} MB");
}
