//! The language itself: axes, node tests, document order, functions, errors.

use crate::common::{parse, start};
use xforms::{Session, XPathValue};

fn survey() -> Session {
    start(
        r#"<a lang="vi">3</a><g><x>p</x><y>q</y><empty/></g>
           <m id="one"><n>1</n><k><v>a</v></k><k><v>b</v></k></m><m id="two"><n>2</n><k><v>c</v></k></m><z/>"#,
        r#"<instance id="list"><root><item code="x"><name>vn</name><in><deep>1</deep></in></item>
           <item code="y"><name>la</name></item></root></instance>"#,
        r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/><repeat nodeset="/data/m/k"><input ref="/data/m/k/v"/>
           </repeat></repeat>"#,
    )
}

fn paths(session: &Session, expression: &str, context: &str) -> Vec<String> {
    match session.evaluate(expression, Some(context)).unwrap().value {
        XPathValue::Nodes(nodes) => nodes.into_iter().map(|n| n.path).collect(),
        other => panic!("{expression} yields {other:?}"),
    }
}

fn text(session: &Session, expression: &str) -> String {
    match session.evaluate(&format!("string({expression})"), None).unwrap().value {
        XPathValue::Text(text) => text,
        other => panic!("{expression} yields {other:?}"),
    }
}

fn each(cases: &[(&str, &str)]) {
    let session = survey();
    for (expression, expected) in cases {
        assert_eq!(text(&session, expression), *expected, "{expression}");
    }
}

#[test]
fn every_axis_reaches_its_nodes() {
    let session = survey();
    let v = "/data/m[1]/k[2]/v";
    let cases: &[(&str, &[&str])] = &[
        ("child::n", &[]),
        ("parent::k", &["/data/m[1]/k[2]"]),
        ("parent::n", &[]),
        ("ancestor::*", &["/data", "/data/m[1]", "/data/m[1]/k[2]"]),
        ("ancestor::node()[last()]", &["/"]),
        ("ancestor::*[1]", &["/data/m[1]/k[2]"]),
        ("ancestor-or-self::*[1]", &[v]),
        ("../preceding-sibling::*", &["/data/m[1]/n", "/data/m[1]/k[1]"]),
        ("../preceding-sibling::*[1]", &["/data/m[1]/k[1]"]),
        ("../following-sibling::node()", &[]),
        ("../../following-sibling::m/n", &["/data/m[2]/n"]),
        ("following::n", &["/data/m[2]/n"]),
        ("following::*[1]", &["/data/m[2]"]),
        ("preceding::v", &["/data/m[1]/k[1]/v"]),
        ("preceding::*[1]", &["/data/m[1]/k[1]/v"]),
        ("preceding::x", &["/data/g/x"]),
        ("self::v", &[v]),
        ("self::k", &[]),
        ("text()", &["/data/m[1]/k[2]/v/text()"]),
        ("text()/..", &[v]),
        ("../../@id", &["/data/m[1]/@id"]),
        ("../../attribute::*", &["/data/m[1]/@id"]),
        ("../../@id/..", &["/data/m[1]"]),
        ("namespace::*", &[]),
        ("comment()", &[]),
        ("processing-instruction('x')", &[]),
        ("../../descendant::v", &["/data/m[1]/k[1]/v", v]),
        ("../../descendant-or-self::m", &["/data/m[1]"]),
        ("/", &["/"]),
        ("/..", &[]),
        ("/data/..", &["/"]),
    ];
    for (expression, expected) in cases {
        assert_eq!(paths(&session, expression, v), *expected, "{expression}");
    }
}

#[test]
fn node_sets_hold_each_node_once_in_document_order() {
    let session = survey();
    let all = ["/data/m[1]/k[1]/v", "/data/m[1]/k[2]/v", "/data/m[2]/k[1]/v"];
    for expression in
        ["//v", "//k/v", "//m//v", "/data/m/k/v | //v", "//v/../v", "//node()/v", "(//k | //m)/descendant::v"]
    {
        assert_eq!(paths(&session, expression, "/data"), all, "{expression}");
    }
    assert_eq!(paths(&session, "//v[1]", "/data"), all);
    assert_eq!(paths(&session, "(//v)[2]", "/data"), all[1..2]);
    assert_eq!(paths(&session, "//k[1]/v", "/data"), [all[0], all[2]]);
    assert_eq!(paths(&session, "//v/ancestor::m", "/data"), ["/data/m[1]", "/data/m[2]"]);
    assert_eq!(paths(&session, "z | a", "/data"), ["/data/a", "/data/z"]);
}

