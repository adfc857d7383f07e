use crate::common::{form, parse};
use xforms::{Definition, ParseProblem};

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

fn warnings(instance: &str, model: &str, body: &str) -> Vec<(&'static str, Option<String>)> {
    let def = parse(instance, model, body).unwrap();
    def.warnings().iter().map(|w| (w.code, w.node.clone())).collect()
}

#[test]
fn a_default_that_its_type_cannot_hold_is_refused() {
    let cases = [
        ("int", "5", "5.5"),
        ("decimal", "-5.5", "5,5"),
        ("boolean", "true", "yes"),
        ("date", "2026-02-28", "2026-02-30"),
        ("time", "09:30:00.000+07:00", "25:00"),
        ("dateTime", "2026-02-28T09:30:00.000+07:00", "yesterday"),
        ("geopoint", "23.1 105.3 0 0", "105.3 223.1"),
        ("geotrace", "1 2 0 0; 3 4 0 0", "1 2 0 0; x"),
        ("xsd:string", "anything", ""),
    ];
    for (name, good, bad) in cases {
        let bind = format!(r#"<bind nodeset="/data/m/a" type="{name}"/>"#);
        let body = r#"<repeat nodeset="/data/m"><input ref="/data/m/a"/></repeat>"#;
        let instance = |value: &str| format!("<m><a>5</a></m><m><a>{value}</a></m>").replace(">5<", "><");
        assert!(parse(&instance(good), &bind, body).is_ok(), "{name}");
        if !bad.is_empty() {
            let problem = only(&instance(bad), &bind, body);
            assert_eq!(
                (problem.code, problem.node.as_deref()),
                ("xforms.wrong-default", Some("/data/m/a")),
                "{name}"
            );
            assert!(!problem.message.contains(bad));
        }
    }
}

#[test]
fn a_select_without_choices_is_refused() {
    for control in ["select1", "select", "rank"] {
        let problem = only("<a/>", "", &format!(r#"<{control} ref="/data/a"><label>A</label></{control}>"#));
        assert_eq!((problem.code, problem.node.as_deref()), ("xforms.no-choices", Some("/data/a")));
    }
}

#[test]
fn doubtful_choices_are_named() {
    let item = |value: &str| format!("<item><label>x</label><value>{value}</value></item>");
    let codes = |control: &str, values: &[&str], default: &str| {
        let items: String = values.iter().map(|v| item(v)).collect();
        let body = format!(r#"<{control} ref="/data/a">{items}</{control}>"#);
        warnings(&format!("<a>{default}</a>"), "", &body).into_iter().map(|w| w.0).collect::<Vec<_>>()
    };
    assert_eq!(codes("select1", &["a", "b"], "b"), [""; 0]);
    assert_eq!(codes("select1", &["a", "b", "a"], ""), ["xforms.duplicate-choice"]);
    assert_eq!(codes("select1", &["a", ""], ""), ["xforms.empty-choice"]);
    assert_eq!(codes("select1", &["a b", "c"], ""), [""; 0]);
    assert_eq!(codes("select", &["a b", "c"], ""), ["xforms.spaced-choice"]);
    assert_eq!(codes("select", &["a", "c"], "a c"), [""; 0]);
    assert_eq!(codes("select", &["a", "c"], "a d"), ["xforms.default-not-offered"]);
    let list =
        r#"<instance id="l"><root><item><name>x</name></item><item><name>x</name></item></root></instance>"#;
    let select = |filter: &str| {
        format!(
            r#"<select1 ref="/data/a"><itemset nodeset="instance('l')/root/item{filter}"><value ref="name"/><label ref="name"/></itemset></select1>"#
        )
    };
    assert_eq!(warnings("<a/>", list, &select(""))[0].0, "xforms.duplicate-choice");
    assert_eq!(warnings("<a/>", list, &select("[name != '']")), []);
}

#[test]
fn what_hardly_can_be_meant_is_named() {
    let at = |path: &str| Some(path.to_owned());
    assert_eq!(
        warnings("<a/>", "", r#"<input ref="/data/a"/><input ref="/data/a"/>"#),
        [("xforms.second-control", at("/data/a"))]
    );
    assert_eq!(warnings("<a/>", "<frob/>", ""), [("xforms.unknown-element", None)]);
    assert_eq!(
        warnings("<a/>", "", r#"<input ref="/data/a"><lable>A</lable><help>h</help></input>"#),
        [("xforms.unknown-element", at("/data/a"))]
    );
    assert_eq!(
        warnings("<g><a/></g>", r#"<bind nodeset="/data/g" calculate="1"/>"#, ""),
        [("xforms.calculated-group", at("/data/g"))]
    );
    assert_eq!(
        warnings(
            "<a/>",
            r#"<bind nodeset="/data/a" calculate="1"/><setvalue event="odk-instance-first-load" ref="/data/a" value="2"/>"#,
            ""
        ),
        [("xforms.overwritten-value", at("/data/a"))]
    );
}

#[test]
fn changes_that_go_round_in_a_circle_are_named() {
    let set = |from: &str, to: &str| {
        format!(
            r#"<input ref="/data/{from}"><setvalue event="xforms-value-changed" ref="/data/{to}" value="."/></input>"#
        )
    };
    let around: String = [("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")].map(|(f, t)| set(f, t)).concat();
    let def = parse("<a/><b/><c/><d/>", "", &around).unwrap();
    let [warning] = def.warnings() else { panic!("{:?}", def.warnings()) };
    assert_eq!(warning.code, "xforms.action-cycle");
    assert!(warning.message.ends_with("/data/b → /data/c → /data/b"), "{warning}");
    assert_eq!(warnings("<a/><b/><c/><d/>", "", &set("a", "b")), []);
}

#[test]
fn a_count_of_nothing_is_refused() {
    let problem = only(
        "<m><x/></m>",
        "",
        r#"<repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/x"/></repeat>"#,
    );
    assert_eq!((problem.code, problem.attribute.as_deref()), ("xforms.unknown-path", Some("jr:count")));
}
