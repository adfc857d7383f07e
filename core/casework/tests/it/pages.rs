//! The page of a record, settling what devices disagree about, a finished form read again.

use crate::common::{RULEBOOK, VISIT, at, id, now, one_head, state_of, three_members};
use casework::{
    Labels, answers,
    page::{Around, BadgeKind, Kept, Link, MOST_ROWS, Page, Pages},
    settle,
};
use model::{ChangeId, DeviceId, FieldState, Head, RecordRef, RecordState, Said, Stamp};
use rulebook::Lang;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use workflow::{
    Standing,
    clocks::{self, Facts},
};

fn record(kind: &'static str, n: u128) -> RecordRef {
    RecordRef::new(kind, id(n))
}

fn head(n: u128, value: Value) -> Head {
    let said = Said::Value(value);
    Head { change: ChangeId(id(n)), at: Stamp(n as u64, 0), device: DeviceId(id(n)), said }
}

fn disputed(values: &[(u128, Value)]) -> FieldState {
    FieldState {
        heads: values.iter().map(|(n, value)| head(*n, value.clone())).collect(),
        ..FieldState::default()
    }
}

fn page_of<'r>(labels: &'r Labels, record: Kept<'_>, below: &[(RecordRef, RecordState)]) -> Page<'r> {
    let form_titles = BTreeMap::from([(("vang_gia".to_owned(), "1".to_owned()), "Vãng gia".to_owned())]);
    let pages = Pages { labels, lang: Lang::Vi, now: now(), form_titles };
    let above = vec![Link { reference: record.0.clone(), title: "trên".into() }];
    let below = below.iter().map(|(reference, state)| (reference, state)).collect();
    let page = pages.page(Around { record, restricted: false, above, standing: None, below });
    assert!(page.clocks.is_empty());
    page
}

#[test]
fn sections_stand_in_the_order_of_the_table_and_unknown_kinds_last() {
    let labels = Labels::of(&RULEBOOK, []);
    let home = record("household", 1);
    let child = |mut state: RecordState| {
        state.fields.insert("parent".into(), one_head(900, json!(home.to_string())));
        state
    };
    let need = |n: u128, visit: u128| {
        let mut need = state_of(&[("group", json!("health")), ("need", json!("Khám mắt"))]);
        need.fields.insert("parent".into(), one_head(901, json!(record("visit", visit).to_string())));
        (record("need", n), need)
    };
    let below = [
        (record("payment_of_2030", 20), child(state_of(&[("paid", json!(true)), ("token", json!("t1"))]))),
        (
            record("submission", 12),
            child(state_of(&[
                ("form", json!("vang_gia")),
                ("version", json!("1")),
                ("xml", json!("<data/>")),
            ])),
        ),
        (
            record("goal", 10),
            child(state_of(&[
                ("text", json!("Lợp mái")),
                ("due", json!("2026-11-01")),
                ("state", json!("open")),
            ])),
        ),
        need(7, 4),
        (record("visit", 4), child(state_of(&[("date", json!("2026-11-01"))]))),
        (record("visit", 5), child(state_of(&[("date", json!("2026-11-20"))]))),
        (
            record("person", 2),
            child(state_of(&[
                ("name", json!("Trần Văn Nam")),
                ("relation", json!("head")),
                ("birth_year", json!(1980)),
            ])),
        ),
        (record("person", 3), child(state_of(&[("name", json!("Lò An")), ("removed", json!("moved"))]))),
    ];
    let state = state_of(&[("village", json!("Nà Pò")), ("flood_level", json!(3))]);
    let page = page_of(&labels, (&home, &state), &below);
    // Its own name is not said, so it is called by the first who lives there.
    assert_eq!((page.title.as_str(), page.kind.as_str()), ("Trần Văn Nam", "Hộ gia đình"));
    let facts: Vec<_> = page.facts.iter().map(|fact| (fact.label.as_str(), fact.value.as_str())).collect();
    assert_eq!(facts, [("Thôn, bản, tổ dân phố", "Nà Pò"), ("flood_level", "3")]);
    let sections: Vec<_> =
        page.sections.iter().map(|section| (section.title.as_str(), section.total)).collect();
    let expected = [
        ("Thành viên", 1),
        ("Các lần thăm", 2),
        ("Nhu cầu trợ giúp", 1),
        ("Mục tiêu đã thống nhất", 1),
        ("Phiếu đã nhận", 1),
        ("payment_of_2030", 1),
    ];
    assert_eq!(sections, expected);
    let rows = page.sections.iter().flat_map(|section| &section.rows);
    let rows: Vec<_> = rows.map(|row| (row.title.as_str(), row.line.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("Trần Văn Nam", "Chủ hộ · Năm sinh: 1980"),
            // The last comes first.
            ("20/11/2026", ""),
            ("01/11/2026", ""),
            ("Chăm sóc sức khỏe, y tế", "01/11/2026 · Khám mắt"),
            ("Lợp mái", "Thời hạn: 01/11/2026"),
            ("Vãng gia", "1"),
            ("payment_of_2030", ""),
        ]
    );
    let goal: Vec<_> = page.sections[3].rows[0].badges.iter().map(|badge| badge.kind).collect();
    assert_eq!(goal, [BadgeKind::State, BadgeKind::Overdue]);
}

