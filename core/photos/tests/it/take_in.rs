//! What comes out of real pictures: upright, small, nothing of the metadata, sealed.

use crate::pictures::{
    GPS_DATE, Jpeg, MAKER, NOTE, PLAIN, TAKEN_AT, assert_shows_scene, exif, lines, opened, pixels, png,
    scene, stored, taken, with_segments,
};
use std::slice;
use turbojpeg::{Colorspace, PixelFormat, Subsamp};

fn size(jpeg: &[u8]) -> (usize, usize) {
    let header = turbojpeg::read_header(jpeg).unwrap();
    (header.width, header.height)
}

#[test]
fn every_orientation_comes_out_upright() {
    // Not resized, halved by its sides' oddness, resized from the full scale, resized from a quarter.
    for (width, height, short, long) in
        [(320, 200, 200, 320), (321, 201, 200, 320), (2300, 460, 410, 2048), (900, 600, 600, 900)]
    {
        for orientation in 1..=8 {
            let file = PLAIN.of_scene(width, height, orientation);
            let taken = taken(&file);
            let opened = opened(&taken);
            let what = format!("{width} × {height}, orientation {orientation}");
            let upright = if orientation < 5 { (long, short) } else { (short, long) };
            assert_eq!(size(&opened.photo), upright, "{what}");
            assert_eq!((taken.file.width as usize, taken.file.height as usize), upright, "{what}");
            assert_shows_scene(&opened.photo, &what, scene);
            assert_shows_scene(&opened.thumbnail, &format!("thumbnail of {what}"), scene);
        }
    }
}

#[test]
fn twelve_megapixels_come_out_by_half_scale() {
    for (orientation, upright) in [(1, (2000, 1500)), (6, (1500, 2000)), (7, (1500, 2000))] {
        let opened = opened(&taken(&PLAIN.of_scene(4000, 3000, orientation)));
        assert_eq!(size(&opened.photo), upright);
        assert_shows_scene(&opened.photo, &format!("12 MP, orientation {orientation}"), scene);
        let thumbnail = size(&opened.thumbnail);
        assert_eq!(thumbnail.0.max(thumbnail.1), 256);
        assert_shows_scene(&opened.thumbnail, "thumbnail of 12 MP", scene);
    }
}

#[test]
fn other_sizes_are_resized_to_the_longest_side() {
    for (width, height, expected) in
        [(4624, 1156, (2048, 512)), (640, 4608, (284, 2048)), (2049, 3, (2048, 2))]
    {
        let opened = opened(&taken(&PLAIN.of_scene(width, height, 1)));
        assert_eq!(size(&opened.photo), expected);
    }
    for (width, height) in [(1, 1), (1, 700), (700, 1), (2, 3), (7, 7)] {
        let photo = taken(&PLAIN.of_scene(width, height, 5));
        assert!(
            photo.file.width.abs_diff(height as u32) <= 1 && photo.file.height.abs_diff(width as u32) <= 1
        );
    }
}

#[test]
fn every_sampling_and_coding_of_jpeg_is_read() {
    let samplings =
        [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub1x2, Subsamp::Sub4x1, Subsamp::Sub1x4, Subsamp::Sub2x2];
    for subsamp in samplings {
        for progressive in [false, true] {
            for (width, height) in [(402, 302), (2402, 602), (401, 301)] {
                let file = Jpeg { subsamp, progressive, ..PLAIN }.of_scene(width, height, 8);
                let what = format!("{subsamp:?}, progressive {progressive}, {width} × {height}");
                assert_shows_scene(&opened(&taken(&file)).photo, &what, scene);
            }
        }
    }
    let rgb = Jpeg { subsamp: Subsamp::None, colorspace: Some(Colorspace::RGB), ..PLAIN };
    assert_shows_scene(&opened(&taken(&rgb.of_scene(2400, 300, 6))).photo, "RGB", scene);
}

#[test]
fn a_gray_jpeg_stays_gray() {
    let light: Vec<u8> = stored(400, 300, 6).chunks(3).map(|rgb| rgb[0]).collect();
    let jpeg = Jpeg { subsamp: Subsamp::Gray, ..PLAIN }.encode(&light, 400, 300, PixelFormat::GRAY);
    let file = with_segments(&jpeg, &[(0xE1, &[b"Exif\0\0".as_slice(), &exif(6)].concat())]);
    let photo = opened(&taken(&file)).photo;
    assert_eq!(turbojpeg::read_header(&photo).unwrap().subsamp, Subsamp::Gray);
    assert_shows_scene(&photo, "gray", |u, v| [scene(u, v)[0]; 3]);
}

