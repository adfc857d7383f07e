use crate::common::{env, form, inputs, parse, text};
use std::sync::Arc;
use xforms::{Answer, Definition, ParseErrors, Session};

/// An entity of the form, one of a group that may not be relevant, one of each instance of a repeat.
fn household() -> Arc<Definition> {
    parse(
        r#"<head/><poor/><gone><reason/><meta><entity dataset="leavers" id="" create="1"><label/></entity></meta></gone>
           <member><name/><age/><known/><meta><entity dataset="people" id="" create="" update="" baseVersion="" trunkVersion="" branchId=""><label/></entity></meta></member>
           <meta><entity dataset="households" id="" create="1"><label/></entity></meta>"#,
        r#"<instance id="people"><root><item><name>p-1</name><__version>4</__version><__trunkVersion>3</__trunkVersion><__branchId>b</__branchId></item></root></instance>
           <bind nodeset="/data/head" entities:saveto="head_name"/>
           <bind nodeset="/data/poor" entities:saveto="poor" relevant="/data/head != ''"/>
           <bind nodeset="/data/gone" relevant="/data/head = 'gone'"/>
           <bind nodeset="/data/gone/reason" entities:saveto="reason"/>
           <bind nodeset="/data/member/name" entities:saveto="full_name"/>
           <bind nodeset="/data/member/age" type="int" entities:saveto="age"/>
           <bind nodeset="/data/member/meta/entity/@create" calculate="/data/member/known = '' and /data/member/name != ''"/>
           <bind nodeset="/data/member/meta/entity/@update" calculate="if(/data/member/known != '', '1', '')"/>
           <bind nodeset="/data/member/meta/entity/@id" calculate="if(/data/member/known != '', /data/member/known, once(uuid()))"/>
           <bind nodeset="/data/member/meta/entity/@baseVersion" calculate="instance('people')/root/item[name = current()/../../../known]/__version"/>
           <bind nodeset="/data/member/meta/entity/@trunkVersion" calculate="instance('people')/root/item[name = current()/../../../known]/__trunkVersion"/>
           <bind nodeset="/data/member/meta/entity/@branchId" calculate="instance('people')/root/item[name = current()/../../../known]/__branchId"/>
           <bind nodeset="/data/member/meta/entity/label" calculate="/data/member/name"/>
           <bind nodeset="/data/meta/entity/label" calculate="concat('Hộ ', /data/head)"/>
           <setvalue event="odk-instance-first-load" ref="/data/meta/entity/@id" value="uuid()"/>"#,
        &format!(
            r#"{}<group ref="/data/gone"><input ref="/data/gone/reason"/></group><repeat nodeset="/data/member">{}</repeat>"#,
            inputs(&["/data/head", "/data/poor"]),
            inputs(&["/data/member/name", "/data/member/age", "/data/member/known"])
        ),
    )
    .unwrap()
}

#[test]
fn entities_of_the_form_its_groups_and_its_repeats_are_declared() {
    let entities = household().entities();
    let declared: Vec<_> =
        entities.iter().map(|e| (e.dataset.as_str(), e.path.as_str(), e.creates, e.updates)).collect();
    assert_eq!(
        declared,
        [
            ("leavers", "/data/gone/meta/entity", true, false),
            ("people", "/data/member/meta/entity", true, true),
            ("households", "/data/meta/entity", true, false),
        ]
    );
    let properties =
        |i: usize| entities[i].properties.iter().map(|(n, p)| (n.as_str(), p.as_str())).collect::<Vec<_>>();
    assert_eq!(properties(0), [("reason", "/data/gone/reason")]);
    assert_eq!(properties(1), [("full_name", "/data/member/name"), ("age", "/data/member/age")]);
    assert_eq!(properties(2), [("head_name", "/data/head"), ("poor", "/data/poor")]);
}