#[test]
fn lists_have_attributes_and_depth() {
    each(&[
        ("instance('list')/root/item[@code = 'y']/name", "la"),
        ("instance('list')//item[name = 'vn']/@code", "x"),
        ("count(instance('list')//@*)", "2"),
        ("instance('list')//deep/ancestor::item/name", "vn"),
        ("instance('list')/root/item[1]/following-sibling::item/name", "la"),
        ("count(instance('list')//deep/following::*)", "2"),
        ("count(instance('list')/root/item/node())", "3"),
        ("name(instance('list')/*)", "root"),
        ("instance('list')/root/item[1]", "vn1"),
    ]);
}

#[test]
fn node_sets_compare_if_any_of_their_nodes_does() {
    each(&[
        ("//n = 2", "true"),
        ("//n != 2", "true"),
        ("//n = 3", "false"),
        ("//n < //k/v", "false"),
        ("//n = //m/n", "true"),
        ("count(//n[. = //n])", "2"),
        ("/data/m[2]/n = //n", "true"),
        ("/data/m[2]/n > //n", "true"),
        ("false() = //n", "false"),
        ("//n = true()", "true"),
        ("2 > //n", "true"),
        ("//n[. > 1]", "2"),
    ]);
}

#[test]
fn names_languages_and_ids() {
    each(&[
        ("name(//orx:instanceID)", "orx:instanceID"),
        ("local-name(//orx:instanceID)", "instanceID"),
        ("namespace-uri(//orx:instanceID)", "http://openrosa.org/xforms"),
        ("name(/data/m/@id)", "id"),
        ("count(id('one two'))", "2"),
        ("id('two')/n", "2"),
        ("g", "pq"),
    ]);
}

#[test]
fn digests_and_signatures() {
    each(&[
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "digest('abc', 'sha-256', 'hex')",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("string-length(digest('', 'SHA-384', 'hex'))", "96"),
        ("string-length(digest('', 'SHA-512', 'hex'))", "128"),
        ("base64-decode('eGluIGNow6Bv')", "xin chào"),
        ("base64-decode('no base 64')", ""),
        ("extract-signed('AAAA', 'AAAA')", ""),
        (&format!("extract-signed('{SIGNED}', '{KEY}')"), "xin chào"),
        (&format!("extract-signed('{}', '{KEY}')", SIGNED.replace("MAk8", "MBk8")), ""),
    ]);
}

/// "xin chào" behind its Ed25519 signature, and the key that signed it; made for this test.
const SIGNED: &str =
    "LDlhUbm1K0MAk8vFYkWE7amud27RE4Nfq0NMxd7jhz0QKzyjr/qGd2JjeSRmTNaIB/cCMxGRTcj7JrOxS4CCAnhpbiBjaMOgbw==";
const KEY: &str = "70zJXrExckr2GEp1Rj9uw9iXIw3MmHh8ZB2CJiXwZM4=";

#[test]
fn the_order_of_a_seeded_shuffle_is_that_of_the_generator() {
    let session = start(
        "<z/>",
        r#"<instance id="l"><root><i>a</i><i>b</i><i>c</i><i>d</i><i>e</i><i>f</i></root></instance>"#,
        "",
    );
    let order = |seed: &str| text(&session, &format!("concat(randomize(instance('l')/root/i, {seed}))"));
    // Steps by hand: seed 42 gives 705894, 1126542223, 1579310009, 565444343, 807934826, 421520601 (of 2^31 - 1).
    assert_eq!(order("42"), "afcbde");
    assert_eq!(order("'42'"), order("42"));
    // The first eight bytes of the SHA-256 of "hai" as a number: 8330424998463789886.
    assert_eq!(order("'hai'"), "cebafd");
    assert_eq!(order("''"), order("0"));
}

#[test]
fn numbers_round_as_they_are_written() {
    each(&[
        ("round(1.005, 2)", "1.01"),
        ("round(-1.5)", "-1"),
        ("round(12345, -2)", "12300"),
        ("round('x')", "NaN"),
        ("sum(//n | //empty)", "3"),
        ("max(//n | //empty)", "2"),
        ("min(//empty)", "NaN"),
    ]);
}

