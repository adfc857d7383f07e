//! `POST /v1/photos`, `OPTIONS /v1/photos`: an upload begins.

use super::exchange::{by, exchange, for_phones_only};
use crate::world::Office;
use base64::{Engine, engine::general_purpose::STANDARD};
use testkit::{Request, address};
use wire::paths;

#[test]
fn an_upload_begins_with_bytes_or_without() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let begin = |bytes: &[u8]| {
        let metadata = format!("address {}", STANDARD.encode(address(bytes)));
        let request = Request::new("POST", paths::PHOTOS).with("tus-resumable", "1.0.0");
        request.with("upload-length", bytes.len()).with("upload-metadata", metadata)
    };
    by(&phone, begin(b"a photo")).snapshot("v1_photos.unknown");
    phone.name_blobs(&[(&address(b"a photo"), 7), (&address(b"another"), 7)]);
    by(&phone, begin(b"a photo")).snapshot("v1_photos");
    let whole = begin(b"another").with("content-type", "application/offset+octet-stream");
    by(&phone, whole.clone().body(*b"another")).snapshot("v1_photos.whole");
    by(&phone, Request::new("POST", paths::PHOTOS)).snapshot("v1_photos.not_tus");
    exchange(&*office.link(), &Request::new("OPTIONS", paths::PHOTOS)).snapshot("v1_photos.options");
    for_phones_only(&office, &phone, &whole);
}
