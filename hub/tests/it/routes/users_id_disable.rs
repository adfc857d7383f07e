//! `POST /users/{id}/disable`.

use super::browser::{Browser, for_roles_only, form};
use crate::world::Office;
use uuid::Uuid;
use wire::paths;

#[test]
fn a_disabled_users_session_ends_and_their_phone_is_revoked() {
    let office = Office::open();
    let hoa = Browser::of(&office, "hoa", "case_manager");
    let phone = office.phone_of("hoa");
    let administrator = Browser::of(&office, "quantri", "administrator");
    let path = format!("/users/{}/disable", phone.user);
    assert_eq!(hoa.get("/households").answer.status, 200);
    administrator.post(&path, &[]).snapshot("user.disabled");
    assert_eq!(hoa.get("/households").answer.status, 303);
    assert_eq!(phone.get(paths::FORMS).status, 403);
    administrator.get("/users").snapshot("users.with_one_disabled");
    let unknown = format!("/users/{}/disable", Uuid::now_v7());
    assert_eq!(administrator.post(&unknown, &[]).answer.status, 404);
    for_roles_only(&office, &form(&path, &[]), &["administrator"]);
}