#[test]
fn places_on_earth() {
    each(&[
        ("intersects('0 0 0 0;1 1 0 0;0 1 0 0;1 0 0 0')", "true"),
        ("intersects('0 0;0 1;1 1;1 0;0 0')", "false"),
        ("geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "true"),
        ("geofence('1.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "false"),
        ("round(distance('0 0', '0 1'))", "111319"),
        ("distance('0 0', 'x')", "NaN"),
        ("round(area('0 0;0 0.001;0.001 0.001;0.001 0;0 0'))", "12392"),
    ]);
}

#[test]
fn what_is_wrong_comes_with_its_place_and_what_was_probably_meant() {
    let session = survey();
    for (expression, code, at, meant) in [
        ("1 + strin(2)", "xforms.unknown-function", 4, "string()"),
        ("$x", "xforms.wrong-expression", 0, "variables"),
        ("1 +", "xforms.wrong-expression", 3, "missing"),
        ("concat('a'", "xforms.wrong-expression", 10, "missing"),
        ("up::x", "xforms.wrong-expression", 0, "axis"),
        ("substr('a')", "xforms.wrong-arguments", 0, "2 to 3"),
        ("1 + count('a')", "xforms.wrong-arguments", 4, "path of nodes"),
        ("if(1, digest('a', 'MD6'), 2)", "xforms.wrong-arguments", 6, "SHA-256"),
        ("  regex('a', '(')", "xforms.wrong-pattern", 2, "regular expression"),
        ("instance('lisst')/root", "xforms.missing-instance", 0, "list"),
    ] {
        let errors = session.evaluate(expression, None).unwrap_err();
        let problem = &errors.problems[0];
        assert_eq!((problem.code, problem.position), (code, Some(at)), "{expression}");
        assert!(problem.message.contains(meant), "{expression}: {}", problem.message);
    }
    let warnings = session.evaluate("count(/data/m/nn)", None).unwrap().warnings;
    assert!(warnings[0].message.contains("n is meant?"), "{}", warnings[0].message);
    let errors =
        parse("<age/><b/>", r#"<bind nodeset="/data/b" calculate="/data/agee + 1"/>"#, "").unwrap_err();
    assert!(errors.problems[0].message.contains("age is meant?"), "{}", errors.problems[0].message);
}

#[test]
fn an_expression_that_costs_too_much_is_an_error_and_loses_nothing() {
    let rows: String = (0..2000).map(|i| format!("<i><v>{i}</v></i>")).collect();
    let list = format!(r#"<instance id="l"><root>{rows}</root></instance>"#);
    let mut session = start(
        "<a/><b>kept</b><c/>",
        &format!(
            r#"{list}<bind nodeset="/data/b" calculate="if(/data/a = 'x',
                 count(instance('l')//v[count(instance('l')//v[. &gt; current()/../a]) = -1][instance('l')//v/following::v = .]), 'kept')"/>
               <bind nodeset="/data/c" calculate="concat(/data/a, '!')"/>"#
        ),
        r#"<input ref="/data/a"><label>a</label></input>"#,
    );
    session.answer("/data/a", &crate::common::text("x")).unwrap();
    assert_eq!(session.value("/data/b"), Some("kept"));
    assert_eq!(
        session.warnings().iter().map(|w| (w.code, &*w.path)).collect::<Vec<_>>(),
        [("xforms.too-costly", "/data/b")]
    );
    let errors =
        session.evaluate("count(instance('l')//v[instance('l')//v/preceding::v = .])", None).unwrap_err();
    assert_eq!(errors.problems[0].code, "xforms.too-costly");
    assert_eq!(session.value("/data/c"), Some("x!"));
}

#[test]
fn texts_that_double_are_bounded() {
    let nodes: String = (0..40).map(|i| format!("<t{i}/>")).collect();
    let binds: String = (1..40)
        .map(|i| {
            let before = i - 1;
            format!(r#"<bind nodeset="/data/t{i}" calculate="concat(/data/t{before}, /data/t{before})"/>"#)
        })
        .collect();
    let mut session = start(&nodes, &binds, r#"<input ref="/data/t0"><label>t</label></input>"#);
    session.answer("/data/t0", &crate::common::text("abcdefgh")).unwrap();
    assert_eq!(session.value("/data/t3").map(str::len), Some(64));
    assert!(session.warnings().iter().any(|w| w.code == "xforms.too-costly"));
}
