//! What lists read of cases, without their whole bodies.

use crate::common::*;
use model::{Feed, RecordEdit, kind};
use store::Progress;
use wire::pull::Entry;

fn case_of(home: &RecordEdit) -> RecordEdit {
    RecordEdit::new(new_ref(kind::CASE))
        .under(home.record.clone())
        // It has no steps: its field says how it stands.
        .set("workflow", "goal")
        .set("state", "open")
        .set("reason", "Nghỉ học")
        .set("summary", "Điều đã thấy")
}

fn open_cases(phone: &Phone) -> Vec<Progress> {
    phone.store.progress(kind::CASE, true, |case| case).unwrap()
}

#[test]
fn a_case_is_read_with_its_households_name_and_without_what_is_written_of_it() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    phone.store.commit(vec![home.clone(), case.clone()]).unwrap();
    let [row] = open_cases(&phone).try_into().unwrap();
    assert_eq!((&row.reference, row.root.as_ref()), (&case.record, Some(&home.record)));
    assert_eq!((row.root_title.as_deref(), row.restricted), (Some("Hộ Một"), false));
    assert_eq!(row.state.text("reason"), Some("Nghỉ học"));
    assert_eq!(row.state.text("summary"), None);

    phone.store.commit(vec![RecordEdit::new(home.record.clone()).set("name", "Hộ Hai")]).unwrap();
    assert_eq!(open_cases(&phone)[0].root_title.as_deref(), Some("Hộ Hai"));
    phone.store.commit(vec![RecordEdit::new(home.record).set("removed", "moved")]).unwrap();
    assert_eq!(open_cases(&phone)[0].root_title, None);

    phone.store.commit(vec![RecordEdit::new(case.record.clone()).set("state", "done")]).unwrap();
    assert_eq!(open_cases(&phone), []);
    assert_eq!(phone.store.progress(kind::CASE, false, |case| case).unwrap().len(), 1);
    phone.store.commit(vec![RecordEdit::new(case.record).set("removed", "twice")]).unwrap();
    assert_eq!(phone.store.progress(kind::CASE, false, |case| case).unwrap(), []);
}

#[test]
fn values_that_stand_beside_each_other_stay_so_and_the_same_one_is_shown() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let case = case_of(&home);
    let (mut one, mut other) = (phone.other(), phone.other());
    let mut entries: Vec<Entry> = vec![put(one.batch(vec![home, case.clone()]))];
    let severity = |value: &str| RecordEdit::new(case.record.clone()).set("severity", value);
    // The later by its clock comes first.
    entries.push(put(one.change_at(START_MS + 9_000, severity("low"))));
    entries.push(put(other.change_at(START_MS + 8_000, severity("high"))));
    let mut answer = phone.answer(&commune(), 1, entries);
    answer.certificates = vec![phone.office.certificate_of(&one), phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    let whole = phone.store.record(&case.record).unwrap().unwrap().state;
    let [row] = open_cases(&phone).try_into().unwrap();
    assert_eq!((whole.text("severity"), row.state.text("severity")), (Some("low"), Some("low")));
    assert_eq!(row.state.fields["severity"].heads.len(), 2);
}

#[test]
fn a_case_that_leaves_is_read_no_more() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let mut other = phone.other();
    let entries = vec![put(other.batch(vec![home.clone(), case_of(&home)]))];
    let mut answer = phone.answer(&commune(), 1, entries);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(open_cases(&phone).len(), 1);
    answer.granted = vec![Feed::Commune("00071".into())];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.progress(kind::CASE, false, |case| case).unwrap(), []);
}
