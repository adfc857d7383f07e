//! What an office says of its users.

use super::{COMMUNE, Hub, NEIGHBOUR, in_commune, phone};
use crate::{Client, records::household};
use model::{Place, UserId};
use wire::{
    paths,
    pull::PullRequest,
    roles::{RoleStatement, Told},
};

fn said(phone: &Client, told: &[Told]) -> Vec<RoleStatement> {
    let verified = |told: &Told| {
        let statement = told.statement.verify(&phone.enrolled.office_key).unwrap();
        assert_eq!((statement.serial, statement.office), (told.serial, phone.enrolled.office));
        statement
    };
    told.iter().map(verified).collect()
}

fn of(statements: &[RoleStatement], user: UserId) -> Vec<RoleStatement> {
    statements.iter().filter(|statement| statement.user == user).cloned().collect()
}

pub fn phones_are_told_who_is_what(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", &in_commune());
    let lan = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    hoa.pull(10);
    let statements = said(&hoa, &hoa.roles);
    for (phone, commune) in [(&hoa, COMMUNE), (&lan, NEIGHBOUR)] {
        let [statement] = &of(&statements, phone.user)[..] else { panic!("{statements:?}") };
        assert_eq!(statement.role.as_str(), "case_manager");
        assert_eq!((&statement.places[..], statement.to), (&[Place::Commune(commune.into())][..], None));
    }
    hub.set_place(lan.user, &in_commune());
    hoa.pull(10);
    let statements = of(&said(&hoa, &hoa.roles), lan.user);
    let [before, after] = &statements[..] else { panic!("{statements:?}") };
    assert_eq!(before.places, [Place::Commune(NEIGHBOUR.into())], "what was said stays");
    let held = RoleStatement::held(statements.clone(), after.from).unwrap();
    assert_eq!((held.places, held.serial), (vec![Place::Commune(COMMUNE.into())], after.serial));
    // The same again is nothing new.
    hub.set_place(hoa.user, &in_commune());
    assert!(hoa.pull_page(10).roles.is_empty());
}

pub fn statements_come_once_in_answers_of_any_size(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    hoa.write(vec![household(COMMUNE)]);
    for n in 0..20 {
        hub.invite(&format!("u{n}"), &in_commune());
    }
    hoa.pull(10);
    for max_bytes in [1, 4_000, u64::MAX] {
        let (mut phone, mut answers) = (hoa.clone(), 0);
        phone.roles.clear();
        loop {
            let request = PullRequest { max_bytes, ..phone.pull_request(100) };
            let answer = phone.post(paths::PULL, &request).pulled();
            phone.roles.extend(answer.roles);
            answers += 1;
            if !answer.more {
                break;
            }
        }
        let serials: Vec<u64> = phone.roles.iter().map(|told| told.serial).collect();
        assert!(serials.is_sorted_by(|one, next| one < next), "{serials:?}");
        assert_eq!(said(&phone, &phone.roles).len(), 21);
        assert!((answers > 1) == (max_bytes < u64::MAX), "{max_bytes}: {answers}");
    }
    // A program from before asks for none.
    let none = PullRequest { statements_after: None, ..hoa.pull_request(10) };
    assert!(hoa.post(paths::PULL, &none).pulled().roles.is_empty());
}
