//! `PATCH`, `HEAD` and `OPTIONS /v1/photos/{address}`: an upload goes on.

use super::exchange::{by, exchange, for_phones_only};
use crate::world::Office;
use testkit::{Request, address};
use wire::paths;

#[test]
fn an_upload_goes_on_from_where_it_stands() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let bytes = b"a photo";
    let path = format!("{}/{}", paths::PHOTOS, address(bytes));
    let request = |method: &str| Request::new(method, &path).with("tus-resumable", "1.0.0");
    let append = |offset: usize, bytes: &[u8]| {
        let request = request("PATCH").with("content-type", "application/offset+octet-stream");
        request.with("upload-offset", offset).body(bytes)
    };
    by(&phone, request("HEAD")).snapshot("v1_photos_address.unknown");
    phone.name_blobs(&[(&address(bytes), bytes.len())]);
    phone.create_upload(&address(bytes), bytes.len(), None);
    by(&phone, append(0, &bytes[..3])).snapshot("v1_photos_address.appended");
    by(&phone, request("HEAD")).snapshot("v1_photos_address");
    by(&phone, append(0, bytes)).snapshot("v1_photos_address.wrong_offset");
    by(&phone, append(3, b"toxx")).snapshot("v1_photos_address.wrong_address");
    exchange(&*office.link(), &request("OPTIONS")).snapshot("v1_photos_address.options");
    let other = office.phone("lan", "all");
    for_phones_only(&office, &phone, &request("HEAD"));
    for_phones_only(&office, &other, &append(0, bytes));
}
