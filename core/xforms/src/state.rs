//! The answers of one session: a frame per repeat instance, with its values in a flat vector.

mod totals;

use crate::{
    definition::{Definition, Foreign, ForeignPart, NodeId, ROOT, ROOT_SCOPE, ScopeId, Skeleton},
    text::Text,
};
use std::{cmp::Ordering, collections::HashMap, fmt::Write};
pub(crate) use totals::Total;
use totals::Totals;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct FrameId(pub u32);

pub(crate) const ROOT_FRAME: FrameId = FrameId(0);

/// A node instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct At {
    pub frame: FrameId,
    pub node: NodeId,
}

/// The node's own relevant expression holds.
const OWN: u8 = 1;
/// … and so do those of all groups around it.
const EFFECTIVE: u8 = 2;

pub(crate) struct Frame {
    pub scope: ScopeId,
    pub parent: Option<FrameId>,
    /// Place among its siblings, from 0.
    place: u32,
    values: Vec<Text>,
    flags: Vec<u8>,
    pub inner: Vec<Vec<FrameId>>,
}

pub(crate) struct Frames {
    frames: Vec<Frame>,
    free: Vec<FrameId>,
    /// What a loaded instance held that the form doesn't know.
    foreign: HashMap<At, Vec<ForeignPart>>,
    totals: Totals,
}

impl Frames {
    pub fn new(def: &Definition, skeleton: &Skeleton) -> Frames {
        let mut state = Frames {
            frames: Vec::new(),
            free: Vec::new(),
            foreign: HashMap::new(),
            totals: Totals::default(),
        };
        state.grow(def, ROOT_SCOPE, skeleton, None);
        state
    }

    /// Makes an instance of a scope with all the instances inside it; the caller puts it into its list.
    pub fn grow(
        &mut self,
        def: &Definition,
        scope: ScopeId,
        skeleton: &Skeleton,
        parent: Option<FrameId>,
    ) -> FrameId {
        let nodes = def.scope(scope).nodes.len();
        let mut values = skeleton.values.clone();
        values.resize(nodes, Text::default());
        let inner = vec![Vec::new(); def.scope(scope).inner.len()];
        let frame = Frame { scope, parent, place: 0, values, flags: vec![OWN | EFFECTIVE; nodes], inner };
        let id = match self.free.pop() {
            Some(id) => {
                self.frames[id.0 as usize] = frame;
                id
            }
            None => {
                self.frames.push(frame);
                FrameId(self.frames.len() as u32 - 1)
            }
        };
        for Foreign { parent, part } in &skeleton.foreign {
            self.foreign.entry(At { frame: id, node: *parent }).or_default().push(part.clone());
        }
        for (place, instances) in skeleton.inner.iter().enumerate() {
            let scope = def.scope(scope).inner[place];
            for instance in instances {
                let child = self.grow(def, scope, instance, Some(id));
                self.append(def, id, place, child);
            }
        }
        id
    }

