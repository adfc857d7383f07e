//! `POST /mine/refuse`: the user wants no other device.

use super::{
    browser::Browser,
    mine::{done, office},
};

#[test]
fn what_was_refused_is_gone() {
    let (office, administrator, user) = office();
    administrator.post(&format!("/users/{user}/invite"), &[]);
    let hoa = Browser::log_in(&office, "hoa");
    hoa.post("/mine/refuse", &[]).snapshot("mine_refuse");
    assert_eq!(hoa.post("/mine/agree", &[]).answer.status, 404);
    assert_eq!(done(&office, user).last().unwrap(), "invite.refuse");
}
