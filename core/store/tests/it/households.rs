//! The list of households, search, visits due.

use crate::common::*;
use model::{RecordEdit, kind};
use rulebook::Rulebook;
use store::Listed;

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
        let list = phone.store.list(kind::HOUSEHOLD, query, 0, 10).unwrap();
        assert_eq!(list.total as usize, list.rows.len());
        list.rows.into_iter().map(|listed| listed.row.title).collect::<Vec<_>>()
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

    let page = phone.store.list(kind::HOUSEHOLD, "thi", 1, 2).unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 5));
    let all = found("thi");
    assert_eq!(page.rows.iter().map(|listed| listed.row.title.clone()).collect::<Vec<_>>(), all[1..3]);
}

/// What is searched before a change is searched through memory after it.
#[test]
fn a_search_follows_what_changes_between_two() {
    let mut phone = Phone::new();
    let homes: Vec<RecordEdit> = ["Bế An", "Bế Bình", "Bế Chung"].map(household).into();
    let edit = |n: usize| RecordEdit::new(homes[n].record.clone());
    phone.store.commit(homes.clone()).unwrap();
    let found = |phone: &Phone, query: &str| {
        let list = phone.store.list(kind::HOUSEHOLD, query, 0, 200).unwrap();
        assert_eq!(list.total as usize, list.rows.len());
        list.rows.into_iter().map(|listed| listed.row.title).collect::<Vec<_>>()
    };
    assert_eq!(found(&phone, "be"), ["Bế An", "Bế Bình", "Bế Chung"]);
    // To the end, into the middle, a new one at the beginning, by one commit.
    let renamed = [edit(0).set("name", "Bế Sơn"), edit(2).set("name", "Bế Bảo"), household("Bế Ái")];
    phone.store.commit(renamed.into()).unwrap();
    assert_eq!(found(&phone, "be"), ["Bế Ái", "Bế Bảo", "Bế Bình", "Bế Sơn"]);
    assert_eq!(found(&phone, "chung"), Vec::<String>::new());
    phone.store.commit(vec![edit(1).set("removed", "moved")]).unwrap();
    assert_eq!(found(&phone, "be"), ["Bế Ái", "Bế Bảo", "Bế Sơn"]);
    phone.store.commit(vec![person("Vi Văn Mới", &homes[0].record)]).unwrap();
    assert_eq!(found(&phone, "vi van moi"), ["Bế Sơn"]);
    // More than are followed one by one.
    phone.store.commit((0..70).map(|n| household(&format!("Bế {n:02}"))).collect()).unwrap();
    assert_eq!(found(&phone, "be").len(), 73);
    let all = found(&phone, "be");
    phone.reopen();
    assert_eq!(found(&phone, "be"), all);
}

#[test]
fn a_row_follows_its_records() {
    let phone = Phone::new();
    let home = household("Hộ Một").set("next_visit", "2026-12-01");
    let reference = home.record.clone();
    let (a, b) = (person("An", &reference), person("Bình", &reference));
    // Of a workflow that has no steps: its field says how it stands.
    let case = RecordEdit::new(new_ref(kind::CASE))
        .under(reference.clone())
        .set("workflow", "goal")
        .set("state", "open");
    let case_ref = case.record.clone();
    phone.store.commit(vec![home, a.clone(), b, case]).unwrap();
    let row = || phone.store.listed(&reference).unwrap().unwrap();
    let first = row();
    assert_eq!(
        (first.row.title.as_str(), first.row.place["village"].as_str(), first.row.place["commune"].as_str()),
        ("Hộ Một", "Bản Lũng Vài", "00070")
    );
    let counts = |listed: &Listed| (listed.row.count(kind::PERSON).all, listed.row.count(kind::CASE).open);
    assert_eq!((counts(&first), first.row.done.as_deref()), ((2, 1), None));
    assert_eq!(phone.store.progress(kind::CASE, true, |case| case).unwrap().len(), 1);
    assert_eq!(phone.store.due(kind::HOUSEHOLD, "2026-11-30", 10).unwrap(), []);
    assert_eq!(phone.store.due(kind::HOUSEHOLD, "2026-12-01", 10).unwrap(), [first]);

    let visit = RecordEdit::new(new_ref(kind::VISIT)).under(reference.clone()).set("date", "2026-12-02");
    let moved_out = RecordEdit::new(a.record).set("removed", "moved");
    let closed = RecordEdit::new(case_ref).set("state", "done");
    phone.store.commit(vec![visit, moved_out, closed]).unwrap();
    let later = row();
    assert_eq!(counts(&later), (1, 0));
    assert_eq!((later.row.done.as_deref(), later.row.due), (Some("2026-12-02"), None));
    assert_eq!(phone.store.due(kind::HOUSEHOLD, "2026-12-31", 10).unwrap(), []);
    assert_eq!(phone.store.children(&reference, Some(kind::PERSON)).unwrap().len(), 1);
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "an", 0, 10).unwrap().total, 0, "no longer a member");
}

/// A kind that the program learns of by its tables alone: kept before, listed and found from then on.
#[test]
fn another_rulebook_makes_the_lists_anew() {
    let data = |name: &str| {
        std::fs::read_to_string(format!("{}/../../packs/quoc_gia/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    };
    let kinds = data("kinds.csv")
        + "shelter,,commune,Nhà tạm lánh,Shelter,Nhà tạm lánh,Shelters,${name},,,,yes,,,20\n";
    let fields = data("fields.csv")
        + "shelter,name,text,,Tên,Name,,value,open,1,head,title,,,\n\
           shelter,services,text,,Dịch vụ,Services,,value,open,2,fact,,,,\n";
    let newer = Rulebook::with(&[("kinds.csv", &kinds), ("fields.csv", &fields)]).unwrap();

    let phone = Phone::new();
    let organisation = RecordEdit::new(new_ref("shelter"))
        .set("name", "Trạm y tế Mường La")
        .set("services", "Khám thai")
        .set("commune", "00070");
    let reference = organisation.record.clone();
    phone.store.commit(vec![organisation, household("Hộ Một")]).unwrap();
    assert_eq!(phone.store.listed(&reference).unwrap(), None);
    phone.store.close().unwrap();

    let store = phone.folder.open(&phone.keys, phone.clock.clone(), newer).unwrap();
    assert_eq!(store.list("shelter", "kham thai", 0, 10).unwrap().total, 1);
    assert_eq!(store.list_count(kind::HOUSEHOLD), Ok(1));
    store.close().unwrap();
    let store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    assert_eq!(store.listed(&reference).unwrap(), None, "the older one doesn't know it again");
    assert!(store.record(&reference).unwrap().is_some());
}
