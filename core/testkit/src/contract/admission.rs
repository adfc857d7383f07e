//! Who may write where, what waits and why, and how its phone hears of it.

use super::{COMMUNE, Hub, NEIGHBOUR, in_commune, phone, waiting};
use crate::{
    Client,
    records::{household, new_ref, under},
};
use model::{RecordEdit, kind, record::field};
use wire::push::{BatchResult, Outcome};

fn own(phone: &Client) -> Vec<Outcome> {
    phone.pull_page(1_000).own.into_iter().map(|result: BatchResult| result.outcome).collect()
}

pub fn what_is_out_of_scope_waits_until_the_places_cover_it(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", &in_commune());
    let batch = phone.change(household(NEIGHBOUR));
    let scope = waiting("admission.scope");
    assert_eq!(phone.outcomes(std::slice::from_ref(&batch)), std::slice::from_ref(&scope));
    // What comes after it is not held up, and sending it again changes nothing.
    phone.write(vec![household(COMMUNE)]);
    assert_eq!(phone.outcomes(&[batch]), [Outcome::Known]);
    assert_eq!(own(&phone), [scope]);
    hub.set_place(phone.user, "all");
    assert_eq!(own(&phone), [Outcome::Admitted]);
    let lines = phone.pull(10);
    assert!(lines.iter().any(|line| line.starts_with("commune:00073 1 put household:")), "{lines:?}");
}

pub fn nothing_is_put_under_a_household_of_another_commune(hub: &mut dyn Hub) {
    let mut lan = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    let home = household(NEIGHBOUR);
    lan.write(vec![home.clone()]);
    let mut hoa = phone(hub, "hoa", &in_commune());
    let visit = hoa.change(under(kind::VISIT, &home.record));
    assert_eq!(hoa.outcomes(&[visit]), [waiting("admission.scope")]);
    // Nor taken over by an edit that says it lies here.
    let stolen = hoa.change(RecordEdit::new(home.record).set("commune", COMMUNE));
    assert_eq!(hoa.outcomes(&[stolen]), [waiting("admission.scope")]);
    assert!(hoa.pull(10).is_empty());
    assert_eq!(lan.pull(10).len(), 1);
}

pub fn a_change_that_comes_before_what_it_builds_on_waits_for_it(hub: &mut dyn Hub) {
    let mut lan = phone(hub, "lan", &in_commune());
    let mut hoa = phone(hub, "hoa", &in_commune());
    let home = household(COMMUNE);
    let first = lan.batch(vec![home.clone()]);
    hoa.learn(std::slice::from_ref(&first));
    let visit = hoa.change(under(kind::VISIT, &home.record));
    let edit = hoa.change(RecordEdit::new(home.record).set("name", "Tên mới"));
    let unknown = waiting("admission.parent-unknown");
    assert_eq!(hoa.outcomes(&[visit, edit]), [unknown.clone(), unknown]);
    assert_eq!(lan.outcomes(&[first]), [Outcome::Admitted]);
    // Lan's push settled Hoa's.
    assert_eq!(own(&hoa), [Outcome::Admitted, Outcome::Admitted]);
    assert_eq!(hoa.pull(10).len(), 3);
}

