//! `POST /packs/{number}/approve`.

use super::browser::{Browser, for_roles_only, form};
use crate::{publishing::overlay, world::Office};
use hub::{db, office::packs};

#[test]
fn another_administrator_agrees() {
    let office = Office::open();
    let proposer = Browser::of(&office, "mot", "administrator");
    let second = Browser::of(&office, "hai", "administrator");
    let id = office.hub.read_now(|_, read| hub::office::users::by_login(read, "mot")).unwrap().unwrap().id;
    packs::propose(&office.hub, overlay(1, "2026-11-01"), Some(id), None).unwrap();
    let agree = |browser: &Browser, day: &str| browser.post("/packs/1/approve", &[("first_day", day)]);
    agree(&proposer, "").snapshot("pack.same_person");
    agree(&second, "2026-11-01").snapshot("pack.past_day");
    assert_eq!(agree(&second, "ngày mai").answer.status, 400);
    agree(&second, "2026-12-15").snapshot("pack.approved");
    let published = office.hub.read_now(|_, read| Ok(db::packs::published(read)?)).unwrap();
    assert_eq!((published[0].serial, published[0].first_day.to_string().as_str()), (Some(1), "2026-12-15"));
    assert_eq!(agree(&second, "").answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    packs::propose(&office.hub, overlay(1, "2026-12-15"), None, None).unwrap();
    for_roles_only(&office, &form("/packs/1/approve", &[("first_day", "")]), &["administrator"]);
}
