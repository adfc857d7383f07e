//! Expressions that somebody tries out on a form being filled.

use super::Session;
use crate::{
    definition::{Row, SecondaryInstance},
    error::{ParseErrors, ParseProblem},
    state::At,
    text::number_text,
    xpath::{
        compile::{Compiler, Place, Schema},
        eval::Context,
        value::{Item, Value},
    },
};

/// What an expression yields (XPath 1.0 §1), and what is doubtful about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    pub value: XPathValue,
    /// Paths that match nothing, lists without such a column.
    pub warnings: Vec<ParseProblem>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum XPathValue {
    Boolean(bool),
    Number(f64),
    Text(String),
    /// Each node once, in document order.
    Nodes(Vec<FoundNode>),
}

/// A node by its path, `/data/member[2]/name`, and its string value. An attribute's path ends with `@name`,
/// a text's with `text()`; that of a list begins with `instance('…')`; the document is `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNode {
    pub path: String,
    pub value: String,
}

impl XPathValue {
    /// The string value (XPath 1.0 §4.2): of nodes, that of the first.
    pub fn text(&self) -> String {
        match self {
            XPathValue::Boolean(value) => value.to_string(),
            XPathValue::Number(number) => number_text(*number),
            XPathValue::Text(text) => text.clone(),
            XPathValue::Nodes(nodes) => nodes.first().map(|n| n.value.clone()).unwrap_or_default(),
        }
    }
}

impl Session {
    /// Evaluates an expression as if it stood at a node instance: by its path, `/` for the document, or the
    /// root element if none is named. Nothing is kept: answers and calculations stay as they are.
    ///
    /// # Errors
    /// Syntax, unknown functions, wrong arguments and unknown lists; `xforms.too-costly`; `xforms.unknown-path` when the form has
    /// no such node instance now.
    pub fn evaluate(&self, expression: &str, path: Option<&str>) -> Result<Evaluated, ParseErrors> {
        let def = &self.engine.def;
        let refused = |problems| ParseErrors { problems, warnings: Vec::new() };
        let root = self.engine.root();
        let (host, item) = match path {
            None => (root, Item::Node(root)),
            Some("/") => (root, Item::Document),
            Some(path) => match self.engine.state.find(def, path.trim_end_matches("/text()")) {
                Some(at) if path.ends_with("/text()") => (at, Item::Text(at)),
                Some(at) => (at, Item::Node(at)),
                None => {
                    let problem = ParseProblem::new("xforms.unknown-path", "no such node now");
                    return Err(refused(vec![problem.at_node(path)]));
                }
            },
        };
        let place = match item {
            Item::Document => Place::Document,
            Item::Text(_) => Place::Text(host.node),
            _ => Place::Node(host.node),
        };
        let schema = Schema {
            nodes: &def.nodes,
            scopes: &def.scopes,
            secondary: &def.secondary,
            primary_id: None,
            body: &def.body,
        };
        let mut names = def.names.clone();
        let mut compiler = Compiler::new(&schema, &mut names).lenient();
        let compiled = compiler.compile(expression, host.node, place);
        let report = |code, at, message: String| {
            let mut problem =
                ParseProblem::new(code, message).at_node(&*def.node(host.node).path).position(at);
            problem.expression = Some(expression.to_owned());
            problem
        };
        let warnings = compiler.doubts.drain(..).map(|d| report(d.code, d.at, d.message)).collect();
        let Some(compiled) = compiled else {
            let problems = compiler.errors.drain(..).map(|e| report(e.code, e.at, e.message)).collect();
            return Err(refused(problems));
        };
        let evaluator = self.engine.evaluator();
        self.engine.around.begin();
        let value = match evaluator.value(&compiled.expr, &Context::in_item(item, host)) {
            Value::Bool(value) => XPathValue::Boolean(value),
            Value::Number(number) => XPathValue::Number(number),
            Value::Text(text) => XPathValue::Text(text.to_string()),
            Value::Nodes(items) => XPathValue::Nodes(
                items
                    .into_iter()
                    .map(|item| FoundNode {
                        path: self.item_path(item),
                        value: evaluator.item_text(item).to_string(),
                    })
                    .collect(),
            ),
        };
        if self.engine.around.is_exhausted() {
            return Err(refused(vec![report(
                "xforms.too-costly",
                0,
                "the expression costs too much".to_owned(),
            )]));
        }
        Ok(Evaluated { value, warnings })
    }

    fn item_path(&self, item: Item) -> String {
        let def = &self.engine.def;
        let evaluator = self.engine.evaluator();
        let path = |at: At| self.engine.state.path(def, at);
        match item {
            Item::Document => "/".to_owned(),
            Item::Node(at) => path(at),
            Item::Text(at) => format!("{}/text()", path(at)),
            Item::Row(instance, row) => self.row_path(evaluator.secondary(instance), row),
            Item::RowText(instance, row) => {
                format!("{}/text()", self.row_path(evaluator.secondary(instance), row))
            }
        }
    }

    fn row_path(&self, list: &SecondaryInstance, row: Row) -> String {
        let Some(parent) = list.parent(row) else { return format!("instance('{}')", list.id) };
        let name = self.engine.def.names.text(list.name(row));
        let above = self.row_path(list, parent);
        if list.is_attribute(row) {
            return format!("{above}/@{name}");
        }
        let mut same = list.children(parent).filter(|r| list.name(*r) == list.name(row));
        let place = same.position(|r| r == row).map_or(1, |i| i + 1);
        format!("{above}/{name}[{place}]")
    }
}
