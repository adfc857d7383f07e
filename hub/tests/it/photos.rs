//! Uploads over real connections: cut, dead, and taken over.

use crate::world::Office;
use base64::{Engine, engine::general_purpose::STANDARD};
use hub::office::uploads;
use std::{io::Write, net::TcpStream, time::Duration};
use testkit::{Client, Request};
use wire::{error::code, paths, photos::Bundle};

pub fn blob(size: usize, seed: u8) -> (Vec<u8>, String) {
    let bytes: Vec<u8> = (0..size).map(|i| (i / 7 + i) as u8 ^ seed).collect();
    let address = wire::blob::address(&bytes);
    (bytes, address)
}

/// Lets the phone send these.
fn name(phone: &mut Client, blobs: &[(Vec<u8>, String)]) {
    let named: Vec<_> = blobs.iter().map(|(bytes, address)| (address.as_str(), bytes.len())).collect();
    phone.name_blobs(&named);
}

fn stored(office: &Office, address: &str) -> Vec<u8> {
    office.hub.photos.read(address).unwrap().unwrap()
}

#[test]
fn a_photo_goes_up_in_one_request_or_in_parts() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (one, at_once) = blob(700_000, 1);
    let (two, in_parts) = blob(300_000, 2);
    phone.name_blobs(&[(&at_once, one.len())]);
    let response = phone.create_upload(&at_once, one.len(), Some(&one));
    assert_eq!(response.status, 201);
    assert_eq!(response.offset(), 700_000);
    assert_eq!(stored(&office, &at_once), one);

    phone.name_blobs(&[(&in_parts, two.len())]);
    assert_eq!(phone.upload_status(&in_parts).status, 404);
    let created = phone.create_upload(&in_parts, two.len(), None);
    assert_eq!((created.status, created.offset()), (201, 0));
    assert_eq!(created.header("location"), Some(format!("{}/{in_parts}", paths::PHOTOS).as_str()));
    let part = phone.append_upload(&in_parts, 0, &two[..100_000]);
    assert_eq!((part.status, part.offset()), (204, 100_000));
    assert_eq!(phone.missing(&[&at_once, &in_parts]), [in_parts.as_str()]);
    let status = phone.upload_status(&in_parts);
    assert_eq!((status.offset(), status.header("upload-length")), (100_000, Some("300000")));
    assert_eq!(phone.append_upload(&in_parts, 5, b"x").refusal(), (409, code::WRONG_OFFSET.into()));
    // Begun already: says where it stands.
    assert_eq!(phone.create_upload(&in_parts, two.len(), Some(&two)).offset(), 100_000);
    assert_eq!(phone.append_upload(&in_parts, 100_000, &two[100_000..]).offset(), 300_000);
    assert_eq!(stored(&office, &in_parts), two);
    // Whole already: takes nothing.
    assert_eq!(phone.create_upload(&in_parts, two.len(), Some(&two)).offset(), 300_000);
    assert!(phone.missing(&[&at_once, &in_parts]).is_empty());
}

/// Between a file's name and its row the hub may have stopped, and the file may hold anything.
#[test]
fn a_file_that_a_crash_left_is_no_photo() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(40_000, 3);
    phone.name_blobs(&[(&address, bytes.len())]);
    std::fs::write(office.hub.photos.path(&address), b"").unwrap();
    let whole = || office.hub.read_now(|hub, read| uploads::whole(hub, read, &address)).unwrap();
    assert_eq!(phone.missing(&[&address]), [address.as_str()]);
    assert_eq!(whole(), None);
    assert_eq!(phone.create_upload(&address, bytes.len(), Some(&bytes)).offset(), 40_000);
    assert_eq!(whole(), Some(bytes.clone()));
}

