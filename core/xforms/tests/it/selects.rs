use crate::common::{env, form, start, text};
use std::sync::Arc;
use xforms::{Answer, Definition, PageChange, Session};

fn choice(value: &str) -> Answer {
    Answer::Choice(value.to_owned())
}

const PLACES: &str = r#"
  <instance id="province"><root><item><name>lc</name><label>Lào Cai</label></item><item><name>st</name><label>Sóc Trăng</label></item></root></instance>
  <instance id="commune" src="jr://file-csv/communes.csv"/>"#;

const PLACE_BODY: &str = r#"
  <group appearance="field-list">
  <select1 ref="/data/p"><label>Tỉnh</label><itemset nodeset="instance('province')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>
  <select1 ref="/data/c"><label>Xã</label><itemset nodeset="instance('commune')/root/item[province = /data/p ]"><value ref="name"/><label ref="label"/></itemset></select1>
  </group>"#;

fn places() -> Session {
    let csv = "name,label,province\nmk,Mường Khương,lc\nbh,Bắc Hà,lc\nkt,Kế Sách,st\n";
    let xml = form("<p/><c/>", PLACES, PLACE_BODY);
    let def = Definition::parse_with(&xml, &|name| (name == "communes.csv").then(|| csv.into())).unwrap();
    Session::start(def, env())
}

#[test]
fn choices_follow_their_filter_and_a_withdrawn_choice_is_dropped() {
    let mut session = places();
    let page = session.page();
    assert_eq!(page.questions[0].choices.len(), 2);
    assert!(page.questions[1].choices.is_empty());
    let changes = session.answer("/data/p", &choice("lc")).unwrap();
    let Some(PageChange::Choices { choices, .. }) = changes.page.last() else { panic!("{changes:?}") };
    let labels: Vec<&str> = choices.iter().map(|c| &*c.label).collect();
    assert_eq!(labels, ["Mường Khương", "Bắc Hà"]);
    session.answer("/data/c", &choice("bh")).unwrap();
    let changes = session.answer("/data/p", &choice("st")).unwrap();
    assert_eq!(session.value("/data/c"), None);
    assert!(changes.saved.contains(&("/data/c".to_owned(), None)));
    assert_eq!(session.page().questions[1].choices.len(), 1);
}

#[test]
fn an_answer_must_be_among_the_choices() {
    let mut session = places();
    session.answer("/data/p", &choice("lc")).unwrap();
    assert_eq!(session.answer("/data/c", &choice("kt")).unwrap_err().code(), "xforms.not-a-choice");
    assert_eq!(session.answer("/data/c", &text("mk")).unwrap_err().code(), "xforms.wrong-type");
}

#[test]
fn inline_choices_select_many_and_rank() {
    let items =
        r#"<item><label>A</label><value>a</value></item><item><label>B</label><value>b</value></item>"#;
    let mut session = start(
        "<s/><r/><has/>",
        r#"<bind nodeset="/data/r" type="odk:rank"/><bind nodeset="/data/has" calculate="selected(/data/s, 'b')"/>"#,
        &format!(
            r#"<select ref="/data/s"><label>S</label>{items}</select><odk:rank ref="/data/r"><label>R</label>{items}</odk:rank>"#
        ),
    );
    let both = Answer::Choices(vec!["b".into(), "a".into()]);
    session.answer("/data/s", &both).unwrap();
    session.answer("/data/r", &both).unwrap();
    assert_eq!((session.value("/data/s"), session.value("/data/has")), (Some("b a"), Some("true")));
    assert_eq!(session.page().questions[0].value, both);
    assert!(session.answer("/data/s", &Answer::Choices(vec!["c".into()])).is_err());
}

#[test]
fn choice_name_gives_the_label() {
    let session = start(
        "<c>vn</c><list>a b</list><said/>",
        r#"<instance id="c"><root><item><name>vn</name><label>Việt Nam</label></item></root></instance>
           <bind nodeset="/data/said" calculate="jr:choice-name( /data/c ,' /data/c ')"/>"#,
        r#"<select1 ref="/data/c"><label>?</label><itemset nodeset="instance('c')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>"#,
    );
    assert_eq!(session.value("/data/said"), Some("Việt Nam"));
}

