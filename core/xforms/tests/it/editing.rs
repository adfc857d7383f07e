use crate::common::{env, inputs, now, parse, text};
use proptest::prelude::*;
use std::sync::Arc;
use xforms::{Answer, Definition, Env, NotCarriedReason, Saved, Session, evaluate_submission};

fn later() -> Env {
    Env::fixed(now() + chrono::Duration::days(3), 99)
}

fn visit() -> Arc<Definition> {
    parse(
        r#"<start/><first/><a/><twice/><given>as in the form</given><g><inside>kept</inside></g>
           <m jr:template=""><n/></m><m><n/></m>"#,
        r#"<bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
           <bind nodeset="/data/twice" calculate="concat(/data/a, /data/a)"/>
           <bind nodeset="/data/g" relevant="/data/a = 'open'"/>
           <setvalue event="odk-instance-first-load" ref="/data/first" value="concat(/data/first, 'x')"/>"#,
        &format!(
            r#"{}<group ref="/data/g"><input ref="/data/g/inside"/></group><repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
            inputs(&["/data/a", "/data/given"])
        ),
    )
    .unwrap()
}

fn submitted(def: &Arc<Definition>) -> xforms::Submission {
    let mut session = Session::start(def.clone(), env());
    session.answer("/data/a", &text("1")).unwrap();
    session.answer("/data/given", &Answer::Empty).unwrap();
    session.add_repeat("/data/m").unwrap();
    session.answer("/data/m[2]/n", &text("hai")).unwrap();
    session.finish().unwrap()
}

