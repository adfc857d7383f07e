//! `POST /devices/{id}/revoke`.

use super::browser::{Browser, for_roles_only, form};
use crate::world::Office;
use uuid::Uuid;
use wire::paths;

#[test]
fn a_phone_is_revoked_by_an_administrator() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let administrator = Browser::of(&office, "quantri", "administrator");
    let path = format!("/devices/{}/revoke", phone.device);
    let head = Browser::of(&office, "truong", "centre_head").post(&path, &[]).answer;
    assert_eq!((head.status, phone.get(paths::FORMS).status), (403, 200));
    administrator.post(&path, &[]).snapshot("device.revoked");
    assert_eq!(phone.get(paths::FORMS).status, 403);
    let unknown = format!("/devices/{}/revoke", Uuid::now_v7());
    assert_eq!(administrator.post(&unknown, &[]).answer.status, 404);
    for_roles_only(&office, &form(&path, &[]), &["administrator"]);
}
