//! How many pages there are, and how many before one: counts are kept by repeat and by instance.

use crate::{
    definition::{BodyId, ScopeId},
    session::{
        Session,
        pages::{NOWHERE, Visitor},
    },
    state::{At, FrameId, ROOT_FRAME},
    view::{PageIndex, PageKind},
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::{ControlFlow, Range};

/// What was counted, until something in it opens or closes.
#[derive(Default)]
pub(super) struct PageCounts {
    /// Pages in an instance, or in the form.
    instances: FxHashMap<FrameId, usize>,
    /// … in all instances of a repeat in a frame.
    repeats: FxHashMap<(FrameId, ScopeId), RepeatCount>,
}

#[derive(Default)]
struct RepeatCount {
    /// Of all instances that were counted.
    pages: usize,
    uncounted: FxHashSet<FrameId>,
}

impl PageCounts {
    pub fn clear(&mut self) {
        self.instances.clear();
        self.repeats.clear();
    }
}

struct Count<'a> {
    session: &'a Session,
    /// Counting ends at this key.
    until: Option<&'a [u32]>,
    count: usize,
}

impl Visitor for Count<'_> {
    /// Only the instance that counting ends in is looked into; the pages of those before it are known.
    fn places(&mut self, key: &[u32], scope: ScopeId, frame: FrameId) -> Range<u32> {
        match self.until {
            Some(until) if until.starts_with(key) => {
                let place = until.get(key.len()).copied().unwrap_or_default();
                self.count += self.session.pages_before(scope, frame, place);
                place..place.saturating_add(1)
            }
            Some(until) if key > until => NOWHERE,
            _ => {
                self.count += self.session.pages_of_repeat(scope, frame);
                NOWHERE
            }
        }
    }

    fn page(&mut self, _: PageKind, _: BodyId, _: FrameId, key: &[u32]) -> ControlFlow<()> {
        if self.until.is_some_and(|until| key >= until) {
            return ControlFlow::Break(());
        }
        self.count += 1;
        ControlFlow::Continue(())
    }
}

impl Session {
    /// How many pages there are, without the end.
    pub(super) fn page_count(&self) -> usize {
        self.pages_in(ROOT_FRAME)
    }

    /// Place of a page among all, from 0; of one that closed, of what comes next.
    pub(super) fn page_number(&self, index: &PageIndex) -> usize {
        let key = self.key_of(index);
        let mut count = Count { session: self, until: key.as_deref(), count: 0 };
        let _ = self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut Vec::new(), &mut count);
        count.count
    }

    /// Pages in an instance, or in the form.
    fn pages_in(&self, frame: FrameId) -> usize {
        if let Some(known) = self.page_counts.borrow().instances.get(&frame) {
            return *known;
        }
        let mut count = Count { session: self, until: None, count: 0 };
        let def = &self.engine.def;
        let scope = self.engine.state.frame(frame).scope;
        let instance = At { frame, node: def.scope(scope).node };
        if self.engine.state.relevant(def, instance) {
            let _ = match def.body.repeat_of[scope.0 as usize] {
                Some(repeat) => self.walk_instance(repeat, frame, &mut Vec::new(), &mut count),
                None => self.walk(&def.body.roots, frame, &mut Vec::new(), &mut count),
            };
        }
        self.page_counts.borrow_mut().instances.insert(frame, count.count);
        count.count
    }

    fn pages_of_repeat(&self, scope: ScopeId, frame: FrameId) -> usize {
        let known = self.page_counts.borrow_mut().repeats.remove(&(frame, scope));
        let RepeatCount { mut pages, uncounted } = known.unwrap_or_else(|| RepeatCount {
            pages: 0,
            uncounted: self.all_instances(scope, frame).iter().copied().collect(),
        });
        pages += uncounted.into_iter().map(|instance| self.pages_in(instance)).sum::<usize>();
        let counted = RepeatCount { pages, uncounted: FxHashSet::default() };
        self.page_counts.borrow_mut().repeats.insert((frame, scope), counted);
        pages
    }

    /// Pages in the instances before this place (from 1), counted from the nearer end.
    fn pages_before(&self, scope: ScopeId, frame: FrameId, place: u32) -> usize {
        let instances = self.all_instances(scope, frame);
        let (before, rest) = instances.split_at((place.saturating_sub(1) as usize).min(instances.len()));
        let count = |some: &[FrameId]| some.iter().map(|instance| self.pages_in(*instance)).sum::<usize>();
        if before.len() <= rest.len() {
            count(before)
        } else {
            self.pages_of_repeat(scope, frame) - count(rest)
        }
    }

    fn all_instances(&self, scope: ScopeId, frame: FrameId) -> &[FrameId] {
        let place = self.engine.def.scope(scope).place as usize;
        &self.engine.state.frame(frame).inner[place]
    }

    /// What opened or closed since changes were last forgotten is counted again.
    pub(super) fn recount_pages(&mut self) {
        let engine = &self.engine;
        let counts = self.page_counts.get_mut();
        // Frames that went may be others now.
        if engine.shrunk || engine.boundaries_changed() {
            return counts.clear();
        }
        let relevance = engine.relevance_changed.iter().map(|at| at.frame);
        for frame in relevance.chain(engine.reshaped.iter().copied()) {
            let mut next = Some(frame);
            while let Some(frame) = next {
                let counted = counts.instances.remove(&frame).unwrap_or_default();
                let around = engine.state.frame(frame);
                next = around.parent;
                if let Some(parent) = next
                    && let Some(repeat) = counts.repeats.get_mut(&(parent, around.scope))
                    && repeat.uncounted.insert(frame)
                {
                    repeat.pages -= counted;
                }
            }
        }
    }
}
