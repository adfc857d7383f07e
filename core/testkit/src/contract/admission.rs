//! Who may write where, what waits and why, and how its phone hears of it.

use super::{COMMUNE, Hub, NEIGHBOUR, in_commune, phone, waiting};
use crate::{
    Client,
    records::{household, new_ref, under},
};
use model::{RecordEdit, kind, record::field};
use wire::push::{ChangeResult, Outcome};

fn own(phone: &Client) -> Vec<Outcome> {
    phone.pull_page(1).own.into_iter().map(|result: ChangeResult| result.outcome).collect()
}

pub fn a_batch_waits_for_its_last_change_and_is_admitted_whole(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let home = household(COMMUNE);
    let members = [(); 2].map(|()| under(kind::PERSON, &home.record));
    let changes = phone.batch(members.into_iter().chain([home]).collect());
    let incomplete = waiting("admission.batch-incomplete");
    assert_eq!(phone.outcomes(&changes[..2]), [incomplete.clone(), incomplete.clone()]);
    assert!(phone.pull(10).is_empty());
    assert_eq!(own(&phone), [incomplete.clone(), incomplete]);
    assert_eq!(phone.outcomes(&changes[2..]), [Outcome::Admitted]);
    assert_eq!(phone.pull(10).len(), 3);
    assert_eq!(own(&phone), [Outcome::Admitted, Outcome::Admitted, Outcome::Admitted]);
}

pub fn what_is_out_of_scope_waits_until_the_places_cover_it(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", &in_commune());
    let change = phone.change(household(NEIGHBOUR));
    let scope = waiting("admission.scope");
    assert_eq!(phone.outcomes(std::slice::from_ref(&change)), std::slice::from_ref(&scope));
    // What comes after it is not held up, and sending it again changes nothing.
    phone.write(vec![household(COMMUNE)]);
    assert_eq!(phone.outcomes(&[change]), [Outcome::Known]);
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
    hoa.learn(&first);
    let visit = hoa.change(under(kind::VISIT, &home.record));
    let edit = hoa.change(RecordEdit::new(home.record).set("name", "Tên mới"));
    let unknown = waiting("admission.parent-unknown");
    assert_eq!(hoa.outcomes(&[visit, edit]), [unknown.clone(), unknown]);
    assert_eq!(lan.outcomes(&first), [Outcome::Admitted]);
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
    let changes = early.batch(vec![unknown, home]);
    let waits = waiting("admission.form-unknown");
    assert_eq!(early.outcomes(&changes), [waits.clone(), waits]);
    let (form, version) = hub.publish();
    assert!(early.pull(10).is_empty(), "another form");
    let home = household(COMMUNE);
    let known = submission(&home, (&form, &version));
    early.write(vec![known, home]);
    assert_eq!(early.pull(10).len(), 2);
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
    assert_eq!(lines.len(), 5);
    assert!(lines[..4].iter().all(|line| line.starts_with("case:")), "{lines:?}");
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
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.starts_with(&feed)), "{lines:?}");
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
    other.push(&[]);
    assert_eq!(other.pull(10).len(), 7);
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
    old.write(vec![home, visit, consent]);
    old.write(vec![household(COMMUNE)]);
    assert_eq!(old.pull(10).len(), 4);

    old.write(vec![RecordEdit::new(id.clone()).set("commune", NEIGHBOUR).set("village", "Bản Khác")]);
    let mut left: Vec<String> =
        old.pull(10).iter().filter_map(|line| line.splitn(3, ' ').last()).map(str::to_owned).collect();
    left.sort();
    let mut expected = records.clone().map(|record| format!("leave {record}"));
    expected.sort();
    assert_eq!(left, expected, "each record by name");
    let came = records.iter().chain([&id]);
    let expected: Vec<String> =
        (1..).zip(came).map(|(position, id)| format!("commune:{NEIGHBOUR} {position} put {id}")).collect();
    assert_eq!(new.pull(2), expected);
    // Later changes go where the record is now, by who is there.
    new.write(vec![under(kind::GOAL, &id)]);
    assert_eq!(new.pull(10).len(), 1);
    assert!(old.pull(10).is_empty());
    let late = old.change(under(kind::GOAL, &id));
    assert_eq!(old.outcomes(&[late]), [waiting("admission.scope")]);
}

pub fn a_record_below_itself_waits(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (one, two) = (new_ref(kind::NOTE), new_ref(kind::NOTE));
    let circle =
        phone.batch(vec![RecordEdit::new(one.clone()).under(two.clone()), RecordEdit::new(two).under(one)]);
    let cycle = waiting("admission.cycle");
    assert_eq!(phone.outcomes(&circle), [cycle.clone(), cycle]);
    phone.write(vec![household(COMMUNE)]);
}
