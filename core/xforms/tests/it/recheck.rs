use crate::common::{env, parse, text};
use std::sync::Arc;
use xforms::{Answer, Definition, DifferenceKind, Session, evaluate_submission};

fn definition() -> Arc<Definition> {
    parse(
        r#"<age/><adult/><sex/><why/><when/><id/><m jr:template=""><n/></m><sum/>"#,
        r#"<bind nodeset="/data/age" type="int" required="true()" constraint=". &lt; 130"/>
           <bind nodeset="/data/adult" calculate="if(/data/age &gt;= 18, 'yes', 'no')"/>
           <bind nodeset="/data/why" relevant="/data/adult = 'no'"/>
           <bind nodeset="/data/when" calculate="now()"/><bind nodeset="/data/id" calculate="once(random())"/>
           <bind nodeset="/data/sum" calculate="sum(/data/m/n)"/>"#,
        r#"<input ref="/data/age"/><select1 ref="/data/sex"><item><value>f</value><label>Nữ</label></item></select1>
           <input ref="/data/why"/><repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
    )
    .unwrap()
}

fn submitted() -> String {
    let mut session = Session::start(definition(), env());
    session.answer("/data/age", &Answer::Integer(30)).unwrap();
    session.answer("/data/sex", &Answer::Choice("f".into())).unwrap();
    for n in ["2", "3"] {
        let path = session.add_repeat("/data/m").unwrap().path;
        session.answer(&format!("{path}/n"), &text(n)).unwrap();
    }
    session.finish().unwrap().xml
}

fn differences(xml: &str) -> Vec<(String, &'static str)> {
    let later = xforms::Env::fixed(crate::common::now() + chrono::Duration::days(3), 1234);
    let evaluation = evaluate_submission(&definition(), xml, later).unwrap();
    evaluation.differences.into_iter().map(|d| (d.path, d.kind.code())).collect()
}

#[test]
fn an_untouched_submission_has_no_differences() {
    let xml = submitted();
    assert_eq!(differences(&xml), []);
    let evaluation = evaluate_submission(&definition(), &xml, env()).unwrap();
    assert_eq!(evaluation.root.text("sum"), Some("5"));
    assert_eq!(evaluation.root.all("m").count(), 2);
    assert!(evaluation.instance_id.unwrap().starts_with("uuid:"));
}

#[test]
fn each_kind_of_change_is_found() {
    let xml = submitted();
    let cases = [
        ("<adult>yes</adult>", "<adult>no</adult>", "/data/adult", "xforms.differs.calculation"),
        ("<sum>5</sum>", "", "/data/sum", "xforms.differs.calculation"),
        ("<age>30</age>", "<age>131</age>", "/data/age", "xforms.differs.constraint"),
        ("<sex>f</sex>", "<sex>q</sex>", "/data/sex", "xforms.differs.not-a-choice"),
        ("<sum>", "<why>x</why><sum>", "/data/why", "xforms.differs.not-relevant"),
        ("<sum>", "<zz>x</zz><sum>", "/data", "xforms.differs.unknown-elements"),
        ("version=\"1\"", "version=\"2\"", "/data", "xforms.differs.version"),
        ("<n>3</n>", "<n>4</n>", "/data/sum", "xforms.differs.calculation"),
    ];
    for (from, to, path, code) in cases {
        assert_eq!(differences(&xml.replace(from, to)), [(path.to_owned(), code)], "{from} → {to}");
    }
    let missing = differences(&xml.replace("<age>30</age>", ""));
    assert!(missing.contains(&("/data/age".to_owned(), "xforms.differs.required")), "{missing:?}");
}

#[test]
fn another_spelling_of_a_number_is_no_difference() {
    assert_eq!(differences(&submitted().replace("<sum>5</sum>", "<sum>5.0</sum>")), []);
}

#[test]
fn a_difference_tells_both_values_but_not_in_debug() {
    let xml = submitted().replace("<adult>yes</adult>", "<adult>no</adult>");
    let evaluation = evaluate_submission(&definition(), &xml, env()).unwrap();
    let kind = &evaluation.differences[0].kind;
    let values = (Some("no".to_owned()), Some("yes".to_owned()));
    assert_eq!(*kind, DifferenceKind::Calculation { submitted: values.0, computed: values.1 });
    assert_eq!(format!("{kind:?}"), "xforms.differs.calculation");
}

#[test]
fn hostile_submissions_are_errors_not_panics() {
    let code = |xml: &str| evaluate_submission(&definition(), xml, env()).unwrap_err().code();
    assert_eq!(code(""), "xforms.not-xml");
    assert_eq!(code("<data id='other'/>"), "xforms.other-form");
    assert_eq!(code(&"<data>".repeat(100_000)), "xforms.too-deep");
    assert!(evaluate_submission(&definition(), "<data id='test'>text<m>t</m><m/></data>", env()).is_ok());
}

#[test]
fn what_the_last_saved_instance_gave_is_taken_as_submitted() {
    let def = parse(
        "<visits/><next/>",
        r#"<instance id="last" src="jr://instance/last-saved"/>
           <bind nodeset="/data/visits" calculate="instance('last')/data/next"/>
           <bind nodeset="/data/next" calculate="/data/visits + 1"/>"#,
        "",
    )
    .unwrap();
    assert!(def.reads_last_saved() && !definition().reads_last_saved());
    let last = "<data id='test'><next>4</next></data>";
    let xml = Session::start(def.clone(), env().last_saved(last)).finish().unwrap().xml;
    assert!(xml.contains("<visits>4</visits><next>5</next>"), "{xml}");

    let differences = |xml: &str| evaluate_submission(&def, xml, env()).unwrap().differences;
    assert_eq!(differences(&xml), []);
    // What follows from it is checked as ever.
    let [difference] = &differences(&xml.replace("<next>5", "<next>6"))[..] else { panic!("one") };
    assert_eq!(
        (difference.path.as_str(), difference.kind.code()),
        ("/data/next", "xforms.differs.calculation")
    );
}
