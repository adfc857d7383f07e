//! Cases that move by steps: worked out from what came, with who was what and when a hub had it.

use crate::common::*;
use model::{Place, RecordEdit, RecordRef, Role, UserId, kind};
use store::StoreError;
use uuid::Uuid;
use wire::{
    pull::PullResponse,
    roles::{RoleStatement, SignedRole, Told},
};
use workflow::{Refusal, Verdict, field};

const DAY_MS: u64 = 24 * 3_600_000;

fn case_of(home: &RecordEdit) -> RecordEdit {
    RecordEdit::new(new_ref(kind::CASE))
        .under(home.record.clone())
        .set("workflow", "child-protection")
        .set("state", "intake")
        .set("received_at", "2025-11-24T22:00:00+07:00")
}

fn step(case: &RecordEdit, action: &str, after: Option<Uuid>) -> (Uuid, RecordEdit) {
    let id = new_ref(workflow::TRANSITION).id;
    let edit = workflow::edit(id, &case.record, "child-protection", action, "x", "2025-11-24T23:00:00+07:00");
    let edit = match after {
        Some(after) => edit.set(field::AFTER, after.to_string()),
        None => edit,
    };
    (id, edit)
}

fn stands(phone: &Phone, case: &RecordRef) -> String {
    let [row] = phone.store.progress(kind::CASE, false, |row| row).unwrap().try_into().unwrap();
    let listed = row.state.text("state").unwrap().to_owned();
    let page = phone.store.standing(case).unwrap().unwrap().progress.unwrap().state;
    let record = phone.store.record(case).unwrap().unwrap().state;
    assert_eq!((&page, record.text("state")), (&listed, Some(listed.as_str())), "all say the same");
    listed
}

fn verdict(phone: &Phone, case: &RecordRef, step: Uuid) -> Verdict {
    phone.store.standing(case).unwrap().unwrap().progress.unwrap().verdicts[&step]
}

fn clocks(phone: &Phone) -> Vec<String> {
    let rows = phone.store.open_first(kind::CASE, 10).unwrap();
    rows.iter().flat_map(|row| row.clocks.iter().map(|clock| clock.code.clone())).collect()
}

/// The office says what somebody is from a day on, until another.
fn told(phone: &Phone, serial: u64, user: UserId, role: &'static str, from: &str, to: Option<&str>) -> Told {
    let said = RoleStatement {
        v: wire::VERSION,
        office: phone.office.state().office,
        serial,
        user,
        role: Role::new(role),
        places: vec![Place::All],
        capabilities: Vec::new(),
        from: from.parse().unwrap(),
        to: to.map(|to| to.parse().unwrap()),
    };
    Told { serial, statement: SignedRole::issue(&said, &phone.office.state().key).unwrap() }
}

#[test]
fn a_case_moves_by_its_steps_and_by_nothing_else() {
    let mut phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    phone.store.commit(vec![home, case.clone()]).unwrap();
    assert_eq!(stands(&phone, &case.record), "intake");
    assert_eq!(clocks(&phone), ["cp_acknowledge", "cp_assess_initial", "cp_emergency"]);
    let by_hand = RecordEdit::new(case.record.clone()).set("state", "closed");
    assert!(matches!(phone.store.commit(vec![by_hand]), Err(StoreError::NotAllowed(_))));

    let (first, edit) = step(&case, "assess_initial", None);
    phone.store.commit(vec![edit]).unwrap();
    assert_eq!(stands(&phone, &case.record), "full_assessment");
    assert_eq!(clocks(&phone), ["cp_emergency"]);
    // What the assessment says reaches the clocks of the case that it lies in.
    let assessment = RecordEdit::new(new_ref("assessment"))
        .under(case.record.clone())
        .set("form", "initial")
        .set("risk", "low")
        .set("done_at", "2025-11-24T23:00:00+07:00");
    phone.store.commit(vec![assessment]).unwrap();
    assert_eq!(clocks(&phone), ["cp_plan"]);
    // A step that is not for this role is kept, and does nothing.
    let (over, edit) = step(&case, "close_death", Some(first));
    phone.store.commit(vec![edit]).unwrap();
    assert_eq!(verdict(&phone, &case.record, over), Verdict::Refused(Refusal::Role));
    phone.reopen();
    assert_eq!(stands(&phone, &case.record), "full_assessment");
    assert_eq!(phone.store.open_count(kind::CASE).unwrap(), 1);
}

/// A step of somebody of whom nothing was told yet counts as soon as the office says what they were.
#[test]
fn a_step_counts_once_it_is_known_what_its_author_was() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    let mut other = phone.other();
    let (id, edit) = step(&case, "assess_initial", None);
    let entries = vec![put(other.batch(vec![home, case.clone(), edit]))];
    let mut answer = phone.answer(&commune(), 1, entries);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(stands(&phone, &case.record), "intake");
    assert_eq!(verdict(&phone, &case.record, id), Verdict::Refused(Refusal::Role));

    let said = told(&phone, 1, other.user, "child_protection_officer", "2025-11-01", None);
    let answer = phone.answer(&commune(), 2, vec![]);
    phone.store.apply_pull(&PullResponse { roles: vec![said], ..answer }).unwrap();
    assert_eq!(stands(&phone, &case.record), "full_assessment");
    assert_eq!(clocks(&phone), ["cp_emergency"]);
}

