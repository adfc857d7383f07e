//! `GET /devices`: for administrators, who may revoke, and heads, who may not.

use super::browser::{Browser, for_roles_only};
use crate::world::Office;
use hub::db::offices;
use testkit::Request;
use wire::{
    forms::Complaint,
    paths,
    pull::{Condition, PullRequest},
};

#[test]
fn the_list_and_whom_it_is_for() {
    let office = Office::open();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/devices").snapshot("devices.none");
    let phone = office.phone("hoa", "all");
    let complaint = |code: &str| Complaint::new("phieu_moi", "2026112401", code);
    let forms = vec![complaint("form.bad-name"), complaint("xforms.invalid-form")];
    let told = PullRequest {
        condition: Condition { forms, clock_offset_ms: Some(-1_500_000), office_key: None },
        ..phone.pull_request(10)
    };
    assert_eq!(phone.post(paths::PULL, &told).status, 200);
    // The note of it is not waited for: the next durable write comes after it.
    phone.ask();
    let lost = office.phone("lan", "all");
    office.clock.pass(60_000);
    office.revoke(lost.device);
    administrator.get("/devices").snapshot("devices");
    administrator.in_english().get("/devices").snapshot("devices.en");
    Browser::of(&office, "truong", "centre_head").get("/devices").snapshot("devices.centre_head");
    for_roles_only(&office, &Request::new("GET", "/devices"), &["centre_head", "administrator"]);
}

#[test]
fn that_the_hub_was_rewound_is_told_for_a_month() {
    let office = Office::open();
    office.hub.write_now(|_, tx| Ok(offices::set_rewound(tx)?)).unwrap();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/users").snapshot("users.rewound");
    administrator.in_english().get("/devices").snapshot("devices.rewound.en");
    let told = |login: &str, role: &str| {
        let page = Browser::of(&office, login, role).in_english().get("/forms").answer.bytes();
        String::from_utf8(page).unwrap().contains("set back to an older state")
    };
    assert_eq!((told("truong", "centre_head"), told("hoa", "case_manager")), (true, false));
    office.clock.pass(31 * 24 * 60 * 60 * 1000);
    assert!(!told("pho", "centre_head"));
}
