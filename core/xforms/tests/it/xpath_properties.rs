//! What holds for any expression and any node.

use crate::common::start;
use proptest::prelude::*;
use xforms::{Session, XPathValue};

fn survey() -> Session {
    start(
        r#"<a>3</a><g><x>p</x><empty/></g><m><n>1</n><k><v>a</v></k><k><v>b</v></k></m><m><n>2</n><k><v>c</v></k></m><z/>"#,
        "",
        r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/><repeat nodeset="/data/m/k"><input ref="/data/m/k/v"/>
           </repeat></repeat>"#,
    )
}

fn paths(session: &Session, expression: &str, place: &str) -> Vec<String> {
    match session.evaluate(expression, Some(place)).map(|e| e.value) {
        Ok(XPathValue::Nodes(nodes)) => nodes.into_iter().map(|n| n.path).collect(),
        other => panic!("{expression} at {place} yields {other:?}"),
    }
}

/// XPath 1.0 §2.2: these five axes share the document out among them, whatever the node is.
#[test]
fn the_axes_partition_the_document() {
    let session = survey();
    let all = paths(&session, "/ | //node()", "/");
    assert!(all.len() > 25);
    for place in &all {
        let mut shared = Vec::new();
        for axis in ["ancestor", "preceding", "self", "descendant", "following"] {
            shared.extend(paths(&session, &format!("{axis}::node()"), place));
        }
        shared.sort_by_key(|path| all.iter().position(|p| p == path));
        assert_eq!(shared, all, "seen from {place}");
    }
}

#[derive(Debug, Clone)]
enum Tree {
    Number(u8),
    Negate(Box<Tree>),
    Binary(&'static str, Box<Tree>, Box<Tree>),
}

impl Tree {
    fn strength(&self) -> u8 {
        match self {
            Tree::Number(_) => 9,
            Tree::Negate(_) => 7,
            Tree::Binary("*" | "div" | "mod", ..) => 6,
            Tree::Binary("+" | "-", ..) => 5,
            Tree::Binary("<" | "<=" | ">" | ">=", ..) => 4,
            Tree::Binary("=" | "!=", ..) => 3,
            Tree::Binary("and", ..) => 2,
            Tree::Binary(..) => 1,
        }
    }

    /// With no parenthesis more than is needed.
    fn print(&self, floor: u8) -> String {
        let text = match self {
            Tree::Number(number) => number.to_string(),
            Tree::Negate(inner) => format!("-{}", inner.print(7)),
            Tree::Binary(operator, left, right) => {
                let strength = self.strength();
                format!("{} {operator} {}", left.print(strength), right.print(strength + 1))
            }
        };
        if self.strength() < floor { format!("({text})") } else { text }
    }

    /// Truths are 1 and 0, as `number()` makes them.
    fn value(&self) -> f64 {
        let truth = |b: bool| f64::from(u8::from(b));
        let holds = |n: f64| n != 0.0 && !n.is_nan();
        match self {
            Tree::Number(number) => f64::from(*number),
            Tree::Negate(inner) => -inner.value(),
            Tree::Binary(operator, left, right) => {
                // A truth beside `=` makes a truth of the other side (XPath 1.0 §3.4).
                let truths = left.strength() < 5 || right.strength() < 5;
                let (l, r) = (left.value(), right.value());
                let equal = if truths { holds(l) == holds(r) } else { l == r };
                match *operator {
                    "*" => l * r,
                    "div" => l / r,
                    "mod" => l % r,
                    "+" => l + r,
                    "-" => l - r,
                    "<" => truth(l < r),
                    "<=" => truth(l <= r),
                    ">" => truth(l > r),
                    ">=" => truth(l >= r),
                    "=" => truth(equal),
                    "!=" => truth(!equal),
                    "and" => truth(holds(l) && holds(r)),
                    _ => truth(holds(l) || holds(r)),
                }
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let operators =
        ["*", "div", "mod", "+", "-", "<", "<=", ">", ">=", "=", "!=", "and", "or"].map(Just).to_vec();
    any::<u8>().prop_map(Tree::Number).prop_recursive(6, 40, 2, move |inner| {
        let binary = (proptest::strategy::Union::new(operators.clone()), inner.clone(), inner.clone())
            .prop_map(|(operator, left, right)| Tree::Binary(operator, left.into(), right.into()));
        prop_oneof![4 => binary, 1 => inner.prop_map(|i| Tree::Negate(i.into()))]
    })
}

/// Pieces that make sense here and there, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "/",
        "//",
        ".",
        "..",
        "@",
        "*",
        "::",
        "(",
        ")",
        "[",
        "]",
        ",",
        "|",
        "+",
        "-",
        " ",
        "=",
        "!=",
        "<",
        "'",
        "\"",
        "$",
        "and",
        "or",
        "div",
        "mod",
        "1",
        ".5",
        "data",
        "m",
        "n",
        "self",
        "ancestor",
        "text()",
        "node()",
        "count(",
        "position()",
        "last()",
        "current()",
        "instance(",
        "if(",
        "substr(",
        "regex(",
        "concat(",
        "ỹ",
        "\u{0}",
        "jr:itext(",
        "once(",
        "randomize(",
        "indexed-repeat(",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_as_it_was_meant(tree in tree()) {
        let text = tree.print(0);
        let session = survey();
        let found = session.evaluate(&format!("number({text})"), None).map(|e| e.value);
        let Ok(XPathValue::Number(number)) = found else { panic!("{text} yields {found:?}") };
        let expected = tree.value();
        prop_assert!(number == expected || number.is_nan() && expected.is_nan(), "{text}: {number}, not {expected}");
    }

    #[test]
    fn any_text_is_a_value_or_an_error_with_its_place(text in soup()) {
        if let Err(errors) = survey().evaluate(&text, None) {
            prop_assert!(!errors.problems.is_empty());
            for problem in &errors.problems {
                prop_assert!(problem.position.is_some_and(|at| at <= text.len()));
            }
        }
    }
}
