//! Which pages there are now, and moving between them.

use crate::{
    definition::{BodyId, ElementKind, NodeId, ScopeId},
    error::NavigationError,
    session::Session,
    state::{At, FrameId, ROOT_FRAME},
    view::{Moved, OutlineEntry, PageIndex, PageKind, PageState, Problems},
    xpath::eval::Context,
};
use std::ops::{ControlFlow, Range};

/// A page, with where it stands.
#[derive(Clone, PartialEq)]
pub(super) struct Page {
    pub index: PageIndex,
    pub kind: PageKind,
    pub element: BodyId,
    /// The frame of its questions; of a boundary, the one around the repeat.
    pub frame: FrameId,
}

/// Where a page stands among all pages: for each repeat around it the number of its element and the place
/// of the instance, then the page's own element; keys sort in the form's order.
pub(super) type PageKey = Vec<u32>;

/// Comes after all instances of its repeat.
const BOUNDARY: u32 = u32::MAX;

/// Places of instances.
const EVERYWHERE: Range<u32> = 1..BOUNDARY;
pub(super) const NOWHERE: Range<u32> = 0..0;

/// Told of pages in the form's order.
pub(super) trait Visitor {
    /// Which instances of a repeat to look into; the key ends with its element.
    fn places(&mut self, key: &[u32], scope: ScopeId, frame: FrameId) -> Range<u32>;
    fn page(&mut self, kind: PageKind, element: BodyId, frame: FrameId, key: &[u32]) -> ControlFlow<()>;
}

/// The first page that `wanted` takes, in instances that may have one.
struct Find<I, P> {
    places: I,
    wanted: P,
    found: Option<Page>,
}

impl<I: FnMut(&[u32]) -> Range<u32>, P: FnMut(&[u32]) -> bool> Visitor for Find<I, P> {
    fn places(&mut self, key: &[u32], _: ScopeId, _: FrameId) -> Range<u32> {
        (self.places)(key)
    }

    fn page(&mut self, kind: PageKind, element: BodyId, frame: FrameId, key: &[u32]) -> ControlFlow<()> {
        if !(self.wanted)(key) {
            return ControlFlow::Continue(());
        }
        self.found = Some(Page { index: index_of(element, key), kind, element, frame });
        ControlFlow::Break(())
    }
}

/// The place, among the instances of the repeat with this key, of the one that a page is in.
fn place_in(page: &[u32], repeat: &[u32]) -> Option<u32> {
    if page.starts_with(repeat) { page.get(repeat.len()).copied() } else { None }
}

fn index_of(element: BodyId, key: &[u32]) -> PageIndex {
    let places = key.chunks_exact(2).map(|pair| pair[1]).filter(|place| *place != BOUNDARY);
    PageIndex { element: element.0, instance: places.collect() }
}

/// Remembers the last page before a key.
struct Before<'a> {
    here: Option<&'a [u32]>,
    last: Option<Page>,
}

impl Visitor for Before<'_> {
    fn places(&mut self, _: &[u32], _: ScopeId, _: FrameId) -> Range<u32> {
        EVERYWHERE
    }

    fn page(&mut self, kind: PageKind, element: BodyId, frame: FrameId, key: &[u32]) -> ControlFlow<()> {
        if self.here.is_some_and(|here| key >= here) {
            return ControlFlow::Break(());
        }
        self.last = Some(Page { index: index_of(element, key), kind, element, frame });
        ControlFlow::Continue(())
    }
}

struct All(Vec<Page>);

impl Visitor for All {
    fn places(&mut self, _: &[u32], _: ScopeId, _: FrameId) -> Range<u32> {
        EVERYWHERE
    }

    fn page(&mut self, kind: PageKind, element: BodyId, frame: FrameId, key: &[u32]) -> ControlFlow<()> {
        self.0.push(Page { index: index_of(element, key), kind, element, frame });
        ControlFlow::Continue(())
    }
}

