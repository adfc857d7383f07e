//! A form with a repeat in a repeat, and with a calculation that is not what the table says.

use crate::common::{Form, RULEBOOK, Records, apply, context, shown};
use casework::FormRules;
use std::sync::LazyLock;
use xforms::{Answer, Definition, Env, Session};

const FORM: &str = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Nested</h:title><model>
    <instance><data id="nested" version="1"><id/><commune/><odd/>
      <person jr:template=""><pid/><about><name/></about><goal jr:template=""><gid/><what/></goal></person>
      <meta><instanceID/></meta></data></instance>
    <bind nodeset="/data/odd" type="string" calculate="'many'"/></model></h:head>
  <h:body><input ref="/data/commune"/><group ref="/data/person"><repeat nodeset="/data/person">
    <input ref="/data/person/about/name"/>
    <group ref="/data/person/goal"><repeat nodeset="/data/person/goal"><input ref="/data/person/goal/what"/></repeat></group>
  </repeat></group></h:body></h:html>"#;

const RECORDS: &str = "record,kind,parent,path,id_from,when,field,from,type,clears_with
form,household,,,,,,,,
h,household,,/data,/data/id,,,,,
h,,,,,,commune,/data/commune,text,
h,,,,,,count,/data/odd,int,
p,person,h,/data/person,/data/person/pid,,,,,
p,,,,,,name,/data/person/about/name,text,
p,,,,,,commune,/data/commune,text,
g,goal,p,/data/person/goal,/data/person/goal/gid,/data/person/goal/what,,,,
g,,,,,,text,/data/person/goal/what,text,
g,,,,,,of,/data/person/about/name,text,
";

static NESTED: LazyLock<Form> = LazyLock::new(|| {
    let definition = Definition::parse(FORM).unwrap();
    let rules = FormRules::parse(&RULEBOOK, RECORDS, &definition).unwrap();
    Form { definition, rules }
});

fn fill() -> Session {
    let mut session = Session::start(NESTED.definition.clone(), Env::fixed(crate::common::now(), 7));
    let say = |session: &mut Session, path: &str, text: &str| {
        session.answer(path, &Answer::Text(text.to_owned())).unwrap();
    };
    say(&mut session, "/data/commune", "04456");
    for (n, name, goals) in [(1, "An", ["a", ""]), (2, "Bình", ["b", "c"])] {
        session.add_repeat("/data/person").unwrap();
        say(&mut session, &format!("/data/person[{n}]/about/name"), name);
        for (g, goal) in goals.iter().enumerate() {
            session.add_repeat(&format!("/data/person[{n}]/goal")).unwrap();
            say(&mut session, &format!("/data/person[{n}]/goal[{}]/what", g + 1), goal);
        }
    }
    session
}

#[test]
fn each_inner_instance_belongs_to_its_own_outer_one() {
    let outcome = apply(&NESTED, &fill().finish().unwrap(), &context());
    insta::assert_snapshot!(shown(&outcome));
}

#[test]
fn and_is_filled_in_there_again() {
    let mut records = Records::default();
    let first = apply(&NESTED, &fill().finish().unwrap(), &context());
    records.take(&first.edits);
    let known = NESTED.rules.prefill(&first.about, &records.children());
    let env = Env::fixed(crate::common::now(), 7);
    let mut session = Session::start_with(NESTED.definition.clone(), env, &known);
    assert_eq!(session.value("/data/person[2]/about/name"), Some("Bình"));
    assert_eq!(session.value("/data/person[2]/goal[2]/what"), Some("c"));
    assert_eq!(session.value("/data/person[1]/goal[2]/what"), None);

    let mut context = context();
    context.known = records.known();
    session.answer("/data/person[2]/goal[1]/what", &Answer::Text("b2".to_owned())).unwrap();
    let outcome = apply(&NESTED, &session.finish().unwrap(), &context);
    let edited: Vec<_> = outcome.edits.iter().map(|edit| edit.record.kind.to_string()).collect();
    assert_eq!(edited, ["submission", "goal"]);
    assert_eq!(outcome.edits[1].fields.len(), 1);
    let b = first.edits.iter().find(|edit| edit.fields.get("text") == Some(&"b".into())).unwrap();
    assert_eq!(outcome.edits[1].record, b.record);
}
