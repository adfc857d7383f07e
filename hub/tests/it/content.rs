//! Roles that have nothing to do with households and cases.

use crate::world::{COMMUNE, Office};
use hub::{HubError, db::users::NewUser, office::users};
use model::{Feed, RecordEdit, Role, kind, record::field};
use testkit::{
    Client,
    records::{household, new_ref, under},
};
use wire::push::Outcome;

/// A phone of a user with this role, everywhere.
fn phone(office: &Office, role: &'static str) -> Client {
    let user = office.user_with(role, Role::new(role), "all", "-");
    Client::enrol(office.link(), &office.code(&user))
}

#[test]
fn a_role_without_content_gets_no_feed_and_files_nothing() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    hoa.write(vec![household(COMMUNE)]);
    let roles = [("administrator", "admission.scope"), ("province_supervisor", "admission.role-unknown")];
    for (role, code) in roles {
        let mut phone = phone(&office, role);
        let page = phone.pull_page(10);
        assert_eq!((page.granted, page.feeds.len()), (Vec::<Feed>::new(), 0), "{role}");
        let batch = phone.change(household(COMMUNE));
        let waits = Outcome::Waiting { code: code.into() };
        assert_eq!(phone.outcomes(&[batch]), [waits], "{role}");
    }
}

#[test]
fn a_role_without_content_is_no_member_and_never_on_duty() {
    let office = Office::open();
    let mut administrator = phone(&office, "administrator");
    let mut hoa = office.phone("hoa", "all");
    let case = RecordEdit::new(new_ref(kind::CASE)).set(field::RESTRICTED, true).set("commune", COMMUNE);
    let member =
        |user: model::UserId| under(kind::CASE_MEMBER, &case.record).set(field::USER, user.to_string());
    hoa.write(vec![member(hoa.user), member(administrator.user), case.clone()]);
    assert_eq!(hoa.pull(10).len(), 1);
    assert_eq!(administrator.pull(10), [""; 0]);

    let new = |role| NewUser {
        login: "truc".into(),
        name: "Người Trực".into(),
        role,
        places: vec!["all".parse().unwrap()],
        on_duty: true,
    };
    let add = |role| office.hub.write_now(move |hub, tx| users::add(hub, tx, new(role), "-", None));
    assert!(matches!(add(Role::new("administrator")), Err(HubError::NoContent)));
    add(Role::new("case_manager")).unwrap();
    let user = administrator.user;
    let set = move |hub: &hub::Hub, tx: &hub::db::Tx| users::set_places(hub, tx, user, &[], true);
    assert!(matches!(office.hub.write_now(set), Err(HubError::NoContent)));
}

#[test]
fn a_desk_files_a_report_and_reads_no_more_than_its_own_cases() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    hoa.write(vec![household(COMMUNE)]);
    let mut desk = phone(&office, "hotline");
    assert_eq!(desk.pull_page(10).granted, Vec::<Feed>::new(), "no household of any place");
    let waits = Outcome::Waiting { code: "admission.scope".into() };
    let other = desk.batch(vec![household(COMMUNE)]);
    assert_eq!(desk.outcomes(&[other]), [waits], "nor files one");

    let case = RecordEdit::new(new_ref(kind::CASE)).set(field::RESTRICTED, true).set("commune", COMMUNE);
    let member = under(kind::CASE_MEMBER, &case.record).set(field::USER, desk.user.to_string());
    desk.write(vec![member, case.clone()]);
    assert_eq!(desk.pull_page(10).granted.len(), 1, "the case that it opened");
}
