//! What a pack changes, in words: nothing of it stays unsaid.

use proptest::prelude::*;
use rulebook::{Difference, Pack, diff};
use std::sync::LazyLock;

type Rows = Vec<Vec<String>>;

fn rows(bytes: &[u8]) -> Rows {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn bytes(rows: &Rows) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// The built-in pack with a form, and what an edit of one table makes of it.
fn edited(table: &str, edit: impl FnOnce(&mut Rows)) -> Vec<Difference> {
    let before = whole();
    let mut rows = rows(before.file(table).unwrap());
    edit(&mut rows);
    let mut after = before.clone();
    after.add(table, bytes(&rows));
    diff(&before, &after)
}

fn whole() -> Pack {
    static WHOLE: LazyLock<Pack> = LazyLock::new(read);
    WHOLE.clone()
}

fn read() -> Pack {
    let mut pack = Pack::built_in();
    // As a writer of tables writes them, so that an edit is all that differs.
    for (name, content) in Pack::built_in().files().filter(|(name, _)| name.ends_with(".csv")) {
        pack.add(name, bytes(&rows(content)));
    }
    for sheet in ["survey", "choices", "settings", "records", "working_age"] {
        let path = format!("{}/../../packs/quoc_gia/forms/vang_gia/{sheet}.csv", env!("CARGO_MANIFEST_DIR"));
        pack.add(&format!("forms/vang_gia/{sheet}.csv"), bytes(&rows(&std::fs::read(path).unwrap())));
    }
    pack
}

fn row(rows: &Rows, column: &str, value: &str) -> usize {
    let place = rows[0].iter().position(|name| name == column).unwrap();
    rows.iter().position(|row| row[place] == value).unwrap()
}

fn set(rows: &mut Rows, row: usize, column: &str, value: &str) {
    let place = rows[0].iter().position(|name| name == column).unwrap();
    value.clone_into(&mut rows[row][place]);
}

fn told(differences: &[Difference]) -> Vec<(&str, &str)> {
    differences.iter().map(|one| (one.text.vi.as_str(), one.text.en.as_str())).collect()
}

#[test]
fn the_same_pack_changes_nothing() {
    assert_eq!(diff(&whole(), &whole()), []);
}

#[test]
fn a_deadline_says_its_unit() {
    let found = edited("clocks.csv", |rows| {
        let plan = row(rows, "id", "cp_plan");
        set(rows, plan, "amount", "3");
    });
    assert_eq!(
        told(&found),
        [(
            "Hạn «Xây dựng kế hoạch hỗ trợ, can thiệp (Mẫu số 04)» từ 01/07/2017: thời hạn 5 ngày làm việc → 3 ngày làm việc",
            "Deadline «Support and intervention plan (form 04)» from 01/07/2017: time 5 working days → 3 working days"
        )]
    );
    assert_eq!(found[0].column.as_deref(), Some("amount"));
}

#[test]
fn whom_a_deadline_calls_is_told_in_words() {
    let found = edited("clocks.csv", |rows| {
        let alarm = row(rows, "id", "cp_acknowledge");
        set(rows, alarm, "escalate", "15m:commune_deputy;2h:centre_head");
        let end = row(rows, "id", "cp_removal_end");
        set(rows, end, "remind", "-5d,-12h");
    });
    let [called, reminded] = &found[..] else { panic!("{} differences", found.len()) };
    assert!(
        called
            .text
            .vi
            .ends_with("«sau 15 phút: Phó Chủ tịch Ủy ban nhân dân cấp xã; sau 2 giờ: Lãnh đạo trung tâm»"),
        "{}",
        called.text.vi
    );
    assert!(
        reminded.text.vi.ends_with("«trước 3 ngày» → «trước 5 ngày, trước 12 giờ»"),
        "{}",
        reminded.text.vi
    );
    assert!(reminded.text.en.ends_with("«3 days before» → «5 days before, 12 hours before»"));
}

#[test]
fn what_is_new_says_all_of_itself() {
    let found = edited("rates.csv", |rows| {
        let line = "social_base,600000,Mức chuẩn trợ giúp xã hội,Base of social assistance,2027-07-01,,,Nghị định mẫu,unconfirmed,province";
        rows.push(line.split(',').map(str::to_owned).collect());
    });
    assert_eq!(
        told(&found),
        [(
            "Thêm mức «Mức chuẩn trợ giúp xã hội» từ 01/07/2027: mã «social_base»; số tiền 600.000 đ; từ ngày 01/07/2027; căn cứ «Nghị định mẫu»; mức chắc chắn chưa xác nhận; cấp được quy định cao hơn tỉnh",
            "New: amount «Base of social assistance» from 01/07/2027: id «social_base»; amount 600.000 đ; from 01/07/2027; ground «Nghị định mẫu»; certainty unconfirmed; who may set more province"
        )]
    );
}

#[test]
fn rights_and_fields_are_called_by_their_labels() {
    let found = edited("permissions.csv", |rows| {
        let remove = rows.iter().position(|row| row[0] == "case" && row[2] == "remove").unwrap();
        set(rows, remove, "article", "Quy chế");
    });
    let text = &found[0].text.vi;
    assert!(
        text.starts_with("Quyền gỡ bỏ «Trường hợp» của bất kỳ ai (") && text.contains(", Lãnh đạo trung tâm")
    );
    assert!(text.ends_with("): căn cứ (trống) → «Quy chế»"), "{text}");
    let found = edited("fields.csv", |rows| {
        let phone = row(rows, "field", "phone");
        set(rows, phone, "privacy", "sensitive");
    });
    assert_eq!(
        told(&found),
        [(
            "Trường «Số điện thoại liên hệ» của «Hộ gia đình»: mức bảo mật cá nhân → nhạy cảm",
            "Field «Telephone number» of «Household»: privacy personal → sensitive"
        )]
    );
}

/// Rows of one key on other days are told apart by their first day; one whose first day moves is the same row.
#[test]
fn a_row_that_begins_later_is_no_other() {
    let found = edited("rates.csv", |rows| {
        let last = rows.len() - 1;
        set(rows, last, "from", "2026-08-01");
    });
    assert_eq!(found.len(), 1);
    assert!(found[0].text.vi.ends_with("từ ngày 01/07/2026 → 01/08/2026"), "{}", found[0].text.vi);
}

#[test]
fn forms_and_files_are_told() {
    let found = edited("forms/vang_gia/survey.csv", |rows| {
        let date = row(rows, "name", "visit_date");
        set(rows, date, "required", "");
    });
    assert_eq!(
        told(&found),
        [(
            "Phiếu vang_gia, bảng survey, «visit_date»: required «yes» → (trống)",
            "Form vang_gia, sheet survey, «visit_date»: required «yes» → (empty)"
        )]
    );
    let (before, mut after) = (whole(), whole());
    after.add("forms/gieng/survey.csv", b"type,name\ntext,a\n".to_vec());
    after.add("forms/gieng/settings.csv", b"form_id\ngieng\n".to_vec());
    after.remove("forms/vang_gia/working_age.csv");
    let found = diff(&before, &after);
    assert_eq!(
        told(&found),
        [
            ("Thêm phiếu gieng", "New: the form gieng"),
            ("Bỏ tệp forms/vang_gia/working_age.csv", "Gone: the file forms/vang_gia/working_age.csv")
        ]
    );
    assert_eq!(diff(&after, &before).len(), 2);
}

#[test]
fn the_way_it_is_written_is_told() {
    let (before, mut after) = (whole(), whole());
    after.add("kinds.csv", [b"\xef\xbb\xbf", before.file("kinds.csv").unwrap()].concat());
    after.add("rates.csv", [before.file("rates.csv").unwrap(), b"x,y\n"].concat());
    let found = diff(&before, &after);
    assert!(found[0].text.vi.starts_with("kinds.csv được ghi theo cách khác"), "{found:?}");
    assert!(found[1].text.vi.starts_with("rates.csv: các dòng thừa hoặc thiếu ô"), "{found:?}");
    assert_eq!(found.len(), 2);
}

fn tables() -> Vec<String> {
    whole().files().filter(|(path, _)| path.ends_with(".csv")).map(|(path, _)| path.to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// A cell that changed is told by its row and column, or as one row for another.
    #[test]
    fn a_cell_that_changed_is_said(table in 0..1000_usize, at in any::<(u16, u16)>(), value in "[a-z0-9ạ ]{1,12}") {
        let (before, tables) = (whole(), tables());
        let table = &tables[table % tables.len()];
        let mut rows = rows(before.file(table).unwrap());
        let row = 1 + usize::from(at.0) % (rows.len() - 1);
        let column = usize::from(at.1) % rows[0].len();
        let name = rows[0][column].clone();
        prop_assume!(rows[row][column] != value);
        rows[row][column].clone_from(&value);
        let mut after = before.clone();
        after.add(table, bytes(&rows));
        let found = diff(&before, &after);
        prop_assert!(!found.is_empty());
        let of_cell = |one: &Difference| one.row == Some(row + 1) && one.column.as_deref() == Some(name.as_str());
        let (cell, whole): (Vec<_>, Vec<_>) = found.iter().partition(|one| of_cell(one));
        for one in &found {
            prop_assert_eq!(&one.file, table);
            prop_assert!(!one.text.vi.is_empty() && one.text.vi != one.text.en);
        }
        if cell.is_empty() {
            // The row is another one: of what is new all is said.
            prop_assert!(whole.iter().any(|one| one.row == Some(row + 1) && one.column.is_none()
                && one.text.vi.contains(value.as_str())), "{found:#?}");
            prop_assert!(whole.iter().any(|one| one.text.en.to_lowercase().contains("gone")), "{found:#?}");
        } else {
            prop_assert!(cell[0].text.vi.contains(value.as_str()), "{found:#?}");
        }
    }

    /// So is a row that is gone, one more, two that changed places, a column more.
    #[test]
    fn other_rows_and_columns_are_said(table in 0..1000_usize, at in any::<(u16, u16)>(), what in 0..4) {
        let (before, tables) = (whole(), tables());
        let table = &tables[table % tables.len()];
        let mut rows = rows(before.file(table).unwrap());
        let row = 1 + usize::from(at.0) % (rows.len() - 1);
        match what {
            0 => drop(rows.remove(row)),
            1 => rows.push(rows[row].clone()),
            2 => {
                let other = 1 + usize::from(at.1) % (rows.len() - 1);
                prop_assume!(rows[row] != rows[other]);
                rows.swap(row, other);
            }
            _ => rows.iter_mut().enumerate().for_each(|(i, row)| row.push(if i == 0 { "more".into() } else { String::new() })),
        }
        let mut after = before.clone();
        after.add(table, bytes(&rows));
        let found = diff(&before, &after);
        prop_assert!(!found.is_empty());
        let written = found.iter().any(|one| one.text.en.contains("written in another way"));
        prop_assert!(!written, "{found:#?}");
    }
}