#[test]
fn a_submission_lists_what_it_creates_and_updates() {
    let mut session = Session::start(household(), env());
    session.answer("/data/head", &text("Dở")).unwrap();
    session.answer("/data/member[1]/name", &text("Hoa")).unwrap();
    session.add_repeat("/data/member").unwrap();
    session.answer("/data/member[2]/name", &text("Vàng")).unwrap();
    session.answer("/data/member[2]/age", &Answer::Integer(7)).unwrap();
    session.answer("/data/member[2]/known", &text("p-1")).unwrap();
    // Neither known nor named: its condition doesn't hold.
    session.add_repeat("/data/member").unwrap();
    let submission = session.finish().unwrap();
    let [created, updated, household] = submission.entities.as_slice() else {
        panic!("{:?}", submission.entities);
    };
    assert_eq!((created.create, created.update, created.id.len()), (true, false, 36));
    assert_eq!(created.path, "/data/member[1]/meta/entity");
    assert_eq!(created.label.as_deref(), Some("Hoa"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(created.properties, [pair("full_name", "Hoa"), pair("age", "")]);
    assert_eq!(created.base_version, None);

    assert_eq!((updated.create, updated.update, updated.id.as_str()), (false, true, "p-1"));
    assert_eq!(updated.properties, [pair("full_name", "Vàng"), pair("age", "7")]);
    let versions = [&updated.base_version, &updated.trunk_version, &updated.branch_id];
    assert_eq!(versions.map(Option::as_deref), [Some("4"), Some("3"), Some("b")]);

    assert_eq!((household.dataset.as_str(), household.label.as_deref()), ("households", Some("Hộ Dở")));
    assert_eq!(household.properties, [pair("head_name", "Dở"), pair("poor", "")]);

    // What isn't relevant is neither an entity nor a property.
    session.answer("/data/head", &text("gone")).unwrap();
    assert_eq!(session.finish().unwrap().entities[0].dataset, "leavers");
    session.answer("/data/head", &Answer::Empty).unwrap();
    assert_eq!(session.finish().unwrap().entities[2].properties, [pair("head_name", "")]);
}

fn problems(instance: &str, model: &str) -> Vec<&'static str> {
    let result: Result<_, ParseErrors> =
        parse(instance, model, r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#);
    result.unwrap_err().problems.iter().map(|p| p.code).collect()
}

#[test]
fn wrong_declarations_are_named() {
    let entity = r#"<meta><entity dataset="d" id="" create="1"><label/></entity></meta>"#;
    let saved = |path: &str, name: &str| format!(r#"<bind nodeset="{path}" entities:saveto="{name}"/>"#);
    for name in ["name", "Label", "__id", "2nd", "full name"] {
        let codes = problems(&format!("<a/><m><n/></m>{entity}"), &saved("/data/a", name));
        assert_eq!(codes, ["xforms.wrong-saveto"], "{name}");
    }
    assert_eq!(
        problems(&format!("<m><n/></m>{entity}"), &saved("/data/m/n", "n")),
        ["xforms.misplaced-saveto"]
    );
    assert_eq!(problems("<a/><m><n/></m>", &saved("/data/a", "a")), ["xforms.misplaced-saveto"]);
    let bare = r#"<m><n/></m><meta><entity id=""/></meta>"#;
    let errors =
        parse(bare, "", r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#).unwrap_err();
    assert_eq!(errors.problems[0].message, "the entity has no @dataset, no @create or @update");
}

#[test]
fn a_version_of_entities_that_is_not_known_is_refused() {
    let code = |version: &str| {
        let model = format!(r#"<model entities:entities-version="{version}">"#);
        Definition::parse(&form("<a/>", "", "").replace("<model>", &model))
            .map_err(|e| e.problems[0].code)
            .err()
    };
    for known in ["2022.1.0", "2023.1.0", "2024.1.0", "2025.1.3"] {
        assert_eq!(code(known), None, "{known}");
    }
    for unknown in ["2025.2.0", "2031.1.0", "soon"] {
        assert_eq!(code(unknown), Some("xforms.entities-version"), "{unknown}");
    }
}
