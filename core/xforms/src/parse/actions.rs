//! `<setvalue>`: values set by events (spec, Events and Actions).

use roxmltree::Node;

use super::Builder;
use super::xml::{attribute, is, text_of};
use crate::definition::{Action, ActionValue, Event, NodeId, ROOT};
use crate::error::ParseProblem;

impl<'x> Builder<'x> {
    pub(super) fn model_actions(&mut self, model: Node<'x, 'x>) {
        for element in model.children().filter(Node::is_element) {
            if is(element, "setvalue") {
                self.action(element, None);
            } else if matches!(element.tag_name().name(), "setgeopoint" | "recordaudio") {
                let message = format!("<{}> is left out", element.tag_name().name());
                self.warnings.push(ParseProblem::new("xforms.unknown-element", message));
            }
        }
    }

    pub(super) fn nested_action(&mut self, element: Node<'x, 'x>, source: NodeId) {
        self.action(element, Some(source));
    }

    fn action(&mut self, element: Node<'x, 'x>, source: Option<NodeId>) {
        let names = attribute(element, "event").unwrap_or_default();
        let events: Vec<Event> = names.split_whitespace().filter_map(event).collect();
        if events.is_empty() {
            let message = format!("the event {names} is unknown: the action never runs");
            self.warnings.push(ParseProblem::new("xforms.unknown-event", message));
            return;
        }
        let path = attribute(element, "ref").map(str::to_owned);
        let by_id = attribute(element, "bind").and_then(|id| self.bind_ids.get(id).copied());
        let target = path.as_deref().and_then(|p| self.node_at(p, source.unwrap_or(ROOT))).or(by_id);
        let Some(target) = target else {
            let problem =
                ParseProblem::new("xforms.unknown-path", "setvalue refers to a node that isn't there");
            self.problem(problem.at_node(path.unwrap_or_default()).attribute("ref"));
            return;
        };
        let value = match attribute(element, "value").filter(|v| !v.trim().is_empty()) {
            // The value is read at the node that it is set to (XForms 1.0, 10.1.9).
            Some(expression) => ActionValue::Expr(self.expr(expression, target, "setvalue")),
            None => ActionValue::Text(text_of(element).trim().into()),
        };
        let scope = self.common_scope(source.unwrap_or(ROOT), target);
        self.actions.push(Action { events, source, target, scope, value });
    }

    /// The innermost repeat that both nodes are in.
    fn common_scope(&self, a: NodeId, b: NodeId) -> crate::definition::ScopeId {
        let chain = |node: NodeId| {
            std::iter::successors(Some(self.node(node).scope), |s| self.scopes[s.0 as usize].parent)
        };
        chain(a).find(|s| chain(b).any(|t| t == *s)).unwrap_or(crate::definition::ROOT_SCOPE)
    }
}

fn event(name: &str) -> Option<Event> {
    Some(match name {
        // The old name of the same event (spec, Events).
        "odk-instance-first-load" | "xforms-ready" => Event::FirstLoad,
        "odk-new-repeat" | "jr-insert" => Event::NewRepeat,
        "xforms-value-changed" => Event::ValueChanged,
        _ => return None,
    })
}