    /// What stands in this node instance without being known to the form.
    pub fn foreign(&self, at: At) -> &[ForeignPart] {
        self.foreign.get(&at).map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts an element into a node instance, in place of foreign ones of that name.
    pub fn put_foreign(&mut self, at: At, element: ForeignPart) {
        let parts = self.foreign.entry(at).or_default();
        let same = |part: &ForeignPart| match (part, &element) {
            (ForeignPart::Element { name: a, .. }, ForeignPart::Element { name: b, .. }) => a == b,
            _ => false,
        };
        parts.retain(|part| !same(part));
        parts.push(element);
    }

    /// How many instances of all repeats there are, and the form itself.
    pub fn count(&self) -> usize {
        self.frames.len() - self.free.len()
    }

    pub fn frame(&self, id: FrameId) -> &Frame {
        &self.frames[id.0 as usize]
    }

    fn frame_mut(&mut self, id: FrameId) -> &mut Frame {
        &mut self.frames[id.0 as usize]
    }

    /// Puts an instance at the end of one of the parent's lists.
    pub fn append(&mut self, def: &Definition, parent: FrameId, list: usize, frame: FrameId) {
        let list = &mut self.frame_mut(parent).inner[list];
        list.push(frame);
        let place = list.len() as u32 - 1;
        self.frame_mut(frame).place = place;
        self.tally_all(def, frame, 1);
    }

    /// Takes an instance out of its list, so that later ones move up; its frames are reused.
    pub fn remove(&mut self, def: &Definition, frame: FrameId) {
        self.tally_all(def, frame, -1);
        if let Some(parent) = self.frame(frame).parent {
            let list = def.scope(self.frame(frame).scope).place as usize;
            let place = self.frame(frame).place as usize;
            self.frame_mut(parent).inner[list].remove(place);
            for at in place..self.frame(parent).inner[list].len() {
                let moved = self.frame(parent).inner[list][at];
                self.frame_mut(moved).place = at as u32;
            }
        }
        let mut gone = vec![frame];
        while let Some(id) = gone.pop() {
            self.forget_totals(def, id);
            gone.extend(std::mem::take(&mut self.frame_mut(id).inner).into_iter().flatten());
            self.free.push(id);
            if !self.foreign.is_empty() {
                self.foreign.retain(|at, _| at.frame != id);
            }
        }
    }

    pub fn value(&self, def: &Definition, at: At) -> &Text {
        &self.frame(at.frame).values[def.node(at.node).slot as usize]
    }

    pub fn set_value(&mut self, def: &Definition, at: At, value: Text) {
        self.tally(def, at, -1);
        self.frame_mut(at.frame).values[def.node(at.node).slot as usize] = value;
        self.tally(def, at, 1);
    }

    pub fn relevant(&self, def: &Definition, at: At) -> bool {
        self.frame(at.frame).flags[def.node(at.node).slot as usize] & EFFECTIVE != 0
    }

    pub fn own_relevant(&self, def: &Definition, at: At) -> bool {
        self.frame(at.frame).flags[def.node(at.node).slot as usize] & OWN != 0
    }

    pub fn set_own_relevant(&mut self, def: &Definition, at: At, relevant: bool) {
        self.set_flag(def, at, OWN, relevant);
    }

    pub fn set_relevant(&mut self, def: &Definition, at: At, relevant: bool) {
        self.tally(def, at, -1);
        self.set_flag(def, at, EFFECTIVE, relevant);
        self.tally(def, at, 1);
    }

    fn set_flag(&mut self, def: &Definition, at: At, flag: u8, on: bool) {
        let flags = &mut self.frame_mut(at.frame).flags[def.node(at.node).slot as usize];
        *flags = if on { *flags | flag } else { *flags & !flag };
    }

    /// The frame around `frame` at this depth of repeats.
    pub fn outer(&self, def: &Definition, mut frame: FrameId, depth: u8) -> FrameId {
        while def.depth(self.frame(frame).scope) > depth {
            match self.frame(frame).parent {
                Some(parent) => frame = parent,
                None => break,
            }
        }
        frame
    }

    /// The parent of a node instance; a repeat instance's is in the frame around it.
    pub fn parent(&self, def: &Definition, at: At) -> Option<At> {
        let node = def.node(at.node).parent?;
        let frame = self.outer(def, at.frame, def.depth(def.node(node).scope));
        Some(At { frame, node })
    }

    /// The instances of `scope` under `frame`, in document order.
    pub fn instances(&self, def: &Definition, frame: FrameId, scope: ScopeId) -> Vec<FrameId> {
        let mut frames = Vec::new();
        self.each_instance(def, frame, scope, &mut |frame| frames.push(frame));
        frames
    }

    /// Visits them without a list of them.
    pub fn each_instance(
        &self,
        def: &Definition,
        frame: FrameId,
        scope: ScopeId,
        visit: &mut dyn FnMut(FrameId),
    ) {
        let depth = def.depth(self.frame(frame).scope);
        if depth >= def.depth(scope) {
            return visit(frame);
        }
        let list = def.scope(def.outer(scope, depth + 1)).place as usize;
        for inner in &self.frame(frame).inner[list] {
            self.each_instance(def, *inner, scope, visit);
        }
    }

    /// The instances of a child under one node instance.
    pub fn children_of(&self, def: &Definition, at: At, child: NodeId) -> impl Iterator<Item = At> + '_ {
        let (alone, frames): (_, &[FrameId]) = match def.repeat_of(child) {
            Some(scope) => (None, &self.frame(at.frame).inner[def.scope(scope).place as usize]),
            None => (Some(at.frame), &[]),
        };
        alone.into_iter().chain(frames.iter().copied()).map(move |frame| At { frame, node: child })
    }

