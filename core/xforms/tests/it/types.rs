use crate::common::{now, start, text};
use chrono::{NaiveDate, NaiveTime};
use xforms::{Answer, GeoPoint, QuestionKind};

#[test]
fn each_type_is_stored_as_the_standard_writes_it_and_read_back() {
    let types = [
        ("string", text("xin chào"), "xin chào"),
        ("int", Answer::Integer(-12), "-12"),
        ("decimal", Answer::Decimal(3.25), "3.25"),
        ("boolean", Answer::Boolean(true), "true"),
        ("date", Answer::Date(NaiveDate::from_ymd_opt(1990, 5, 17).unwrap()), "1990-05-17"),
        ("time", Answer::Time(NaiveTime::from_hms_opt(7, 5, 0).unwrap()), "07:05:00.000+07:00"),
        ("dateTime", Answer::DateTime(now()), "2026-03-04T09:30:00.000+07:00"),
        ("barcode", text("8934"), "8934"),
    ];
    for (name, answer, stored) in types {
        let bind = format!(r#"<bind nodeset="/data/q" type="{name}"/>"#);
        let mut session = start("<q/>", &bind, r#"<input ref="/data/q"><label>?</label></input>"#);
        let changes = session.answer("/data/q", &answer).unwrap();
        assert_eq!(changes.saved, [("/data/q".to_owned(), Some(stored.to_owned()))], "{name}");
        assert_eq!(session.page().questions[0].value, answer, "{name}");
    }
}

#[test]
fn places_are_stored_as_numbers_in_a_row() {
    let point = GeoPoint { latitude: 22.5, longitude: 103.75, altitude: 1500.0, accuracy: 4.5 };
    let mut session = start(
        "<p/><t/>",
        r#"<bind nodeset="/data/p" type="geopoint"/><bind nodeset="/data/t" type="geotrace"/>"#,
        r#"<input ref="/data/p"/><input ref="/data/t"/>"#,
    );
    session.answer("/data/p", &Answer::Point(point)).unwrap();
    session.answer("/data/t", &Answer::Points(vec![point, point])).unwrap();
    assert_eq!(session.value("/data/p"), Some("22.5 103.75 1500 4.5"));
    assert_eq!(session.value("/data/t"), Some("22.5 103.75 1500 4.5;22.5 103.75 1500 4.5"));
    assert_eq!(session.page().questions[0].value, Answer::Point(point));
}

#[test]
fn an_answer_of_another_type_is_refused_and_changes_nothing() {
    let mut session = start(
        "<age>3</age>",
        r#"<bind nodeset="/data/age" type="int"/>"#,
        r#"<input ref="/data/age"><label>?</label></input>"#,
    );
    let error = session.answer("/data/age", &text("ba")).unwrap_err();
    assert_eq!(error.code(), "xforms.wrong-type");
    assert_eq!(error.to_string(), "/data/age takes a whole number");
    assert_eq!(session.value("/data/age"), Some("3"));
    assert_eq!(session.answer("/data/nobody", &text("x")).unwrap_err().code(), "xforms.unknown-path");
}

#[test]
fn uploads_triggers_ranges_and_secrets_have_their_kinds() {
    let mut session = start(
        "<img/><snd/><doc/><ok/><r>3</r><pin/><note>đọc</note>",
        r#"<bind nodeset="/data/img" type="binary"/><bind nodeset="/data/snd" type="binary"/>
           <bind nodeset="/data/doc" type="binary"/><bind nodeset="/data/r" type="int"/>
           <bind nodeset="/data/note" type="string" readonly="true()"/>"#,
        r#"<group appearance="field-list"><upload ref="/data/img" mediatype="image/*"/><upload ref="/data/snd" mediatype="audio/*"/>
           <upload ref="/data/doc" mediatype="application/pdf"/><trigger ref="/data/ok"/>
           <range ref="/data/r" start="1" end="5" step="1"/><secret ref="/data/pin"/><input ref="/data/note"/></group>"#,
    );
    let kinds: Vec<_> = session.page().questions.into_iter().map(|q| q.kind).collect();
    let range = QuestionKind::Range { start: 1.0, end: 5.0, step: 1.0, integer: true };
    use QuestionKind::{Audio, File, Image, Note, Secret, Trigger};
    assert_eq!(kinds, [Image, Audio, File, Trigger, range, Secret, Note]);
    session.answer("/data/img", &Answer::File("nha.jpg".into())).unwrap();
    session.answer("/data/ok", &Answer::Acknowledged).unwrap();
    assert_eq!(session.value("/data/ok"), Some("OK"));
    assert_eq!(session.answer("/data/r", &Answer::Integer(6)).unwrap_err().code(), "xforms.wrong-type");
    assert_eq!(session.answer("/data/note", &text("x")).unwrap_err().code(), "xforms.read-only");
    assert_eq!(session.finish().unwrap().attachments, ["nha.jpg"]);
}

#[test]
fn answers_are_not_in_debug_output() {
    let mut session = start("<name/>", "", r#"<input ref="/data/name"><label>Tên</label></input>"#);
    let changes = session.answer("/data/name", &text("Lò Thị Mây")).unwrap();
    let page = session.page();
    let saved = session.saved();
    let submission = session.finish().unwrap();
    let all = format!("{changes:?}{page:?}{saved:?}{submission:?}{session:?}{:?}", submission.root);
    assert!(!all.contains("Mây"), "{all}");
}