#[test]
fn a_page_says_who_wrote_what_and_shows_nothing_that_is_not_for_people() {
    let labels = Labels::of(&RULEBOOK, []);
    let member = record("case_member", 1);
    let mut state = state_of(&[("user", json!("a uuid")), ("parent", json!("case:x"))]);
    state.fields.insert(
        "name".into(),
        FieldState { heads: vec![head(7, json!("Lò Thị Thu"))], ..FieldState::default() },
    );
    let page = page_of(&labels, (&member, &state), &[]);
    assert_eq!((page.title.as_str(), page.facts.len()), ("Lò Thị Thu", 0));
    let [written] = &page.history[..] else { panic!("{}", page.history.len()) };
    assert_eq!((written.device, written.at), (DeviceId(id(7)), 7));
    assert_eq!(written.fields, ["Họ và tên"]);
    // Of an unknown kind neither, as far as every kind has it.
    let unknown = state_of(&[("parent", json!("household:x")), ("terms", json!("hai năm"))]);
    let page = page_of(&labels, (&record("grant_of_2030", 2), &unknown), &[]);
    let facts: Vec<_> = page.facts.iter().map(|fact| fact.label.as_str()).collect();
    assert_eq!((page.title.as_str(), &facts[..]), ("grant_of_2030", &["terms"][..]));
}

#[test]
fn a_page_shows_so_many_rows_and_says_how_many_there_are() {
    let labels = Labels::of(&RULEBOOK, []);
    let notes: Vec<_> =
        (0..500).map(|n| (record("note", n), state_of(&[("text", json!("ghi chú"))]))).collect();
    let page = page_of(&labels, (&record("person", 1), &RecordState::default()), &notes);
    assert_eq!((page.sections[0].rows.len(), page.sections[0].total), (MOST_ROWS, 500));
}

