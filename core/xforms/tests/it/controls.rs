//! What a form asks of its controls: looks, parameters, choices from files.

use crate::common::{env, form, form_with, parse, start, text};
use std::sync::Arc;
use xforms::{Answer, Autoplay, Calendar, Definition, Look, Quality, QuestionKind, QuestionView, Session};

/// The only question of a form with this bind and this control, both for `/data/q`.
fn question(bind: &str, control: &str) -> QuestionView {
    start("<q/>", &format!(r#"<bind nodeset="/data/q" {bind}/>"#), control).page().questions.remove(0)
}

fn appearance(words: &str) -> xforms::Appearance {
    question("", &format!(r#"<input ref="/data/q" appearance="{words}"/>"#)).appearance
}

#[test]
fn words_of_an_appearance_have_a_meaning_and_are_handed_through() {
    let read = appearance("w4 columns-3 no-calendar Minimal quick");
    assert_eq!(read.as_str(), "w4 columns-3 no-calendar Minimal quick");
    assert_eq!(read.looks(), [Look::Columns(Some(3)), Look::NoCalendar, Look::Minimal, Look::Quick]);
    assert_eq!(read.columns(), Some(Some(3)));
    assert_eq!(appearance("columns").columns(), Some(None));
    assert_eq!(appearance("month-year ethiopian").calendar(), Some(Calendar::Ethiopian));
    assert!(appearance("new-front").has(Look::New { front: true }));
    assert_eq!(appearance("columns-0 columns-x").looks(), []);
}

#[test]
fn parameters_come_from_the_control_and_from_its_bind() {
    let image = question(
        r#"type="binary" orx:max-pixels="1024""#,
        r#"<upload ref="/data/q" mediatype="image/*" accept=".jpg" intent="vn.app"/>"#,
    );
    assert_eq!(image.kind, QuestionKind::Image);
    assert_eq!(image.parameters.max_pixels, Some(1024));
    assert_eq!(image.parameters.media_type.as_deref(), Some("image/*"));
    assert_eq!(image.parameters.intent.as_deref(), Some("vn.app"));
    let audio = question(
        r#"type="binary" odk:quality="voice-only""#,
        r#"<upload ref="/data/q" mediatype="audio/*"/>"#,
    );
    assert_eq!((audio.kind, audio.parameters.quality), (QuestionKind::Audio, Some(Quality::VoiceOnly)));
    let point = question(
        r#"type="geopoint" odk:allow-mock-accuracy="true""#,
        r#"<input ref="/data/q" accuracyThreshold="10" unacceptableAccuracyThreshold="100.5" autoplay="audio"/>"#,
    );
    let read = &point.parameters;
    assert_eq!(
        (read.accuracy, read.unacceptable_accuracy, read.allow_mock_accuracy),
        (Some(10.0), Some(100.5), true)
    );
    assert_eq!(read.autoplay, Some(Autoplay::Audio));
    let text = question("", r#"<input ref="/data/q" rows="5" odk:later="x"/>"#);
    assert_eq!(text.parameters.rows, Some(5));
    assert_eq!(text.parameters.other, [("later".to_owned(), "x".to_owned())]);
}

#[test]
fn what_a_shell_cannot_do_is_named_when_the_form_is_published() {
    let codes = |control: &str| {
        let definition = parse("<q/>", "", control).unwrap();
        definition.warnings().iter().map(|w| w.code).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(r#"<input ref="/data/q" appearance="ex:org.app(x=1, y = 2)"/>"#),
        ["xforms.external-app"]
    );
    assert_eq!(codes(r#"<input ref="/data/q" rows="many"/>"#), ["xforms.wrong-parameter"]);
    assert_eq!(
        codes(
            r#"<group ref="/data" intent="org.app()" appearance="field-list"><input ref="/data/q"/></group>"#
        ),
        ["xforms.external-app"]
    );
    assert!(codes(r#"<input ref="/data/q" appearance="minimal w1"/>"#).is_empty());
}

#[test]
fn a_range_has_marks_labels_of_marks_and_a_resting_place() {
    let range = question(
        r#"type="int""#,
        r#"<range ref="/data/q" start="0" end="10" step="2" odk:tick-interval="5" odk:placeholder="4" appearance="vertical">
           <item><value>0</value><label>ít</label></item><item><value>10</value><label>nhiều</label></item></range>"#,
    );
    assert_eq!(range.kind, QuestionKind::Range { start: 0.0, end: 10.0, step: 2.0, integer: true });
    assert_eq!((range.parameters.tick_interval, range.parameters.placeholder), (Some(5.0), Some(4.0)));
    assert_eq!(range.choices.iter().map(|c| c.label.as_str()).collect::<Vec<_>>(), ["ít", "nhiều"]);
    assert!(range.appearance.has(Look::Vertical));
}

#[test]
fn a_field_list_has_an_appearance_and_an_intent() {
    let mut session = start(
        "<g><q/></g>",
        "",
        r#"<group ref="/data/g" appearance="field-list w2" intent="org.app()"><input ref="/data/g/q"/></group>"#,
    );
    let page = session.page();
    assert_eq!((page.appearance.as_str(), page.intent.as_deref()), ("field-list w2", Some("org.app()")));
}

const FRUITS: &str = "code,name,name_en,kind,picture\n1,Xoài,Mango,sweet,xoai.png\n2,Chanh,Lime,sour,\n3,Cam,Orange,sweet,cam.png\n";

fn searching(appearance: &str, items: &str) -> Session {
    let body = format!(
        r#"<input ref="/data/k"/><select1 ref="/data/q" appearance="minimal {appearance}"><label>Q</label>{items}</select1>"#
    );
    let xml = form_with("", "<k/><q/>", "", &body);
    let media = |name: &str| (name == "fruits.csv").then(|| FRUITS.into());
    Session::start(Definition::parse_with(&xml, &media).unwrap(), env())
}

const COLUMNS: &str = "<item><value>99</value><label>Khác</label></item><item><value>code</value><label>name, name_en</label></item>";

fn labels(session: &mut Session) -> Vec<String> {
    session.page();
    session.next().unwrap();
    let choices = session.page().questions.remove(0).choices;
    session.back();
    choices.iter().map(|c| format!("{} {}", c.value, c.label)).collect()
}

#[test]
fn a_search_finds_its_choices_in_a_file() {
    let mut all = searching("search('fruits')", COLUMNS);
    assert_eq!(labels(&mut all), ["99 Khác", "1 Xoài Mango", "2 Chanh Lime", "3 Cam Orange"]);
    let mut matching = searching("search('fruits', 'matches', 'kind', /data/k)", COLUMNS);
    assert_eq!(labels(&mut matching), ["99 Khác"]);
    matching.answer("/data/k", &text("sour")).unwrap();
    assert_eq!(labels(&mut matching), ["99 Khác", "2 Chanh Lime"]);
    matching.answer("/data/q", &Answer::Choice("2".into())).unwrap();
    assert!(matching.answer("/data/q", &Answer::Choice("1".into())).is_err());
    matching.answer("/data/q", &Answer::Choice("99".into())).unwrap();
    let mut two = searching("search('fruits','contains','name,name_en','an','kind',../k)", COLUMNS);
    two.answer("/data/k", &text("sweet")).unwrap();
    assert_eq!(labels(&mut two), ["99 Khác", "1 Xoài Mango", "3 Cam Orange"]);
}

#[test]
fn a_searched_choice_has_its_picture_from_a_column() {
    let itext = r#"<itext><translation lang="vi"><text id="c"><value>name</value>
        <value form="image">jr://images/picture</value></text></translation></itext>"#;
    let body = r#"<select1 ref="/data/q" appearance="search('fruits', 'startswith', 'name', 'X')"><label>Q</label>
        <item><value>code</value><label ref="jr:itext('c')"/></item></select1>"#;
    let xml = form_with(itext, "<q/>", "", body);
    let mut session = Session::start(Definition::parse_with(&xml, &|_| Some(FRUITS.into())).unwrap(), env());
    let choices = session.page().questions.remove(0).choices;
    assert_eq!((choices[0].label.as_str(), choices[0].media.image.as_deref()), ("Xoài", Some("xoai.png")));
}

#[test]
fn a_search_that_means_nothing_is_refused() {
    let refused = |appearance: &str, items: &str| {
        let body =
            format!(r#"<select1 ref="/data/q" appearance="{appearance}"><label>Q</label>{items}</select1>"#);
        let errors = Definition::parse_with(&form("<q/>", "", &body), &|_| Some(FRUITS.into())).unwrap_err();
        errors.problems[0].code
    };
    assert_eq!(refused("search('fruits', 'like', 'name', 'x')", COLUMNS), "xforms.wrong-search");
    assert_eq!(refused("search('fruits', 'matches')", COLUMNS), "xforms.wrong-search");
    assert_eq!(refused("search('fruits', 'matches', 'a] or [b', 'x')", COLUMNS), "xforms.wrong-search");
    assert_eq!(
        refused("search('fruits')", "<item><value>1</value><label>a</label></item>"),
        "xforms.wrong-search"
    );
    let missing = Definition::parse(&form(
        "<q/>",
        "",
        &format!(r#"<select1 ref="/data/q" appearance="search('x')">{COLUMNS}</select1>"#),
    ));
    assert!(missing.unwrap_err().problems.iter().any(|p| p.code == "xforms.missing-media"));
}

#[test]
fn an_external_select_reads_itemsets_csv() {
    let csv = "list_name,name,label,province\nxa,mk,Mường Khương,lc\nxa,ks,Kế Sách,st\nhuyen,mk,Huyện,lc\n";
    let xml = form(
        "<p/><c/>",
        "",
        r#"<input ref="/data/p"/><input ref="/data/c" query="instance('xa')/root/item[province= /data/p ]"><label>Xã</label></input>"#,
    );
    let media = |name: &str| (name == "itemsets.csv").then(|| csv.into());
    let definition: Arc<Definition> = Definition::parse_with(&xml, &media).unwrap();
    let mut session = Session::start(definition, env());
    session.answer("/data/p", &text("lc")).unwrap();
    assert_eq!(labels(&mut session), ["mk Mường Khương"]);
    session.answer("/data/c", &Answer::Choice("mk".into())).unwrap();
    assert!(session.answer("/data/c", &Answer::Choice("ks".into())).is_err());
    let missing = Definition::parse(&xml).unwrap_err();
    assert_eq!(missing.problems[0].code, "xforms.missing-media");
}

#[test]
fn choices_of_a_list_have_pictures_and_rich_labels() {
    let itext = r#"<itext><translation lang="vi"><text id="c0"><value>**Có**</value>
        <value form="image">jr://images/co.png</value><value form="audio">jr://audio/co.mp3</value></text></translation></itext>"#;
    let xml = form_with(
        itext,
        "<q/><m><n>**An**</n></m><who/>",
        r#"<instance id="l"><root><item><itextId>c0</itextId><name>1</name></item></root></instance>
           <instance id="k"><root><item><label>*Lá*</label><name>2</name></item></root></instance>"#,
        r#"<group appearance="field-list">
           <select1 ref="/data/q"><label>Q</label><itemset nodeset="instance('l')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>
           <select1 ref="/data/q"><label>Q</label><itemset nodeset="instance('k')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>
           <select1 ref="/data/who"><label>W</label><itemset nodeset="/data/m"><value ref="n"/><label ref="n"/></itemset></select1></group>"#,
    );
    let mut session = Session::start(Definition::parse(&xml).unwrap(), env());
    let page = session.page();
    let choice = |i: usize| page.questions[i].choices[0].clone();
    assert_eq!((choice(0).label.as_str(), choice(0).label.source()), ("Có", "**Có**"));
    assert_eq!(choice(0).media.image.as_deref(), Some("co.png"));
    assert_eq!(choice(0).media.audio.as_deref(), Some("co.mp3"));
    assert_eq!(choice(1).label.as_str(), "Lá");
    // An answer is no markup.
    assert_eq!(choice(2).label.as_str(), "**An**");
}
