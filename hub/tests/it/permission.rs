//! What an author may do, at the hub: what isn't allowed is kept apart for good, and nothing stands on it.

use crate::world::{COMMUNE, NEIGHBOUR, Office};
use model::{RecordEdit, RecordRef, Role, kind, record::field};
use testkit::{
    Client,
    records::{new_ref, under},
};
use wire::push::{FOLLOWS, Outcome};

fn phone(office: &Office, login: &str, role: Role) -> Client {
    let user = office.user_with(login, role, &format!("commune:{COMMUNE}"), "-");
    office.phone_of(&user.login)
}

fn case(of: &str) -> RecordEdit {
    RecordEdit::new(new_ref(kind::CASE)).set("reason", of).set("commune", COMMUNE)
}

fn member(case: &RecordRef, user: &Client) -> RecordEdit {
    under(kind::CASE_MEMBER, case).set(field::USER, user.user.to_string())
}

/// Nothing for what was admitted.
fn denied(outcomes: &[Outcome]) -> Vec<String> {
    let code = |outcome: &'_ Outcome| match outcome {
        Outcome::Denied { code, .. } => code.clone(),
        Outcome::Admitted => String::new(),
        other => panic!("{other:?}"),
    };
    outcomes.iter().map(code).collect()
}

fn sees(client: &mut Client, record: &RecordRef) -> bool {
    let granted = client.pull_page(10).granted;
    granted.iter().any(|feed| feed.to_string() == format!("case:{}", record.id))
}

#[test]
fn a_restricted_case_keeps_somebody_who_manages_it() {
    let office = Office::open();
    let mut manager = phone(&office, "quanly", Role::new("case_manager"));
    let helper = phone(&office, "ct", Role::new("collaborator"));
    let open = case("bạo lực");
    let record = open.record.clone();
    manager.write(vec![open]);
    // Without members, or with none who manages.
    let restrict = RecordEdit::new(record.clone()).set(field::RESTRICTED, true);
    let alone = manager.batch(vec![restrict.clone()]);
    assert_eq!(denied(&manager.outcomes(&[alone])), ["permission.no-manager"]);
    // This client doesn't put it back, as a real phone does: what goes on from it is denied with it.
    let with_helper = [restrict.clone(), member(&record, &helper)];
    let batch = manager.batch(with_helper.to_vec());
    assert_eq!(denied(&manager.outcomes(&[batch])), [FOLLOWS]);
    let mut manager = office.phone_of("quanly");
    let batch = manager.batch(with_helper.to_vec());
    assert_eq!(denied(&manager.outcomes(&[batch])), ["permission.no-manager"]);
    let mut manager = office.phone_of("quanly");
    let seat = member(&record, &manager);
    let restrict = RecordEdit::new(record.clone()).set(field::RESTRICTED, true);
    let seat_record = seat.record.clone();
    manager.write(vec![restrict, seat]);
    assert!(sees(&mut manager, &record));
    let left = manager.batch(vec![RecordEdit::new(seat_record).set(field::REMOVED, "nghỉ")]);
    assert_eq!(denied(&manager.outcomes(&[left])), ["permission.no-manager"]);
    assert!(sees(&mut manager, &record));
}

#[test]
fn somebody_stands_in_for_a_case_that_came_without_a_manager() {
    let office = Office::open();
    let mut manager = phone(&office, "quanly", Role::new("case_manager"));
    let mut neighbour = office.phone("benkia", &format!("commune:{NEIGHBOUR}"));
    let mut helper = phone(&office, "ct", Role::new("collaborator"));
    let report = case("trẻ bị đánh").set(field::RESTRICTED, true);
    let record = report.record.clone();
    let seat = member(&record, &helper);
    helper.write(vec![report, seat]);
    assert!(sees(&mut helper, &record) && sees(&mut manager, &record));
    assert!(!sees(&mut neighbour, &record));
    // They take it over, and put somebody else into their place.
    manager.write(vec![member(&record, &manager)]);
    let mut second = phone(&office, "quanly2", Role::new("case_manager"));
    assert!(!sees(&mut second, &record), "who stands in does so while nobody manages it");
    assert!(sees(&mut manager, &record));
}