#[test]
fn what_devices_disagree_about_is_settled_with_all_that_belongs_together() {
    let home = record("household", 1);
    let mut state = RecordState::default();
    let mut say = |field: &str, values: &[(u128, Value)]| state.fields.insert(field.into(), disputed(values));
    say("commune", &[(1, json!("00070")), (2, json!("00073"))]);
    say("village", &[(1, json!("Nà Pò")), (2, json!("Bản Mới"))]);
    say("address", &[(1, json!("Nhà số 3")), (2, Value::Null)]);
    say("phone", &[(3, json!("0912 000 111")), (4, json!("0912 000 222"))]);
    say("name", &[(1, json!("Hoàng Văn Sơn"))]);
    let labels = Labels::of(&RULEBOOK, []);
    let page = page_of(&labels, (&home, &state), &[]);
    let told = |field: &str| {
        let conflict = page.conflicts.iter().find(|conflict| conflict.field == field).unwrap();
        conflict.values.iter().map(|told| told.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told("phone"), ["0912 000 222", "0912 000 111"], "the latest first");
    assert_eq!(told("address"), ["(trống)", "Nhà số 3"]);
    let settled = |field: &str, change: u128| settle(&RULEBOOK, &home, &state, field, ChangeId(id(change)));
    let edit = settled("commune", 2).unwrap();
    let fields: Vec<_> = edit.fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    assert_eq!(
        fields,
        [("address", Value::Null), ("commune", json!("00073")), ("village", json!("Bản Mới"))]
    );
    let edit = settled("phone", 3).unwrap();
    assert_eq!(edit.fields.into_iter().collect::<Vec<_>>(), [("phone".to_owned(), json!("0912 000 111"))]);
    assert!(settled("phone", 1).is_none(), "said by neither");
    assert!(settled("name", 1).is_none(), "nobody disagrees");
}

#[test]
fn a_form_reads_as_it_was_answered_with_its_definition_and_without() {
    let submission = three_members(&[]).finish();
    let groups = answers(Some(&VISIT.definition), &submission.xml, Lang::Vi).unwrap();
    let said = |group: &str, label: &str| {
        let group = groups.iter().filter(|one| one.title.starts_with(group));
        let mut answers = group.flat_map(|group| &group.answers);
        answers.find(|answer| answer.label == label).map(|answer| answer.value.as_str())
    };
    assert_eq!(said("Thành viên 3", "Họ và tên"), Some("Giàng Thị Dung"));
    assert_eq!(said("Thành viên 3", "Ngày, tháng, năm sinh"), Some("05/03/2017"));
    assert_eq!(said("Nước", "Phương tiện thông tin trong nhà"), Some("Điện thoại, Tivi"));
    assert_eq!(said("Nơi ở", "Xã, phường, đặc khu"), Some("Xã Mù Cang Chải"));
    let all: Vec<_> = groups.iter().flat_map(|group| &group.answers).collect();
    assert!(all.iter().any(|answer| answer.value == "22.396400, 103.470100"));
    assert!(all.iter().any(|answer| answer.value == "(tệp đính kèm)"));
    // What the form works out is no answer, and of those that are none is left out.
    assert!(
        all.iter().all(|answer| !answer.field.contains("household_id") && !answer.field.contains("/meta"))
    );
    assert!(
        all.iter().any(|answer| answer.field == "/data/agreed/next_visit" && answer.value == "24/12/2026")
    );

    let bare = answers(None, &submission.xml, Lang::En).unwrap();
    let member = bare.iter().find(|group| group.title == "member 3 · m_about").unwrap();
    assert!(member.answers.iter().any(|answer| answer.label == "m_name" && answer.value == "Giàng Thị Dung"));
    assert!(bare.len() >= groups.len());
    assert!(answers(None, "<data><a>1</a>", Lang::Vi).is_err());
    assert!(answers(None, "<!DOCTYPE d [<!ENTITY e \"x\">]><data>&e;</data>", Lang::Vi).is_err());
}

#[test]
fn a_case_tells_its_step_and_what_is_overdue() {
    let labels = Labels::of(&RULEBOOK, []);
    let case = state_of(&[
        ("workflow", json!("child-protection")),
        ("state", json!("intake")),
        ("received_at", json!("2026-11-20T09:00:00+07:00")),
    ]);
    let now = at("2026-11-24T09:00:00+07:00");
    let pages = Pages { labels: &labels, lang: Lang::En, now, form_titles: BTreeMap::new() };
    let reference = record("case", 1);
    let facts = Facts { rulebook: &RULEBOOK, kind: "case", state: &case, below: &[], progress: None };
    let standing = Standing {
        progress: None,
        steps: vec![],
        partial: BTreeMap::new(),
        clocks: clocks::of(&facts, now.date_naive()),
    };
    let around = Around {
        record: (&reference, &case),
        restricted: true,
        above: vec![],
        standing: Some(&standing),
        below: vec![],
    };
    let page = pages.page(around);
    let badges: Vec<_> = page.badges.iter().map(|badge| (badge.kind, badge.text.as_str())).collect();
    let expected = [
        (BadgeKind::Restricted, "Restricted"),
        (BadgeKind::State, "Report received"),
        (BadgeKind::Overdue, "Overdue"),
    ];
    assert_eq!(badges, expected);
    assert!(page.clocks[0].overdue && page.title == "Child protection · 20/11/2026");
    // The step is no fact beside its badge.
    let facts: Vec<_> = page.facts.iter().map(|fact| fact.label.as_str()).collect();
    assert_eq!(facts, ["Received at"]);
}
