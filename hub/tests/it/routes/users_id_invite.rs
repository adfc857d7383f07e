//! `POST /users/{id}/invite`: a one-time code as QR and text.

use super::browser::{Browser, for_roles_only, form};
use crate::world::Office;
use uuid::Uuid;

#[test]
fn an_invitation_is_shown_once_to_an_administrator() {
    let office = Office::open();
    let user = office.user("hoa", "all");
    let administrator = Browser::of(&office, "quantri", "administrator");
    let path = format!("/users/{}/invite", user.id);
    let shown = administrator.post(&path, &[]);
    shown.snapshot("user.invited");
    let text = String::from_utf8(shown.answer.bytes()).unwrap();
    let invitation = text.split("vanggia:1;").nth(1).unwrap().split('<').next().unwrap();
    let code = invitation.split(';').nth(1).unwrap();
    assert_eq!(testkit::Client::enrol(office.link(), code).user, user.id);
    let unknown = format!("/users/{}/invite", Uuid::now_v7());
    assert_eq!(administrator.post(&unknown, &[]).answer.status, 404);
    for_roles_only(&office, &form(&path, &[]), &["administrator"]);
}