#[test]
fn a_select_may_wait_for_what_its_own_labels_say() {
    let mut session = start(
        "<known>vn</known><same/><c/><said/>",
        r#"<instance id="c"><root><item><name>vn</name><label>Việt Nam</label></item></root></instance>
           <bind nodeset="/data/said" calculate="jr:choice-name(/data/known, '/data/c')"/>
           <bind nodeset="/data/c" relevant="/data/said != '' and /data/same = 'no'"/>"#,
        r#"<input ref="/data/same"/>
           <select1 ref="/data/c"><label>?</label><itemset nodeset="instance('c')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>"#,
    );
    assert_eq!(session.value("/data/said"), Some("Việt Nam"));
    assert_eq!(session.outline().len(), 1);
    session.answer("/data/same", &text("no")).unwrap();
    assert_eq!(session.outline().len(), 2);
}

#[test]
fn a_repeat_can_be_a_list() {
    let mut session = start(
        r#"<m><name>An</name></m><m><name>Bình</name></m><m><name/></m><who/>"#,
        "",
        r#"<repeat nodeset="/data/m"><input ref="/data/m/name"/></repeat>
           <select1 ref="/data/who"><label>Ai?</label><itemset nodeset="/data/m[./name != '']"><value ref="name"/><label ref="name"/></itemset></select1>"#,
    );
    let who = |session: &mut Session| {
        let index = session.outline().last().unwrap().index.clone();
        session.go_to(&index).unwrap();
        let question = session.page().questions.remove(0);
        question.choices.iter().map(|c| c.label.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(who(&mut session), ["An", "Bình"]);
    session.answer("/data/m[3]/name", &text("Chi")).unwrap();
    assert_eq!(who(&mut session), ["An", "Bình", "Chi"]);
    session.answer("/data/who", &choice("Bình")).unwrap();
    session.remove_repeat("/data/m[2]").unwrap();
    assert_eq!(session.value("/data/who"), None);
}

#[test]
fn current_reads_the_question_inside_a_filter() {
    let mut session = start(
        "<m><p/><c/></m><m><p/><c/></m>",
        r#"<instance id="l"><root><item><name>1</name><label>một</label><k>x</k></item><item><name>2</name><label>hai</label><k>y</k></item></root></instance>"#,
        r#"<repeat nodeset="/data/m"><input ref="/data/m/p"/>
           <select1 ref="/data/m/c"><label>?</label><itemset nodeset="instance('l')/root/item[k = current()/../p]"><value ref="name"/><label ref="label"/></itemset></select1></repeat>"#,
    );
    session.answer("/data/m[2]/p", &text("y")).unwrap();
    session.answer("/data/m[2]/c", &choice("2")).unwrap();
    assert!(session.answer("/data/m[1]/c", &choice("2")).is_err());
}

#[test]
fn a_list_of_200_000_rows_is_filtered_by_lookup() {
    let mut csv = String::from("name,label,parent\n");
    for i in 0..200_000 {
        csv.push_str(&format!("{i},Xóm {i},{}\n", i / 20));
    }
    let xml = form(
        "<p/><c/><label/>",
        r#"<instance id="v" src="jr://file-csv/v.csv"/><bind nodeset="/data/label" calculate="instance('v')/root/item[name = /data/c]/label"/>"#,
        r#"<input ref="/data/p"/><select1 ref="/data/c"><label>?</label><itemset nodeset="instance('v')/root/item[parent=/data/p]"><value ref="name"/><label ref="label"/></itemset></select1>"#,
    );
    let def: Arc<Definition> = Definition::parse_with(&xml, &|_| Some(csv.clone().into_bytes())).unwrap();
    let mut session = Session::start(def, env());
    session.answer("/data/p", &text("9999")).unwrap();
    session.next().unwrap();
    assert_eq!(session.page().questions[0].choices.len(), 20);
    session.answer("/data/c", &choice("199999")).unwrap();
    assert_eq!(session.value("/data/label"), Some("Xóm 199999"));
}
