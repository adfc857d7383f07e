//! The same script on both engines, and what differs.

use crate::{
    case::{Case, Expectation, Line},
    known::Known,
    oracle::Oracle,
};
use anyhow::Result;
use formplay::{Player, Setup};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fmt, path::Path};
use xforms::Definition;

/// One thing that the engines see differently, or that is not as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The command after which it showed; `start`, `draft` and `submission` for what no command did.
    pub after: String,
    pub path: String,
    /// `value`, `label`, `choices` …; `node` where one side has none.
    pub aspect: String,
    pub ours: Value,
    pub theirs: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { after, path, aspect, ours, theirs } = self;
        write!(f, "after `{after}`: {path} {aspect}: ours {ours}, JavaRosa's {theirs}")
    }
}

/// Nodes by path, each with what is compared.
type Nodes = BTreeMap<String, Map<String, Value>>;

struct Ours {
    steps: Vec<(String, Value, Nodes)>,
    unexpected: Vec<Difference>,
    /// What is read back: name, XML and the state that it stands for.
    instances: Vec<(&'static str, String, Nodes)>,
}

/// Plays a case on both sides. `media` is where its lists are.
pub fn compare(oracle: &mut Oracle, known: &mut Known, case: &Case, media: &Path) -> Result<Vec<Difference>> {
    let mut is_new = |difference: &Difference| !known.covers(&case.name, difference);
    let ours = match play(case, media) {
        Ok(ours) => ours,
        Err(refusal) => {
            let theirs = oracle.play(&case.xml, media, &[], &[])?;
            let refused_too = theirs.get("error").is_some();
            let found = Difference {
                after: "start".into(),
                path: "/data".into(),
                aspect: "form".into(),
                ours: json!(refusal),
                theirs: theirs.get("error").cloned().unwrap_or_else(|| json!("accepted")),
            };
            return Ok(Some(found).filter(|d| !refused_too && is_new(d)).into_iter().collect());
        }
    };
    let script: Vec<String> = ours.steps.iter().skip(1).map(|(command, ..)| command.clone()).collect();
    let instances: Vec<String> = ours.instances.iter().map(|(_, xml, _)| xml.clone()).collect();
    let theirs = oracle.play(&case.xml, media, &script, &instances)?;
    if let Some(error) = theirs.get("error") {
        let found = Difference {
            after: "start".into(),
            path: "/data".into(),
            aspect: "form".into(),
            ours: json!("accepted"),
            theirs: error.clone(),
        };
        return Ok(Some(found).filter(is_new).into_iter().collect());
    }
    let mut found = ours.unexpected;
    for (i, (command, error, nodes)) in ours.steps.iter().enumerate() {
        let step = &theirs["steps"][i];
        let mut differ = Differ { after: command, found: &mut found };
        differ.one("", "error", error, &step["error"]);
        differ.nodes(nodes, &their_nodes(&step["nodes"]));
        found.retain(&mut is_new);
        // What follows from a difference says nothing new.
        if !found.is_empty() {
            return Ok(found);
        }
    }
    for (i, (name, _, nodes)) in ours.instances.iter().enumerate() {
        let read = their_nodes(&theirs["instances"][i]["nodes"]);
        Differ { after: name, found: &mut found }.values(nodes, &read);
        found.retain(&mut is_new);
    }
    Ok(found)
}

/// The form and the shortest script that still shows a difference, as text.
pub fn shortened(oracle: &mut Oracle, known: &mut Known, mut case: Case, media: &Path) -> Result<String> {
    let mut found = compare(oracle, known, &case, media)?;
    let mut at = case.script.len();
    while at > 0 {
        at -= 1;
        let mut fewer = case.clone();
        fewer.script.remove(at);
        let left = compare(oracle, known, &fewer, media)?;
        if !left.is_empty() {
            (case, found) = (fewer, left);
        }
    }
    let script = case.script.iter().map(|line| match line {
        Line::Command(command) => command.clone(),
        Line::Expect { path, what } => format!("expect {path} {what:?}"),
    });
    let found = found.iter().map(ToString::to_string);
    let xml = case.xml.replace("><", ">\n<");
    Ok([format!("── {}", case.name), xml]
        .into_iter()
        .chain(script)
        .chain(found)
        .collect::<Vec<_>>()
        .join("\n"))
}

/// The refusal is the form's problems.
fn play(case: &Case, media: &Path) -> Result<Ours, String> {
    let list = |name: &str| std::fs::read(media.join(name)).ok();
    let definition = Definition::parse_with(&case.xml, &list).map_err(|errors| errors.to_string())?;
    let now = chrono::DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").map_err(|e| e.to_string())?;
    let mut player = Player::new(definition, Setup { now: Some(now), seed: Some(7), ..Setup::default() });
    let mut steps = vec![("start".to_owned(), Value::Null, our_nodes(&mut player))];
    let mut unexpected = Vec::new();
    for line in &case.script {
        match line {
            Line::Command(command) => {
                let answer = player.play(command).unwrap_or_default();
                let error = answer["error"]["code"].clone();
                steps.push((command.clone(), error, our_nodes(&mut player)));
            }
            Line::Expect { path, what } => {
                let after = steps.last().map(|(command, ..)| command.clone()).unwrap_or_default();
                let node = player.play(&format!("get {path}")).unwrap_or_default();
                unexpected.extend(surprise(&node, path, what).map(|(aspect, ours, wanted)| Difference {
                    after,
                    path: path.clone(),
                    aspect: format!("{aspect} (expected)"),
                    ours,
                    theirs: wanted,
                }));
            }
        }
    }
    let mut instances = Vec::new();
    for name in ["draft", "submission"] {
        let answer = player.play(name).unwrap_or_default();
        if let Some(xml) = answer["xml"].as_str() {
            instances.push((name, xml.to_owned(), our_nodes(&mut player)));
        }
    }
    Ok(Ours { steps, unexpected, instances })
}

/// What is there instead of what was expected: aspect, what is, what was wanted.
fn surprise(node: &Value, path: &str, what: &Expectation) -> Option<(String, Value, Value)> {
    let gone = node.get("error").is_some();
    let (aspect, is, wanted) = match what {
        Expectation::Gone => ("node", json!(!gone), json!(false)),
        _ if gone => ("node", Value::Null, json!(path)),
        Expectation::Value(value) => {
            ("value", json!(node["value"].as_str().unwrap_or_default()), json!(value))
        }
        Expectation::Label(label) => ("label", node["label"].clone(), json!(label)),
        Expectation::ChoiceCount(count) => {
            ("choices", json!(node["choices"].as_array().map_or(0, Vec::len)), json!(count))
        }
        Expectation::Choices(values) => {
            let choices = node["choices"].as_array().into_iter().flatten();
            ("choices", choices.map(|c| c["value"].clone()).collect(), json!(values))
        }
        Expectation::Flag(flag, wanted) => (flag.as_str(), node[flag].clone(), json!(wanted)),
    };
    (is != wanted).then(|| (aspect.to_owned(), is, wanted))
}

struct Differ<'a> {
    after: &'a str,
    found: &'a mut Vec<Difference>,
}

