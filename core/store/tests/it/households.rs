//! The list of households, search, visits due.

use crate::common::*;
use model::{RecordEdit, kind};

#[test]
fn search_is_by_what_a_person_types() {
    let phone = Phone::new();
    for (head, member) in [
        ("Nguyễn Thị Hoà", "Nguyễn Văn Đức"),
        ("Nguyễn Thị Hòa", "Trần Bình"),
        ("Hoa Thị Nguyên", "Lò Văn An"),
        ("Đỗ Đình Ướt", "Nguyễn Thị Hoài Thu"),
        ("Vàng A Páo", "Giàng Thị Mỷ"),
    ] {
        let home = household(head);
        let member = person(member, &home.record);
        phone.store.commit(vec![home, member]).unwrap();
    }
    let found = |query: &str| {
        let list = phone.store.households(query, 0, 10).unwrap();
        assert_eq!(list.total as usize, list.rows.len());
        list.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    // The household's own name first, then a member's, then the same words elsewhere.
    assert_eq!(
        found("nguyen thi hoa"),
        ["Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Đỗ Đình Ướt", "Hoa Thị Nguyên"]
    );
    assert_eq!(found("DO DINH uot"), ["Đỗ Đình Ướt"]);
    assert_eq!(found("đỗ đình ướt"), ["Đỗ Đình Ướt"]);
    assert_eq!(found("van duc"), ["Nguyễn Thị Hoà"], "by a member");
    assert_eq!(found("pao lung"), ["Vàng A Páo"], "name and village");
    assert_eq!(found("ang"), Vec::<String>::new(), "words from their beginning");
    assert_eq!(found("%"), found(""), "nothing to search for");
    assert_eq!(found("").len(), 5);

    let page = phone.store.households("thi", 1, 2).unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 5));
    let all = found("thi");
    assert_eq!(page.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>(), all[1..3]);
}

#[test]
fn a_row_follows_its_records() {
    let phone = Phone::new();
    let home = household("Hộ Một").set("next_visit", "2026-12-01");
    let reference = home.record.clone();
    let (a, b) = (person("An", &reference), person("Bình", &reference));
    let case = RecordEdit::new(new_ref(kind::CASE)).under(reference.clone()).set("state", "assessment");
    let case_ref = case.record.clone();
    phone.store.commit(vec![home, a.clone(), b, case]).unwrap();
    let row = || phone.store.household_summary(model::HouseholdId(reference.id)).unwrap().unwrap();
    let first = row();
    assert_eq!(
        (first.name.as_str(), first.village.as_str(), first.commune.as_str()),
        ("Hộ Một", "Bản Lũng Vài", "00070")
    );
    assert_eq!((first.members, first.open_cases, first.last_visit.as_deref()), (2, 1, None));
    assert_eq!(phone.store.open_cases().unwrap().len(), 1);
    assert_eq!(phone.store.visits_due("2026-11-30", 10).unwrap(), []);
    assert_eq!(phone.store.visits_due("2026-12-01", 10).unwrap(), [first]);

    let visit = RecordEdit::new(new_ref(kind::VISIT)).under(reference.clone()).set("date", "2026-12-02");
    let moved_out = RecordEdit::new(a.record).set("removed", "moved");
    let closed = RecordEdit::new(case_ref).set("state", "closed");
    phone.store.commit(vec![visit, moved_out, closed]).unwrap();
    let later = row();
    assert_eq!((later.members, later.open_cases), (1, 0));
    assert_eq!((later.last_visit.as_deref(), later.next_visit), (Some("2026-12-02"), None));
    assert_eq!(phone.store.visits_due("2026-12-31", 10).unwrap(), []);
    assert_eq!(phone.store.children(&reference, Some(kind::PERSON)).unwrap().len(), 1);
    assert_eq!(phone.store.households("an", 0, 10).unwrap().total, 0, "no longer a member");
}