impl Session {
    /// All pages of now, without the end.
    pub(super) fn pages(&self) -> Vec<Page> {
        let mut all = All(Vec::new());
        let _ = self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut Vec::new(), &mut all);
        all.0
    }

    /// `None` for the end, and for an index that doesn't fit the form.
    pub(super) fn key_of(&self, index: &PageIndex) -> Option<PageKey> {
        let def = &self.engine.def;
        let element = BodyId(index.element);
        let mut repeats = Vec::new();
        let mut next = def.body.elements.get(index.element as usize)?.parent;
        while let Some(id) = next {
            let outer = def.element(id);
            if matches!(outer.kind, ElementKind::Repeat { .. }) {
                repeats.push(id);
            }
            next = outer.parent;
        }
        let places = index.instance.iter();
        let mut key: PageKey = Vec::with_capacity(2 * index.instance.len() + 2);
        key.extend(repeats.iter().rev().zip(places.clone()).flat_map(|(id, place)| [id.0, *place]));
        match &def.element(element).kind {
            ElementKind::Repeat { .. } => {
                let own = index.instance.get(repeats.len()).copied();
                key.extend([element.0, own.unwrap_or(BOUNDARY)]);
            }
            _ => key.push(element.0),
        }
        Some(key)
    }

    /// The first page in an instance whose key this is.
    pub(super) fn first_page_in(&self, repeat: BodyId, instance: FrameId) -> Option<Page> {
        let places = self.engine.state.places(instance);
        let index = PageIndex { element: repeat.0, instance: places };
        let mut find = Find { places: |_: &[u32]| EVERYWHERE, wanted: |_: &[u32]| true, found: None };
        let _ = self.walk_instance(repeat, instance, &mut self.key_of(&index)?, &mut find);
        find.found
    }

    pub(super) fn walk_instance(
        &self,
        repeat: BodyId,
        instance: FrameId,
        key: &mut PageKey,
        visitor: &mut impl Visitor,
    ) -> ControlFlow<()> {
        let ElementKind::Repeat { children, field_list, .. } = &self.engine.def.element(repeat).kind else {
            return ControlFlow::Continue(());
        };
        if !field_list {
            return self.walk(children, instance, key, visitor);
        }
        if self.has_content(children, instance) {
            return visitor.page(PageKind::FieldList, repeat, instance, key);
        }
        ControlFlow::Continue(())
    }

    pub(super) fn walk(
        &self,
        children: &[BodyId],
        frame: FrameId,
        key: &mut PageKey,
        visitor: &mut impl Visitor,
    ) -> ControlFlow<()> {
        let own = |id: &BodyId,
                   key: &mut PageKey,
                   kind,
                   visitor: &mut dyn FnMut(PageKind, &[u32]) -> ControlFlow<()>| {
            key.push(id.0);
            let flow = visitor(kind, key);
            key.pop();
            flow
        };
        for id in children {
            let mut visit = |kind, key: &[u32]| visitor.page(kind, *id, frame, key);
            match &self.engine.def.element(*id).kind {
                ElementKind::Control(control) => {
                    if self.is_open(control.node, frame) {
                        own(id, key, PageKind::Question, &mut visit)?;
                    }
                }
                ElementKind::Group { node, children, field_list, .. } => {
                    if !node.is_none_or(|node| self.is_open(node, frame)) {
                        continue;
                    }
                    if !field_list {
                        self.walk(children, frame, key, visitor)?;
                    } else if self.has_content(children, frame) {
                        own(id, key, PageKind::FieldList, &mut visit)?;
                    }
                }
                ElementKind::Repeat { scope, .. } => {
                    let depth = key.len();
                    key.push(id.0);
                    let places = visitor.places(key, *scope, frame);
                    for (place, instance) in self.instances_at(places, *scope, frame) {
                        key.push(place);
                        let flow = self.walk_instance(*id, instance, key, visitor);
                        key.truncate(depth + 1);
                        if flow.is_break() {
                            key.truncate(depth);
                            return flow;
                        }
                    }
                    key.truncate(depth);
                    if self.can_resize(*scope) && self.repeat_is_open(*scope, frame) {
                        key.extend([id.0, BOUNDARY]);
                        let flow = visitor.page(PageKind::Repeat, *id, frame, key);
                        key.truncate(depth);
                        flow?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    pub(super) fn is_open(&self, node: NodeId, frame: FrameId) -> bool {
        let def = &self.engine.def;
        // A group may name a node outside of the repeat that it stands in.
        let frame = self.engine.state.outer(def, frame, def.depth(def.node(node).scope));
        self.engine.state.frame(frame).scope == def.node(node).scope
            && self.engine.state.relevant(def, At { frame, node })
    }

    /// A repeat without instances has none whose relevance could be looked up.
    pub(super) fn repeat_is_open(&self, scope: ScopeId, frame: FrameId) -> bool {
        let def = &self.engine.def;
        let node = def.scope(scope).node;
        if let Some(parent) = def.node(node).parent
            && !self.is_open(parent, frame)
        {
            return false;
        }
        match def.node(node).bind.relevant {
            None => true,
            Some(expr) => {
                let at = At { frame, node };
                self.engine.evaluator().run_bool(def.expr(expr), &Context::of(at))
            }
        }
    }

    pub(super) fn can_resize(&self, scope: ScopeId) -> bool {
        let scope = self.engine.def.scope(scope);
        scope.count.is_none() && !scope.fixed
    }

    /// The relevant instances of a repeat in a frame.
    pub(super) fn instances(&self, scope: ScopeId, frame: FrameId) -> Vec<FrameId> {
        self.placed_instances(scope, frame).map(|(_, instance)| instance).collect()
    }

    /// … with their places, from 1.
    pub(super) fn placed_instances(
        &self,
        scope: ScopeId,
        frame: FrameId,
    ) -> impl Iterator<Item = (u32, FrameId)> + '_ {
        self.instances_at(EVERYWHERE, scope, frame)
    }

    fn instances_at(
        &self,
        places: Range<u32>,
        scope: ScopeId,
        frame: FrameId,
    ) -> impl Iterator<Item = (u32, FrameId)> + '_ {
        let def = &self.engine.def;
        let list = def.scope(scope).place as usize;
        let node = def.scope(scope).node;
        let all = &self.engine.state.frame(frame).inner[list];
        let placed = places.map_while(|place| Some((place, *all.get((place as usize).checked_sub(1)?)?)));
        placed.filter(move |(_, frame)| self.engine.state.relevant(def, At { frame: *frame, node }))
    }

    /// Whether a page of these would show anything: a question, or a repeat that can grow.
    fn has_content(&self, children: &[BodyId], frame: FrameId) -> bool {
        children.iter().any(|id| match &self.engine.def.element(*id).kind {
            ElementKind::Control(control) => self.is_open(control.node, frame),
            ElementKind::Group { node, children, .. } => {
                node.is_none_or(|node| self.is_open(node, frame)) && self.has_content(children, frame)
            }
            ElementKind::Repeat { scope, children, .. } => {
                let mut instances = self.placed_instances(*scope, frame);
                self.can_resize(*scope) && self.repeat_is_open(*scope, frame)
                    || instances.any(|(_, instance)| self.has_content(children, instance))
            }
        })
    }

    /// The relevant questions inside, those of inner groups and repeats too.
    pub(super) fn questions_in(&self, children: &[BodyId], frame: FrameId) -> Vec<(BodyId, At)> {
        let mut found = Vec::new();
        for id in children {
            match &self.engine.def.element(*id).kind {
                ElementKind::Control(control) => {
                    if self.is_open(control.node, frame) {
                        found.push((*id, At { frame, node: control.node }));
                    }
                }
                ElementKind::Group { node, children, .. } => {
                    if node.is_none_or(|node| self.is_open(node, frame)) {
                        found.extend(self.questions_in(children, frame));
                    }
                }
                ElementKind::Repeat { scope, children, .. } => {
                    for instance in self.instances(*scope, frame) {
                        found.extend(self.questions_in(children, instance));
                    }
                }
            }
        }
        found
    }

    pub(super) fn questions_of(&self, page: &Page) -> Vec<(BodyId, At)> {
        match (&self.engine.def.element(page.element).kind, page.kind) {
            (ElementKind::Control(control), _) => {
                if self.is_open(control.node, page.frame) {
                    vec![(page.element, At { frame: page.frame, node: control.node })]
                } else {
                    Vec::new()
                }
            }
            (
                ElementKind::Group { children, .. } | ElementKind::Repeat { children, .. },
                PageKind::FieldList,
            ) => self.questions_in(children, page.frame),
            _ => Vec::new(),
        }
    }

    pub(super) fn page_exists(&self, page: &PageIndex) -> bool {
        let Some(here) = self.key_of(page) else { return page.is_end() };
        let mut find = Find {
            places: |key: &[u32]| match place_in(&here, key) {
                Some(place) => place..place.saturating_add(1),
                None => NOWHERE,
            },
            wanted: |key: &[u32]| key == here.as_slice(),
            found: None,
        };
        let _ = self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut Vec::new(), &mut find);
        find.found.is_some_and(|found| found.index == *page)
    }

    pub(super) fn first_page(&self) -> PageIndex {
        self.page_after(&[]).map_or_else(PageIndex::end, |p| p.index)
    }

    /// The first page behind this key.
    fn page_after(&self, here: &[u32]) -> Option<Page> {
        let mut find = Find {
            places: |key: &[u32]| match place_in(here, key) {
                Some(place) => place..BOUNDARY,
                None if key > here => EVERYWHERE,
                None => NOWHERE,
            },
            wanted: |key: &[u32]| key > here,
            found: None,
        };
        let _ = self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut Vec::new(), &mut find);
        find.found
    }

    /// The last page before this key; before the end, the last of all.
    fn page_before(&self, here: Option<&[u32]>) -> Option<Page> {
        let mut before = Before { here, last: None };
        let _ = self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut Vec::new(), &mut before);
        before.last
    }

    pub(super) fn current(&self) -> Option<Page> {
        if self.page.is_end() {
            return None;
        }
        let def = &self.engine.def;
        let element = BodyId(self.page.element);
        let (scope, kind) = match &def.body.elements.get(element.0 as usize)?.kind {
            ElementKind::Control(_) => (def.element(element).scope, PageKind::Question),
            ElementKind::Group { .. } => (def.element(element).scope, PageKind::FieldList),
            ElementKind::Repeat { scope, .. } if self.page.instance.len() == def.depth(*scope) as usize => {
                (*scope, PageKind::FieldList)
            }
            ElementKind::Repeat { .. } => (def.element(element).scope, PageKind::Repeat),
        };
        let frame = self.engine.state.by_places(def, scope, &self.page.instance)?;
        Some(Page { index: self.page.clone(), kind, element, frame })
    }

    pub fn is_at_end(&self) -> bool {
        self.page.is_end()
    }

    /// The index of the current page.
    pub fn page_index(&self) -> &PageIndex {
        &self.page
    }

    /// Goes to the next page.
    ///
    /// # Errors
    /// The problems of this page: a missing required answer or one that breaks a constraint.
    // The field's word for it; a session is no iterator.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Moved, Problems> {
        let Some(here) = self.current() else { return Ok(Moved::Stayed) };
        let questions = self.questions_of(&here);
        let problems: Vec<_> = questions.iter().filter_map(|(_, at)| self.check(*at)).collect();
        if !problems.is_empty() {
            self.insisted.extend(questions.iter().map(|(_, at)| *at));
            self.outdate_shown();
            return Err(Problems { problems, page: self.page.clone() });
        }
        // A page may have closed behind the person: the next open one in the form's order.
        let to = self.key_of(&self.page).and_then(|here| self.page_after(&here));
        let to = to.map_or_else(PageIndex::end, |p| p.index);
        let moved = if to.is_end() { Moved::ToEnd } else { Moved::ToPage };
        self.turn_to(to);
        Ok(moved)
    }

    /// Goes to the page before; answers stay as they are.
    pub fn back(&mut self) -> Moved {
        match self.page_before(self.key_of(&self.page).as_deref()) {
            Some(page) => {
                self.turn_to(page.index);
                Moved::ToPage
            }
            None => Moved::Stayed,
        }
    }

    /// Jumps to a page, from the outline or from a problem.
    ///
    /// # Errors
    /// When there is no such page now.
    pub fn go_to(&mut self, index: &PageIndex) -> Result<(), NavigationError> {
        if !self.page_exists(index) {
            return Err(NavigationError::NoSuchPage);
        }
        self.turn_to(index.clone());
        Ok(())
    }

    pub(super) fn turn_to(&mut self, index: PageIndex) {
        self.page = index;
    }

    /// All pages of now, for a list to jump from.
    pub fn outline(&self) -> Vec<OutlineEntry> {
        let pages = self.pages();
        pages.iter().map(|page| self.outline_entry(page)).collect()
    }

    fn outline_entry(&self, page: &Page) -> OutlineEntry {
        let questions = self.questions_of(page);
        let answered = |(_, at): &(BodyId, At)| !self.engine.state.value(&self.engine.def, *at).is_empty();
        let state = if questions.iter().any(|(_, at)| self.visible_problem(*at).is_some()) {
            PageState::Invalid
        } else if questions.iter().any(answered) || page.kind == PageKind::Repeat && self.has_instances(page)
        {
            PageState::Answered
        } else {
            PageState::Untouched
        };
        OutlineEntry {
            index: page.index.clone(),
            kind: page.kind,
            title: self.page_title(page).unwrap_or_default(),
            breadcrumb: self.breadcrumb(page),
            state,
            is_current: page.index == self.page,
        }
    }

    fn has_instances(&self, page: &Page) -> bool {
        match &self.engine.def.element(page.element).kind {
            ElementKind::Repeat { scope, .. } => !self.instances(*scope, page.frame).is_empty(),
            _ => false,
        }
    }
}
