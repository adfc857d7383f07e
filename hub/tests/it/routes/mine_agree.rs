//! `POST /mine/agree`: the user agrees to another device, and gets its code.

use super::{
    browser::Browser,
    mine::{code, done, office, text},
};
use testkit::Client;

#[test]
fn who_agrees_gets_the_code() {
    let (office, administrator, user) = office();
    let hoa = Browser::log_in(&office, "hoa");
    hoa.post("/mine/agree", &[]).snapshot("mine_agree.nothing_asked");
    administrator.post(&format!("/users/{user}/invite"), &[]);
    let agreed = hoa.post("/mine/agree", &[]);
    agreed.snapshot("mine_agree");
    Client::enrol(office.link(), code(&text(agreed.answer)).unwrap());
    assert_eq!(hoa.post("/mine/agree", &[]).answer.status, 404, "once");
    assert!(!text(hoa.get("/mine").answer).contains("/mine/agree"));
    assert_eq!(done(&office, user), ["user.add", "enrol", "invite.ask", "invite.agree", "invite", "enrol"]);
}
