//! What a path means at its place: where it leads, and which repeats are the context's own.

use super::{Compiler, Doubt, Place};
use crate::{
    definition::{Dependency, InstanceIx, NodeId, ROOT, named},
    text::{NameId, Text, nearest},
    xpath::ast::{Axis, Direct, Path, Start, Step, Test},
};

/// Place and bound repeats while walking a path.
struct Walk {
    places: Vec<Place>,
    bound: u8,
    current: bool,
}

impl Compiler<'_> {
    /// Resolves one path: where it leads, and a `Direct` if it is a plain way down the primary instance.
    pub(super) fn path(
        &mut self,
        path: &mut Path,
        place: Place,
        limit: u8,
        own_instance: bool,
    ) -> (Vec<Place>, Option<Direct>) {
        let Some(mut walk) = self.start(path, place, limit) else { return (Vec::new(), None) };
        let mut plain = !matches!(path.start, Start::Expr(_) | Start::Secondary(_));
        let mut open = matches!(path.start, Start::Root);
        let frame_of = self.context_node(path, place);
        walk.current = matches!(path.start, Start::Current)
            || (matches!(path.start, Start::Root)
                && frame_of == Some(self.host)
                && place != Place::Node(self.host));
        path.current = walk.current;
        let last = path.steps.len().saturating_sub(1);
        for (i, step) in path.steps.iter_mut().enumerate() {
            plain &= step.predicates.is_empty()
                && match step.axis {
                    Axis::Child | Axis::Attribute => matches!(step.test, Test::Name(_)),
                    Axis::Own | Axis::Parent => matches!(step.test, Test::Name(_) | Test::Any),
                    _ => false,
                };
            walk.places = self.step(step, &walk.places);
            walk.bound = self.bound_after(&walk, step, open && (i < last || own_instance), frame_of);
            open &= step.predicates.is_empty();
            let inner = match walk.places.as_slice() {
                [one] => *one,
                _ => Place::Unknown,
            };
            let bound = if walk.current { walk.bound } else { walk.bound.min(limit) };
            let outer = std::mem::replace(&mut self.as_nodes, false);
            for predicate in &mut step.predicates {
                self.resolve(predicate, inner, bound);
            }
            self.as_nodes = outer;
        }
        path.pivot = walk.bound;
        let direct = self.finish(&walk, limit, plain);
        (walk.places, direct)
    }

    fn start(&mut self, path: &mut Path, place: Place, limit: u8) -> Option<Walk> {
        let walk = |place, bound| Some(Walk { places: vec![place], bound, current: false });
        match &mut path.start {
            Start::Root => walk(Place::Document, 0),
            Start::Context => {
                let depth =
                    if let Place::Node(node) | Place::Text(node) = place { self.depth_of(node) } else { 0 };
                walk(place, depth)
            }
            Start::Current => walk(Place::Node(self.host), self.depth_of(self.host)),
            Start::Expr(inner) => {
                let mut places = self.resolve(inner, place, limit);
                places.sort_unstable();
                places.dedup();
                Some(Walk { places, bound: 0, current: false })
            }
            Start::Secondary(instance) => walk(Place::Row(*instance), 0),
            Start::Instance(id) => {
                let id: Text = id.clone();
                if self.schema.primary_id == Some(&*id) {
                    path.start = Start::Root;
                    return walk(Place::Document, 0);
                }
                let Some(found) = self.schema.secondary.iter().position(|s| s.id == id) else {
                    self.missing_instance(id, path.at);
                    return None;
                };
                let instance = InstanceIx(found as u32);
                self.volatile |= self.schema.secondary[found].is_last_saved;
                path.start = Start::Secondary(instance);
                walk(Place::Row(instance), 0)
            }
        }
    }

    pub(super) fn missing_instance(&mut self, id: Text, at: usize) {
        let ids = self.schema.secondary.iter().map(|s| &*s.id);
        let meant = nearest(&id, ids).map_or_else(String::new, |n| format!("; {n} is meant?"));
        self.error("xforms.missing-instance", at, format!("the form has no list {id}{meant}"));
    }

    /// The node whose repeat instances an absolute path is bound to: a predicate's item if it shares
    /// a repeat with the path, else the node that the expression belongs to.
    fn context_node(&self, path: &Path, place: Place) -> Option<NodeId> {
        let Place::Node(item) = place else { return Some(self.host) };
        if !matches!(path.start, Start::Root) {
            return Some(item);
        }
        let shared = |node: NodeId| {
            let mut at = ROOT;
            let mut depth = 0;
            for step in path.steps.iter().skip(1) {
                let Test::Name(name) = step.test else { break };
                let Some(child) = named(self.schema.nodes, at, name).first() else { break };
                at = *child;
                if let Some(scope) = self.repeat_of(at) {
                    if !self.is_within(node, scope) {
                        break;
                    }
                    depth += 1;
                }
            }
            depth
        };
        Some(if shared(item) >= shared(self.host) { item } else { self.host })
    }

    fn step(&mut self, step: &Step, places: &[Place]) -> Vec<Place> {
        let found = self.reach(step, places);
        if let Test::Name(name) = step.test {
            for place in places {
                if let Place::Row(instance) = place {
                    self.check_column(*instance, name, step.at);
                }
            }
        }
        if found.is_empty() && !places.is_empty() {
            self.nothing_found(step, places);
        }
        found
    }

    fn nothing_found(&mut self, step: &Step, places: &[Place]) {
        let from = match places {
            [Place::Node(node)] => self.node(*node).path.to_string(),
            [Place::Document] => "the form".to_owned(),
            _ => "these nodes".to_owned(),
        };
        let message = match (step.axis, step.test) {
            (Axis::Namespace, _) => "an instance keeps no namespace nodes: this is always empty".to_owned(),
            (_, Test::Nothing) => {
                "an instance keeps no comments and no instructions: this is always empty".to_owned()
            }
            (_, Test::Text) => format!("{from} has no text of its own"),
            (Axis::Parent, _) => format!("{from} has no parent"),
            (Axis::Child, Test::Name(name)) if places == [Place::Document] => {
                let (wanted, root) = (self.names.text(name), &self.node(ROOT).tag);
                format!("/{wanted} matches nothing: the form's root is /{root}")
            }
            (axis, Test::Name(name)) => {
                let what = if axis == Axis::Attribute { "attribute " } else { "" };
                format!("{from} has no {what}{}{}", self.names.text(name), self.meant(places, name))
            }
            _ => format!("nothing matches from {from}"),
        };
        let always_empty = step.axis == Axis::Namespace || step.test == Test::Nothing;
        if self.lenient || always_empty {
            self.doubts.push(Doubt { code: "xforms.unknown-path", at: step.at, message });
        } else {
            self.error("xforms.unknown-path", step.at, message);
        }
    }

    /// What was probably meant: a child with nearly this name, or a node of this name elsewhere.
    fn meant(&self, places: &[Place], name: NameId) -> String {
        let children = places.iter().filter_map(|p| match p {
            Place::Node(node) => Some(&self.node(*node).children),
            _ => None,
        });
        let tags = children.flatten().map(|c| self.node(*c).tag.trim_start_matches('@'));
        if let Some(tag) = nearest(self.names.text(name), tags) {
            return format!("; {tag} is meant?");
        }
        match self.schema.nodes.iter().find(|n| n.name == name) {
            Some(node) => format!("; {} is meant?", node.path),
            None => String::new(),
        }
    }

    fn check_column(&mut self, instance: InstanceIx, name: NameId, at: usize) {
        let list = &self.schema.secondary[instance.0 as usize];
        if !list.is_empty() && !list.has_name(name) {
            let message = format!("the list {} has no {}", list.id, self.names.text(name));
            self.doubts.push(Doubt { code: "xforms.unknown-column", at, message });
        }
    }

    /// How many repeats are still bound to the context's instances after a step.
    fn bound_after(&self, walk: &Walk, step: &Step, may_bind: bool, context: Option<NodeId>) -> u8 {
        let mut bound = walk.bound;
        for place in &walk.places {
            let Place::Node(node) = place else { return 0 };
            let depth = self.depth_of(*node);
            match step.axis {
                Axis::Parent | Axis::Ancestor => bound = bound.min(depth),
                Axis::PrecedingSibling | Axis::FollowingSibling if self.repeat_of(*node).is_some() => {
                    bound = bound.min(depth.saturating_sub(1));
                }
                Axis::Child if may_bind && step.predicates.is_empty() && walk.places.len() == 1 => {
                    if let (Some(scope), Some(context)) = (self.repeat_of(*node), context)
                        && depth == bound + 1
                        && self.is_within(context, scope)
                    {
                        bound = depth;
                    }
                }
                _ => {}
            }
        }
        bound
    }

    fn finish(&mut self, walk: &Walk, limit: u8, plain: bool) -> Option<Direct> {
        let bound = if walk.current { walk.bound } else { walk.bound.min(limit) };
        for place in &walk.places {
            match *place {
                Place::Node(node) | Place::Text(node) => self.depend(node, bound),
                Place::Document => self.depend(ROOT, bound),
                Place::Row(_) | Place::Unknown => {}
            }
        }
        let [Place::Node(target)] = walk.places.as_slice() else { return None };
        if !plain {
            return None;
        }
        let mut down = Vec::new();
        let mut scope = self.node(*target).scope;
        while self.scope(scope).depth > walk.bound {
            down.push(self.scope(scope).place);
            scope = self.scope(scope).parent?;
        }
        down.reverse();
        Some(Direct { target: *target, current: walk.current, pivot: walk.bound, down: down.into() })
    }

    /// The value of a node is read: of a group, all values inside it.
    fn depend(&mut self, node: NodeId, bound: u8) {
        let read = if self.as_nodes { node.0 + 1 } else { self.node(node).end.0.max(node.0 + 1) };
        for id in (node.0..read).map(NodeId) {
            if id > node && self.node(id).is_attribute {
                continue;
            }
            // Reading a repeat itself means reading how many there are.
            let outer = self.depth_of(id).saturating_sub(u8::from(self.repeat_of(id).is_some()));
            self.deps.push(Dependency { node: id, pivot: bound.min(outer), place_only: false });
        }
    }
}
