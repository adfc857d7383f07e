//! `GET /v1/forms/{id}/{version}/{file}`.

use super::exchange::{by, for_phones_only};
use crate::{forms, world::Office};
use testkit::Request;
use wire::paths;

#[test]
fn a_file_comes_as_it_was_published() {
    let office = Office::open();
    office.publish(forms::folder("text,commune,Xã,,\n").path());
    let phone = office.phone("hoa", "all");
    let file = |name: &str| Request::new("GET", format!("{}/thu/1/{name}", paths::FORMS));
    by(&phone, file("form.xml")).snapshot("v1_forms.form_xml");
    by(&phone, file("records.csv")).snapshot("v1_forms.records_csv");
    by(&phone, file("khong_co.csv")).snapshot("v1_forms.no_such_file");
    for_phones_only(&office, &phone, &file("form.xml"));
}