/// Sends the head of a request and the first bytes of its body, then cuts the connection.
fn cut(office: &Office, phone: &Client, method: &str, path: &str, headers: &str, length: usize, sent: &[u8]) {
    let mut link = TcpStream::connect(office.url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        link,
        "{method} {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\n{headers}Content-Length: {length}\r\n\r\n",
        phone.enrolled.token.0
    )
    .unwrap();
    link.write_all(sent).unwrap();
    link.flush().unwrap();
    link.shutdown(std::net::Shutdown::Write).unwrap();
    // Wait for the hub to have read it all: it answers, or closes.
    let _ = std::io::Read::read(&mut link, &mut [0; 1]);
}

#[test]
fn an_upload_goes_on_where_its_connection_was_cut() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(1_000_000, 3);
    phone.name_blobs(&[(&address, bytes.len())]);
    phone.create_upload(&address, bytes.len(), None);
    let path = format!("{}/{address}", paths::PHOTOS);
    cut(&office, &phone, "PATCH", &path, "Upload-Offset: 0\r\n", 1_000_000, &bytes[..400_001]);
    let stands = phone.upload_status(&address).offset();
    assert_eq!(stands, 400_001, "all that came is kept");
    let rest = phone.append_upload(&address, stands, &bytes[400_001..]);
    assert_eq!(rest.offset(), 1_000_000);
    assert_eq!(stored(&office, &address), bytes);
}

#[test]
fn a_creation_that_was_cut_in_its_first_bytes_goes_on_too() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(500_000, 4);
    phone.name_blobs(&[(&address, bytes.len())]);
    let headers =
        format!("Upload-Length: 500000\r\nUpload-Metadata: address {}\r\n", STANDARD.encode(&address));
    cut(&office, &phone, "POST", paths::PHOTOS, &headers, 500_000, &bytes[..123]);
    assert_eq!(phone.upload_status(&address).offset(), 123);
    assert_eq!(phone.append_upload(&address, 123, &bytes[123..]).offset(), 500_000);
    assert_eq!(stored(&office, &address), bytes);
}

#[test]
fn who_comes_next_takes_over_from_a_dead_link() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(200_000, 5);
    phone.name_blobs(&[(&address, bytes.len())]);
    phone.create_upload(&address, bytes.len(), None);
    // A phone that lost its network: the connection stays open and nothing more comes.
    let mut dead = TcpStream::connect(office.url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        dead,
        "PATCH {}/{address} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 200000\r\n\r\n",
        paths::PHOTOS,
        phone.enrolled.token.0
    )
    .unwrap();
    dead.write_all(&bytes[..50_000]).unwrap();
    // The hub may hear of the dead link only after the first of these: then it stands elsewhere, and one asks again.
    let done = (0..3).any(|_| {
        let stands = phone.upload_status(&address).offset();
        let rest = phone.append_upload(&address, stands, &bytes[usize::try_from(stands).unwrap()..]);
        rest.status == 204 && rest.offset() == 200_000
    });
    assert!(done);
    assert_eq!(stored(&office, &address), bytes);
    drop(dead);
}

#[test]
fn bytes_of_another_address_are_dropped_and_may_come_again() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(100_000, 6);
    phone.name_blobs(&[(&address, bytes.len())]);
    let mut damaged = bytes.clone();
    damaged[50_000] ^= 1;
    let wrong = (409, code::WRONG_ADDRESS.to_owned());
    assert_eq!(phone.create_upload(&address, damaged.len(), Some(&damaged)).refusal(), wrong);
    assert_eq!(phone.upload_status(&address).status, 404);
    phone.create_upload(&address, bytes.len(), None);
    phone.append_upload(&address, 0, &bytes[..60_000]);
    assert_eq!(phone.append_upload(&address, 60_000, &damaged[..40_000]).refusal(), wrong);
    assert_eq!(phone.missing(&[&address]), [address.as_str()]);
    assert_eq!(phone.create_upload(&address, bytes.len(), Some(&bytes)).offset(), 100_000);
    assert_eq!(stored(&office, &address), bytes);
}

