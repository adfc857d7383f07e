//! `POST /mine/{id}/revoke`: a user ends a device of their own.

use super::{
    browser::Browser,
    mine::{done, office},
};

#[test]
fn a_user_revokes_their_own_devices_only() {
    let (office, _, user) = office();
    let hoa = Browser::log_in(&office, "hoa");
    let (own, other) = (office.phone_of("hoa"), office.phone("lan", "all").device);
    hoa.post(&format!("/mine/{}/revoke", own.device), &[]).snapshot("mine_id_revoke");
    assert_eq!(hoa.post(&format!("/mine/{other}/revoke"), &[]).answer.status, 404);
    assert_eq!(own.post(wire::paths::PULL, &own.pull_request(10)).refusal().1, "auth.revoked");
    assert_eq!(done(&office, user).last().unwrap(), "device.revoke");
}
