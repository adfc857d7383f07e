use crate::common::{env, inputs, parse, start, text};
use xforms::{Answer, Session};

const MODEL: &str = r#"
  <bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
  <bind nodeset="/data/day" type="date" jr:preload="date" jr:preloadParams="today"/>
  <bind nodeset="/data/who" jr:preload="property" jr:preloadParams="username"/>
  <bind nodeset="/data/id" calculate="once(uuid())"/>
  <bind nodeset="/data/hidden" relevant="/data/a = 'x'"/>
  <bind nodeset="/data/given" type="string"/>
  <bind nodeset="/data/m/twice" calculate="concat(../n, ../n)"/>
  <setvalue event="odk-instance-first-load" ref="/data/given" value="concat('hello ', /data/who)"/>"#;

const INSTANCE: &str = r#"<start/><day/><who/><id/><a/><hidden/><given/><m jr:template=""><n/><twice/></m>"#;

fn body() -> String {
    format!(
        r#"{}<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
        inputs(&["/data/a", "/data/hidden", "/data/given"])
    )
}

#[test]
fn a_new_form_has_its_preloads_first_load_values_and_instance_id() {
    let def = parse(INSTANCE, MODEL, &body()).unwrap();
    let session = Session::start(def, env().property("username", "hoa"));
    assert_eq!(session.value("/data/start"), Some("2026-03-04T09:30:00.000+07:00"));
    assert_eq!(session.value("/data/day"), Some("2026-03-04"));
    assert_eq!(session.value("/data/given"), Some("hello hoa"));
    assert!(session.value("/data/orx:meta/orx:instanceID").unwrap().starts_with("uuid:"));
}

#[test]
fn a_draft_goes_on_where_it_was() {
    let def = parse(INSTANCE, MODEL, &body()).unwrap();
    let mut session = Session::start(def.clone(), env().property("username", "hoa"));
    session.answer("/data/a", &text("x")).unwrap();
    session.answer("/data/hidden", &text("bí mật <&> \"'")).unwrap();
    session.answer("/data/a", &text("y")).unwrap();
    session.add_repeat("/data/m").unwrap();
    session.answer("/data/m[1]/n", &text("ab")).unwrap();
    let saved = session.saved();

    let mut resumed = Session::resume(def, xforms::Env::fixed(crate::common::now(), 99), &saved).unwrap();
    assert_eq!(resumed.page(), session.page());
    assert_eq!(resumed.saved(), saved);
    for path in ["/data/id", "/data/start", "/data/who", "/data/orx:meta/orx:instanceID", "/data/m[1]/twice"]
    {
        assert_eq!(resumed.value(path), session.value(path), "{path}");
    }
    assert_eq!(resumed.value("/data/hidden"), Some("bí mật <&> \"'"));
    resumed.answer("/data/a", &text("x")).unwrap();
    assert!(resumed.finish().unwrap().xml.contains("bí mật &lt;&amp;&gt;"));
}

#[test]
fn answers_kept_after_the_snapshot_come_back() {
    let def = parse(INSTANCE, MODEL, &body()).unwrap();
    let mut session = Session::start(def.clone(), env());
    session.add_repeat("/data/m").unwrap();
    let mut saved = session.saved();
    for (path, answer) in [
        ("/data/a", text("x")),
        ("/data/hidden", text("1")),
        ("/data/m[1]/n", text("q")),
        ("/data/hidden", Answer::Empty),
    ] {
        saved.later.extend(session.answer(path, &answer).unwrap().saved);
    }
    saved.later.push(("/data/gone".into(), Some("x".into())));
    let resumed = Session::resume(def, env(), &saved).unwrap();
    assert_eq!(resumed.values(), session.values());
    assert_eq!(resumed.value("/data/m[1]/twice"), Some("qq"));
}

#[test]
fn another_forms_draft_and_broken_ones_are_refused() {
    let def = parse("<a/>", "", "").unwrap();
    let saved = |instance: &str| xforms::Saved { instance: instance.into(), ..Default::default() };
    let code = |instance: &str| Session::resume(def.clone(), env(), &saved(instance)).unwrap_err().code();
    assert_eq!(code("<data id='other'/>"), "xforms.other-form");
    assert_eq!(code("<data id='test'"), "xforms.not-xml");
    assert_eq!(code(&format!("<data id='test'>{}", "<a>".repeat(1000))), "xforms.too-deep");
    assert!(Session::resume(def.clone(), env(), &saved("<data id='test'><unknown/></data>")).is_ok());
}

#[test]
fn a_changed_value_triggers_its_actions_and_theirs() {
    let mut session = start(
        "<a/><b/><c/><calc/>",
        r#"<bind nodeset="/data/calc" calculate="concat(/data/c, '.')"/>"#,
        r#"<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="concat(/data/a, '1')"/></input>
           <input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/c">đổi</setvalue></input>"#,
    );
    assert_eq!(session.value("/data/c"), None);
    let changes = session.answer("/data/a", &text("x")).unwrap();
    let saved: Vec<_> = changes.saved.iter().map(|(p, v)| (p.as_str(), v.as_deref().unwrap())).collect();
    assert_eq!(saved, [("/data/a", "x"), ("/data/b", "x1"), ("/data/c", "đổi"), ("/data/calc", "đổi.")]);
}

#[test]
fn actions_that_chase_each_other_come_to_rest() {
    let mut session = start(
        "<a/><b/>",
        "",
        r#"<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="concat(/data/a, 'x')"/></input>
           <input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/a" value="concat(/data/b, 'y')"/></input>"#,
    );
    session.answer("/data/a", &text("1")).unwrap();
    assert!(session.value("/data/a").unwrap().len() < 200);
    assert_eq!(session.warnings()[0].code, "xforms.restless");
}
