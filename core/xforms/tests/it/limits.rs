use crate::common::{env, form, parse};
use xforms::{Definition, Session};

#[test]
fn entities_and_document_types_are_refused() {
    let xml = format!(
        r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>{}"#,
        form("<q>&b;</q>", "", "")
    );
    assert_eq!(Definition::parse(&xml).unwrap_err().problems[0].code, "xforms.not-xml");
}

#[test]
fn deep_documents_are_refused_before_anything_recurses() {
    let deep = format!("{}{}", "<g>".repeat(200_000), "</g>".repeat(200_000));
    let errors = Definition::parse(&form(&deep, "", "")).unwrap_err();
    assert_eq!(errors.problems[0].code, "xforms.too-deep");
    let hidden = format!("<!-- {} --><q a='>'/>", "<g>".repeat(500));
    assert!(Definition::parse(&form(&hidden, "", "")).is_ok());
}

#[test]
fn deep_expressions_are_refused_and_those_at_the_limit_fit_a_small_stack() {
    let nested = |n: usize| format!("{}1{}", "if(1, ".repeat(n), ", 2)".repeat(n));
    let bind = |e: String| format!(r#"<bind nodeset="/data/a" calculate="{e}"/>"#);
    let problem = parse("<a/>", &bind(nested(5_000)), "").unwrap_err().problems.remove(0);
    assert_eq!((problem.code, problem.message.contains("deep")), ("xforms.wrong-expression", true));
    let run = move || {
        let session = Session::start(parse("<a/>", &bind(nested(120)), "").unwrap(), env());
        session.value("/data/a").map(str::to_owned)
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap();
    assert_eq!(thread.join().unwrap().as_deref(), Some("1"));
}

#[test]
fn long_flat_expressions_are_no_deep_ones() {
    let long = vec!["1"; 20_000].join(" + ");
    let def = parse("<a/>", &format!(r#"<bind nodeset="/data/a" calculate="{long}"/>"#), "").unwrap();
    assert_eq!(Session::start(def, env()).value("/data/a"), Some("20000"));
}

#[test]
fn a_huge_pattern_is_refused() {
    let bind = r#"<bind nodeset="/data/a" constraint="regex(., '(\w{1000}){1000}')"/>"#;
    assert_eq!(parse("<a/>", bind, "").unwrap_err().problems[0].code, "xforms.wrong-pattern");
}

#[test]
fn a_mistyped_count_does_not_fill_the_memory() {
    let def = parse(
        "<n>1e12</n><m><x/></m>",
        "",
        r#"<repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/x"/></repeat>"#,
    );
    let session = Session::start(def.unwrap(), env());
    assert!(session.value("/data/m[10000]/x").is_none());
    assert!(session.is_relevant("/data/m[10000]/x"));
    assert!(!session.is_relevant("/data/m[10001]/x"));
    let [warning] = session.warnings().try_into().unwrap();
    assert_eq!((warning.code, warning.path.as_str()), ("xforms.too-many-instances", "/data/m"));
}

#[test]
fn counts_inside_counts_do_not_fill_the_memory() {
    let def = parse(
        "<n>9000</n><m><k><x/></k></m>",
        "",
        r#"<repeat nodeset="/data/m" jr:count="/data/n"><repeat nodeset="/data/m/k" jr:count="/data/n"><input ref="/data/m/k/x"/></repeat></repeat>"#,
    );
    let session = Session::start(def.unwrap(), env());
    assert!(session.warnings().iter().any(|w| w.code == "xforms.too-many-instances"));
    // The same in a document.
    let def = parse("<m><k><x/></k></m>", "", r#"<repeat nodeset="/data/m"><repeat nodeset="/data/m/k"><input ref="/data/m/k/x"/></repeat></repeat>"#).unwrap();
    let many = format!("<data id='test'>{}</data>", format!("<m>{}</m>", "<k/>".repeat(1_000)).repeat(101));
    assert_eq!(Session::edit(def, env(), &many).unwrap_err().code(), "xforms.too-many-instances");
}

fn refusal(xml: &str) -> &'static str {
    Definition::parse(xml).unwrap_err().problems[0].code
}

#[test]
fn a_million_groups_deep_or_wide_end_soon() {
    let deep = form(&format!("{}{}", "<g>".repeat(1_000_000), "</g>".repeat(1_000_000)), "", "");
    assert_eq!(refusal(&deep), "xforms.too-deep");
    let body = format!("{}{}", "<group>".repeat(1_000_000), "</group>".repeat(1_000_000));
    assert_eq!(refusal(&form("<a/>", "", &body)), "xforms.too-deep");
    assert_eq!(refusal(&form("<a/>", "", &"<group/>".repeat(3_000_001))), "xforms.too-large");
}

#[test]
fn more_choices_than_a_phone_can_hold_are_refused() {
    let item = "<item><label>Một thôn ở rất xa</label><value>x</value></item>";
    let inline = format!(r#"<select1 ref="/data/a">{}</select1>"#, item.repeat((200 << 20) / item.len()));
    assert_eq!(refusal(&form("<a/>", "", &inline)), "xforms.too-large");
    let list = |bytes: Vec<u8>| {
        let model = r#"<instance id="l" src="jr://file-csv/l.csv"/>"#;
        Definition::parse_with(&form("<a/>", model, ""), &|_| Some(bytes.clone())).unwrap_err().problems[0]
            .code
    };
    assert_eq!(list(vec![b'x'; 200 << 20]), "xforms.too-large");
    assert_eq!(
        list([b"a,b,c,d,e,f,g,h\n".as_slice(), &b",,,,,,,\n".repeat(600_000)].concat()),
        "xforms.too-large"
    );
}

#[test]
fn attributes_and_namespaces_without_end_are_refused() {
    let attributes: String = (0..100_000).map(|i| format!(" a{i}=''")).collect();
    assert_eq!(refusal(&form(&format!("<a{attributes}/>"), "", "")), "xforms.too-large");
    let namespaces: String = (0..200_000).map(|i| format!("<a xmlns:n{i}='urn:{i}'/>")).collect();
    assert_eq!(refusal(&form(&namespaces, "", "")), "xforms.too-large");
}

#[test]
fn wide_forms_and_instances_take_time_by_their_size() {
    // Quadratic work over 20,000 siblings would take a minute.
    let nodes: String = (0..20_000).map(|i| format!("<q{i}/>")).collect();
    let binds: String = (0..20_000).map(|i| format!(r#"<bind nodeset="/data/q{i}" type="int"/>"#)).collect();
    let body: String = (0..20_000).map(|i| format!(r#"<input ref="/data/q{i}"/>"#)).collect();
    let def = parse(&nodes, &binds, &body).unwrap();
    let backwards: String = (0..20_000).rev().map(|i| format!("<q{i}>1</q{i}><x{i}>2</x{i}>")).collect();
    let mut session = Session::edit(def, env(), &format!("<data id='test'>{backwards}</data>")).unwrap();
    assert_eq!(session.value("/data/q0"), Some("1"));
    assert!(session.finish().unwrap().xml.contains("<x0>2</x0>"));
}

#[test]
fn labels_that_quote_each_other_end() {
    let session = Session::start(
        parse(
            "<c>x</c><said/>",
            r#"<bind nodeset="/data/said" calculate="jr:choice-name(/data/c, '/data/c')"/>"#,
            r#"<select1 ref="/data/c"><label>?</label><item><value>x</value><label>so <output value="jr:choice-name(/data/c, '/data/c')"/></label></item></select1>"#,
        )
        .unwrap(),
        env(),
    );
    assert!(session.value("/data/said").unwrap().starts_with("so so"));
}

#[test]
fn random_text_never_panics() {
    let pieces = [
        "(", ")", "[", "]", "/", "//", "..", ".", "@", "*", "data", "a", "::", "'", "\"", "-", "and", "1",
        ",", "if(", "|", "$", "đ", " ",
    ];
    let mut seed = 12345u64;
    for _ in 0..3_000 {
        let mut expression = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            expression.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        let escaped = expression.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        if let Ok(def) = parse(
            "<a/>",
            &format!(r#"<bind nodeset="/data/a" constraint="{escaped}"/>"#),
            r#"<input ref="/data/a"/>"#,
        ) {
            let mut session = Session::start(def, env());
            let _ = session.answer("/data/a", &xforms::Answer::Text("x".into()));
            let _ = session.next();
        }
    }
}