impl Differ<'_> {
    fn one(&mut self, path: &str, aspect: &str, ours: &Value, theirs: &Value) {
        if !same(ours, theirs) {
            self.found.push(Difference {
                after: self.after.to_owned(),
                path: path.to_owned(),
                aspect: aspect.to_owned(),
                ours: ours.clone(),
                theirs: theirs.clone(),
            });
        }
    }

    fn nodes(&mut self, ours: &Nodes, theirs: &Nodes) {
        for (path, node) in ours {
            let Some(other) = theirs.get(path) else {
                self.one(path, "node", &json!("there"), &Value::Null);
                continue;
            };
            for (aspect, value) in node {
                self.one(path, aspect, value, other.get(aspect).unwrap_or(&Value::Null));
            }
        }
        for path in theirs.keys().filter(|path| !ours.contains_key(*path)) {
            self.one(path, "node", &Value::Null, &json!("there"));
        }
    }

    /// Values and relevance only, of what is relevant: the rest is not in a submission.
    fn values(&mut self, ours: &Nodes, theirs: &Nodes) {
        let relevant = |nodes: &Nodes| -> Nodes {
            let kept = nodes.iter().filter(|(_, node)| node["relevant"] == true);
            kept.map(|(path, node)| {
                let value = node.get("value").cloned().unwrap_or_default();
                (path.clone(), Map::from_iter([("value".to_owned(), value)]))
            })
            .collect()
        };
        self.nodes(&relevant(ours), &relevant(theirs));
    }
}