#[test]
fn cmyk_is_read_with_and_without_adobes_marker() {
    for colorspace in [Colorspace::CMYK, Colorspace::YCCK] {
        let inks: Vec<u8> = stored(300, 200, 1).chunks(3).flat_map(|c| [c[0], c[1], c[2], 255]).collect();
        let kind = Jpeg { subsamp: Subsamp::None, colorspace: Some(colorspace), ..PLAIN };
        let file = kind.encode(&inks, 300, 200, PixelFormat::CMYK);
        assert!(file.windows(5).any(|bytes| bytes == b"Adobe"));
        assert_shows_scene(&opened(&taken(&file)).photo, "inverted CMYK", scene);
    }
    let inks: Vec<u8> =
        stored(300, 200, 1).chunks(3).flat_map(|c| [255 - c[0], 255 - c[1], 255 - c[2], 0]).collect();
    let kind = Jpeg { subsamp: Subsamp::None, colorspace: Some(Colorspace::CMYK), ..PLAIN };
    let mut file = kind.encode(&inks, 300, 200, PixelFormat::CMYK);
    let marker = file.windows(5).position(|bytes| bytes == b"Adobe").unwrap() - 4;
    file.drain(marker..marker + 16);
    assert_shows_scene(&opened(&taken(&file)).photo, "plain CMYK", scene);
}

#[test]
fn every_kind_of_png_is_read() {
    let (width, height) = (300usize, 200usize);
    let rgb = stored(width, height, 6);
    let at = |row: &mut dyn FnMut(&[u8]) -> Vec<u8>| rgb.chunks(3).flat_map(row).collect::<Vec<u8>>();
    let exif = exif(6);
    let chunks: [(&[u8; 4], &[u8]); 1] = [(b"eXIf", &exif)];
    let file = |kind, samples: &[u8]| {
        png(width as u32, height as u32, kind, &chunks, &lines(samples, samples.len() / height))
    };
    let gray = |u, v| [scene(u, v)[0]; 3];
    let photo = |file: &[u8]| opened(&taken(file)).photo;

    assert_shows_scene(&photo(&file((8, 2), &rgb)), "RGB", scene);
    assert_shows_scene(
        &photo(&file((16, 2), &at(&mut |c| vec![c[0], 9, c[1], 9, c[2], 9]))),
        "RGB 16",
        scene,
    );
    assert_shows_scene(&photo(&file((8, 6), &at(&mut |c| vec![c[0], c[1], c[2], 255]))), "RGBA", scene);
    let deep = at(&mut |c| vec![c[0], 9, c[1], 9, c[2], 9, 255, 255]);
    assert_shows_scene(&photo(&file((16, 6), &deep)), "RGBA 16", scene);
    assert_shows_scene(&photo(&file((8, 0), &at(&mut |c| vec![c[0]]))), "gray", gray);
    assert_shows_scene(&photo(&file((16, 0), &at(&mut |c| vec![c[0], 9]))), "gray 16", gray);
    assert_shows_scene(&photo(&file((8, 4), &at(&mut |c| vec![c[0], 255]))), "gray with alpha", gray);
    assert_shows_scene(&photo(&file((16, 4), &at(&mut |c| vec![c[0], 9, 255, 255]))), "gray 16, alpha", gray);

    let half = |u, v| scene(u, v).map(|sample| ((u32::from(sample) * 128 + 255 * 127) / 255) as u8);
    assert_shows_scene(&photo(&file((8, 6), &at(&mut |c| vec![c[0], c[1], c[2], 128]))), "half white", half);
    let none = at(&mut |c| vec![c[0], c[1], c[2], 0]);
    assert_shows_scene(&photo(&file((8, 6), &none)), "transparent", |_, _| [255; 3]);

    let palette: Vec<u8> = (0..=255).flat_map(|index| [index, 255 - index, 40]).collect();
    let indexed = [chunks[0], (b"PLTE", palette.as_slice())];
    let indices = at(&mut |c| vec![c[0]]);
    let file = png(width as u32, height as u32, (8, 3), &indexed, &lines(&indices, width));
    assert_shows_scene(&photo(&file), "palette", |u, v| [scene(u, v)[0], 255 - scene(u, v)[0], 40]);
}