#[test]
fn a_submission_is_corrected_under_a_new_id_that_names_the_old_one() {
    let def = visit();
    let first = submitted(&def);
    let mut session = Session::edit(def.clone(), later(), &first.xml).unwrap();
    // The first load is over; what was emptied stays empty, what was left out is as in a new form.
    assert_eq!(session.value("/data/first"), Some("x"));
    assert_eq!(session.value("/data/start"), Some("2026-03-04T09:30:00.000+07:00"));
    assert_eq!(session.value("/data/given"), None);
    assert_eq!(session.value("/data/m[2]/n"), Some("hai"));
    session.answer("/data/a", &text("open")).unwrap();
    assert_eq!(session.value("/data/twice"), Some("openopen"));
    assert_eq!(session.value("/data/g/inside"), Some("kept"));

    let draft = session.saved();
    let mut session = Session::resume(def.clone(), later(), &draft).unwrap();
    let second = session.finish().unwrap();
    assert_ne!(second.instance_id, first.instance_id);
    assert_eq!(second.deprecated_id, first.instance_id);
    let expected = format!("<orx:deprecatedID>{}</orx:deprecatedID>", first.instance_id.clone().unwrap());
    assert_eq!(
        second.xml.replace(r#" xmlns:orx="http://openrosa.org/xforms""#, "").matches(&expected).count(),
        1,
        "{}",
        second.xml
    );
    let evaluation = evaluate_submission(&def, &second.xml, later()).unwrap();
    assert_eq!(evaluation.differences, []);

    // Each correction names the one before it.
    let mut session = Session::edit(def, later(), &second.xml).unwrap();
    let third = session.finish().unwrap();
    assert_eq!(third.deprecated_id, second.instance_id);
    assert_eq!(third.xml.matches("deprecatedID>").count(), 2, "{}", third.xml);
}

#[test]
fn a_form_may_have_a_node_for_the_deprecated_id() {
    let xml = crate::common::form("<a/>", "", "").replace("<orx:instanceName/>", "<orx:deprecatedID/>");
    let def = Definition::parse(&xml).unwrap();
    let first = Session::start(def.clone(), env()).finish().unwrap();
    assert_eq!(first.deprecated_id, None);
    let mut session = Session::edit(def, later(), &first.xml).unwrap();
    assert_eq!(session.value("/data/orx:meta/orx:deprecatedID"), first.instance_id.as_deref());
    assert_eq!(session.finish().unwrap().deprecated_id, first.instance_id);
}

#[test]
fn what_the_form_does_not_know_stays_where_it_is() {
    let def = parse(
        "<a/><b/><m><n/></m>",
        "",
        &format!(
            r#"{}<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
            inputs(&["/data/a", "/data/b"])
        ),
    )
    .unwrap();
    let xml = r#"<data id="test" version="1" x:by="hub &amp; co" xmlns:x="urn:x"><old>1 &lt; 2</old><a>A</a><x:more k="v"><p><!-- no -->q<x:r/></p></x:more><b>B</b><m><n>1</n><was xmlns="urn:y">y</was></m><m><n>2</n></m></data>"#;
    let mut session = Session::edit(def.clone(), later(), xml).unwrap();
    session.answer("/data/a", &text("A2")).unwrap();
    let mut session = Session::resume(def.clone(), later(), &session.saved()).unwrap();
    let submission = session.finish().unwrap().xml;
    let document = submission.replace(" xmlns:x=\"urn:x\"", "");
    for part in [
        r#"version="1" x:by="hub &amp; co""#,
        "<old>1 &lt; 2</old><a>A2</a>",
        r#"<a>A2</a><x:more k="v"><p>q<x:r/></p></x:more><b>B</b>"#,
        r#"<m><n>1</n><was xmlns="urn:y">y</was></m><m><n>2</n></m>"#,
    ] {
        assert!(document.contains(part), "{submission}");
    }
    // It is well-formed, and goes with the instance that it stands in.
    let mut session = Session::edit(def, later(), &submission).unwrap();
    session.remove_repeat("/data/m[1]").unwrap();
    assert!(!session.finish().unwrap().xml.contains("urn:y"));
}

#[test]
fn a_draft_is_carried_over_to_a_newer_version() {
    let old = parse(
        r#"<a/><age/><gone/><place/><many/><m><n/><x/></m><twin><n/></twin><twin><n/></twin>"#,
        r#"<bind nodeset="/data/age" type="string"/>"#,
        &format!(
            r#"{}<select1 ref="/data/place"><item><value>p</value></item><item><value>q</value></item></select1>
               <select ref="/data/many"><item><value>p</value></item><item><value>q</value></item></select>
               <repeat nodeset="/data/m"><input ref="/data/m/n"/><input ref="/data/m/x"/></repeat>
               <repeat nodeset="/data/twin"><input ref="/data/twin/n"/></repeat>"#,
            inputs(&["/data/a", "/data/age", "/data/gone"])
        ),
    )
    .unwrap();
    let mut session = Session::start(old, env());
    for (path, answer) in [
        ("/data/a", text("A")),
        ("/data/age", text("forty")),
        ("/data/gone", text("secret")),
        ("/data/place", Answer::Choice("p".into())),
        ("/data/many", Answer::Choices(vec!["p".into(), "q".into()])),
        ("/data/m[1]/n", text("1")),
        ("/data/m[1]/x", text("x1")),
        ("/data/twin[2]/n", text("t")),
    ] {
        session.answer(path, &answer).unwrap();
    }
    session.add_repeat("/data/m").unwrap();
    let mut saved = session.saved();
    let changes = session.answer("/data/m[2]/n", &text("2")).unwrap();
    saved.later.extend(changes.saved);
    saved.later.extend(session.answer("/data/gone", &text("still secret")).unwrap().saved);
    saved.later.extend(session.answer("/data/m[1]/x", &Answer::Empty).unwrap().saved);

    let xml = crate::common::form(
        r#"<fresh/><day/><a/><age/><place/><many/><sum/><m><n/></m><twin><n/></twin>"#,
        r#"<bind nodeset="/data/age" type="int"/><bind nodeset="/data/sum" calculate="sum(/data/m/n)"/>
           <bind nodeset="/data/day" type="date" jr:preload="date" jr:preloadParams="today"/>
           <setvalue event="odk-instance-first-load" ref="/data/fresh" value="'new'"/>
           <setvalue event="odk-instance-first-load" ref="/data/a" value="'overwritten'"/>"#,
        &format!(
            r#"{}<select1 ref="/data/place"><item><value>q</value></item></select1><select ref="/data/many"><item><value>q</value></item></select>
               <repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat><group ref="/data/twin"><input ref="/data/twin/n"/></group>"#,
            inputs(&["/data/a", "/data/age"])
        ),
    )
    .replace(r#"version="1""#, r#"version="2""#);
    let new = Definition::parse(&xml).unwrap();
    let (mut session, lost) = Session::carry_over(new.clone(), later(), &saved).unwrap();
    let mut lost: Vec<_> = lost.iter().map(|l| (l.path.as_str(), l.reason)).collect();
    lost.sort_by_key(|l| l.0);
    assert_eq!(
        lost,
        [
            ("/data/age", NotCarriedReason::WrongType),
            ("/data/gone", NotCarriedReason::NodeGone),
            ("/data/many", NotCarriedReason::ChoiceGone),
            ("/data/place", NotCarriedReason::ChoiceGone),
            ("/data/twin[2]/n", NotCarriedReason::RepeatGone),
        ]
    );
    let value = |path: &str| session.value(path).map(str::to_owned);
    assert_eq!(value("/data/a").as_deref(), Some("A"));
    assert_eq!(value("/data/many").as_deref(), Some("q"));
    assert_eq!(value("/data/fresh").as_deref(), Some("new"));
    assert_eq!(value("/data/day").as_deref(), Some("2026-03-07"));
    assert_eq!(value("/data/sum").as_deref(), Some("3"));
    assert_eq!((value("/data/age"), value("/data/place")), (None, None));
    let submission = session.finish().unwrap();
    assert!(
        submission.xml.contains(r#"version="2""#) && !submission.xml.contains("secret"),
        "{}",
        submission.xml
    );
    assert_eq!(evaluate_submission(&new, &submission.xml, later()).unwrap().differences, []);
}

#[test]
fn a_question_that_became_a_group_is_not_carried() {
    let mut session = crate::common::start("<a/>", "", &inputs(&["/data/a"]));
    session.answer("/data/a", &text("x")).unwrap();
    let new = parse("<a><b/></a>", "", &inputs(&["/data/a/b"])).unwrap();
    let (_, lost) = Session::carry_over(new, env(), &session.saved()).unwrap();
    assert_eq!((lost[0].path.as_str(), lost[0].reason), ("/data/a", NotCarriedReason::NodeGone));
}

#[test]
fn a_draft_of_another_form_is_not_carried_over() {
    let saved = Saved { instance: "<data id='other'/>".into(), ..Saved::default() };
    let error = Session::carry_over(visit(), env(), &saved).unwrap_err();
    assert_eq!(error.code(), "xforms.other-form");
    let many = format!("<data id='test'>{}</data>", "<m/>".repeat(10_001));
    assert_eq!(Session::edit(visit(), env(), &many).unwrap_err().code(), "xforms.too-many-instances");
}

/// An element of an instance: some that the form knows, some in the wrong place, some that nobody knows.
#[derive(Debug, Clone)]
struct Piece {
    name: &'static str,
    attribute: Option<String>,
    text: String,
    inside: Vec<Piece>,
}

impl Piece {
    fn write(&self, out: &mut String) {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        out.push_str(&format!("<{}", self.name));
        if let Some(value) = &self.attribute {
            out.push_str(&format!(r#" k="{}""#, escape(value)));
        }
        out.push('>');
        match self.inside.as_slice() {
            [] => out.push_str(&escape(&self.text)),
            inside => inside.iter().for_each(|piece| piece.write(out)),
        }
        out.push_str(&format!("</{}>", self.name));
    }

    /// Texts of leaves; a group's text is nobody's answer.
    fn texts(&self, found: &mut Vec<String>) {
        match self.inside.as_slice() {
            [] if !["g", "m", "k", "orx:meta"].contains(&self.name) && !self.text.trim().is_empty() => {
                found.push(self.text.clone());
            }
            inside => inside.iter().for_each(|piece| piece.texts(found)),
        }
    }
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let name = || prop::sample::select(vec!["a", "b", "g", "m", "k", "n", "x:odd", "unknown", "orx:meta"]);
    let text = || "[a-zà-ỹ0-9 <&>\"']{0,6}";
    let attribute = move || proptest::option::of(text());
    let leaf = (name(), attribute(), text()).prop_map(|(name, attribute, text)| Piece {
        name,
        attribute,
        text,
        inside: vec![],
    });
    let tree = leaf.prop_recursive(4, 40, 6, move |inner| {
        (name(), attribute(), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, attribute, inside)| Piece { name, attribute, text: String::new(), inside })
    });
    prop::collection::vec(tree, 0..8)
}

proptest! {
    #[test]
    fn any_instance_opens_and_none_of_its_texts_is_lost(pieces in pieces()) {
        let def = parse(
            r#"<a/><g><b/><a/></g><m jr:template=""><n/><k jr:template=""><n/></k></m>"#,
            "",
            r#"<input ref="/data/a"/><repeat nodeset="/data/m"><input ref="/data/m/n"/><repeat nodeset="/data/m/k"><input ref="/data/m/k/n"/></repeat></repeat>"#,
        ).unwrap();
        let mut xml = String::from(r#"<data id="test" version="1" xmlns:x="urn:x" xmlns:orx="http://openrosa.org/xforms">"#);
        pieces.iter().for_each(|piece| piece.write(&mut xml));
        xml.push_str("</data>");

        let mut session = Session::edit(def.clone(), later(), &xml).unwrap();
        let saved = session.saved();
        let resumed = Session::resume(def.clone(), env(), &saved).unwrap();
        prop_assert_eq!(&resumed.saved().instance, &saved.instance);
        let submission = session.finish().unwrap().xml;
        let document = roxmltree::Document::parse(&submission).unwrap();
        let mut kept: Vec<&str> = document.descendants().filter(|n| n.is_element()).filter_map(|n| n.text()).collect();
        let mut texts = Vec::new();
        pieces.iter().for_each(|piece| piece.texts(&mut texts));
        for text in texts {
            let place = kept.iter().position(|k| *k == text);
            prop_assert!(place.is_some(), "{} is lost: {}", text, submission);
            kept.swap_remove(place.unwrap());
        }
        // Checking it again counts what the form doesn't know, and opening it once more is no different.
        evaluate_submission(&def, &submission, later()).unwrap();
        Session::edit(def, later(), &submission).unwrap();
    }
}
