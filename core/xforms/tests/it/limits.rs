use xforms::{Definition, Session};

use crate::common::{env, form, parse};

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
