//! `GET /mine`: what is enrolled in a user's name, and who agrees to more.

use super::browser::{Browser, PASSWORD};
use crate::world::Office;
use hub::{db::audit, secret};
use model::{Role, UserId};
use testkit::Client;

/// An office with an administrator and a user who has a phone.
pub fn office() -> (Office, Browser, UserId) {
    let office = Office::open();
    let hash = secret::hash_password(PASSWORD).unwrap();
    let user = office.user_with("hoa", Role::new("case_manager"), "all", &hash);
    office.phone_of("hoa");
    let administrator = Browser::of(&office, "quantri", "administrator");
    (office, administrator, user.id)
}

pub fn code(page: &str) -> Option<&str> {
    page.split("vanggia:1;").nth(1)?.split(';').nth(1)
}

pub fn text(answer: testkit::Response) -> String {
    String::from_utf8(answer.bytes()).unwrap()
}

pub fn done(office: &Office, user: UserId) -> Vec<String> {
    let entries = office.hub.read_now(move |_, read| Ok(audit::about(read, &user, 100)?)).unwrap();
    entries.into_iter().rev().map(|entry| entry.action).collect()
}

#[test]
fn another_device_waits_for_its_user() {
    let (office, administrator, user) = office();
    let invite = format!("/users/{user}/invite");
    let asked = administrator.post(&invite, &[]);
    asked.snapshot("mine.asked");
    assert_eq!(code(&text(asked.answer)), None);
    // Nor by asking again.
    assert_eq!(code(&text(administrator.post(&invite, &[]).answer)), None);

    let hoa = Browser::log_in(&office, "hoa");
    assert!(text(hoa.get("/households").answer).contains("/mine\">Có thiết bị mới"));
    hoa.get("/mine").snapshot("mine");
    hoa.in_english().get("/mine").snapshot("mine.en");
    assert_eq!(done(&office, user), ["user.add", "enrol", "invite.ask", "invite.ask"]);
}

#[test]
fn two_administrators_agree_to_another_device() {
    let (office, first, user) = office();
    let invite = format!("/users/{user}/invite");
    first.post(&invite, &[]);
    // One whom the first made is no second.
    let fields = [("login", "bù nhìn"), ("name", "Bù Nhìn"), ("role", "administrator"), ("places", "all")];
    let added = text(first.post("/users", &fields).answer);
    let password = added.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let puppet = Browser::with_password(&office, "bù nhìn", password);
    assert_eq!(code(&text(puppet.post(&invite, &[]).answer)), None);
    let second = Browser::of(&office, "quantri-hai", "administrator");
    assert!(code(&text(second.post(&invite, &[]).answer)).is_some());
}

#[test]
fn two_codes_for_a_new_user_make_one_device() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    let user = office.user("hoa", "all");
    let codes = [(); 2].map(|()| {
        let page = text(administrator.post(&format!("/users/{}/invite", user.id), &[]).answer);
        code(&page).unwrap().to_owned()
    });
    Client::enrol(office.link(), &codes[0]);
    let request = Client::enrol_request(&codes[1], &testkit::new_key());
    let refused = office.send(&testkit::Request::message(wire::paths::ENROL, &request));
    assert_eq!(refused.refusal(), (410, "enrol.code-used".to_owned()));
}