#[test]
fn what_stands_on_a_denied_value_is_denied_with_it_and_on_a_waiting_one_waits() {
    let office = Office::open();
    let mut helper = phone(&office, "ct", Role::new("collaborator"));
    let mut author = phone(&office, "quanly", Role::new("case_manager"));
    let home = RecordEdit::new(new_ref(kind::HOUSEHOLD)).set("name", "Lò Thị Thử").set("commune", COMMUNE);
    let record = home.record.clone();
    author.write(vec![home]);
    helper.learn(&author.batches.clone());
    let removed = helper.batch(vec![RecordEdit::new(record.clone()).set(field::REMOVED, "nhầm")]);
    let again = helper.batch(vec![RecordEdit::new(record.clone()).set(field::REMOVED, "chuyển")]);
    let other = helper.batch(vec![RecordEdit::new(record.clone()).set("phone", "0912")]);
    let outcomes = helper.outcomes(&[removed, again, other]);
    assert_eq!(denied(&outcomes), ["permission.remove", FOLLOWS, ""]);
    let kept = office.hub.read_now(|_, read| Ok(hub::db::records::find(read, &record)?)).unwrap().unwrap();
    assert!(!kept.removed);
    assert_eq!(kept.text("phone"), "0912");
    assert_eq!(kept.state.conflicts().count(), 0);

    // The move waits for the other side, and so does what goes on from it.
    let moved = author.batch(vec![RecordEdit::new(record.clone()).set("commune", NEIGHBOUR)]);
    let back = author.batch(vec![RecordEdit::new(record.clone()).set("commune", COMMUNE)]);
    let waiting = |code: &str| Outcome::Waiting { code: code.into() };
    assert_eq!(author.outcomes(&[moved, back]), [waiting("admission.move"), waiting("admission.follows")]);
}

#[test]
fn the_first_time_of_receipt_counts_and_restricted_stays_restricted() {
    let office = Office::open();
    let mut manager = phone(&office, "quanly", Role::new("case_manager"));
    let first = "2026-11-24T08:00:00+07:00";
    let report = case("trẻ bị đánh").set(field::RESTRICTED, true).set("received_at", first);
    let record = report.record.clone();
    manager.write(vec![report, member(&record, &manager)]);
    manager.write(vec![RecordEdit::new(record.clone()).set("received_at", "2026-11-26T08:00:00+07:00")]);
    let opened = manager.batch(vec![RecordEdit::new(record.clone()).set(field::RESTRICTED, false)]);
    assert_eq!(denied(&manager.outcomes(&[opened])), ["permission.restrict"]);
    let kept = office.hub.read_now(|_, read| Ok(hub::db::records::find(read, &record)?)).unwrap().unwrap();
    assert_eq!(kept.text("received_at"), first);
    assert_eq!(kept.feed.to_string(), format!("case:{}", record.id));
}

#[test]
fn the_steps_of_a_case_are_not_taken_from_under_it() {
    let office = Office::open();
    let mut manager = phone(&office, "quanly", Role::new("case_manager"));
    let open = case("trẻ bị đánh").set("workflow", "child-protection").set("state", "intake");
    let record = open.record.clone();
    manager.write(vec![open]);
    let other = manager.batch(vec![RecordEdit::new(record.clone()).set("workflow", "adult")]);
    assert_eq!(denied(&manager.outcomes(&[other])), ["permission.change"]);
    // Beside what stands, as a phone says it that knows nothing of it.
    let mut forged = office.phone_of("quanly");
    let beside = forged.batch(vec![RecordEdit::new(record.clone()).set("workflow", "adult")]);
    assert_eq!(denied(&forged.outcomes(&[beside])), ["permission.change"]);
    let kept = office.hub.read_now(|_, read| Ok(hub::db::records::find(read, &record)?)).unwrap().unwrap();
    assert_eq!((kept.text("workflow"), kept.state.conflicts().count()), ("child-protection", 0));
}