pub fn a_submission_waits_until_its_form_is_published(hub: &mut dyn Hub) {
    let mut early = phone(hub, "hoa", &in_commune());
    let submission = |home: &RecordEdit, (form, version): (&str, &str)| {
        let edit = under(kind::SUBMISSION, &home.record).set("form", form).set("version", version);
        edit.set("xml", format!(r#"<data id="{form}" version="{version}"/>"#))
            .set("started_at", "2026-11-24T08:00:00+07:00")
            .set("finished_at", "2026-11-24T08:40:00+07:00")
    };
    let home = household(COMMUNE);
    let unknown = submission(&home, ("khong_co", "1"));
    let batch = early.batch(vec![unknown, home]);
    assert_eq!(early.outcomes(&[batch]), [waiting("admission.form-unknown")]);
    let (form, version) = hub.publish();
    assert!(early.pull(10).is_empty(), "another form");
    let home = household(COMMUNE);
    let known = submission(&home, (&form, &version));
    early.write(vec![known, home]);
    assert_eq!(early.pull(10).len(), 1);
}

/// A restricted case as an intake opens it: its members are the author and `others`.
fn intake(author: &Client, others: &[&Client]) -> Vec<RecordEdit> {
    let case = RecordEdit::new(new_ref(kind::CASE)).set(field::RESTRICTED, true).set("commune", COMMUNE);
    let member =
        |phone: &Client| under(kind::CASE_MEMBER, &case.record).set(field::USER, phone.user.to_string());
    let members: Vec<_> = [author].iter().chain(others).map(|phone| member(phone)).collect();
    let informant = under(kind::INFORMANT, &case.record).set("name", "Bà hàng xóm");
    [informant, case].into_iter().chain(members).collect()
}

pub fn an_emergency_comes_down_before_a_communes_routine(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", &in_commune());
    let mut manager = phone(hub, "quanly", &in_commune());
    hoa.write(vec![household(COMMUNE)]);
    hoa.write(intake(&hoa, &[&manager]));
    let lines = manager.pull(1);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("case:"), "{lines:?}");
}

pub fn a_restricted_case_is_for_its_members_only(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", &in_commune());
    let mut manager = phone(hub, "quanly", "commune:00004");
    let mut other = phone(hub, "khac", "all");
    let edits = intake(&hoa, &[&manager]);
    let case = edits[1].record.clone();
    hoa.write(edits);
    let feed = format!("case:{}", case.id);
    for member in [&mut hoa, &mut manager] {
        let lines = member.pull(10);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with(&feed) && lines[0].matches(" case_member:").count() == 2, "{lines:?}");
    }
    assert!(other.pull(10).is_empty());
    assert!(!other.pull_page(1).granted.iter().any(|granted| granted.to_string() == feed));
    let scope = waiting("admission.scope");
    let note = other.change(under(kind::NOTE, &case).set("text", "?"));
    assert_eq!(other.outcomes(&[note]), std::slice::from_ref(&scope));
    // Nor does one become a member by saying so.
    let joined = under(kind::CASE_MEMBER, &case).set(field::USER, other.user.to_string());
    let joined = other.change(joined);
    assert_eq!(other.outcomes(&[joined]), [scope]);

    let invited = under(kind::CASE_MEMBER, &case).set(field::USER, other.user.to_string());
    let membership = invited.record.clone();
    manager.write(vec![invited]);
    // What waited is decided again with the phone's next push.
    other.ask();
    assert_eq!(other.pull(10).len(), 4);
    hoa.write(vec![RecordEdit::new(membership).set(field::REMOVED, "chuyển công tác")]);
    let granted = other.pull_page(1).granted;
    assert!(granted.iter().any(|granted| granted.to_string() == feed), "the other membership holds");
}

pub fn a_household_that_moves_leaves_one_feed_and_enters_the_other_whole(hub: &mut dyn Hub) {
    let mut old = phone(hub, "hoa", &in_commune());
    let mut new = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    let home = household(COMMUNE);
    let visit = under(kind::VISIT, &home.record);
    let consent = under(kind::CONSENT, &visit.record);
    let id = home.record.clone();
    let records = [&home, &visit, &consent].map(|edit| edit.record.clone());
    let other = household(COMMUNE);
    let stays = other.record.clone();
    // One batch with a record that moves and one that stays.
    old.write(vec![home, visit, other, consent]);
    assert_eq!(old.pull(10).len(), 1);

    let moved = RecordEdit::new(id.clone()).set("commune", NEIGHBOUR).set("village", "Bản Khác");
    let moved = old.change(moved);
    assert_eq!(old.outcomes(&[moved]), [waiting("admission.move")]);
    hub.agree(new.enrolled.worker.user);
    let mut left: Vec<String> =
        old.pull(10).iter().filter_map(|line| line.splitn(3, ' ').last()).map(str::to_owned).collect();
    left.sort();
    let mut expected = records.clone().map(|record| format!("leave {record}"));
    expected.sort();
    assert_eq!(left, expected, "each record by name");
    let [home, visit, consent] = &records;
    let expected = [
        format!("commune:{NEIGHBOUR} 1 put {home} {visit} {consent}"),
        format!("commune:{NEIGHBOUR} 2 put {home}"),
    ];
    assert_eq!(new.pull(2), expected, "without {stays}");
    // Later changes go where the record is now, by who is there.
    new.write(vec![under(kind::GOAL, &id)]);
    assert_eq!(new.pull(10).len(), 1);
    assert!(old.pull(10).is_empty());
    let late = old.change(under(kind::GOAL, &id));
    assert_eq!(old.outcomes(&[late]), [waiting("admission.scope")]);
}

pub fn what_is_moved_out_of_ones_places_waits_for_the_receiving_side(hub: &mut dyn Hub) {
    let mut here = phone(hub, "hoa", &in_commune());
    let mut there = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    let home = household(COMMUNE);
    let id = home.record.clone();
    here.write(vec![home]);
    let moved = here.change(RecordEdit::new(id.clone()).set("commune", NEIGHBOUR));
    assert_eq!(here.outcomes(&[moved]), [waiting("admission.move")]);
    assert!(there.pull(10).is_empty(), "nothing is put into a commune by who doesn't work there");
    // Whoever agrees must work there.
    hub.agree(here.enrolled.worker.user);
    assert!(there.pull(10).is_empty());
    hub.agree(there.enrolled.worker.user);
    assert_eq!(there.pull(10).len(), 2);
    assert_eq!(here.pull(10).last().unwrap().splitn(3, ' ').last(), Some(format!("leave {id}").as_str()));
}