    /// One of them, by its place from 0.
    fn child_at(&self, def: &Definition, at: At, child: NodeId, place: usize) -> Option<At> {
        let frame = match def.repeat_of(child) {
            Some(scope) => *self.frame(at.frame).inner[def.scope(scope).place as usize].get(place)?,
            None if place == 0 => at.frame,
            None => return None,
        };
        Some(At { frame, node: child })
    }

    /// Place of a repeat instance among its siblings, from 1; 1 for the form itself.
    pub fn place(&self, frame: FrameId) -> usize {
        self.frame(frame).place as usize + 1
    }

    /// Places of the instances around a frame, outermost first.
    pub fn places(&self, mut frame: FrameId) -> Vec<u32> {
        let mut places = Vec::new();
        while let Some(parent) = self.frame(frame).parent {
            places.push(self.place(frame) as u32);
            frame = parent;
        }
        places.reverse();
        places
    }

    /// The frame of `scope` with these places, outermost first.
    pub fn by_places(&self, def: &Definition, scope: ScopeId, places: &[u32]) -> Option<FrameId> {
        if places.len() != def.depth(scope) as usize {
            return None;
        }
        let mut frame = ROOT_FRAME;
        for (depth, place) in places.iter().enumerate() {
            let list = def.scope(def.outer(scope, depth as u8 + 1)).place as usize;
            frame = *self.frame(frame).inner[list].get((*place as usize).checked_sub(1)?)?;
        }
        Some(frame)
    }

    /// `/data/member[2]/name`: repeats carry their place, always.
    pub fn path(&self, def: &Definition, at: At) -> String {
        let mut chain = vec![at.node];
        while let Some(parent) = chain.last().and_then(|n| def.node(*n).parent) {
            chain.push(parent);
        }
        let places = self.places(at.frame);
        let mut places = places.iter();
        let mut path = String::new();
        for node in chain.into_iter().rev() {
            path.push('/');
            path.push_str(&def.node(node).tag);
            if def.repeat_of(node).is_some()
                && let Some(place) = places.next()
            {
                // Writing to a String can't fail.
                let _ = write!(path, "[{place}]");
            }
        }
        path
    }

    /// The node instance with this path; a repeat without its place is taken at the first.
    pub fn find(&self, def: &Definition, path: &str) -> Option<At> {
        let mut steps = path.strip_prefix('/')?.split('/');
        let mut at = At { frame: ROOT_FRAME, node: ROOT };
        if def.node(ROOT).tag.as_ref() != steps.next()? {
            return None;
        }
        for step in steps {
            let (tag, place) = split_place(step)?;
            let child = def.child(at.node, tag)?;
            at = self.child_at(def, at, child, place.checked_sub(1)?)?;
        }
        Some(at)
    }

    /// All node instances of the form's nodes, in document order.
    pub fn walk(&self, def: &Definition, at: At, visit: &mut dyn FnMut(At)) {
        visit(at);
        for child in &def.node(at.node).children {
            for instance in self.children_of(def, at, *child) {
                self.walk(def, instance, visit);
            }
        }
    }

    /// Document order of two frames of the same scope.
    pub fn order(&self, a: FrameId, b: FrameId) -> Ordering {
        self.places(a).cmp(&self.places(b))
    }
}

/// The tag and the place, from 1, of one step of an instance path.
pub(crate) fn split_place(step: &str) -> Option<(&str, usize)> {
    match step.split_once('[') {
        None => Some((step, 1)),
        Some((tag, place)) => Some((tag, place.strip_suffix(']')?.parse().ok()?)),
    }
}
