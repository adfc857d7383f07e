//! An answer recomputes what depends on it, and that is enough.

use crate::common::{env, inputs, parse, start};
use proptest::prelude::*;
use xforms::{Answer, Saved, Session};

#[test]
fn among_a_thousand_questions_an_answer_touches_only_its_dependants() {
    let mut instance = String::new();
    let mut binds = String::new();
    let mut paths = Vec::new();
    for i in 0..1_000 {
        instance.push_str(&format!("<q{i}/><c{i}/>"));
        binds.push_str(&format!(
            r#"<bind nodeset="/data/q{i}" type="int" relevant="/data/q{} != 7"/><bind nodeset="/data/c{i}" calculate="/data/q{i} * 2"/>"#,
            // Nobody depends on those in the upper half.
            if i == 0 { 999 } else { i / 2 },
        ));
        paths.push(format!("/data/q{i}"));
    }
    let binds = binds.replace(r#"<bind nodeset="/data/q0" type="int" relevant="/data/q999 != 7"/>"#, "");
    let binds = binds.replace(r#"relevant="/data/q0 != 7""#, "");
    let body = inputs(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let mut session = start(&instance, &binds, &body);
    let at_start = session.evaluations();
    assert!(at_start >= 1_998, "{at_start}");

    session.answer("/data/q900", &Answer::Integer(1)).unwrap();
    assert_eq!(session.evaluations() - at_start, 1);
    let before = session.evaluations();
    // Its own calculation and the conditions of q800 and q801, which hold as before.
    session.answer("/data/q400", &Answer::Integer(1)).unwrap();
    assert_eq!(session.evaluations() - before, 3);
    let before = session.evaluations();
    // Now they fall away, and so do the calculations that read them.
    session.answer("/data/q400", &Answer::Integer(7)).unwrap();
    assert_eq!(session.evaluations() - before, 5);
}

#[test]
fn a_cascade_computes_each_step_once() {
    let mut instance = "<a/><s0/>".to_owned();
    let mut binds = r#"<bind nodeset="/data/s0" calculate="/data/a + 1"/>"#.to_owned();
    for i in 1..=200 {
        instance.push_str(&format!("<s{i}/>"));
        // Each reads the two before: without an order this would be computed exponentially often.
        let second = i.max(2) - 2;
        binds.push_str(&format!(
            r#"<bind nodeset="/data/s{i}" calculate="(/data/s{} + /data/s{second}) mod 1000"/>"#,
            i - 1
        ));
    }
    let mut session = start(&instance, &binds, r#"<input ref="/data/a"/>"#);
    let before = session.evaluations();
    session.answer("/data/a", &Answer::Text("1".into())).unwrap();
    assert_eq!(session.evaluations() - before, 201);
}

const INSTANCE: &str = r#"<a/><b/><c/><g><d/><e/></g><sum/><n/><m jr:template=""><x/><y/><rel/><run/></m><k jr:template=""><z/></k><pick/><tail/>"#;
const MODEL: &str = r#"
  <instance id="l"><root><item><name>1</name><g>1</g></item><item><name>2</name><g>1</g></item><item><name>3</name><g>2</g></item></root></instance>
  <bind nodeset="/data/c" calculate="coalesce(/data/a, 0) + coalesce(/data/b, 0)"/>
  <bind nodeset="/data/g" relevant="/data/c mod 2 = 0"/>
  <bind nodeset="/data/g/e" calculate="concat(../d, '-', /data/a)"/>
  <bind nodeset="/data/m/x" relevant="/data/a != 3"/>
  <bind nodeset="/data/m/y" calculate="coalesce(../x, 0) * position(..) + count(/data/m)"/>
  <bind nodeset="/data/m/rel" relevant="../y > 4" calculate="sum(../../m/y)"/>
  <bind nodeset="/data/m/run" calculate="coalesce(../x, 0) + coalesce(/data/m[position() = position(current()/..) - 1]/run, 0)"/>
  <bind nodeset="/data/sum" calculate="sum(/data/m/y) + count(/data/m[rel > 9])"/>
  <bind nodeset="/data/n" calculate="coalesce(/data/b, 0) mod 4"/>
  <bind nodeset="/data/k/z" calculate="concat(position(..), '/', /data/n, '/', /data/g/d)"/>
  <bind nodeset="/data/tail" calculate="concat(join('|', /data/k/z), /data/sum, /data/g/e, /data/pick)"/>"#;
const BODY: &str = r#"<input ref="/data/a"/><input ref="/data/b"/>
  <group ref="/data/g"><input ref="/data/g/d"/></group>
  <repeat nodeset="/data/m"><input ref="/data/m/x"/></repeat>
  <repeat nodeset="/data/k" jr:count="/data/n"/>
  <select1 ref="/data/pick"><itemset nodeset="instance('l')/root/item[g = /data/a]"><value ref="name"/><label ref="name"/></itemset></select1>"#;

#[derive(Debug, Clone)]
enum Step {
    Set(&'static str, u8),
    SetX(u8, u8),
    Pick(u8),
    Add,
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (prop_oneof![Just("/data/a"), Just("/data/b"), Just("/data/g/d")], 0u8..6)
            .prop_map(|(p, v)| Step::Set(p, v)),
        (1u8..5, 0u8..6).prop_map(|(i, v)| Step::SetX(i, v)),
        (1u8..4).prop_map(Step::Pick),
        Just(Step::Add),
        (1u8..5).prop_map(Step::Remove),
    ]
}

fn value(v: u8) -> Answer {
    if v == 0 { Answer::Empty } else { Answer::Text(v.to_string()) }
}

fn apply(session: &mut Session, step: &Step) {
    // A step that isn't possible now is refused; that is part of what is tried.
    let _ = match step {
        Step::Set(path, v) => session.answer(path, &value(*v)).map(|_| ()),
        Step::SetX(i, v) => session.answer(&format!("/data/m[{i}]/x"), &value(*v)).map(|_| ()),
        Step::Pick(v) => session.answer("/data/pick", &Answer::Choice(v.to_string())).map(|_| ()),
        Step::Add => session.add_repeat("/data/m").map(|_| ()),
        Step::Remove(i) => session.remove_repeat(&format!("/data/m[{i}]")).map(|_| ()),
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn computing_what_changed_gives_what_computing_everything_gives(steps in prop::collection::vec(step(), 1..40)) {
        let def = parse(INSTANCE, MODEL, BODY).unwrap();
        let mut session = Session::start(def.clone(), env());
        for step in &steps {
            apply(&mut session, step);
            let saved = session.saved();
            // Resuming recalculates everything.
            let whole = Session::resume(def.clone(), env(), &saved).unwrap();
            prop_assert_eq!(&whole.saved().instance, &saved.instance, "after {:?}", step);
            prop_assert_eq!(xml(whole), xml_of(&session));
        }
    }

    #[test]
    fn kept_answers_rebuild_the_draft(steps in prop::collection::vec(step(), 1..40)) {
        let def = parse(INSTANCE, MODEL, BODY).unwrap();
        let mut session = Session::start(def.clone(), env());
        let mut kept: Saved = session.saved();
        for step in &steps {
            let changes = match step {
                Step::Set(path, v) => session.answer(path, &value(*v)),
                Step::SetX(i, v) => session.answer(&format!("/data/m[{i}]/x"), &value(*v)),
                Step::Pick(v) => session.answer("/data/pick", &Answer::Choice(v.to_string())),
                Step::Add => session.add_repeat("/data/m").map(|a| a.changes),
                Step::Remove(i) => session.remove_repeat(&format!("/data/m[{i}]")),
            };
            let Ok(changes) = changes else { continue };
            if changes.restructured {
                kept = session.saved();
            } else {
                kept.later.extend(changes.saved);
            }
            let resumed = Session::resume(def.clone(), env(), &kept).unwrap();
            prop_assert_eq!(resumed.saved().instance, session.saved().instance);
        }
    }
}

fn xml(session: Session) -> String {
    xml_of(&session)
}

/// Relevance included: irrelevant nodes are left out of the tree.
fn xml_of(session: &Session) -> String {
    fn write(node: &xforms::ValueNode, out: &mut String) {
        out.push_str(&format!("<{} {:?} {:?}>", node.name, node.value, node.position));
        node.children.iter().for_each(|c| write(c, out));
    }
    let mut out = String::new();
    write(&session.values(), &mut out);
    out
}
