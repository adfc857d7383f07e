//! Random forms and scripts, each from one seed: types, binds over earlier nodes, nested repeats, filtered selects.

use crate::case::{Case, Line, Parts};
use std::fmt::Write;
use xforms::{Random, SeededRandom};

/// How deep groups and repeats stand in each other.
const MAX_DEPTH: u32 = 3;
/// Choices of every select, with the key that filters compare.
const CHOICES: [(&str, &str); 5] = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"), ("e", "z")];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Int,
    Decimal,
    Date,
    SelectOne,
    SelectMultiple,
    /// Without a control: its bind calculates it.
    Calculated,
}

#[derive(Clone)]
struct Node {
    /// `/data/r1/q2`
    path: String,
    kind: Kind,
    /// Paths of the repeats around it, outermost first.
    repeats: Vec<String>,
}

struct Maker {
    random: SeededRandom,
    parts: Parts,
    /// What expressions may read: the nodes before, in the order of the form.
    nodes: Vec<Node>,
    repeats: Vec<Vec<String>>,
    count: u32,
}

/// The same form and script for the same seed.
pub fn case(seed: u64) -> Case {
    let mut maker = Maker {
        random: SeededRandom(seed),
        parts: Parts::default(),
        nodes: Vec::new(),
        repeats: Vec::new(),
        count: 0,
    };
    let rows: String = CHOICES
        .iter()
        .map(|(name, key)| format!("<item><name>{name}</name><label>L{name}</label><k>{key}</k></item>"))
        .collect();
    let _ = write!(maker.parts.model, r#"<instance id="l"><root>{rows}</root></instance>"#);
    let (instance, body) = maker.children("/data", &[], 0);
    maker.parts.instance = instance;
    maker.parts.body = body;
    let script = maker.script();
    Case { name: format!("seed {seed}"), xml: maker.parts.xml(), files: Vec::new(), script }
}

impl Maker {
    fn below(&mut self, end: u64) -> u64 {
        self.random.next_u64() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len() as u64) as usize].clone()) }
    }

    fn name(&mut self, letter: char) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    /// Elements and controls inside a node.
    fn children(&mut self, path: &str, repeats: &[String], depth: u32) -> (String, String) {
        let (mut instance, mut body) = (String::new(), String::new());
        for _ in 0..2 + self.below(4) {
            let (element, control) = match self.below(10) {
                0 | 1 if depth < MAX_DEPTH => self.repeat(path, repeats, depth),
                2 if depth < MAX_DEPTH => self.group(path, repeats, depth),
                _ => self.question(path, repeats),
            };
            instance.push_str(&element);
            body.push_str(&control);
        }
        (instance, body)
    }

    fn group(&mut self, around: &str, repeats: &[String], depth: u32) -> (String, String) {
        let name = self.name('g');
        let path = format!("{around}/{name}");
        if self.chance(40) {
            let condition = self.condition(repeats, None);
            self.bind(&path, &[("relevant", condition)]);
        }
        let (instance, body) = self.children(&path, repeats, depth + 1);
        let body = format!(r#"<group ref="{path}"><label>{name}</label>{body}</group>"#);
        (format!("<{name}>{instance}</{name}>"), body)
    }

    fn repeat(&mut self, around: &str, repeats: &[String], depth: u32) -> (String, String) {
        let name = self.name('r');
        let path = format!("{around}/{name}");
        if self.chance(25) {
            let condition = self.condition(repeats, None);
            self.bind(&path, &[("relevant", condition)]);
        }
        let mut inside = repeats.to_vec();
        inside.push(path.clone());
        self.repeats.push(inside.clone());
        let (instance, body) = self.children(&path, &inside, depth + 1);
        let body = format!(
            r#"<group ref="{path}"><label>{name}</label><repeat nodeset="{path}">{body}</repeat></group>"#
        );
        (format!(r#"<{name} jr:template="">{instance}</{name}>"#), body)
    }

    fn question(&mut self, around: &str, repeats: &[String]) -> (String, String) {
        let name = self.name('q');
        let path = format!("{around}/{name}");
        let kinds = [
            Kind::Text,
            Kind::Text,
            Kind::Int,
            Kind::Int,
            Kind::Decimal,
            Kind::Date,
            Kind::SelectOne,
            Kind::SelectMultiple,
            Kind::Calculated,
            Kind::Calculated,
        ];
        let kind = kinds[self.below(kinds.len() as u64) as usize];
        let data_type = match kind {
            Kind::Int => "int",
            Kind::Decimal => "decimal",
            Kind::Date => "date",
            Kind::Text | Kind::SelectOne | Kind::SelectMultiple | Kind::Calculated => "string",
        };
        let mut bind = vec![("type", data_type.to_owned())];
        if self.chance(25) {
            bind.push(("relevant", self.condition(repeats, None)));
        }
        let body = if kind == Kind::Calculated {
            bind.push(("calculate", self.value(repeats)));
            String::new()
        } else {
            // Never both required and read-only: what that means is disputed (docs/form-choices.md).
            match self.below(100) {
                0..20 => bind.push(("required", self.condition(repeats, None))),
                20..28 => bind.push(("readonly", self.condition(repeats, None))),
                _ => {}
            }
            if self.chance(20) {
                bind.push(("constraint", self.condition(repeats, Some(kind))));
            }
            self.control(&path, &name, kind, repeats)
        };
        self.bind(&path, &bind);
        self.nodes.push(Node { path, kind, repeats: repeats.to_vec() });
        (format!("<{name}/>"), body)
    }

    fn control(&mut self, path: &str, name: &str, kind: Kind, repeats: &[String]) -> String {
        let label = if self.chance(20) {
            let output = escape(&self.value(repeats));
            format!(r#"<label>{name} <output value="{output}"/></label>"#)
        } else {
            format!("<label>{name}</label>")
        };
        let element = match kind {
            Kind::SelectOne => "select1",
            Kind::SelectMultiple => "select",
            _ => return format!(r#"<input ref="{path}">{label}</input>"#),
        };
        let filter = if self.chance(50) { self.filter(path, repeats) } else { String::new() };
        let nodeset = escape(&format!("instance('l')/root/item{filter}"));
        format!(
            r#"<{element} ref="{path}">{label}<itemset nodeset="{nodeset}"><value ref="name"/><label ref="label"/></itemset></{element}>"#
        )
    }

    /// Inside a repeat with `current()`, as form builders write it.
    fn filter(&mut self, from: &str, repeats: &[String]) -> String {
        let key = ["x", "y", "z"][self.below(3) as usize];
        let node = self.one(repeats, &[Kind::SelectOne, Kind::SelectMultiple, Kind::Text, Kind::Int]);
        let node = node.map(|(to, kind)| match repeats {
            [] => (to, kind),
            _ => (format!("current()/{}", relative(from, &to)), kind),
        });
        match node {
            Some((path, Kind::SelectMultiple)) => format!("[selected({path}, name) or k = '{key}']"),
            Some((path, Kind::Int)) => format!("[k = '{key}' or {path} > 2]"),
            Some((path, _)) => format!("[name != {path}]"),
            None => format!("[k = '{key}']"),
        }
    }

    fn bind(&mut self, path: &str, attributes: &[(&str, String)]) {
        let _ = write!(self.parts.model, r#"<bind nodeset="{path}""#);
        for (name, value) in attributes {
            let _ = write!(self.parts.model, r#" {name}="{}""#, escape(value));
        }
        self.parts.model.push_str("/>");
    }

    /// A node that is one node from here, of one of these kinds.
    fn one(&mut self, repeats: &[String], kinds: &[Kind]) -> Option<(String, Kind)> {
        let fits = |node: &&Node| kinds.contains(&node.kind) && repeats.starts_with(&node.repeats);
        let found: Vec<Node> = self.nodes.iter().filter(fits).cloned().collect();
        self.pick(&found).map(|node| (node.path, node.kind))
    }

    /// A node of which there are many from here.
    fn many(&mut self, repeats: &[String], kinds: &[Kind]) -> Option<String> {
        let fits = |node: &&Node| kinds.contains(&node.kind) && !repeats.starts_with(&node.repeats);
        let found: Vec<Node> = self.nodes.iter().filter(fits).cloned().collect();
        self.pick(&found).map(|node| node.path)
    }

    /// An expression with a number, of earlier nodes.
    fn number(&mut self, repeats: &[String]) -> String {
        const NUMBERS: [Kind; 2] = [Kind::Int, Kind::Decimal];
        match self.below(9) {
            0..=2 => match self.one(repeats, &NUMBERS) {
                Some((path, _)) => path,
                None => self.below(10).to_string(),
            },
            3 => match self.many(repeats, &NUMBERS) {
                Some(path) => format!("sum({path})"),
                None => self.below(10).to_string(),
            },
            4 => match self.many(repeats, &[Kind::Text, Kind::Int, Kind::SelectOne]) {
                Some(path) => format!("count-non-empty({path})"),
                None => self.below(10).to_string(),
            },
            5 => match self.one(repeats, &[Kind::SelectMultiple]) {
                Some((path, _)) => format!("count-selected({path})"),
                None => self.below(10).to_string(),
            },
            6 => match self.one(repeats, &[Kind::Text, Kind::SelectOne]) {
                Some((path, _)) => format!("string-length({path})"),
                None => self.below(10).to_string(),
            },
            7 => {
                let operator = ["+", "-", "*"][self.below(3) as usize];
                format!("({} {operator} {})", self.number(repeats), self.number(repeats))
            }
            _ => self.below(10).to_string(),
        }
    }

    /// An expression that holds or doesn't; `this` is the kind of `.` in a constraint.
    fn condition(&mut self, repeats: &[String], this: Option<Kind>) -> String {
        let this_one = this.filter(|_| self.chance(80));
        match this_one {
            Some(Kind::Int | Kind::Decimal) => return format!(". < {}", self.number(repeats)),
            Some(Kind::Date) => return ". >= date('2024-02-01')".to_owned(),
            Some(Kind::SelectMultiple) => return format!("count-selected(.) < {}", 1 + self.below(3)),
            Some(Kind::SelectOne) => return ". != 'b'".to_owned(),
            Some(_) => return "string-length(.) < 3".to_owned(),
            None => {}
        }
        match self.below(8) {
            0 | 1 => {
                let operator = ["<", ">", "<=", ">=", "=", "!="][self.below(6) as usize];
                format!("{} {operator} {}", self.number(repeats), self.number(repeats))
            }
            2 => match self.one(repeats, &[Kind::SelectMultiple]) {
                Some((path, _)) => format!("selected({path}, '{}')", ["a", "b", "c"][self.below(3) as usize]),
                None => "true()".to_owned(),
            },
            3 | 4 => match self.one(repeats, &[Kind::SelectOne, Kind::Text, Kind::Calculated]) {
                Some((path, _)) => format!("{path} = '{}'", ["a", "b", "1"][self.below(3) as usize]),
                None => "true()".to_owned(),
            },
            5 => match self.one(repeats, &[Kind::Text, Kind::Int, Kind::Date, Kind::Calculated]) {
                Some((path, _)) => format!("{path} != ''"),
                None => "true()".to_owned(),
            },
            6 => format!("not({})", self.condition(repeats, None)),
            _ => {
                let operator = ["and", "or"][self.below(2) as usize];
                format!("({} {operator} {})", self.condition(repeats, None), self.condition(repeats, None))
            }
        }
    }

    /// An expression with a text or a number.
    fn value(&mut self, repeats: &[String]) -> String {
        match self.below(8) {
            0 | 1 => self.number(repeats),
            2 => format!("if({}, {}, 'n')", self.condition(repeats, None), self.number(repeats)),
            3 => match self.one(repeats, &[Kind::Text, Kind::SelectOne, Kind::Date, Kind::Calculated]) {
                Some((path, _)) => format!("concat({path}, '-', {})", self.number(repeats)),
                None => "'k'".to_owned(),
            },
            // Of what stands in the instance itself: a blank one deeper inside is joined late by JavaRosa.
            4 => match self.many(repeats, &[Kind::Text, Kind::SelectOne]) {
                Some(path) if path.rsplit('/').nth(1).is_some_and(|parent| parent.starts_with('r')) => {
                    format!("join(',', {path})")
                }
                _ => "'j'".to_owned(),
            },
            5 if !repeats.is_empty() => "position(..)".to_owned(),
            6 => match self.one(repeats, &[Kind::Int, Kind::Text]) {
                Some((path, _)) => format!("coalesce({path}, 'k')"),
                None => "'c'".to_owned(),
            },
            _ => format!("if({}, 'co', 'khong')", self.condition(repeats, None)),
        }
    }

    /// Answers, instances added and removed. A step that can't be done is one that both sides refuse.
    fn script(&mut self) -> Vec<Line> {
        let asked: Vec<Node> = self.nodes.iter().filter(|n| n.kind != Kind::Calculated).cloned().collect();
        let repeats = self.repeats.clone();
        let mut lines = Vec::new();
        for _ in 0..8 + self.below(16) {
            let command = match self.below(10) {
                0 | 1 => self.pick(&repeats).map(|chain| {
                    let (last, around) = chain.split_last().map_or(("", &[][..]), |(l, a)| (l.as_str(), a));
                    format!("add {}", self.placed(last, around))
                }),
                2 if self.chance(40) => self.pick(&repeats).map(|chain| {
                    let last = chain.last().cloned().unwrap_or_default();
                    format!("remove {}", self.placed(&last, &chain))
                }),
                _ => self.pick(&asked).map(|node| {
                    let path = self.placed(&node.path, &node.repeats);
                    match self.answer(node.kind) {
                        Some(value) => format!("answer {path} {value}"),
                        None => format!("clear {path}"),
                    }
                }),
            };
            lines.extend(command.map(Line::Command));
        }
        lines
    }

    /// The path with a place for each repeat in it.
    fn placed(&mut self, path: &str, repeats: &[String]) -> String {
        let mut placed = path.to_owned();
        // Innermost first, so that outer ones keep their length.
        for repeat in repeats.iter().rev() {
            let place = 1 + self.below(2);
            placed = format!("{repeat}[{place}]{}", &placed[repeat.len()..]);
        }
        placed
    }

    fn answer(&mut self, kind: Kind) -> Option<String> {
        if self.chance(12) {
            return None;
        }
        Some(match kind {
            Kind::Int => self.below(12).to_string(),
            Kind::Decimal => format!("{}.{}", self.below(9), [5, 25, 75][self.below(3) as usize]),
            Kind::Date => format!("2024-{:02}-{:02}", 1 + self.below(3), 1 + self.below(28)),
            Kind::SelectOne => CHOICES[self.below(5) as usize].0.to_owned(),
            Kind::SelectMultiple => {
                let chosen: Vec<&str> = CHOICES.iter().map(|c| c.0).filter(|_| self.chance(40)).collect();
                if chosen.is_empty() { "a".to_owned() } else { chosen.join(" ") }
            }
            Kind::Text | Kind::Calculated => {
                ["a", "b", "1", "07", "Hoà", "x y"][self.below(6) as usize].to_owned()
            }
        })
    }
}

/// The way from one node to another through the group that holds both.
fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = vec![".."; from.len() - shared];
    up.into_iter().chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn escape(expression: &str) -> String {
    expression.replace('&', "&amp;").replace('<', "&lt;")
}
