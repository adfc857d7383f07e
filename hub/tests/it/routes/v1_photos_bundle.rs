//! `POST /v1/photos/bundle`.

use super::exchange::{by, for_phones_only};
use crate::world::Office;
use testkit::{Client, address};
use wire::photos::Bundle;

#[test]
fn small_photos_come_many_in_one_body() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let mut bundle = Bundle::default();
    bundle.add(&address(b"a thumbnail"), b"a thumbnail").unwrap();
    bundle.add(&address(b"another"), b"damaged").unwrap();
    bundle.add(&address(b"a stranger"), b"a stranger").unwrap();
    phone.name_blobs(&[(&address(b"a thumbnail"), 11), (&address(b"another"), 7)]);
    let request = Client::bundle_request(bundle.into_bytes());
    by(&phone, request.clone()).snapshot("v1_photos_bundle");
    by(&phone, Client::bundle_request(vec![0; 35])).snapshot("v1_photos_bundle.cut");
    for_phones_only(&office, &phone, &request);
}
