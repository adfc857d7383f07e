//! What happens by itself: preloads and `setvalue` actions.

use super::Engine;
use crate::{
    date,
    definition::{Action, Effect, Event, NodeId, Preload, ROOT, ROOT_SCOPE, child_like},
    state::{At, FrameId, ROOT_FRAME},
    text::Text,
    xpath::eval::Context,
};

impl Engine {
    /// Preloads of a new form (spec, Preload attributes).
    pub(super) fn preload_new(&mut self) {
        self.preload_inside(ROOT_FRAME, |_| true);
        if let Some(at) = self.meta("instanceID")
            && self.state.value(&self.def, at).is_empty()
        {
            self.set(at, self.new_id());
        }
    }

    /// A child of the `meta` element.
    pub fn meta(&self, name: &str) -> Option<At> {
        let def = &self.def;
        let child = |parent, tag| child_like(&def.nodes, &def.names, parent, tag);
        let node = child(child(ROOT, "meta")?, name)?;
        (def.node(node).scope == ROOT_SCOPE).then_some(At { frame: ROOT_FRAME, node })
    }

    pub(super) fn preload_inside(&mut self, frame: FrameId, wanted: impl Fn(NodeId) -> bool) {
        let def = self.def.clone();
        let mut open = vec![frame];
        while let Some(frame) = open.pop() {
            open.extend(self.state.frame(frame).inner.iter().flatten());
            for node in def.scope(self.state.frame(frame).scope).nodes.iter().filter(|n| wanted(**n)) {
                let Some(preload) = &def.node(*node).bind.preload else { continue };
                if let Some(value) = self.preload(preload) {
                    self.set(At { frame, node: *node }, value);
                }
            }
        }
    }

    /// A property that the device doesn't have leaves the node as it is.
    fn preload(&self, preload: &Preload) -> Option<Text> {
        let now = self.device.clock.now();
        Some(match preload {
            Preload::Uid => self.new_id(),
            Preload::Start => date::format_date_time(&now).into(),
            Preload::Today => date::format_date(date::local_date(&now)).into(),
            Preload::Property(name) => self.device.properties.get(name)?.as_str().into(),
            Preload::End => return None,
        })
    }

    pub(super) fn new_id(&self) -> Text {
        format!("uuid:{}", self.evaluator().uuid(None)).into()
    }

    /// Stamped at each finish.
    pub(super) fn stamp_end(&mut self) {
        let def = self.def.clone();
        let now: Text = date::format_date_time(&self.device.clock.now()).into();
        for (i, node) in def.nodes.iter().enumerate() {
            if node.bind.preload == Some(Preload::End) {
                for frame in self.state.instances(&def, ROOT_FRAME, node.scope) {
                    self.set(At { frame, node: NodeId(i as u32) }, now.clone());
                }
            }
        }
        self.settle();
    }

    /// Runs these actions, each once.
    pub(super) fn dispatch(&mut self, wanted: impl Fn(&Action) -> bool) {
        let def = self.def.clone();
        for (i, action) in def.actions.iter().enumerate() {
            if wanted(action) {
                self.act(i, ROOT_FRAME);
            }
        }
        self.settle();
    }

    /// Runs the actions that wait for a changed value or a new instance; whether there were any.
    pub(super) fn run_actions(&mut self) -> bool {
        let def = self.def.clone();
        let mut acted = false;
        for frame in std::mem::take(&mut self.new_frames) {
            let repeat = def.scope(self.state.frame(frame).scope).node;
            for (i, action) in def.actions.iter().enumerate() {
                let inside =
                    action.source.is_some_and(|s| s == repeat || def.node(s).scope == def.node(repeat).scope);
                if inside && action.happens(&[Event::NewRepeat]) {
                    self.act(i, frame);
                    acted = true;
                }
            }
        }
        for at in std::mem::take(&mut self.changed_values) {
            for (i, action) in def.actions.iter().enumerate() {
                if action.source == Some(at.node) && action.happens(&[Event::ValueChanged]) {
                    self.act(i, at.frame);
                    acted = true;
                }
            }
        }
        acted
    }

    /// Sets the target in the instances that `frame` shares with it.
    fn act(&mut self, action: usize, frame: FrameId) {
        let def = self.def.clone();
        let action = &def.actions[action];
        let depth = def.depth(action.scope);
        let base = self.state.outer(&def, frame, depth);
        let bound = def.depth(self.state.frame(base).scope) == depth;
        let base = if bound { base } else { ROOT_FRAME };
        for frame in self.state.instances(&def, base, def.node(action.target).scope) {
            let at = At { frame, node: action.target };
            let value = match &action.effect {
                Effect::Request(kind) => {
                    if !self.requests.iter().any(|(target, k)| *target == at && k == kind) {
                        self.requests.push((at, kind.clone()));
                    }
                    continue;
                }
                Effect::Text(text) => text.clone(),
                Effect::Expr(expr) => {
                    let value = self.evaluator().value(&def.expr(*expr).expr, &Context::of(at));
                    self.typed(value, def.node(action.target).bind.data_type)
                }
            };
            if self.set(at, value) {
                self.changed_values.push(at);
            }
        }
    }
}
