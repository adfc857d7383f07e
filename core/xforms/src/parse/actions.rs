//! Values that events set (spec, Events and Actions).

use super::{
    Builder,
    xml::{attribute, text_of},
};
use crate::{
    definition::{Action, Effect, Event, NodeId, ROOT, ROOT_SCOPE, RequestKind, ScopeId},
    error::ParseProblem,
};
use roxmltree::Node;

pub(super) fn is_action(name: &str) -> bool {
    matches!(name, "setvalue" | "setgeopoint" | "recordaudio")
}

impl<'x> Builder<'x> {
    pub(super) fn model_actions(&mut self, model: Node<'x, 'x>) {
        for element in model.children().filter(|n| n.is_element() && is_action(n.tag_name().name())) {
            self.action(element, None);
        }
    }

    pub(super) fn nested_action(&mut self, element: Node<'x, 'x>, source: NodeId) {
        self.action(element, Some(source));
    }

    fn action(&mut self, element: Node<'x, 'x>, source: Option<NodeId>) {
        let name = element.tag_name().name();
        let path = attribute(element, "ref").map(str::to_owned);
        let events = self.events(element, source, path.as_deref());
        if events.is_empty() {
            return;
        }
        let by_id = attribute(element, "bind").and_then(|id| self.bind_ids.get(id).copied());
        let target = path.as_deref().and_then(|p| self.node_at(p, source.unwrap_or(ROOT))).or(by_id);
        let Some(target) = target else {
            let message = format!("<{name}> refers to a node that isn't there");
            let problem = ParseProblem::new("xforms.unknown-path", message);
            self.problem(problem.at_node(path.unwrap_or_default()).attribute("ref"));
            return;
        };
        let effect = match name {
            "setgeopoint" => Effect::Request(RequestKind::Position),
            "recordaudio" => Effect::Request(RequestKind::Audio {
                quality: attribute(element, "quality").map(|q| q.trim().to_owned()),
            }),
            _ => match attribute(element, "value").filter(|v| !v.trim().is_empty()) {
                // The value is read at the node that it is set to (XForms 1.0, 10.1.9).
                Some(expression) => Effect::Expr(self.expr(expression, target, "setvalue")),
                None => Effect::Text(text_of(element).trim().into()),
            },
        };
        let scope = self.common_scope(source.unwrap_or(ROOT), target);
        self.actions.push(Action { events, source, target, scope, effect });
    }

    /// The events that can happen where the action stands; the others are reported.
    fn events(&mut self, element: Node, source: Option<NodeId>, path: Option<&str>) -> Vec<Event> {
        let name = element.tag_name().name();
        let names = attribute(element, "event").unwrap_or_default();
        if names.trim().is_empty() {
            let message = format!("<{name}> names no event: it never runs");
            self.action_warning("xforms.unknown-event", message, path);
        }
        let mut events = Vec::new();
        for word in names.split_whitespace() {
            let Some(event) = event(word) else {
                self.action_warning("xforms.unknown-event", format!("there is no event {word}"), path);
                continue;
            };
            let in_repeat = source.is_some_and(|s| self.node(s).scope != ROOT_SCOPE);
            let place = match event {
                Event::NewRepeat if !in_repeat => Some("in a repeat"),
                Event::ValueChanged if source.is_none() => Some("in a question"),
                _ => None,
            };
            match place {
                Some(place) => {
                    let message = format!("{word} happens only to a <{name}> that stands {place}");
                    self.action_warning("xforms.misplaced-action", message, path);
                }
                None => events.push(event),
            }
        }
        events
    }

    fn action_warning(&mut self, code: &'static str, message: String, path: Option<&str>) {
        let mut warning = ParseProblem::new(code, message).attribute("event");
        warning.node = path.map(str::to_owned);
        self.warnings.push(warning);
    }

    /// The innermost repeat that both nodes are in.
    fn common_scope(&self, a: NodeId, b: NodeId) -> ScopeId {
        let chain = |node: NodeId| {
            std::iter::successors(Some(self.node(node).scope), |s| self.scopes[s.0 as usize].parent)
        };
        chain(a).find(|s| chain(b).any(|t| t == *s)).unwrap_or(ROOT_SCOPE)
    }
}

fn event(name: &str) -> Option<Event> {
    Some(match name {
        // The old names of the same events (spec, Events).
        "odk-instance-first-load" | "xforms-ready" => Event::FirstLoad,
        "odk-instance-load" => Event::Load,
        "odk-new-repeat" | "jr-insert" => Event::NewRepeat,
        "xforms-value-changed" => Event::ValueChanged,
        _ => return None,
    })
}
