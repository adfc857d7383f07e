use xforms::{Definition, ParseProblem};

use crate::common::{form, parse};

fn problems(instance: &str, model: &str, body: &str) -> Vec<ParseProblem> {
    parse(instance, model, body).unwrap_err().problems
}

fn only(instance: &str, model: &str, body: &str) -> ParseProblem {
    let mut problems = problems(instance, model, body);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn a_wrong_expression_is_named_with_its_node_attribute_and_position() {
    let problem = only("<a/><b/>", r#"<bind nodeset="/data/b" relevant="/data/a = 'x' andd 2"/>"#, "");
    assert_eq!(problem.code, "xforms.wrong-expression");
    assert_eq!(problem.node.as_deref(), Some("/data/b"));
    assert_eq!(problem.attribute.as_deref(), Some("relevant"));
    assert_eq!(problem.expression.as_deref(), Some("/data/a = 'x' andd 2"));
    assert_eq!(problem.position, Some(14));
}

#[test]
fn unknown_functions_paths_types_and_lists_each_have_their_code() {
    let cases = [
        (r#"calculate="1 + oops(2)""#, "xforms.unknown-function", 4),
        (r#"calculate="if(1, 2)""#, "xforms.wrong-arguments", 0),
        (r#"calculate="1 + /data/nobody""#, "xforms.unknown-path", 10),
        (r#"calculate="../nobody""#, "xforms.unknown-path", 3),
        (r#"relevant="/other/a""#, "xforms.unknown-path", 1),
        (r#"calculate="instance('x')/root/item""#, "xforms.missing-instance", 0),
        (r#"constraint="regex(., '[')""#, "xforms.wrong-pattern", 0),
        (r#"constraint="'abc""#, "xforms.wrong-expression", 0),
        (r#"constraint="(1 + 2""#, "xforms.wrong-expression", 6),
        (r#"constraint="""#, "", 0),
    ];
    for (attribute, code, position) in cases {
        let bind = format!(r#"<bind nodeset="/data/a" {attribute}/>"#);
        if code.is_empty() {
            assert!(parse("<a/>", &bind, "").is_ok());
            continue;
        }
        let problem = only("<a/>", &bind, "");
        assert_eq!((problem.code, problem.position), (code, Some(position)), "{attribute}: {problem}");
    }
}

#[test]
fn all_problems_come_at_once() {
    let problems = problems(
        "<a/><b/>",
        r#"<bind nodeset="/data/a" type="wat" relevant="1 +"/><bind nodeset="/data/b" calculate="no-such()"/>
           <bind nodeset="/data/c"/><instance id="l" src="jr://file-csv/l.csv"/>"#,
        r#"<input ref="/data/zz"/><select1 ref="/data/a"><itemset nodeset="instance('m')/root/item"><value ref="v"/></itemset></select1>
           <input ref="/data/b"><label ref="jr:itext('nowhere')"/></input>"#,
    );
    let mut codes: Vec<_> = problems.iter().map(|p| p.code).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "xforms.missing-instance",
            "xforms.missing-itext",
            "xforms.missing-media",
            "xforms.unknown-function",
            "xforms.unknown-path",
            "xforms.unknown-path",
            "xforms.wrong-expression",
        ]
    );
}

#[test]
fn a_cycle_names_its_nodes_and_not_those_that_hang_on_it() {
    let problem = only(
        "<a/><b/><c/><d/><e/>",
        r#"<bind nodeset="/data/a" calculate="/data/c + 1"/><bind nodeset="/data/b" calculate="/data/a"/>
           <bind nodeset="/data/c" relevant="/data/b = 1"/><bind nodeset="/data/d" calculate="/data/a"/>
           <bind nodeset="/data/e" calculate="2"/>"#,
        "",
    );
    assert_eq!(problem.code, "xforms.cycle");
    for node in ["/data/a", "/data/b", "/data/c"] {
        assert!(problem.message.contains(node), "{problem}");
    }
    assert!(!problem.message.contains("/data/d"), "{problem}");
}

#[test]
fn cycles_of_one_and_through_groups_and_counts_are_found() {
    for bind in [
        r#"<bind nodeset="/data/g/a" calculate=". + 1"/>"#,
        r#"<bind nodeset="/data/g/a" relevant=". = 1"/>"#,
        r#"<bind nodeset="/data/g" relevant="/data/g/a = 1"/>"#,
        r#"<bind nodeset="/data/n" calculate="count(/data/m)"/>"#,
    ] {
        let body = r#"<repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/x"/></repeat>"#;
        let problem = only("<g><a/></g><n/><m><x/></m>", bind, body);
        assert_eq!(problem.code, "xforms.cycle", "{bind}");
    }
    // A constraint may read its own node, and two separate knots are two problems.
    assert!(parse("<a/>", r#"<bind nodeset="/data/a" constraint=". > 1" required=". = ''"/>"#, "").is_ok());
    let two = problems(
        "<a/><b/><c/><d/>",
        r#"<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" calculate="/data/a"/>
           <bind nodeset="/data/c" calculate="/data/d"/><bind nodeset="/data/d" calculate="/data/c"/>"#,
        "",
    );
    assert_eq!(two.len(), 2, "{two:?}");
}

#[test]
fn a_question_outside_of_its_repeat_is_reported() {
    let problem = only("<m><x/></m>", "", r#"<repeat nodeset="/data/m"/><input ref="/data/m/x"/>"#);
    assert_eq!(problem.code, "xforms.misplaced-control");
}

#[test]
fn doubts_are_warnings() {
    let def = parse(
        "<a/>",
        r#"<instance id="l"><root><item><name>x</name></item></root></instance>
           <bind nodeset="/data/a" calculate="instance('l')/root/item[nam = 'x']/name"/><bind nodeset="/data/a" calculte="1" type="integr" jr:preload="patient" jr:preloadParams="name" orx:max-pixels="9"/>
           <setvalue event="xforms-value-changed odk-new-repeat wake-up" ref="/data/a"/>"#,
        "<frobnicate/>",
    )
    .unwrap();
    let mut codes: Vec<_> = def.warnings().iter().map(|w| w.code).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "xforms.misplaced-action",
            "xforms.misplaced-action",
            "xforms.second-bind",
            "xforms.unknown-attribute",
            "xforms.unknown-column",
            "xforms.unknown-element",
            "xforms.unknown-event",
            "xforms.unknown-type",
            "xforms.unsupported-preload",
        ]
    );
}

#[test]
fn what_is_no_form_is_refused() {
    let code = |xml: &str| Definition::parse(xml).unwrap_err().problems[0].code;
    assert_eq!(code("not xml"), "xforms.not-xml");
    assert_eq!(code("<a><b></a>"), "xforms.not-xml");
    assert_eq!(code("<html/>"), "xforms.no-model");
    assert_eq!(
        code(&form("", "", "").replace("<instance>", "<x>").replace("</instance>", "</x>")),
        "xforms.no-instance"
    );
}
