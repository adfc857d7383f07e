use crate::common::{env, inputs, now, parse, start, text};
use xforms::{Answer, Env, GeoPoint, RequestKind, Session};

const HERE: GeoPoint = GeoPoint { latitude: 23.08, longitude: 105.36, altitude: 900.0, accuracy: 4.5 };

#[test]
fn a_position_is_asked_of_the_device_and_what_reads_it_follows() {
    let mut session = start(
        "<place/><copy/><note/>",
        r#"<bind nodeset="/data/place" type="geopoint"/><bind nodeset="/data/copy" calculate="/data/place"/>
           <odk:setgeopoint event="odk-instance-first-load" ref="/data/place"/>"#,
        &format!(
            r#"<input ref="/data/note"><odk:setgeopoint event="xforms-value-changed" ref="/data/place"/></input>{}"#,
            inputs(&["/data/place"])
        ),
    );
    let asked = session.requests();
    assert_eq!((asked[0].path.as_str(), &asked[0].kind), ("/data/place", &RequestKind::Position));
    assert_eq!(session.fulfil("/data/place", &text("here")).unwrap_err().code(), "xforms.wrong-type");
    let changes = session.fulfil("/data/place", &Answer::Point(HERE)).unwrap();
    let saved: Vec<_> = changes.saved.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(saved, ["/data/place", "/data/copy"]);
    assert_eq!(session.value("/data/copy"), Some("23.08 105.36 900 4.5"));
    assert!(session.requests().is_empty());
    assert_eq!(
        session.fulfil("/data/place", &Answer::Point(HERE)).unwrap_err().code(),
        "xforms.unknown-path"
    );

    // A place that can't be had is an empty value (spec, setgeopoint).
    session.answer("/data/note", &text("x")).unwrap();
    session.answer("/data/note", &text("y")).unwrap();
    assert_eq!(session.requests().len(), 1, "one question at a time");
    session.fulfil("/data/place", &Answer::Empty).unwrap();
    assert_eq!(session.value("/data/copy"), None);
}

#[test]
fn a_recording_of_the_interview_becomes_an_attachment() {
    let mut session = start(
        "<sound/><a/>",
        r#"<bind nodeset="/data/sound" type="binary"/>
           <odk:recordaudio event="odk-instance-load" ref="/data/sound" odk:quality="voice-only"/>"#,
        &inputs(&["/data/a"]),
    );
    assert_eq!(session.requests()[0].kind, RequestKind::Audio { quality: Some("voice-only".into()) });
    session.fulfil("/data/sound", &Answer::File("1.m4a".into())).unwrap();
    assert_eq!(session.finish().unwrap().attachments, ["1.m4a"]);
}

#[test]
fn requests_of_a_removed_instance_go_with_it() {
    let mut session = start(
        r#"<m jr:template=""><at/><n/></m>"#,
        r#"<bind nodeset="/data/m/at" type="geopoint"/>"#,
        r#"<repeat nodeset="/data/m"><odk:setgeopoint event="odk-new-repeat" ref="/data/m/at"/>
           <input ref="/data/m/n"/></repeat>"#,
    );
    assert!(session.requests().is_empty());
    session.add_repeat("/data/m").unwrap();
    session.add_repeat("/data/m").unwrap();
    let paths = |s: &Session| s.requests().into_iter().map(|r| r.path).collect::<Vec<_>>();
    assert_eq!(paths(&session), ["/data/m[1]/at", "/data/m[2]/at"]);
    session.remove_repeat("/data/m[1]").unwrap();
    assert_eq!(paths(&session), ["/data/m[1]/at"]);
    session.fulfil("/data/m[1]/at", &Answer::Point(HERE)).unwrap();
    assert!(session.value("/data/m[1]/at").is_some());
}

#[test]
fn first_load_happens_once_and_load_at_each_opening() {
    let def = parse(
        "<first/><opened>0</opened><both>0</both>",
        r#"<setvalue event="odk-instance-first-load" ref="/data/first" value="concat(/data/first, 'x')"/>
           <setvalue event="odk-instance-load" ref="/data/opened" value="/data/opened + 1"/>
           <setvalue event="odk-instance-first-load odk-instance-load" ref="/data/both" value="/data/both + 1"/>"#,
        &inputs(&["/data/first"]),
    )
    .unwrap();
    let values =
        |s: &Session| ["/data/first", "/data/opened", "/data/both"].map(|p| s.value(p).unwrap().to_owned());
    let session = Session::start(def.clone(), env());
    assert_eq!(values(&session), ["x", "1", "1"]);
    let session = Session::resume(def, Env::fixed(now(), 1), &session.saved()).unwrap();
    assert_eq!(values(&session), ["x", "2", "2"]);
}

#[test]
fn an_action_in_a_group_of_a_repeat_runs_in_its_own_instance() {
    let mut session = start(
        r#"<who>Hoa</who><m><g><n/></g></m><m><g><n/></g></m>"#,
        "",
        r#"<input ref="/data/who"/><repeat nodeset="/data/m"><group ref="/data/m/g">
           <setvalue event="odk-instance-first-load odk-new-repeat" ref="/data/m/g/n" value="concat(/data/who, position(../..))"/>
           <input ref="/data/m/g/n"/></group></repeat>"#,
    );
    assert_eq!(session.value("/data/m[2]/g/n"), Some("Hoa2"));
    session.answer("/data/who", &text("Dở")).unwrap();
    session.add_repeat("/data/m").unwrap();
    assert_eq!(session.value("/data/m[1]/g/n"), Some("Hoa1"));
    assert_eq!(session.value("/data/m[3]/g/n"), Some("Dở3"));
}

#[test]
fn instances_that_a_count_makes_are_new_too() {
    let mut session = start(
        r#"<n>1</n><m jr:template=""><at/></m>"#,
        r#"<bind nodeset="/data/n" type="int"/>"#,
        r#"<input ref="/data/n"/><repeat nodeset="/data/m" jr:count="/data/n * 2">
           <setvalue event="odk-new-repeat" ref="/data/m/at" value="position(..)"/><input ref="/data/m/at"/></repeat>"#,
    );
    assert_eq!(session.value("/data/m[2]/at"), Some("2"));
    session.answer("/data/n", &Answer::Integer(2)).unwrap();
    assert_eq!(session.value("/data/m[4]/at"), Some("4"));
    session.answer("/data/n", &Answer::Integer(1)).unwrap();
    assert!(session.value("/data/m[3]/at").is_none());
}
