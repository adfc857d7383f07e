use crate::common::{env, form_with, text};
use std::sync::Arc;
use xforms::{Definition, Session};

const ITEXT: &str = r#"<itext>
  <translation lang="English (en)">
    <text id="/data/q:label"><value>Name</value><value form="image">jr://images/a.png</value></text>
    <text id="/data/q:hint"><value>As on the card</value><value form="guidance">More about it</value></text>
    <text id="hello"><value>Hello <output value="/data/q"/>!</value></text>
    <text id="c-0"><value>Yes</value></text>
    <text id="msg"><value>Too short</value></text></translation>
  <translation lang="Tiếng Việt (vi)" default="true()">
    <text id="/data/q:label"><value>Họ tên</value></text>
    <text id="/data/q:hint"><value>Như trên thẻ</value></text>
    <text id="hello"><value>Chào <output value="/data/q"/>!</value></text>
    <text id="c-0"><value>Có</value></text>
    <text id="msg"><value>Quá ngắn</value></text></translation></itext>"#;

fn definition() -> Arc<Definition> {
    Definition::parse(&form_with(
        ITEXT,
        "<q/><r/><said/><month/>",
        r#"<instance id="yn"><root><item><itextId>c-0</itextId><name>y</name></item></root></instance>
           <bind nodeset="/data/q" constraint="string-length(.) > 1" jr:constraintMsg="jr:itext('msg')"/>
           <bind nodeset="/data/said" calculate="jr:itext('hello')"/>
           <bind nodeset="/data/month" calculate="format-date('2026-03-04', '%b')"/>"#,
        r#"<input ref="/data/q"><label ref="jr:itext('/data/q:label')"/><hint ref="jr:itext('/data/q:hint')"/></input>
           <select1 ref="/data/r"><label ref="jr:itext('hello')"/>
             <itemset nodeset="instance('yn')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>"#,
    ))
    .unwrap()
}

#[test]
fn the_default_language_is_the_forms_and_another_is_asked_for_by_name_or_code() {
    let def = definition();
    assert_eq!(def.languages(), ["Tiếng Việt (vi)", "English (en)"]);
    let mut session = Session::start(def.clone(), env());
    assert_eq!(session.page().questions[0].label, "Họ tên");
    assert_eq!(session.language(), Some("Tiếng Việt (vi)"));
    session.set_language("en").unwrap();
    let question = session.page().questions.remove(0);
    assert_eq!((question.label.as_str(), question.hint.as_deref()), ("Name", Some("As on the card")));
    assert_eq!(question.guidance.as_deref(), Some("More about it"));
    assert_eq!(question.media.image.as_deref(), Some("a.png"));
    assert_eq!(session.set_language("fr").unwrap_err().code(), "xforms.no-such-language");
    let mut english = Session::start(def, env().language("English (en)"));
    assert_eq!(english.page().questions[0].label, "Name");
}

#[test]
fn choices_messages_and_outputs_are_translated() {
    let mut session = Session::start(definition(), env());
    session.answer("/data/q", &text("Mẩy")).unwrap();
    session.next().unwrap();
    let question = session.page().questions.remove(0);
    assert_eq!((question.label.as_str(), &*question.choices[0].label), ("Chào Mẩy!", "Có"));
    session.set_language("en").unwrap();
    let question = session.page().questions.remove(0);
    assert_eq!((question.label.as_str(), &*question.choices[0].label), ("Hello Mẩy!", "Yes"));
    session.back();
    session.answer("/data/q", &text("M")).unwrap();
    assert_eq!(session.next().unwrap_err().problems[0].message.as_deref(), Some("Too short"));
}

#[test]
fn month_names_follow_the_language() {
    let session = Session::start(definition(), env());
    assert_eq!(session.value("/data/month"), Some("Thg 3"));
    let session = Session::start(definition(), env().language("en"));
    assert_eq!(session.value("/data/month"), Some("Mar"));
}

#[test]
fn labels_are_known_without_a_session() {
    let def = definition();
    assert_eq!(def.question_label("/data/q", "en").as_deref(), Some("Name"));
    assert_eq!(def.question_label("/data/q", "Tiếng Việt (vi)").as_deref(), Some("Họ tên"));
    assert_eq!(def.question_label("/data/q", "fr").as_deref(), Some("Họ tên"));
    assert_eq!(def.question_label("/data/r", "vi").as_deref(), Some("Chào …!"));
    assert_eq!(def.question_label("/data/said", "vi"), None);
    assert_eq!(def.question_label("/data/gone", "vi"), None);
    assert_eq!(def.choice_label("/data/r", "y", "en").as_deref(), Some("Yes"));
    assert_eq!(def.choice_label("/data/r", "y", "vi").as_deref(), Some("Có"));
    assert_eq!(def.choice_label("/data/r", "n", "vi"), None);
    assert_eq!(def.choice_label("/data/q", "y", "vi"), None);
    assert_eq!(def.choice_values("/data/r"), ["y"]);
}

#[test]
fn a_choice_of_a_filtered_list_or_a_file_has_its_label_too() {
    let def = Definition::parse_with(
        &crate::common::form(
            "<p/><commune/><inline/>",
            r#"<instance id="communes" src="jr://file-csv/communes.csv"/>"#,
            r#"<input ref="/data/p"/><select1 ref="/data/commune">
                 <itemset nodeset="randomize(instance('communes')/root/item[province = /data/p])"><value ref="name"/><label ref="label"/></itemset></select1>
               <select ref="/data/inline"><item><label>Một</label><value>1</value></item></select>"#,
        ),
        &|name: &str| {
            (name == "communes.csv").then(|| "name,label,province\n001,Phường A,01\n002,Xã B,02\n".into())
        },
    )
    .unwrap();
    assert_eq!(def.choice_label("/data/commune", "002", "vi").as_deref(), Some("Xã B"));
    assert_eq!(def.choice_values("/data/commune"), ["001", "002"]);
    assert_eq!(def.choice_label("/data/inline", "1", "vi").as_deref(), Some("Một"));
    assert_eq!(def.choice_values("/data/inline"), ["1"]);
}