#[test]
fn a_large_png_is_resized() {
    let file = png(3000, 2000, (8, 2), &[], &lines(&stored(3000, 2000, 1), 9000));
    let opened = opened(&taken(&file));
    assert_eq!(size(&opened.photo), (2048, 1365));
    assert_eq!(size(&opened.thumbnail), (256, 171));
    assert_shows_scene(&opened.photo, "large PNG", scene);
}

#[test]
fn no_metadata_remains() {
    let exif = [b"Exif\0\0".as_slice(), &exif(6)].concat();
    let segments: [(u8, &[u8]); 6] = [
        (0xE1, &exif),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>secret caption</x:xmpmeta>"),
        (0xE2, b"ICC_PROFILE\0\x01\x01secret profile"),
        (0xED, b"Photoshop 3.0\08BIM secret author"),
        (0xEF, b"secret vendor block"),
        (0xFE, b"secret comment"),
    ];
    let jpeg = PLAIN.encode(&stored(800, 600, 6), 800, 600, PixelFormat::RGB);
    let jpeg = [with_segments(&jpeg, &segments), b"secret trailer".to_vec()].concat();
    let text: &[u8] = b"Comment\0secret comment";
    let chunks: [(&[u8; 4], &[u8]); 2] = [(b"tEXt", text), (b"eXIf", &exif[6..])];
    let png = png(800, 600, (8, 2), &chunks, &lines(&stored(800, 600, 6), 2400));

    let secrets = [MAKER, NOTE, GPS_DATE, "Exif", "xmpmeta", "ICC_PROFILE", "Photoshop", "secret"];
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(secrets.iter().all(|secret| holds(&jpeg, secret)), "the test's picture lacks what it looks for");
    for file in [&jpeg, &png] {
        assert!(holds(file, MAKER));
        let taken = taken(file);
        let opened = opened(&taken);
        assert_shows_scene(&opened.photo, "with metadata", scene);
        for out in [&opened.photo, &opened.thumbnail, &taken.photo, &taken.thumbnail] {
            for secret in secrets {
                assert!(!holds(out, secret), "{secret} is still there");
            }
        }
        for out in [&opened.photo, &opened.thumbnail] {
            assert_eq!(segments_of(out), "E0 DB DB C0 C4 C4 C4 C4 DA", "only what decoding needs");
        }
        let record = serde_json::to_string(&taken.file).unwrap();
        assert!(secrets.iter().all(|secret| !holds(record.as_bytes(), secret)));
    }
}

/// The markers of a JPEG's segments up to its scan; nothing may follow the end of the image.
fn segments_of(jpeg: &[u8]) -> String {
    let mut markers = Vec::new();
    let mut at = 2;
    while markers.last() != Some(&0xDA) {
        assert_eq!(jpeg[at], 0xFF);
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    assert!(jpeg.ends_with(&[0xFF, 0xD9]));
    let ends = jpeg[at..].windows(2).filter(|pair| pair[0] == 0xFF && pair[1] != 0).count();
    assert_eq!(ends, 1, "one marker behind the scan's header: the end");
    markers.iter().map(|marker| format!("{marker:02X}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_reference_names_the_ciphertexts() {
    let file = PLAIN.of_scene(500, 300, 1);
    let (first, second) = (taken(&file), taken(&file));
    for (reference, blob) in [
        (&first.file.blob, &first.photo),
        (&first.file.thumbnail, &first.thumbnail),
        (&second.file.blob, &second.photo),
    ] {
        assert_eq!(reference.address, wire::blob::address(blob));
        assert_eq!(reference.size, blob.len() as u64);
    }
    assert_eq!(first.file.taken_at, TAKEN_AT);
    let keys =
        [&first.file.blob, &first.file.thumbnail, &second.file.blob, &second.file.thumbnail].map(|b| b.key);
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[index + 1..].contains(key), "a key seals one blob only");
        assert!(photos::open(slice::from_ref(&0), key).is_err());
    }
    assert_ne!(first.file.blob.address, second.file.blob.address);
    assert!(photos::open(&first.photo, &first.file.thumbnail.key).is_err());
    assert!(pixels(&opened(&first).photo).width == 500);
}