/// Nothing and empty text are the same; numbers, also those of a position, are compared as numbers.
fn same(ours: &Value, theirs: &Value) -> bool {
    let empty = |value: &Value| value.is_null() || value == "" || value == &json!([]);
    // Ids are made by chance on both sides.
    let id = |value: &Value| value.as_str().is_some_and(is_uuid);
    if ours == theirs || empty(ours) && empty(theirs) || id(ours) && id(theirs) {
        return true;
    }
    let (Some(ours), Some(theirs)) = (ours.as_str(), theirs.as_str()) else { return false };
    let numbers = |text: &str| -> Option<Vec<f64>> {
        text.split([' ', ';']).map(|number| number.parse().ok()).collect()
    };
    ours.matches(';').count() == theirs.matches(';').count()
        && matches!((numbers(ours), numbers(theirs)), (Some(a), Some(b)) if a == b)
}

/// `uuid:` and what follows it, or that alone.
fn is_uuid(text: &str) -> bool {
    let digits = text.strip_prefix("uuid:").unwrap_or(text);
    digits.len() == 36 && digits.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

fn our_nodes(player: &mut Player) -> Nodes {
    let state = player.play("state").unwrap_or_default();
    let nodes = state["nodes"].as_array().into_iter().flatten();
    nodes.map(|node| (plain_path(&node["path"]), compared(node))).collect()
}

/// Of a node as `state` shows it, what JavaRosa can say too. What is not relevant shows no label.
fn compared(node: &Value) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut keep = |aspect: &str, value: Value| kept.insert(aspect.to_owned(), value);
    keep("relevant", node["relevant"].clone());
    if matches!(node["kind"].as_str(), Some("group" | "repeat")) {
        if node["relevant"] == true {
            keep("label", node["label"].clone());
        }
        return kept;
    }
    // What is calculated where nothing is relevant is seen by nobody.
    if node["relevant"] == true || node.get("label").is_some() {
        keep("value", node["value"].clone());
    }
    if node["relevant"] != true || node.get("label").is_none() {
        return kept;
    }
    for aspect in ["label", "hint", "required", "readonly"] {
        keep(aspect, node[aspect].clone());
    }
    let choices = node["choices"].as_array().into_iter().flatten();
    keep("choices", choices.map(|c| json!({ "value": c["value"], "label": c["label"] })).collect());
    keep("problem", node["problem"]["code"].clone());
    if node["problem"]["code"] == "xforms.constraint" {
        keep("message", node["problem"]["message"].clone());
    }
    kept
}

fn their_nodes(nodes: &Value) -> Nodes {
    let entries = nodes.as_object().into_iter().flatten();
    entries.filter_map(|(path, node)| Some((path.clone(), node.as_object()?.clone()))).collect()
}

/// Without namespace prefixes: JavaRosa keeps them apart.
fn plain_path(path: &Value) -> String {
    let steps = path.as_str().unwrap_or_default().split('/');
    steps.map(|step| step.split_once(':').map_or(step, |(_, name)| name)).collect::<Vec<_>>().join("/")
}
