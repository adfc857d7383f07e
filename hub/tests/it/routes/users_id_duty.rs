//! `GET` and `POST /users/{id}/duty`: the number of who is on duty, and leaves.

use super::{
    browser::{Browser, PASSWORD},
    mine::text,
};
use crate::world::Office;
use hub::{db, office::users, secret};
use model::{Role, UserId};
use wire::enrol::Worker;

struct Duty {
    office: Office,
    /// On duty in commune 00070.
    hoa: UserId,
    path: String,
}

fn duty() -> Duty {
    let office = Office::open();
    let hash = secret::hash_password(PASSWORD).unwrap();
    let hoa = office.user_with("hoa", Role::new("case_manager"), "commune:00070", &hash).id;
    on_duty(&office, hoa);
    let path = format!("/users/{hoa}/duty");
    Duty { office, hoa, path }
}

fn on_duty(office: &Office, user: UserId) {
    let places = ["commune:00070".parse().unwrap()];
    office.hub.write_now(move |hub, tx| users::set_places(hub, tx, user, &places, true)).unwrap();
}

/// What the phone of somebody is told.
fn told(office: &Office, login: &str) -> Worker {
    let login = login.to_owned();
    let told = office.hub.read_now(move |hub, read| {
        let user = db::users::by_login(read, &login)?.unwrap();
        users::worker(&hub.rulebook(), read, &user, hub.today())
    });
    told.unwrap()
}

fn numbers(worker: &Worker) -> Vec<Option<&str>> {
    worker.duty_managers.iter().map(|one| one.phone.as_ref().map(|phone| phone.0.as_str())).collect()
}

#[test]
fn phones_are_told_whom_to_call() {
    let Duty { office, path, .. } = duty();
    let hash = secret::hash_password(PASSWORD).unwrap();
    office.user_with("thu", Role::new("collaborator"), "commune:00070", &hash);
    assert_eq!(numbers(&told(&office, "thu")), [None]);
    let hoa = Browser::log_in(&office, "hoa");
    hoa.get(&path).snapshot("users.duty");
    hoa.in_english().get(&path).snapshot("users.duty.en");
    let hoa = Browser::log_in(&office, "hoa");
    hoa.post(&path, &[("phone", "gọi cho tôi")]).snapshot("users.duty.wrong");
    assert_eq!(numbers(&told(&office, "thu")), [None]);
    let saved = hoa.post(&path, &[("phone", "0912.345 678"), ("away_from", ""), ("away_until", "")]);
    saved.snapshot("users.duty.saved");
    assert_eq!(numbers(&told(&office, "thu")), [Some("0912345678")]);
    assert!(text(hoa.get("/mine").answer).contains("Ghi số trực, ngày nghỉ"));
}

#[test]
fn a_leave_has_two_days_in_their_order() {
    let Duty { office, hoa, path } = duty();
    let browser = Browser::log_in(&office, "hoa");
    for days in
        [("2026-12-24", ""), ("", "2026-12-24"), ("2026-12-31", "2026-12-24"), ("2026-12-24", "2028-01-01")]
    {
        let page = text(browser.post(&path, &[("away_from", days.0), ("away_until", days.1)]).answer);
        assert!(page.contains("role=\"alert\"") && page.contains(days.0), "{days:?}: {page}");
    }
    let user = office.hub.read_now(move |_, read| Ok(db::users::by_id(read, hoa)?.unwrap())).unwrap();
    assert_eq!(user.reached.away, None);
}

#[test]
fn somebody_else_is_called_while_they_are_away() {
    let Duty { office, path, .. } = duty();
    let hash = secret::hash_password(PASSWORD).unwrap();
    office.user_with("thu", Role::new("collaborator"), "commune:00070", &hash);
    let day = office.hub.today().to_string();
    let away = [("phone", "0912345678"), ("away_from", day.as_str()), ("away_until", day.as_str())];
    let hoa = Browser::log_in(&office, "hoa");
    hoa.post(&path, &away);
    assert_eq!(numbers(&told(&office, "thu")), [Some("0912345678")], "there is nobody else");
    let other = office.user_with("mai", Role::new("case_manager"), "commune:00070", &hash).id;
    on_duty(&office, other);
    assert_eq!(numbers(&told(&office, "thu")), [None]);
    let names: Vec<_> = told(&office, "thu").duty_managers.into_iter().map(|one| one.user).collect();
    assert_eq!(names, [other]);
}

#[test]
fn whose_it_is_to_say() {
    let Duty { office, path, .. } = duty();
    let own = |login, role, place| Browser::with_place(&office, login, role, place).get(&path).answer.status;
    assert_eq!(own("quantri", "administrator", "all"), 200);
    assert_eq!(own("mai", "case_manager", "commune:00070"), 200, "hands out cases there");
    assert_eq!(own("xa-khac", "case_manager", "commune:00073"), 404);
    assert_eq!(own("thu", "collaborator", "commune:00070"), 404);
    let thu = Browser::log_in(&office, "thu");
    assert_eq!(thu.post(&path, &[("phone", "113")]).answer.status, 404);
    assert_eq!(Browser::stranger(&office).get(&path).answer.status, 303);
}
