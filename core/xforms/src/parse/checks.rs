//! What runs, but hardly as its author meant: said when the form is published, not in the field.

use super::{Builder, actions::is_action};
use crate::{
    definition::{
        ChoiceSource, Definition, Effect, ElementKind, Event, NodeId, ROOT_SCOPE, ScopeId, Skeleton,
    },
    error::ParseProblem,
};
use chrono::{Offset, Utc};
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const MODEL_ELEMENTS: [&str; 4] = ["instance", "bind", "itext", "submission"];

impl<'x> Builder<'x> {
    pub(super) fn check_model(&mut self, model: Node<'x, 'x>) {
        for element in model.children().filter(Node::is_element) {
            let name = element.tag_name().name();
            if !MODEL_ELEMENTS.contains(&name) && !is_action(name) {
                let message = format!("<{name}> is left out");
                self.warnings.push(ParseProblem::new("xforms.unknown-element", message));
            }
        }
    }

    /// A calculated value has its place in a leaf alone.
    pub(super) fn check_calculations(&mut self) {
        for i in 0..self.nodes.len() {
            let node = &self.nodes[i];
            let is_group = node.children.iter().any(|child| !self.node(*child).is_attribute);
            if is_group && node.bind.calculate.is_some() {
                let message = "a group is calculated: its value is not part of a submission";
                self.node_warning("xforms.calculated-group", message.to_owned(), NodeId(i as u32));
            }
        }
    }

    /// A default that its type can't hold would be no answer in the field.
    pub(super) fn check_defaults(&mut self) {
        let mut wrong = BTreeSet::new();
        self.wrong_defaults(ROOT_SCOPE, &self.initial, &mut wrong);
        for (i, scope) in self.scopes.iter().enumerate().skip(1) {
            self.wrong_defaults(ScopeId(i as u32), &scope.template, &mut wrong);
        }
        for node in wrong {
            let node = self.node(node);
            let message = format!("the value it begins with is no {}", node.bind.data_type.as_str());
            let problem = ParseProblem::new("xforms.wrong-default", message);
            let problem = problem.at_node(node.path.to_string()).attribute("type");
            self.problem(problem);
        }
    }

    /// Depth is limited when the XML is read.
    fn wrong_defaults(&self, scope: ScopeId, skeleton: &Skeleton, wrong: &mut BTreeSet<NodeId>) {
        let scope = &self.scopes[scope.0 as usize];
        for (node, value) in scope.nodes.iter().zip(&skeleton.values) {
            if !self.node(*node).bind.data_type.holds(value.trim(), Utc.fix()) {
                wrong.insert(*node);
            }
        }
        for (inner, instances) in scope.inner.iter().zip(&skeleton.inner) {
            instances.iter().for_each(|instance| self.wrong_defaults(*inner, instance, wrong));
        }
    }

    /// Values that overwrite each other: by a calculation, or round in a circle of changes.
    pub(super) fn check_actions(&mut self) {
        let mut changes: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        let mut overwritten = BTreeSet::new();
        for action in self.actions.iter().filter(|a| !matches!(a.effect, Effect::Request(_))) {
            if self.node(action.target).bind.calculate.is_some() {
                overwritten.insert(action.target);
            }
            if let Some(source) = action.source.filter(|_| action.happens(&[Event::ValueChanged])) {
                changes.entry(source).or_default().insert(action.target);
            }
        }
        for node in overwritten {
            let message = "an action sets the value, and a calculation too: the later one counts";
            self.node_warning("xforms.overwritten-value", message.to_owned(), node);
        }
        if let Some(circle) = circle(&changes) {
            let names: Vec<&str> = circle.iter().map(|node| &*self.node(*node).path).collect();
            let message = format!("a change of one sets the next, round and round: {}", names.join(" → "));
            self.node_warning("xforms.action-cycle", message, circle[0]);
        }
    }

    pub(super) fn node_warning(&mut self, code: &'static str, message: String, node: NodeId) {
        let path = self.node(node).path.to_string();
        self.warnings.push(ParseProblem::new(code, message).at_node(path));
    }
}

/// Some nodes that lead back to the first of them, which ends the list too.
fn circle(edges: &BTreeMap<NodeId, BTreeSet<NodeId>>) -> Option<Vec<NodeId>> {
    let mut left = edges.clone();
    // What leads nowhere, or only to such, is in no circle.
    loop {
        let before: usize = left.values().map(BTreeSet::len).sum();
        let sources: BTreeSet<NodeId> = left.keys().copied().collect();
        left.values_mut().for_each(|targets| targets.retain(|t| sources.contains(t)));
        left.retain(|_, targets| !targets.is_empty());
        if left.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    let mut walked = vec![*left.keys().next()?];
    loop {
        let next = *left.get(walked.last()?)?.first()?;
        if let Some(start) = walked.iter().position(|node| *node == next) {
            walked.push(next);
            return Some(walked.split_off(start));
        }
        walked.push(next);
    }
}

/// Choices that can't be told apart, can't be stored, or don't hold what their question begins with.
pub(super) fn doubtful_choices(def: &Definition) -> Vec<ParseProblem> {
    let mut warnings = Vec::new();
    let mut lists = HashSet::new();
    for element in &def.body.elements {
        let ElementKind::Control(control) = &element.kind else { continue };
        let path = def.node(control.node).path.to_string();
        let mut warn = |code, message: String| {
            warnings.push(ParseProblem::new(code, message).at_node(path.clone()).attribute("choices"));
        };
        match &control.choices {
            ChoiceSource::None => continue,
            // A filter may tell equal values apart, and a list is looked at once.
            ChoiceSource::Itemset(itemset) => {
                let source = &def.expr(itemset.nodeset).source;
                if source.contains('[') || !lists.insert(source.to_string()) {
                    continue;
                }
            }
            ChoiceSource::Inline(_) => {}
        }
        let values = def.values_offered(control);
        let mut once = HashSet::with_capacity(values.len());
        if let Some(twice) = values.iter().find(|value| !once.insert(**value)) {
            warn("xforms.duplicate-choice", format!("two choices have the value {twice}"));
        }
        if values.iter().any(|value| value.is_empty()) {
            warn("xforms.empty-choice", "a choice has no value: it is no answer".to_owned());
        }
        let several = control.kind.values_of("a b").len() > 1;
        if let Some(spaced) = values.iter().find(|v| several && v.contains(char::is_whitespace)) {
            let message = format!("the value {spaced} holds a space: among several it is read as two");
            warn("xforms.spaced-choice", message);
        }
        let default = control.kind.values_of(def.default_value(control.node));
        if !values.is_empty() && default.iter().any(|value| !values.contains(value)) {
            warn("xforms.default-not-offered", "what it begins with is not among the choices".to_owned());
        }
    }
    warnings
}
