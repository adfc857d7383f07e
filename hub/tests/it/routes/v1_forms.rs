//! `GET /v1/forms`.

use super::exchange::{by, for_phones_only};
use crate::{forms, world::Office};
use testkit::Request;
use wire::paths;

#[test]
fn versions_are_listed_with_their_files() {
    let office = Office::open();
    office.publish(forms::folder("text,commune,Xã,,\n").path());
    let phone = office.phone("hoa", "all");
    let request = Request::new("GET", paths::FORMS);
    by(&phone, request.clone()).snapshot("v1_forms");
    for_phones_only(&office, &phone, &request);
}
