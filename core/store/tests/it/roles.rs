//! What the office says of its users: taken as it is signed, kept for ever.

use crate::common::*;
use model::{OfficeId, Place, Role, UserId};
use serde_json::value::RawValue;
use testkit::new_key;
use wire::{
    pull::PullResponse,
    roles::{RoleStatement, SignedRole, Told},
};

fn said(phone: &Phone, serial: u64, user: UserId, role: &'static str, from: &str) -> RoleStatement {
    RoleStatement {
        v: wire::VERSION,
        office: phone.office.state().office,
        serial,
        user,
        role: Role::new(role),
        places: vec![Place::All],
        capabilities: Vec::new(),
        from: from.parse().unwrap(),
        to: None,
    }
}

fn signed(phone: &Phone, said: &RoleStatement) -> Told {
    let statement = SignedRole::issue(said, &phone.office.state().key).unwrap();
    Told { serial: said.serial, statement }
}

fn take(phone: &Phone, roles: Vec<Told>) {
    let answer = phone.answer(&commune(), 1, vec![]);
    phone.store.apply_pull(&PullResponse { roles, ..answer }).unwrap();
}

fn role(phone: &Phone, user: UserId, day: &str) -> Option<String> {
    phone.store.role_of(user, day.parse().unwrap()).unwrap().map(|role| role.as_str().to_owned())
}

#[test]
fn a_phone_knows_what_each_was_on_each_day() {
    let mut phone = Phone::new();
    let (hoa, lan) = (UserId::new(), UserId::new());
    let first = said(&phone, 1, hoa, "collaborator", "2026-01-10");
    let second = said(&phone, 5, hoa, "commune_officer", "2026-06-01");
    let other = said(&phone, 3, lan, "case_manager", "2026-02-01");
    take(&phone, [&first, &other].map(|said| signed(&phone, said)).into());
    assert_eq!(phone.store.statements_read(), Ok(3));
    assert_eq!(role(&phone, hoa, "2026-06-01").as_deref(), Some("collaborator"));
    take(&phone, vec![signed(&phone, &second)]);
    phone.reopen();
    assert_eq!(role(&phone, hoa, "2026-05-31").as_deref(), Some("collaborator"));
    assert_eq!(role(&phone, hoa, "2026-06-01").as_deref(), Some("commune_officer"));
    assert_eq!(role(&phone, hoa, "2026-01-09"), None);
    assert_eq!(role(&phone, lan, "2026-06-01").as_deref(), Some("case_manager"));
    assert_eq!(role(&phone, UserId::new(), "2026-06-01"), None);
    // Disabled, and what was done before stays theirs.
    let end = RoleStatement { serial: 8, to: Some("2026-07-31".parse().unwrap()), ..second };
    take(&phone, vec![signed(&phone, &end)]);
    assert_eq!(role(&phone, hoa, "2026-07-31").as_deref(), Some("commune_officer"));
    assert_eq!(role(&phone, hoa, "2026-08-01"), None);
    assert_eq!(role(&phone, hoa, "2026-05-31").as_deref(), Some("collaborator"));
    // An epoch more changes nothing of it.
    let answer = PullResponse { epoch: "e2".into(), ..phone.answer(&commune(), 1, vec![]) };
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!((phone.store.statements_read(), role(&phone, hoa, "2026-08-01")), (Ok(8), None));
}

#[test]
fn what_the_office_did_not_sign_is_left_out_and_not_asked_for_again() {
    let phone = Phone::new();
    let user = UserId::new();
    let made_up = said(&phone, 1, user, "centre_head", "2026-01-01");
    let forged = Told { serial: 1, statement: SignedRole::issue(&made_up, &new_key()).unwrap() };
    let elsewhere = RoleStatement { serial: 2, office: OfficeId::new(), ..made_up.clone() };
    // Told by another number, an old one would go before a newer.
    let moved = Told { serial: 4, ..signed(&phone, &RoleStatement { serial: 3, ..made_up.clone() }) };
    let good = said(&phone, 5, user, "collaborator", "2026-01-01");
    take(&phone, vec![forged, signed(&phone, &elsewhere), moved, signed(&phone, &good)]);
    assert_eq!(phone.store.statements_read(), Ok(5));
    assert_eq!(role(&phone, user, "2026-03-01").as_deref(), Some("collaborator"));
    // An older one doesn't come again by itself.
    take(&phone, vec![signed(&phone, &RoleStatement { serial: 4, ..made_up })]);
    assert_eq!(role(&phone, user, "2026-03-01").as_deref(), Some("collaborator"));
}

#[test]
fn what_a_newer_program_reads_is_kept_for_it() {
    let phone = Phone::new();
    let user = UserId::new();
    let good = signed(&phone, &said(&phone, 2, user, "collaborator", "2026-01-01"));
    let raw = RawValue::from_string(r#"{"statement":{"v":9},"seal":"of another kind"}"#.into()).unwrap();
    let newer = Told { serial: 1, statement: serde_json::from_str(raw.get()).unwrap() };
    take(&phone, vec![newer, good]);
    assert_eq!((phone.store.statements_read(), phone.store.check()), (Ok(2), Ok(())));
    assert_eq!(role(&phone, user, "2026-01-01").as_deref(), Some("collaborator"));
}
