//! `POST /v1/photos/missing`.

use super::exchange::{by, for_phones_only};
use crate::world::Office;
use testkit::{Request, address};
use wire::{VERSION, paths, photos::MissingRequest};

#[test]
fn what_is_not_here_whole_is_missing() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let [whole, part, none] = [b"whole", b"part ", b"none "].map(|bytes| address(bytes));
    phone.name_blobs(&[(&whole, 5), (&part, 5)]);
    phone.create_upload(&whole, 5, Some(b"whole"));
    phone.create_upload(&part, 5, Some(b"par"));
    let asked = MissingRequest { v: VERSION, addresses: vec![whole, part, none] };
    let request = Request::message(paths::PHOTOS_MISSING, &asked);
    by(&phone, request.clone()).snapshot("v1_photos_missing");
    for_phones_only(&office, &phone, &request);
}
