//! Forms that begin with what is known already.

use crate::common::{env, inputs, parse, start, text};
use xforms::{Answer, Moved, PageKind, Session};

/// A household with a template and one empty member, as pyxform writes a repeat.
const INSTANCE: &str = r#"<consent/><id/><member jr:template=""><pid/><name/><state>present</state></member>
    <member><pid/><name/><state>present</state></member><names/><count/>"#;
const MODEL: &str = r#"<bind nodeset="/data/member" relevant="/data/consent = 'yes'"/>
    <bind nodeset="/data/member/name" required="true()"/>
    <bind nodeset="/data/names" calculate="join(',', /data/member/name)"/>
    <bind nodeset="/data/count" type="int" calculate="count(/data/member)"/>"#;

fn body() -> String {
    let questions = inputs(&["/data/member/name", "/data/member/state"]);
    format!(
        r#"<input ref="/data/consent"><label>?</label></input>
           <group ref="/data/member"><label>Member</label><repeat nodeset="/data/member">{questions}</repeat></group>"#
    )
}

fn known(values: &[(&str, &str)]) -> Session {
    let values: Vec<_> = values.iter().map(|(p, v)| ((*p).to_owned(), (*v).to_owned())).collect();
    Session::start_with(parse(INSTANCE, MODEL, &body()).unwrap(), env(), &values)
}

#[test]
fn a_fresh_form_has_the_one_instance_that_is_written_in_it() {
    let mut session = start(INSTANCE, MODEL, &body());
    assert_eq!(session.page().count, 2);
    session.answer("/data/consent", &text("yes")).unwrap();
    assert_eq!(session.value("/data/count"), Some("1"));
    assert_eq!(known(&[]).value("/data/member[2]/state"), None);
}

#[test]
fn a_repeat_grows_as_far_as_needed_and_leaves_no_empty_instance() {
    let mut session = known(&[
        ("/data/id", "h1"),
        ("/data/member[1]/name", "An"),
        ("/data/member[3]/pid", "p3"),
        ("/data/member[3]/name", "Cúc"),
        ("/data/member[2]/name", "Bình"),
        ("/data/member[2]/state", "away"),
    ]);
    assert_eq!(session.value("/data/id"), Some("h1"));
    assert_eq!(session.value("/data/member[3]/pid"), Some("p3"));
    assert_eq!(session.value("/data/member[3]/state"), Some("present"));
    assert_eq!(session.value("/data/member[4]/state"), None);
    // Not relevant yet: what reads the members reads none, and they are no pages.
    assert_eq!(session.value("/data/names"), None);
    assert_eq!(session.page().count, 2);
    session.answer("/data/consent", &text("yes")).unwrap();
    assert_eq!(session.value("/data/names"), Some("An,Bình,Cúc"));
    assert_eq!(session.value("/data/count"), Some("3"));
}

#[test]
fn it_begins_on_the_first_page_and_finishes_like_any_other() {
    let mut session = known(&[("/data/consent", "yes"), ("/data/member[2]/name", "Bình")]);
    assert_eq!(session.page().questions[0].path, "/data/consent");
    assert_eq!(session.finish().unwrap_err().problems[0].path, "/data/member[1]/name");
    session.answer("/data/member[1]/name", &text("An")).unwrap();
    let submission = session.finish().unwrap();
    assert_eq!(submission.root.all("member").count(), 2);
    assert_eq!(submission.root.text("names"), Some("An,Bình"));
}

#[test]
fn a_draft_of_it_goes_on_where_it_was() {
    let mut session = known(&[("/data/member[2]/name", "Bình")]);
    session.answer("/data/consent", &text("yes")).unwrap();
    let saved = session.saved();
    let resumed = Session::resume(session.definition().clone(), env(), &saved).unwrap();
    assert_eq!(resumed.value("/data/member[2]/name"), Some("Bình"));
    assert_eq!(resumed.value("/data/count"), Some("2"));
}

#[test]
fn what_the_form_does_not_have_or_calculates_itself_is_left_out() {
    let session = known(&[
        ("/data/gone", "x"),
        ("/other/id", "x"),
        ("no path", "x"),
        ("/data/member[0]/name", "x"),
        ("/data/member[99999999]/name", "x"),
        ("/data/member", "x"),
        ("/data/names", "stale"),
    ]);
    assert_eq!(session.value("/data/names"), None);
    assert_eq!(session.value("/data/member[1]/name"), None);
    assert_eq!(session.value("/data/member[2]/state"), None);
}

#[test]
fn actions_of_new_instances_come_before_what_is_known() {
    let def = parse(
        r#"<m jr:template=""><age/></m>"#,
        r#"<bind nodeset="/data/m/age" type="int"/>"#,
        r#"<repeat nodeset="/data/m"><setvalue event="odk-new-repeat" ref="/data/m/age" value="18"/>
           <input ref="/data/m/age"/></repeat>"#,
    );
    let mut session =
        Session::start_with(def.unwrap(), env(), &[("/data/m[2]/age".to_owned(), "70".to_owned())]);
    assert_eq!((session.value("/data/m[1]/age"), session.value("/data/m[2]/age")), (Some("18"), Some("70")));
    session.add_repeat("/data/m").unwrap();
    assert_eq!(session.value("/data/m[3]/age"), Some("18"));
}

#[test]
fn a_counted_repeat_follows_its_count_not_the_paths() {
    let def = parse(
        r#"<n/><m jr:template=""><x/></m>"#,
        r#"<bind nodeset="/data/n" type="int"/>"#,
        r#"<input ref="/data/n"><label>N</label></input>
           <repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/x"/></repeat>"#,
    )
    .unwrap();
    let values = [("/data/m[2]/x", "b"), ("/data/m[3]/x", "c"), ("/data/n", "2")];
    let values: Vec<_> = values.iter().map(|(p, v)| ((*p).to_owned(), (*v).to_owned())).collect();
    let session = Session::start_with(def, env(), &values);
    assert_eq!(session.value("/data/m[2]/x"), Some("b"));
    assert_eq!(session.value("/data/m[3]/x"), None);
}

#[test]
fn a_known_choice_of_a_filtered_list_stays_where_it_is_offered() {
    let list = r#"<instance id="communes"><root>
        <item><name>001</name><label>A</label><province>01</province></item>
        <item><name>002</name><label>B</label><province>02</province></item></root></instance>"#;
    let select = r#"<input ref="/data/province"/><select1 ref="/data/commune">
        <itemset nodeset="instance('communes')/root/item[province = /data/province]"><value ref="name"/><label ref="label"/></itemset></select1>"#;
    let def = parse("<province/><commune/>", list, select).unwrap();
    let with = |commune: &str| {
        let values = [
            ("/data/commune".to_owned(), commune.to_owned()),
            ("/data/province".to_owned(), "02".to_owned()),
        ];
        let session = Session::start_with(def.clone(), env(), &values);
        session.value("/data/commune").map(str::to_owned)
    };
    assert_eq!(with("002").as_deref(), Some("002"));
    assert_eq!(with("001"), None);
}

#[test]
fn pages_of_a_known_form_move_as_usual() {
    let mut session = known(&[("/data/consent", "yes"), ("/data/member[1]/name", "An")]);
    assert_eq!(session.next().unwrap(), Moved::ToPage);
    assert_eq!(session.page().questions[0].value, Answer::Text("An".to_owned()));
    session.next().unwrap();
    session.next().unwrap();
    assert_eq!(session.page().kind, PageKind::Repeat);
    assert_eq!(session.page().repeats[0].instances[0].title, "An");
}
