//! Which pages there are now, and moving between them.

use crate::definition::{BodyId, ElementKind, NodeId, ScopeId};
use crate::error::NavigationError;
use crate::session::Session;
use crate::state::{At, FrameId, ROOT_FRAME};
use crate::view::{Moved, OutlineEntry, PageIndex, PageKind, PageState, Problems};
use crate::xpath::eval::Context;

/// A page, with where it stands.
#[derive(Clone)]
pub(super) struct Page {
    pub index: PageIndex,
    pub kind: PageKind,
    pub element: BodyId,
    /// The frame of its questions; of a boundary, the one around the repeat.
    pub frame: FrameId,
}

impl Session {
    /// All pages of now, without the end.
    pub(super) fn pages(&self) -> Vec<Page> {
        let mut pages = Vec::new();
        self.walk(&self.engine.def.body.roots, ROOT_FRAME, &mut pages);
        pages
    }

    fn push(&self, pages: &mut Vec<Page>, kind: PageKind, element: BodyId, frame: FrameId) {
        let index =
            PageIndex { element: element.0, instance: self.engine.state.places(&self.engine.def, frame) };
        pages.push(Page { index, kind, element, frame });
    }

    fn walk(&self, children: &[BodyId], frame: FrameId, pages: &mut Vec<Page>) {
        for id in children {
            match &self.engine.def.element(*id).kind {
                ElementKind::Control(control) => {
                    if self.is_open(control.node, frame) {
                        self.push(pages, PageKind::Question, *id, frame);
                    }
                }
                ElementKind::Group { node, children, field_list } => {
                    if !node.is_none_or(|node| self.is_open(node, frame)) {
                        continue;
                    }
                    if *field_list {
                        if self.has_content(children, frame) {
                            self.push(pages, PageKind::FieldList, *id, frame);
                        }
                    } else {
                        self.walk(children, frame, pages);
                    }
                }
                ElementKind::Repeat { scope, children, field_list } => {
                    for instance in self.instances(*scope, frame) {
                        if *field_list {
                            if self.has_content(children, instance) {
                                self.push(pages, PageKind::FieldList, *id, instance);
                            }
                        } else {
                            self.walk(children, instance, pages);
                        }
                    }
                    if self.can_resize(*scope) && self.repeat_is_open(*scope, frame) {
                        self.push(pages, PageKind::Repeat, *id, frame);
                    }
                }
            }
        }
    }

    fn is_open(&self, node: NodeId, frame: FrameId) -> bool {
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
        let def = &self.engine.def;
        let place = def.scope(scope).place as usize;
        let node = def.scope(scope).node;
        let all = &self.engine.state.frame(frame).inner[place];
        all.iter().copied().filter(|f| self.engine.state.relevant(def, At { frame: *f, node })).collect()
    }

    fn has_content(&self, children: &[BodyId], frame: FrameId) -> bool {
        !self.questions_in(children, frame).is_empty()
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
        page.is_end() || self.pages().iter().any(|p| p.index == *page)
    }

    pub(super) fn first_page(&self) -> PageIndex {
        self.pages().into_iter().next().map_or_else(PageIndex::end, |p| p.index)
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
            self.shown = None;
            return Err(Problems { problems, page: self.page.clone() });
        }
        let pages = self.pages();
        let to = match pages.iter().position(|p| p.index == self.page) {
            Some(here) => pages.get(here + 1),
            // The page closed behind the person: the next open one in the form's order.
            None => pages.iter().find(|p| p.element > here.element),
        };
        let to = to.map_or_else(PageIndex::end, |p| p.index.clone());
        let moved = if to.is_end() { Moved::ToEnd } else { Moved::ToPage };
        self.turn_to(to);
        Ok(moved)
    }

    /// Goes to the page before; answers stay as they are.
    pub fn back(&mut self) -> Moved {
        let pages = self.pages();
        let before = match (self.current(), pages.iter().position(|p| p.index == self.page)) {
            (None, _) => pages.last(),
            (_, Some(here)) => here.checked_sub(1).and_then(|i| pages.get(i)),
            (Some(here), None) => pages.iter().rev().find(|p| p.element < here.element),
        };
        match before.map(|p| p.index.clone()) {
            Some(index) => {
                self.turn_to(index);
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
        self.shown = None;
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