/// What came in another order than it was made, and what is not here yet.
#[test]
fn a_step_waits_for_the_one_that_it_follows() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    let (mut one, mut two) = (phone.other(), phone.other());
    let (first, assessed) = step(&case, "assess_initial", None);
    let (second, specific) = step(&case, "assess_specific", Some(first));
    let officers = [&one, &two].into_iter().zip(1..);
    let roles = officers
        .map(|(who, serial)| told(&phone, serial, who.user, "child_protection_officer", "2025-11-01", None));
    let roles = roles.collect();
    let entries = vec![put(one.batch(vec![home, case.clone()])), put(two.batch(vec![specific]))];
    let mut answer = PullResponse { roles, ..phone.answer(&commune(), 1, entries) };
    answer.certificates = [&one, &two].map(|who| phone.office.certificate_of(who)).into();
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(stands(&phone, &case.record), "intake");
    assert_eq!(verdict(&phone, &case.record, second), Verdict::Refused(Refusal::Waits));
    phone.store.apply_pull(&phone.answer(&commune(), 3, vec![put(one.batch(vec![assessed]))])).unwrap();
    assert_eq!(stands(&phone, &case.record), "plan");
    let counts = [first, second].map(|step| verdict(&phone, &case.record, step));
    assert_eq!(counts, [Verdict::Counts; 2]);
}

/// A phone that is set back takes no step by a role that its user had then: the hub had heard of it since.
#[test]
fn a_clock_that_was_set_back_gains_no_right() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    let mut other = phone.other();
    let until = told(&phone, 1, other.user, "child_protection_officer", "2024-01-01", Some("2025-11-20"));
    let entries = vec![put(other.batch(vec![home, case.clone()]))];
    let mut answer = PullResponse { roles: vec![until], ..phone.answer(&commune(), 1, entries) };
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();

    let mut takes = |position: u64, made: u64, since: Option<u64>| {
        let (id, edit) = step(&case, "assess_initial", None);
        let batch = other.change_at(made, edit);
        let mut answer = phone.answer(&commune(), position, vec![put(batch)]);
        answer.feeds[0].entries[0].since = since;
        phone.store.apply_pull(&answer).unwrap();
        verdict(&phone, &case.record, id)
    };
    let refused = Verdict::Refused(Refusal::Role);
    // Made a year ago by its clock; the hub had the phone's last batch in these days.
    assert_eq!(takes(2, START_MS - 365 * DAY_MS, Some(START_MS)), refused);
    assert_eq!(takes(3, START_MS + 3_000_000, Some(START_MS)), refused);
    assert_eq!(stands(&phone, &case.record), "intake");
    // Made when the role was held, and the hub heard nothing of the phone between: it was in a village.
    assert_eq!(takes(4, START_MS - 5 * DAY_MS, Some(START_MS - 10 * DAY_MS)), Verdict::Counts);
    assert_eq!(stands(&phone, &case.record), "full_assessment");
}

/// Of a restricted case nothing outside its sealed row says that something is due.
#[test]
fn what_is_due_in_a_restricted_case_is_sealed() {
    let mut phone = Phone::new();
    let case = RecordEdit::new(new_ref(kind::CASE))
        .set("workflow", "child-protection")
        .set("state", "intake")
        .set("restricted", true)
        .set("commune", "00070")
        .set("received_at", "2025-11-24T22:00:00+07:00");
    let member = RecordEdit::new(new_ref(kind::CASE_MEMBER))
        .under(case.record.clone())
        .set("user", phone.store.identity().unwrap().user.to_string());
    let (_, edit) = step(&case, "assess_initial", None);
    phone.store.commit(vec![case.clone(), member, edit]).unwrap();
    assert_eq!(stands(&phone, &case.record), "full_assessment");
    assert_eq!(clocks(&phone), ["cp_emergency"]);
    phone.store.close().unwrap();
    let keys = phone.keys.without_restricted();
    phone.store = phone.folder.open(&keys, phone.clock.clone(), rules()).unwrap();
    assert!(clocks(&phone).is_empty());
    assert_eq!(phone.store.open_count(kind::CASE).unwrap(), 0);
}

/// Nor does one that is ahead.
#[test]
fn a_step_is_taken_no_later_than_the_hub_had_it() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    let mut other = phone.other();
    let from = told(&phone, 1, other.user, "child_protection_officer", "2026-01-01", None);
    let (id, edit) = step(&case, "assess_initial", None);
    // By its clock it is next year; it came in this one.
    let opened = other.batch(vec![home, case.clone()]);
    let ahead = other.change_at(START_MS + 60 * DAY_MS, edit);
    let mut answer =
        PullResponse { roles: vec![from], ..phone.answer(&commune(), 1, vec![put(opened), put(ahead)]) };
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(verdict(&phone, &case.record, id), Verdict::Refused(Refusal::Role));
}
