use crate::common::{env, form, parse, text};
use xforms::{Answer, Definition, Session};

#[test]
fn a_submission_leaves_out_what_is_not_relevant() {
    let def = parse(
        r#"<a/><b>b</b><g><c>c</c></g><m><n/></m><m><n/></m><end/>"#,
        r#"<bind nodeset="/data/b" relevant="/data/a = 'x'"/><bind nodeset="/data/g" relevant="false()"/>
           <bind nodeset="/data/m" relevant="position(.) = 1"/>
           <bind nodeset="/data/end" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>
           <bind nodeset="/data/orx:meta/orx:instanceName" calculate="concat('Hộ ', /data/a)"/>"#,
        r#"<input ref="/data/a"/><repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
    )
    .unwrap();
    let mut session = Session::start(def, env());
    session.answer("/data/a", &text("A & <B>")).unwrap();
    session.answer("/data/m[1]/n", &text("một\ndòng")).unwrap();
    let submission = session.finish().unwrap();
    let id = submission.instance_id.clone().unwrap();
    assert_eq!(submission.instance_name.as_deref(), Some("Hộ A & <B>"));
    assert_eq!(
        submission.xml,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data xmlns:orx=\"http://openrosa.org/xforms\" id=\"test\" version=\"1\">\
             <a>A &amp; &lt;B&gt;</a><m><n>một\ndòng</n></m><end>2026-03-04T09:30:00.000+07:00</end>\
             <orx:meta><orx:instanceID>{id}</orx:instanceID><orx:instanceName>Hộ A &amp; &lt;B&gt;</orx:instanceName></orx:meta></data>"
        )
    );
    assert_eq!((submission.form_id.as_str(), submission.version.as_deref()), ("test", Some("1")));
    let root = &submission.root;
    assert_eq!(root.text("a"), Some("A & <B>"));
    assert!(root.get("b").is_none());
    let members: Vec<_> = root.all("m").map(|m| (m.position, m.text("n"))).collect();
    assert_eq!(members, [(Some(1), Some("một\ndòng"))]);
    assert_eq!(root.attribute("version"), Some("1"));
}

#[test]
fn finishing_checks_every_question_and_leads_to_the_first_problem() {
    let def = parse(
        "<a/><b/><c/>",
        r#"<bind nodeset="/data/b" required="true()"/><bind nodeset="/data/c" constraint=". = 'ok'"/>"#,
        r#"<input ref="/data/a"/><input ref="/data/b"><label>B</label></input><input ref="/data/c"/>"#,
    )
    .unwrap();
    let mut session = Session::start(def, env());
    session.answer("/data/c", &text("no")).unwrap();
    let problems = session.finish().unwrap_err();
    let paths: Vec<_> = problems.problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["/data/b", "/data/c"]);
    session.go_to(&problems.page).unwrap();
    assert_eq!(session.page().questions[0].label, "B");
    session.answer("/data/b", &text("1")).unwrap();
    session.answer("/data/c", &text("ok")).unwrap();
    let first = session.finish().unwrap();
    session.answer("/data/c", &Answer::Empty).unwrap();
    assert_eq!(session.finish().unwrap().instance_id, first.instance_id);
}

#[test]
fn characters_that_xml_cannot_hold_do_not_spoil_a_submission() {
    let def = parse("<a/>", "", r#"<input ref="/data/a"/>"#).unwrap();
    let mut session = Session::start(def.clone(), env());
    session.answer("/data/a", &text("x\u{0}\u{b}\r\ny\u{ffff}")).unwrap();
    let saved = session.saved();
    let resumed = Session::resume(def, env(), &saved).unwrap();
    assert_eq!(resumed.value("/data/a"), Some("x\r\ny"));
}

#[test]
fn entities_are_kept_with_their_attributes() {
    let xml = form("<name/>", "", r#"<input ref="/data/name"/>"#)
        .replace(
            "<orx:meta>",
            r#"<orx:meta><entity dataset="people" id="" create="1"><label/></entity>"#,
        )
        .replace(
            "</model>",
            r#"<bind nodeset="/data/name" entities:saveto="full_name"/>
               <bind nodeset="/data/orx:meta/entity/@id" type="string" readonly="true()"/>
               <setvalue event="odk-instance-first-load" ref="/data/orx:meta/entity/@id" type="string" value="uuid()"/>
               <bind nodeset="/data/orx:meta/entity/label" calculate="/data/name" type="string" readonly="true()"/></model>"#,
        );
    let def = Definition::parse(&xml).unwrap();
    let entity = &def.entities()[0];
    assert_eq!((entity.dataset.as_str(), entity.creates, entity.updates), ("people", true, false));
    assert!(def.nodes().any(|n| n.save_to.as_deref() == Some("full_name")));
    let mut session = Session::start(def, env());
    session.answer("/data/name", &text("Vàng Thị Dở")).unwrap();
    let submission = session.finish().unwrap();
    let entity = submission.root.get("orx:meta/entity").unwrap();
    assert_eq!(entity.attribute("id").map(str::len), Some(36));
    assert_eq!(entity.text("label"), Some("Vàng Thị Dở"));
    assert!(submission.xml.contains(r#"<entity dataset="people" id=""#), "{}", submission.xml);
}

#[test]
fn what_the_form_says_of_sending_is_handed_on() {
    let submission = r#"<submission action="https://hub.example/submission" method="post" base64RsaPublicKey="MIIB"
        orx:auto-send="true" orx:auto-delete="false" odk:client="x"/>"#;
    let def = parse("<a/>", submission, "").unwrap();
    let info = def.submission().unwrap();
    assert_eq!(info.action.as_deref(), Some("https://hub.example/submission"));
    assert_eq!((info.method.as_deref(), info.public_key.as_deref()), (Some("post"), Some("MIIB")));
    assert_eq!((info.auto_send, info.auto_delete), (Some(true), Some(false)));
    assert_eq!(info.other, [("client".to_owned(), "x".to_owned())]);
    assert!(parse("<a/>", "", "").unwrap().submission().is_none());
}

#[test]
fn attributes_of_binds_and_of_the_instance_are_handed_on() {
    let xml = form(
        r#"<photo odk:tag="p"/>"#,
        r#"<bind nodeset="/data/photo" type="binary" orx:max-pixels="1024"/>
           <bind nodeset="/data/orx:meta/orx:audit" type="binary" odk:track-changes="true" odk:location-priority="balanced"/>"#,
        r#"<upload ref="/data/photo" mediatype="image/*"/>"#,
    )
    .replace(r#"version="1""#, r#"orx:version="7" odk:prefix="x""#)
    .replace("<orx:instanceName/>", "<orx:audit/>");
    let def = Definition::parse(&xml).unwrap();
    assert_eq!((def.version(), def.warnings().len()), (Some("7"), 0));
    let attributes = |path: &str| def.nodes().find(|n| n.path == path).unwrap().attributes;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(attributes("/data/photo"), [pair("max-pixels", "1024")]);
    assert_eq!(
        attributes("/data/orx:meta/orx:audit"),
        [pair("track-changes", "true"), pair("location-priority", "balanced")]
    );
    let submission = Session::start(def, env()).finish().unwrap();
    assert_eq!(submission.version.as_deref(), Some("7"));
    for part in [r#"orx:version="7""#, r#"odk:prefix="x""#, r#"<photo odk:tag="p"/>"#] {
        assert!(submission.xml.contains(part), "{}", submission.xml);
    }
}