/// What comes down of a feed from its start, by someone new: `leave` or `put` with the records that are shown.
fn from_the_start(hub: &dyn Hub, login: &str) -> Vec<String> {
    let lines = phone(hub, login, &in_commune()).pull(2);
    lines.iter().filter_map(|line| line.splitn(3, ' ').last()).map(str::to_owned).collect()
}

pub fn what_moved_away_is_shown_to_nobody_who_reads_from_the_start(hub: &mut dyn Hub) {
    let mut old = phone(hub, "hoa", "all");
    let (home, other) = (household(COMMUNE), household(COMMUNE));
    let (goes, stays) = (home.record.clone(), other.record.clone());
    let visit = under(kind::VISIT, &goes);
    let at = visit.record.clone();
    old.write(vec![home]);
    old.write(vec![other, visit]);
    old.write(vec![RecordEdit::new(goes.clone()).set("name", "Tên mới")]);
    old.write(vec![RecordEdit::new(goes.clone()).set("commune", NEIGHBOUR).set("village", "Bản Khác")]);
    let (leave, left) = (format!("leave {goes}"), format!("leave {at}"));
    let rest = format!("put {stays}");
    let seen = from_the_start(hub, "mai");
    assert_eq!(seen, [&leave, &rest, &leave, &leave, &left].map(String::clone), "at the same positions");
    // Come back, it is shown where it came back.
    old.write(vec![RecordEdit::new(goes.clone()).set("commune", COMMUNE).set("village", "Nà Pò")]);
    let seen = from_the_start(hub, "son");
    assert_eq!(seen[..5], [&leave, &rest, &leave, &leave, &left].map(String::clone));
    assert_eq!(
        seen[5..].iter().filter(|line| line.starts_with(&format!("put {goes}"))).count(),
        4,
        "{seen:?}"
    );
}

pub fn what_becomes_restricted_is_shown_to_nobody_else_who_reads_from_the_start(hub: &mut dyn Hub) {
    let (form, version) = hub.publish();
    let mut hoa = phone(hub, "hoa", &in_commune());
    let home = household(COMMUNE);
    let visit = under(kind::SUBMISSION, &home.record)
        .set("form", form.as_str())
        .set("version", version.as_str())
        .set("xml", format!(r#"<data id="{form}" version="{version}"/>"#))
        .set("started_at", "2026-11-24T08:00:00+07:00")
        .set("finished_at", "2026-11-24T08:40:00+07:00");
    let case = under(kind::CASE, &home.record).set("reason", "violence");
    let person = under(kind::PERSON, &case.record).set("name", "Triệu Thị Ẩn");
    let (root, said) = (home.record.clone(), visit.record.clone());
    let records = [&case.record, &person.record, &said].map(Clone::clone);
    hoa.write(vec![home]);
    let batch = hoa.batch_because(Some(&said), vec![visit, case, person]);
    assert_eq!(hoa.outcomes(&[batch]), [Outcome::Admitted]);
    assert_eq!(from_the_start(hub, "lan").len(), 2);

    let [case, person, said] = &records;
    let member = under(kind::CASE_MEMBER, case).set(field::USER, hoa.user.to_string());
    let restrict = RecordEdit::new(case.clone()).set(field::RESTRICTED, true);
    hoa.write(vec![restrict.set(field::PARENT, serde_json::Value::Null), member]);
    let seen = from_the_start(hub, "mai");
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(seen[0], format!("put {root}"));
    assert!(seen[1..].iter().all(|line| line.starts_with("leave ")), "{seen:?}");
    // Its members get all of it.
    hoa.cursors.clear();
    let feed = format!("case:{} ", case.id);
    let whole: Vec<String> = hoa.pull(10).into_iter().filter(|line| line.starts_with(&feed)).collect();
    for record in [case, person, said] {
        assert!(whole[0].contains(&record.to_string()), "{record} in {whole:?}");
    }
}

pub fn a_record_below_itself_waits(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (one, two) = (new_ref(kind::NOTE), new_ref(kind::NOTE));
    let circle =
        phone.batch(vec![RecordEdit::new(one.clone()).under(two.clone()), RecordEdit::new(two).under(one)]);
    assert_eq!(phone.outcomes(&[circle]), [waiting("admission.cycle")]);
    phone.write(vec![household(COMMUNE)]);
}

pub fn a_batch_over_two_communes_is_shown_to_each_in_part(hub: &mut dyn Hub) {
    let mut all = phone(hub, "tinh", "all");
    let mut here = phone(hub, "hoa", &in_commune());
    let mut there = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    let (one, two) = (household(COMMUNE), household(NEIGHBOUR));
    let (first, second) = (one.record.clone(), two.record.clone());
    all.write(vec![one, two]);
    assert_eq!(here.pull(10), [format!("commune:{COMMUNE} 1 put {first}")]);
    assert_eq!(there.pull(10), [format!("commune:{NEIGHBOUR} 1 put {second}")]);
}
