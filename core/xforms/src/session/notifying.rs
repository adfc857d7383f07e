//! Who hears of a change: the readers of a node in the instances that share its repeats.

use super::Engine;
use crate::{
    definition::{Definition, Edge, NodeId, ScopeId},
    state::{At, FrameId, Frames},
};

impl Engine {
    /// Tells everything that reads this node instance.
    pub(super) fn notify(&mut self, at: At, by: Option<(u32, FrameId)>) {
        let Engine { def, state, queue, .. } = self;
        for edge in def.graph.dependents[at.node.0 as usize].iter().filter(|e| !e.place_only) {
            each_reader(def, state, edge, at.frame, &mut |frame| {
                // Instances that read each other are computed once, in document order.
                if by.is_none_or(|(v, by)| v != edge.vertex || state.order(by, frame).is_lt()) {
                    queue.push(edge.vertex, frame);
                }
            });
        }
        self.notify_choices(at.node, at.frame);
    }

    /// Tells everything outside that reads into a repeat, after instances came or went under `parent`, and
    /// the instances that moved: those at `from` (from 0) and after it.
    pub(super) fn notify_structure(&mut self, scope: ScopeId, parent: FrameId, from: usize) {
        self.restructured = true;
        self.resized.insert(scope);
        let def = self.def.clone();
        let (repeat, depth) = (def.scope(scope).node, def.depth(scope));
        for node in (repeat.0..def.node(repeat).end.0).map(NodeId) {
            let Engine { state, queue, .. } = self;
            for edge in def.graph.dependents[node.0 as usize].iter().filter(|e| e.pivot < depth) {
                let mut push = |frame| queue.push(edge.vertex, frame);
                let reader = def.graph.vertices[edge.vertex as usize].scope;
                if edge.place_only && def.depth(reader) >= depth && def.outer(reader, depth) == scope {
                    let moved = state.frame(parent).inner[def.scope(scope).place as usize].iter().skip(from);
                    moved.for_each(|instance| state.each_instance(&def, *instance, reader, &mut push));
                } else {
                    each_reader(&def, state, edge, parent, &mut push);
                }
            }
            self.notify_choices(node, parent);
        }
    }

    fn notify_choices(&mut self, node: NodeId, frame: FrameId) {
        let Engine { def, state, stale_choices, .. } = self;
        for (select, pivot) in &def.graph.choice_dependents[node.0 as usize] {
            let scope = def.node(def.element(*select).context).scope;
            let base = state.outer(def, frame, (*pivot).min(def.depth(scope)));
            state.each_instance(def, base, scope, &mut |frame| {
                stale_choices.insert((*select, frame));
            });
        }
    }
}

/// The instances of an edge's vertex that read a node in `frame`.
fn each_reader(
    def: &Definition,
    state: &Frames,
    edge: &Edge,
    frame: FrameId,
    visit: &mut dyn FnMut(FrameId),
) {
    let scope = def.graph.vertices[edge.vertex as usize].scope;
    let base = state.outer(def, frame, edge.pivot.min(def.depth(scope)));
    state.each_instance(def, base, scope, visit);
}
