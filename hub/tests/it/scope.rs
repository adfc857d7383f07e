//! Admitting: who may write where, and who may read it.

use crate::world::{COMMUNE, NEIGHBOUR, Office, catalogue};
use model::{RecordEdit, RecordRef, kind};
use testkit::{
    Client,
    records::{household, under},
};
use uuid::Uuid;
use wire::push::Outcome;

fn waiting(code: &str) -> Outcome {
    Outcome::Waiting { code: code.into() }
}

fn in_commune() -> String {
    format!("commune:{COMMUNE}")
}

/// A restricted case as an intake opens it: its members are the author and `others`.
fn intake(author: &Client, others: &[&Client]) -> Vec<RecordEdit> {
    let case = RecordEdit::new(RecordRef::new(kind::CASE, Uuid::now_v7()))
        .set("restricted", true)
        .set("workflow", "child-protection")
        .set("state", "intake")
        .set("commune", COMMUNE);
    let id = case.record.clone();
    let member = |phone: &Client| {
        under(kind::CASE_MEMBER, &id).set("user", phone.enrolled.worker.user.to_string()).set("name", "x")
    };
    let informant = under(kind::INFORMANT, &id).set("name", "Bà hàng xóm");
    let members = std::iter::once(author).chain(others.iter().copied()).map(member);
    [informant, case].into_iter().chain(members).collect()
}

#[test]
fn what_is_out_of_scope_waits_until_the_places_cover_it() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &in_commune());
    let batch = phone.batch(vec![household(NEIGHBOUR)]);
    assert_eq!(phone.outcomes(&[&batch]), [waiting("admission.scope")]);
    // What comes after it is not held up.
    phone.write(vec![household(COMMUNE)]);
    assert_eq!(office.stats().waiting, 1);
    let own = phone.pull_page(10).own;
    assert_eq!(own[0].outcome, waiting("admission.scope"));

    office.set_place(phone.user, "province:01");
    assert_eq!(office.stats().waiting, 0);
    assert_eq!(phone.pull_page(10).own[0].outcome, Outcome::Admitted);
    let lines = phone.pull(10);
    assert!(lines.iter().any(|line| line.starts_with("commune:00073 1 put household:")), "{lines:?}");
}

#[test]
fn nothing_is_put_under_a_household_of_another_commune() {
    let office = Office::open();
    let mut lan = office.phone("lan", &format!("commune:{NEIGHBOUR}"));
    let home = household(NEIGHBOUR);
    lan.write(vec![home.clone()]);
    let mut hoa = office.phone("hoa", &in_commune());
    let visit = hoa.batch(vec![under(kind::VISIT, &home.record)]);
    assert_eq!(hoa.outcomes(&[&visit]), [waiting("admission.scope")]);
    // Nor taken over by an edit that says it lies here.
    let stolen = hoa.batch(vec![RecordEdit::new(home.record).set("commune", COMMUNE)]);
    assert_eq!(hoa.outcomes(&[&stolen]), [waiting("admission.scope")]);
    assert!(hoa.pull(10).is_empty());
}

#[test]
fn a_restricted_case_is_for_its_members_only() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", &in_commune());
    let mut manager = office.phone("quanly", "province:01");
    let mut other = office.phone("khac", "all");
    let edits = intake(&hoa, &[&manager]);
    let case = edits[1].record.clone();
    hoa.write(edits);
    assert_eq!(hoa.pull(10).len(), 1);
    assert_eq!(manager.pull(10).len(), 1);
    assert!(other.pull(10).is_empty());
    assert_eq!(other.pull_page(10).granted, []);

    let note = other.batch(vec![under(kind::NOTE, &case).set("text", "?")]);
    assert_eq!(other.outcomes(&[&note]), [waiting("admission.scope")]);
    // Nor does one become a member by saying so.
    let user = other.enrolled.worker.user.to_string();
    let joined = other.batch(vec![under(kind::CASE_MEMBER, &case).set("user", user.clone())]);
    assert_eq!(other.outcomes(&[&joined]), [waiting("admission.scope")]);

    let invited = under(kind::CASE_MEMBER, &case).set("user", user);
    let membership = invited.record.clone();
    manager.write(vec![invited]);
    // What waited is decided again with the phone's next push.
    other.ask();
    assert_eq!(other.pull(10).len(), 4);
    hoa.write(vec![RecordEdit::new(membership).set("removed", "chuyển công tác")]);
    assert_eq!(other.pull_page(10).granted.len(), 1, "the membership that they made for themselves holds");
}

