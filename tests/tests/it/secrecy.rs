//! The phone's folder gives nothing away: every byte of it is searched.

use journeys::{
    picture,
    synthetic::{self, COMMUNES},
    world::{self, World},
};
use std::{fs, path::Path};

/// Every file below, by what it holds.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
    found
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// A text as it could lie in a file: UTF-8, UTF-16, JSON's escapes, without tone marks.
fn shapes(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let escaped: String = utf16
        .iter()
        .map(|unit| match u8::try_from(*unit) {
            Ok(ascii @ 0x20..0x7f) => char::from(ascii).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    vec![
        text.as_bytes().to_vec(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        escaped.into_bytes(),
        model::fold(text).into_bytes(),
    ]
}

#[test]
fn no_name_note_or_picture_lies_in_the_clear() {
    let commune = COMMUNES[0].0;
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai Thử", commune).unwrap();
    let phone = world.phone("mai").unwrap();
    let household = synthetic::household(8, 0);
    let photo = picture::twelve_megapixels(4).unwrap();
    world::visit(&phone, None, &household, vec![photo.clone()]).unwrap();
    world::report(&phone, commune, "Triệu Thị Ẩn").unwrap();
    // A draft with a photo stays open, and one that was abandoned leaves nothing.
    let draft = synthetic::household(8, 3);
    world::fill_visit(&phone, None, &draft, vec![photo]).unwrap();
    phone.sync().unwrap();

    let mut secrets = vec![
        "Khám tại trạm y tế xã",
        "Hẹn quay lại sau khi khám bệnh",
        "Nhà gỗ, bếp tách riêng",
        "0912345678",
        "Triệu Thị Ẩn",
        "Lục Thị Báo Tin",
        "0987654321",
        "Lý Thị Mai Thử",
        "tiep_nhan_tre_em",
        "SQLite format 3",
        picture::MAKER_NOTE,
    ];
    secrets.extend([household.village, &household.address]);
    secrets.extend(household.people.iter().chain(&draft.people).map(|person| person.name.as_str()));
    let all = files(phone.folder());
    let size: usize = all.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(all.len() >= 6 && size > 500_000, "{} files of {size} bytes: not the phone's folder", all.len());
    for (path, bytes) in &all {
        for secret in &secrets {
            for shape in shapes(secret) {
                assert!(!contains(bytes, &shape), "{path} holds {secret}");
                assert!(!contains(path.as_bytes(), &shape), "{path} is named after {secret}");
            }
        }
        for picture in
            [&b"JFIF\0"[..], b"Exif\0", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb"]
        {
            assert!(!contains(bytes, picture), "{path} holds a JPEG");
        }
    }

    // The search finds what is there: the hub's database is not encrypted, and what its lists are looked through by is
    // not packed.
    let hub: Vec<u8> = files(world.hub.folder()).into_iter().flat_map(|(_, bytes)| bytes).collect();
    assert!(shapes(&household.people[0].name).iter().any(|shape| contains(&hub, shape)));
}
