//! The form as the table sees it: its paths, and what type an answer can be.

use super::Source;
use crate::value::{ValueKind, YES_NO};
use std::collections::HashMap;
use xforms::{DataType, Definition, NodeInfo};

pub(super) struct Form<'a> {
    definition: &'a Definition,
    nodes: HashMap<String, NodeInfo>,
    root: String,
}

impl<'a> Form<'a> {
    pub fn of(definition: &'a Definition) -> Self {
        let nodes: HashMap<_, _> = definition.nodes().map(|node| (node.path.clone(), node)).collect();
        let root = definition.nodes().next().map(|node| node.path).unwrap_or_default();
        Self { definition, nodes, root }
    }

    pub fn root(&self) -> Source {
        Source { path: self.root.clone(), repeats: Vec::new(), steps: Vec::new() }
    }

    pub fn is_group(&self, path: &str) -> bool {
        self.nodes.get(path).is_some_and(|node| node.is_group)
    }

    pub fn is_asked(&self, path: &str) -> bool {
        self.nodes.get(path).is_some_and(|node| node.is_question)
    }

    /// The way to a node; `None` where the form has no such path.
    pub fn source(&self, path: &str) -> Option<Source> {
        self.nodes.get(path)?;
        let mut source = Source { path: path.to_owned(), ..self.root() };
        let mut here = self.root.clone();
        for step in path.strip_prefix(&self.root)?.split('/').filter(|step| !step.is_empty()) {
            here = format!("{here}/{step}");
            source.steps.push(step.to_owned());
            if self.nodes.get(&here)?.is_repeat {
                source.repeats.push(std::mem::take(&mut source.steps));
            }
        }
        Some(source)
    }

    /// The answer that says how many instances the repeat with this path has.
    pub fn counted_by(&self, repeat: &str) -> Option<Source> {
        self.source(self.nodes.get(repeat)?.counted_by.as_deref()?)
    }

    /// The type of that name for an answer of this path (of a constant: the first words for yes and no).
    pub fn value_kind(&self, name: &str, path: &str) -> Option<ValueKind> {
        Some(match name {
            "text" => ValueKind::Text,
            "int" => ValueKind::Int,
            "decimal" => ValueKind::Decimal,
            "bool" => {
                let (yes, no) = self.yes_no(path).unwrap_or(YES_NO[0]);
                ValueKind::Bool { yes: yes.to_owned(), no: no.to_owned() }
            }
            "date" => ValueKind::Date,
            "datetime" => ValueKind::DateTime,
            "list" => ValueKind::List,
            "point" => ValueKind::Point,
            "photo" => ValueKind::Photo,
            _ => return None,
        })
    }

    /// The codes of a select of yes and no.
    fn yes_no(&self, path: &str) -> Option<(&'static str, &'static str)> {
        let offered = self.definition.choice_values(path);
        let offers = |code: &str| offered.iter().any(|value| value == code);
        YES_NO.into_iter().find(|(yes, no)| offers(yes) && offers(no))
    }

    /// Whether an answer of this node can be of the type. What the form calculates is text until it is read.
    pub fn fits(&self, path: &str, kind: &ValueKind) -> bool {
        let Some(node) = self.nodes.get(path) else { return false };
        let data = node.data_type;
        match kind {
            ValueKind::Text | ValueKind::List => !matches!(data, DataType::Binary | DataType::Geopoint),
            ValueKind::Int => matches!(data, DataType::Int) || self.is_calculated(node),
            ValueKind::Decimal => {
                matches!(data, DataType::Int | DataType::Decimal) || self.is_calculated(node)
            }
            ValueKind::Bool { .. } => {
                matches!(data, DataType::Boolean) || self.is_calculated(node) || self.yes_no(path).is_some()
            }
            ValueKind::Date => {
                matches!(data, DataType::Date | DataType::DateTime) || self.is_calculated(node)
            }
            ValueKind::DateTime => matches!(data, DataType::DateTime) || self.is_calculated(node),
            ValueKind::Point => matches!(data, DataType::Geopoint),
            ValueKind::Photo => matches!(data, DataType::Binary),
        }
    }

    fn is_calculated(&self, node: &NodeInfo) -> bool {
        !node.is_question && node.data_type == DataType::String
    }
}
