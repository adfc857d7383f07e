//! Rows of lists, and what finds them.

use crate::placement::{OFFICE, record, state};
use rulebook::{Count, MOST_DUE, Rulebook};
use serde_json::json;

#[test]
fn a_row_tells_title_place_and_what_is_due() {
    let rulebook = Rulebook::built_in().unwrap();
    let home = state(&[
        ("name", json!("Nguyễn Thị Hoà")),
        ("village", json!("Bản Lũng Vài")),
        ("commune", json!("00070")),
        ("next_visit", json!("2026-12-01")),
    ]);
    let mut below = vec![
        (record("person", 2), state(&[("name", json!("Trần Bình"))])),
        (record("person", 3), state(&[("name", json!("Lò An")), ("removed", json!("moved"))])),
        (record("visit", 4), state(&[("date", json!("2026-11-02"))])),
        (record("case", 5), state(&[("workflow", json!("adult")), ("state", json!("plan"))])),
        (record("case", 6), state(&[("workflow", json!("adult")), ("state", json!("closed"))])),
        (record("case", 7), state(&[("state", json!("a later one"))])),
    ];
    let row = rulebook.listing(&record("household", 1), &home, &below).unwrap();
    assert_eq!(row.title, "Nguyễn Thị Hoà");
    assert_eq!((row.place["village"].as_str(), row.place["commune"].as_str()), ("Bản Lũng Vài", "00070"));
    assert_eq!((row.due.as_deref(), row.done.as_deref()), (Some("2026-12-01"), Some("2026-11-02")));
    assert_eq!(row.count("person"), Count { all: 1, open: 1 });
    assert_eq!(row.count("case"), Count { all: 3, open: 2 });
    assert_eq!(row.words, " nguyen thi hoa tran binh ban lung vai");

    below.push((record("visit", 8), state(&[("date", json!("2026-12-01"))])));
    let row = rulebook.listing(&record("household", 1), &home, &below).unwrap();
    assert_eq!((row.due, row.done.as_deref()), (None, Some("2026-12-01")), "made on that day");
    let removed = state(&[("name", json!("Hộ cũ")), ("removed", json!("moved"))]);
    assert!(rulebook.listing(&record("household", 1), &removed, &[]).is_none());
    assert!(rulebook.listing(&record("visit", 1), &state(&[]), &[]).is_none(), "not a kind that is listed");
}

#[test]
fn what_is_due_below_is_told_until_it_is_over() {
    let rulebook = Rulebook::built_in().unwrap();
    let goal = |n: u128, state_of_it: &str, due: &str| {
        (record("goal", n), state(&[("state", json!(state_of_it)), ("due", json!(due))]))
    };
    let removed = state(&[("due", json!("2026-10-01")), ("removed", json!("twice"))]);
    let below = [
        goal(2, "open", "2026-12-15"),
        goal(3, "done", "2026-11-01"),
        goal(4, "dropped", "2026-11-01"),
        goal(5, "a later one", "2026-11-20"),
        (record("goal", 6), removed),
        (record("goal", 7), state(&[("text", json!("some day"))])),
        (record("visit", 8), state(&[("date", json!("2026-11-30"))])),
    ];
    let home = state(&[("next_visit", json!("2026-12-01"))]);
    let row = rulebook.listing(&record("household", 1), &home, &below).unwrap();
    let due: Vec<_> = row.due_below.iter().map(|due| (due.day.as_str(), due.record.id.as_u128())).collect();
    // A visit makes the next one past, and no goal.
    assert_eq!(due, [("2026-11-20", 5), ("2026-12-15", 2)]);
    assert_eq!((row.first_due(), row.due.as_deref()), (Some("2026-11-20"), Some("2026-12-01")));
    assert_eq!(row.count("goal"), Count { all: 5, open: 3 });
    let many: Vec<_> = (2..90).map(|n| goal(n, "open", "2026-12-15")).collect();
    assert_eq!(rulebook.listing(&record("household", 1), &home, &many).unwrap().due_below.len(), MOST_DUE);
}

/// A kind more, with its words and its days, is rows in the tables.
#[test]
fn another_kind_is_listed_by_the_tables_alone() {
    let data = |name: &str| {
        std::fs::read_to_string(format!("{}/../../packs/quoc_gia/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    };
    let kinds = data("kinds.csv")
        + "shelter,,commune,Nhà tạm lánh,Shelter,Nhà tạm lánh,Shelters,${name},,,,yes,,,20\n";
    let fields = data("fields.csv")
        + "shelter,name,text,,Tên,Name,,value,open,1,head,title,,,\n\
           shelter,commune,code,commune,Xã,Commune,,value,open,,head,place,,,\n\
           shelter,services,text,,Dịch vụ,Services,,value,open,2,fact,,,,\n";
    let rulebook = Rulebook::with(&[("kinds.csv", &kinds), ("fields.csv", &fields)]).unwrap();
    let fields = [
        ("name", json!("Trạm y tế Mường La")),
        ("services", json!("Khám thai")),
        ("commune", json!("00070")),
    ];
    let row = rulebook.listing(&record("shelter", 1), &state(&fields), &[]).unwrap();
    assert_eq!(row.words, " tram y te muong la kham thai");
    let claim = rulebook.claim(OFFICE, &record("shelter", 1), &state(&fields));
    assert_eq!(claim.feed.unwrap().to_string(), "commune:00070");
}
