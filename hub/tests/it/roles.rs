//! Statements of roles at the hub: what is said when, to whom, and after what.

use crate::world::{COMMUNE, Office};
use chrono::NaiveDate;
use hub::{backup, db::roles, office::users};
use model::{Role, UserId};
use testkit::Client;
use wire::roles::RoleStatement;

fn pulled(phone: &mut Client, user: UserId) -> Vec<RoleStatement> {
    phone.pull(100);
    let verified = phone.roles.iter().map(|told| told.statement.verify(&phone.enrolled.office_key).unwrap());
    verified.filter(|statement| statement.user == user).collect()
}

fn role(statements: &[RoleStatement], day: NaiveDate) -> Option<String> {
    let held = RoleStatement::held(statements.to_vec(), day);
    held.map(|statement| statement.role.as_str().to_owned())
}

#[test]
fn another_role_and_an_end_are_said_beside_what_was() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let lan = office.user("lan", "all");
    let first = office.hub.today();
    office.clock.pass(40 * 24 * 3_600_000);
    let set_role = move |role: &'static str| {
        move |hub: &hub::Hub, tx: &hub::db::Tx| users::set_role(hub, tx, lan.id, &Role::new(role))
    };
    office.hub.write_now(set_role("commune_officer")).unwrap();
    office.hub.write_now(set_role("commune_officer")).unwrap();
    let statements = pulled(&mut hoa, lan.id);
    assert_eq!(statements.len(), 2, "the same again is nothing new");
    let changed = office.hub.today();
    assert_eq!(role(&statements, first).as_deref(), Some("case_manager"));
    assert_eq!(role(&statements, changed.pred_opt().unwrap()).as_deref(), Some("case_manager"));
    assert_eq!(role(&statements, changed).as_deref(), Some("commune_officer"));
    office.clock.pass(24 * 3_600_000);
    office.hub.write_now(move |hub, tx| users::disable(hub, tx, lan.id)).unwrap();
    let statements = pulled(&mut hoa, lan.id);
    let end = statements.last().unwrap();
    assert_eq!((statements.len(), end.from, end.to), (3, changed, Some(office.hub.today())));
    assert_eq!(role(&statements, office.hub.today().succ_opt().unwrap()), None);
    assert_eq!(role(&statements, first).as_deref(), Some("case_manager"));
}

#[test]
fn who_sees_nothing_is_told_of_nobody() {
    let office = Office::open();
    let account = office.user_with("ke", Role::new("accountant"), "all", "-");
    let mut phone = Client::enrol(office.link(), &office.code(&account));
    assert!(pulled(&mut phone, account.id).is_empty());
    // A desk is, as it takes part in restricted cases.
    let desk = office.user_with("truc", Role::new("hotline"), "all", "-");
    let mut phone = Client::enrol(office.link(), &office.code(&desk));
    assert_eq!(pulled(&mut phone, account.id).len(), 1);
}

/// A hub of before the statements has users of whom nothing was said.
#[test]
fn users_of_before_are_told_of_from_when_they_came() {
    let office = Office::open();
    let (hoa, came) = (office.user("hoa", "all"), office.hub.today());
    let gone = office.user("lan", "all");
    office.hub.write_now(move |hub, tx| users::disable(hub, tx, gone.id)).unwrap();
    let (folder, temporary) = office.close();
    let database = rusqlite::Connection::open(folder.join("hub.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM role_statements", []).unwrap(), 3);
    drop(database);
    let office = Office::over(folder, temporary);
    let mut phone = Client::enrol(office.link(), &office.code(&hoa));
    let [statement] = &pulled(&mut phone, hoa.id)[..] else { panic!("{:?}", phone.roles) };
    assert_eq!((statement.from, statement.to), (came, None));
    let [statement] = &pulled(&mut phone, gone.id)[..] else { panic!("{:?}", phone.roles) };
    assert_eq!((statement.from, statement.to), (came, Some(came)));
    // Once: the next start has nothing to say.
    let (folder, temporary) = office.close();
    let office = Office::over(folder, temporary);
    phone.link = office.link();
    assert_eq!(phone.pull_page(10).roles.len(), 0);
}

#[test]
fn a_restored_hub_says_all_again_above_what_phones_have() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let lan = office.user("lan", "all");
    let folder = tempfile::tempdir().unwrap();
    backup::backup(&office.hub, &folder.path().join("copy.tar")).unwrap();
    let set_role =
        move |hub: &hub::Hub, tx: &hub::db::Tx| users::set_role(hub, tx, lan.id, &Role::new("centre_head"));
    office.hub.write_now(set_role).unwrap();
    let today = office.hub.today();
    let read = pulled(&mut hoa, lan.id);
    assert_eq!(role(&read, today).as_deref(), Some("centre_head"));
    backup::restore(&folder.path().join("copy.tar"), &folder.path().join("hub")).unwrap();
    let restored = Office::over(folder.path().join("hub"), None);
    hoa.link = restored.link();
    let read = pulled(&mut hoa, lan.id);
    assert_eq!(role(&read, today).as_deref(), Some("case_manager"), "what this hub knows");
    let newest = restored.hub.read_now(|_, read| Ok(roles::newest(read)?)).unwrap();
    assert!(newest > 1_000, "{newest}");
}