#[test]
fn a_change_that_comes_before_what_it_builds_on_waits_for_it() {
    let office = Office::open();
    let mut lan = office.phone("lan", &in_commune());
    let mut hoa = office.phone("hoa", &in_commune());
    let home = household(COMMUNE);
    let first = lan.batch(vec![home.clone()]);
    hoa.learn(std::slice::from_ref(&first));
    let visit = hoa.batch(vec![under(kind::VISIT, &home.record)]);
    let edit = hoa.batch(vec![RecordEdit::new(home.record).set("name", "Tên mới")]);
    assert_eq!(hoa.outcomes(&[&visit]), [waiting("admission.parent-unknown")]);
    assert_eq!(hoa.outcomes(&[&edit]), [waiting("admission.parent-unknown")]);
    assert_eq!(lan.outcomes(&[&first]), [Outcome::Admitted]);
    // Lan's push settled Hoa's.
    let stats = office.stats();
    assert_eq!((stats.waiting, stats.of("household"), stats.of("visit")), (0, 1, 1));
    let own = hoa.pull_page(10).own;
    assert!(own.iter().all(|result| result.outcome == Outcome::Admitted), "{own:?}");
}

#[test]
fn a_submission_of_an_unknown_form_waits_until_it_is_published_and_is_checked_then() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &in_commune());
    let home = household(COMMUNE);
    let submission = RecordEdit::new(RecordRef::new(kind::SUBMISSION, Uuid::now_v7()))
        .under(home.record.clone())
        .set("form", "vang_gia")
        .set("version", "2026120301")
        .set("xml", r#"<data id="vang_gia" version="2026120301"><khac>bí mật</khac></data>"#)
        .set("started_at", "2026-11-24T08:00:00+07:00")
        .set("finished_at", "2026-11-24T08:40:00+07:00");
    let batch = phone.batch(vec![submission, home]);
    assert_eq!(phone.outcomes(&[&batch]), [waiting("admission.form-unknown")]);
    office.publish(&catalogue("vang_gia"));
    let stats = office.stats();
    assert_eq!((stats.waiting, stats.submissions, stats.of("household"), stats.flagged), (0, 1, 1, 1));
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    let packed: Vec<u8> =
        database.query_row("SELECT differences FROM submissions", [], |row| row.get(0)).unwrap();
    let differences = String::from_utf8(packing::Unpacker::new().unwrap().unpack(&packed).unwrap()).unwrap();
    assert!(differences.contains("xforms.differs.unknown-elements"), "{differences}");
    assert!(differences.contains("xforms.differs.required"), "{differences}");
    assert!(!differences.contains("bí mật"), "values stay in the submission");
}

#[test]
fn two_phones_that_disagree_are_both_kept() {
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let mut lan = office.phone("lan", "all");
    let home = household(COMMUNE);
    let id = home.record.clone();
    let first = hoa.batch(vec![home]);
    hoa.push(&[&first]);
    lan.learn(std::slice::from_ref(&first));
    hoa.write(vec![RecordEdit::new(id.clone()).set("name", "Một")]);
    lan.write(vec![RecordEdit::new(id.clone()).set("name", "Hai")]);
    let record = office.hub.read_now(|_, read| Ok(hub::db::records::find(read, &id)?)).unwrap();
    let state = record.unwrap().state;
    assert_eq!(state.conflicts().collect::<Vec<_>>(), ["name"]);
    assert_eq!(state.fields["name"].heads.len(), 2);
}