#[test]
fn what_is_no_upload_is_refused() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(1_000, 7);
    phone.name_blobs(&[(&address, 10)]);
    let too_large = (413, code::TOO_LARGE.to_owned());
    assert_eq!(phone.create_upload(&address, 20 * 1024 * 1024 + 1, None).refusal(), too_large);
    assert_eq!(phone.create_upload("../../../etc/passwd", 10, None).refusal().0, 400);
    assert_eq!(phone.create_upload(&address, 10, Some(&bytes)).refusal().0, 400);
    assert_eq!(phone.append_upload("0123", 0, b"x").refusal().0, 404);
    let plain = phone.send(Request::new("POST", paths::PHOTOS));
    assert_eq!(plain.header("tus-version"), Some("1.0.0"));
    assert_eq!(plain.refusal().0, 412);
    let options = office.send(&Request::new("OPTIONS", paths::PHOTOS));
    assert_eq!(options.header("tus-extension"), Some("creation,creation-with-upload,expiration"));
    office.revoke(phone.device);
    assert_eq!(phone.create_upload(&address, 1_000, Some(&bytes)).refusal(), (403, code::REVOKED.into()));
}

/// Small photos in one body, and where each ends in it.
fn bundle(blobs: &[(Vec<u8>, String)]) -> Vec<u8> {
    let mut bundle = Bundle::default();
    for (bytes, address) in blobs {
        bundle.add(address, bytes).unwrap();
    }
    bundle.into_bytes()
}

#[test]
fn of_small_photos_those_are_kept_that_came_whole_before_the_cut() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    // Each takes 1,036 bytes of the body.
    for (n, cut_at) in [(0, 1_035), (1, 1_036), (2, 2_071), (3, 2_072), (4, 3_000)] {
        let blobs = [0, 1, 2].map(|k| blob(1_000, 100 + 3 * n + k));
        name(&mut phone, &blobs);
        let bytes = bundle(&blobs);
        cut(&office, &phone, "POST", paths::PHOTOS_BUNDLE, "", bytes.len(), &bytes[..cut_at]);
        let whole = cut_at / 1_036;
        let addresses = [0, 1, 2].map(|k: usize| blobs[k].1.as_str());
        assert_eq!(phone.missing(&addresses), addresses[whole..], "{cut_at}");
        for (bytes, address) in &blobs[..whole] {
            assert_eq!(&stored(&office, address), bytes);
        }
    }
}

#[test]
fn small_photos_that_came_whole_are_kept_while_the_line_is_dead() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let blobs = [blob(1_000, 8), blob(1_000, 9)];
    name(&mut phone, &blobs);
    let bytes = bundle(&blobs);
    let mut dead = TcpStream::connect(office.url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        dead,
        "POST {} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        paths::PHOTOS_BUNDLE,
        phone.enrolled.token.0,
        bytes.len()
    )
    .unwrap();
    dead.write_all(&bytes[..1_500]).unwrap();
    let addresses = [blobs[0].1.as_str(), blobs[1].1.as_str()];
    let kept = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        phone.missing(&addresses) == addresses[1..]
    });
    assert!(kept);
    drop(dead);
}

#[test]
fn who_asks_what_is_missing_takes_over_from_a_dead_link_and_hears_where_it_stood() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (bytes, address) = blob(200_000, 10);
    phone.name_blobs(&[(&address, bytes.len())]);
    let mut dead = TcpStream::connect(office.url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        dead,
        "POST {} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Length: 200000\r\n\
         Upload-Metadata: address {}\r\nContent-Length: 200000\r\n\r\n",
        paths::PHOTOS,
        phone.enrolled.token.0,
        STANDARD.encode(&address)
    )
    .unwrap();
    dead.write_all(&bytes[..50_000]).unwrap();
    // The hub may not have heard of it yet.
    let begun = (0..600).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        phone.lacks(&[&address]).pop().unwrap().begun.filter(|begun| begun.offset > 0)
    });
    let begun = begun.unwrap();
    assert_eq!(begun.size, 200_000);
    let rest = &bytes[usize::try_from(begun.offset).unwrap()..];
    assert_eq!(phone.append_upload(&address, begun.offset, rest).offset(), 200_000);
    assert_eq!(stored(&office, &address), bytes);
    drop(dead);
}
