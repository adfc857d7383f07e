use crate::common::{calculated, inputs, start};
use xforms::Answer;

fn each(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(calculated(expression), *expected, "{expression}");
    }
}

#[test]
fn today_and_now_come_from_the_clock() {
    each(&[("today()", "2026-03-04"), ("now()", "2026-03-04T09:30:00.000+07:00")]);
}

#[test]
fn dates_are_day_numbers_in_sums() {
    each(&[
        ("today() - /data/d", "4"),
        ("date(today() - 30)", "2026-02-02"),
        ("number('1970-01-02')", "1"),
        ("date(0)", "1970-01-01"),
        ("date('2026-02-28') + 1", "20513"),
        ("int((today() - date('2000-03-05')) div 365.25)", "25"),
        // In UTC, unlike number().
        ("decimal-date-time('1970-01-02T12:00:00.000Z')", "1.5"),
        ("date-time(1.5)", "1970-01-02T19:00:00.000+07:00"),
        ("decimal-time('18:00:00.000+07:00')", "0.75"),
        ("now() - today()", "0.3958333333321207"),
    ]);
}

#[test]
fn dates_compare_by_time_not_by_text() {
    each(&[
        ("/data/d < today()", "true"),
        ("date('2026-03-04') = today()", "true"),
        ("today() > '2025-12-31'", "true"),
        ("date-time('2026-03-04') = today()", "true"),
        ("date('2026-13-01')", ""),
    ]);
}

#[test]
fn formats() {
    each(&[
        ("format-date(/data/d, '%d/%m/%Y')", "28/02/2026"),
        ("format-date('2026-03-04', '%e/%n/%y %a %b')", "4/3/26 Wed Mar"),
        ("format-date-time('2026-03-04T09:05:07.250+07:00', '%H:%M:%S.%3')", "09:05:07.250"),
        // The same moment in another offset is shown by the device's clock.
        ("format-date-time('2026-03-04T02:05:00.000Z', '%H:%M')", "09:05"),
        ("format-date('', '%Y')", ""),
        ("format-date(20515.4, '%d/%m/%Y')", "03/03/2026"),
    ]);
}

#[test]
fn a_calculation_is_stored_by_its_type() {
    let session = start(
        "<date/><int/><text/><stamp/>",
        r#"<bind nodeset="/data/date" type="date" calculate="today() + 7"/>
           <bind nodeset="/data/int" type="int" calculate="7 div 2"/>
           <bind nodeset="/data/text" calculate="7 div 2"/>
           <bind nodeset="/data/stamp" type="dateTime" calculate="today() + 0.5"/>"#,
        "",
    );
    assert_eq!(session.value("/data/date"), Some("2026-03-11"));
    assert_eq!(session.value("/data/int"), Some("3"));
    assert_eq!(session.value("/data/text"), Some("3.5"));
    assert_eq!(session.value("/data/stamp"), Some("2026-03-04T12:00:00.000+07:00"));
}

#[test]
fn a_birth_date_in_the_future_breaks_its_constraint() {
    let mut session = start(
        "<born/>",
        r#"<bind nodeset="/data/born" type="date" constraint=". &lt;= today()" jr:constraintMsg="Ngày sinh ở tương lai"/>"#,
        &inputs(&["/data/born"]),
    );
    let date = |d| Answer::Date(chrono::NaiveDate::from_ymd_opt(2026, 3, d).unwrap());
    session.page();
    session.answer("/data/born", &date(5)).unwrap();
    let problems = session.next().unwrap_err().problems;
    assert_eq!(problems[0].message.as_deref(), Some("Ngày sinh ở tương lai"));
    session.answer("/data/born", &date(4)).unwrap();
    assert!(session.next().is_ok());
}
