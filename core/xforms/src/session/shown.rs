//! The page as it was last shown, and what changed on it since: only what reads a change is made anew.

use crate::{
    appearance::Appearance,
    definition::{BodyId, ChoiceSource, ElementKind, NodeId},
    session::{Session, pages::Page},
    state::At,
    view::{PageChange, PageIndex, PageKind, PageView, QuestionView},
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) struct Shown {
    /// More changed than was told.
    stale: bool,
    page: Page,
    view: PageView,
    /// Of each question of the view, its control and node.
    questions: Vec<(BodyId, At)>,
    /// Places of the questions of each control.
    places: FxHashMap<BodyId, Vec<usize>>,
}

fn places(questions: &[(BodyId, At)]) -> FxHashMap<BodyId, Vec<usize>> {
    let mut places: FxHashMap<BodyId, Vec<usize>> = FxHashMap::default();
    for (place, (control, _)) in questions.iter().enumerate() {
        places.entry(*control).or_default().push(place);
    }
    places
}

impl Session {
    /// The current page.
    pub fn page(&mut self) -> PageView {
        if let Some(shown) = self.shown.as_ref().filter(|shown| !shown.stale && shown.view.index == self.page)
        {
            return shown.view.clone();
        }
        self.engine.around.begin();
        let Some(page) = self.current() else {
            let count = self.page_count();
            return PageView {
                index: PageIndex::end(),
                kind: PageKind::End,
                title: None,
                breadcrumb: Vec::new(),
                appearance: Appearance::default(),
                intent: None,
                questions: Vec::new(),
                repeats: Vec::new(),
                is_first: count == 0,
                number: count,
                count: count + 1,
            };
        };
        let questions = self.questions_of(&page);
        let (title, breadcrumb) = self.heading(&page);
        let number = self.page_number(&page.index);
        let element = self.engine.def.element(page.element);
        let (appearance, intent) = match &element.kind {
            ElementKind::Control(_) => (Appearance::default(), None),
            ElementKind::Group { intent, .. } => (element.appearance.clone(), intent.clone()),
            ElementKind::Repeat { .. } => (element.appearance.clone(), None),
        };
        let view = PageView {
            index: page.index.clone(),
            kind: page.kind,
            title,
            breadcrumb,
            appearance,
            intent,
            questions: questions.iter().map(|(control, at)| self.question(*control, *at)).collect(),
            repeats: self.repeats_on(&page),
            is_first: number == 0,
            number,
            count: self.page_count() + 1,
        };
        self.shown =
            Some(Shown { stale: false, page, view: view.clone(), places: places(&questions), questions });
        view
    }

    /// The page has to be drawn anew: a person was told of problems.
    pub(super) fn outdate_shown(&mut self) {
        self.shown.iter_mut().for_each(|shown| shown.stale = true);
    }

    /// Anything may be another: the language, or the time of the end.
    pub(super) fn forget_shown(&mut self) {
        self.outdate_shown();
        self.choices.clear();
        self.page_counts.get_mut().clear();
    }

    fn heading(&self, page: &Page) -> (Option<String>, Vec<String>) {
        let title = match page.kind {
            PageKind::FieldList | PageKind::Repeat => self.page_title(page),
            PageKind::Question | PageKind::End => None,
        };
        (title, self.breadcrumb(page))
    }

    /// Nodes of which some instance is another, came or went.
    fn changed_nodes(&self) -> FxHashSet<NodeId> {
        let engine = &self.engine;
        let changed = engine.values_changed.iter().chain(&engine.relevance_changed).map(|at| at.node);
        let repeats = engine.resized.iter().map(|scope| engine.def.scope(*scope).node);
        let resized = repeats.flat_map(|node| (node.0..engine.def.node(node).end.0).map(NodeId));
        changed.chain(resized).collect()
    }

    pub(super) fn forget_stale_choices(&mut self) {
        if self.choices.is_empty() {
            return;
        }
        let def = self.engine.def.clone();
        if self.engine.shrunk {
            // Frames may be others now: only lists that read nothing of the form stay.
            let fixed = |id: &BodyId| match &def.element(*id).kind {
                ElementKind::Control(control) => matches!(control.choices, ChoiceSource::Inline(_)),
                _ => false,
            };
            let read: FxHashSet<BodyId> = def.body.choice_readers.iter().flatten().copied().collect();
            self.choices.retain(|id, _| fixed(id) && !read.contains(id));
            return;
        }
        for node in self.changed_nodes() {
            for control in &def.body.choice_readers[node.0 as usize] {
                self.choices.remove(control);
            }
        }
    }

    /// What to do to the page that is shown, so that it is what `page()` would give.
    pub(super) fn page_changes(&mut self) -> Vec<PageChange> {
        // Nothing shown yet: there is nothing to bring up to date.
        let Some(mut shown) = self.shown.take() else { return Vec::new() };
        match self.current() {
            Some(page) if page == shown.page && !shown.stale => {}
            _ => return vec![PageChange::Turned],
        }
        let changed = self.changed_nodes();
        let engine = &self.engine;
        let reopened =
            engine.restructured || !engine.relevance_changed.is_empty() || engine.boundaries_changed();
        let mut changes = Vec::new();
        if reopened {
            self.rearrange(&mut shown, &changed, &mut changes);
        } else {
            self.update(&mut shown, &changed, &mut changes);
        }
        self.surroundings(&mut shown, &changed, reopened, &mut changes);
        self.shown = Some(shown);
        changes
    }

    /// The same questions as before, some of them new in what they show.
    fn update(&mut self, shown: &mut Shown, changed: &FxHashSet<NodeId>, changes: &mut Vec<PageChange>) {
        let def = self.engine.def.clone();
        let readers = changed.iter().flat_map(|node| &def.body.readers[node.0 as usize]);
        let touched: BTreeSet<usize> =
            readers.filter_map(|id| shown.places.get(id)).flatten().copied().collect();
        for place in touched {
            let (control, at) = shown.questions[place];
            let view = self.question(control, at);
            changes.extend(difference(&shown.view.questions[place], &view));
            shown.view.questions[place] = view;
        }
    }

    /// Questions came or went. Where instances went, paths tell which were there before:
    /// frames moved.
    fn rearrange(&mut self, shown: &mut Shown, changed: &FxHashSet<NodeId>, changes: &mut Vec<PageChange>) {
        let def = self.engine.def.clone();
        let moved = self.engine.shrunk;
        let questions = self.questions_of(&shown.page);
        let old = std::mem::take(&mut shown.view.questions);
        let mut by_path: HashMap<(BodyId, String), QuestionView> = HashMap::new();
        let mut by_node: FxHashMap<(BodyId, At), QuestionView> = FxHashMap::default();
        let mut order = Vec::with_capacity(old.len());
        for (key, view) in shown.questions.iter().zip(old) {
            order.push((key.0, view.path.clone()));
            if moved {
                by_path.insert((key.0, view.path.clone()), view);
            } else {
                by_node.insert(*key, view);
            }
        }
        let mut found = Vec::with_capacity(questions.len());
        for (place, (control, at)) in questions.iter().copied().enumerate() {
            let known = if moved {
                by_path.remove(&(control, self.engine.state.path(&def, at)))
            } else {
                by_node.remove(&(control, at))
            };
            let reads = &def.element(control).reads;
            let touched = moved || reads.iter().any(|node| changed.contains(node));
            let view = match known {
                Some(known) if !touched => known,
                Some(known) => {
                    let view = self.question(control, at);
                    found.extend(difference(&known, &view));
                    view
                }
                None => {
                    let question = self.question(control, at);
                    found.push(PageChange::Appeared { at: place, question: question.clone() });
                    question
                }
            };
            shown.view.questions.push(view);
        }
        let gone: HashSet<&str> =
            by_path.values().chain(by_node.values()).map(|view| view.path.as_str()).collect();
        let gone = order.into_iter().filter(|(_, path)| gone.contains(path.as_str()));
        changes.extend(gone.map(|(_, path)| PageChange::Disappeared { path }));
        changes.extend(found);
        shown.places = places(&questions);
        shown.questions = questions;
    }

    /// Title, trail, repeats, and place among the pages.
    fn surroundings(
        &self,
        shown: &mut Shown,
        changed: &FxHashSet<NodeId>,
        reopened: bool,
        changes: &mut Vec<PageChange>,
    ) {
        let def = &self.engine.def;
        let reads = |id: BodyId| {
            let reads = &def.element(id).reads;
            changed.iter().any(|node| reads.binary_search(node).is_ok())
        };
        let mut around = std::iter::successors(Some(shown.page.element), |id| def.element(*id).parent);
        if reopened || around.any(reads) {
            let (title, breadcrumb) = self.heading(&shown.page);
            if (&title, &breadcrumb) != (&shown.view.title, &shown.view.breadcrumb) {
                changes.push(PageChange::Heading { title: title.clone(), breadcrumb: breadcrumb.clone() });
                (shown.view.title, shown.view.breadcrumb) = (title, breadcrumb);
            }
        }
        if !shown.view.repeats.is_empty() || reopened {
            let inside = self.repeats_below(shown.page.element);
            if reopened || inside.into_iter().any(reads) {
                let repeats = self.repeats_on(&shown.page);
                if repeats != shown.view.repeats {
                    changes.push(PageChange::Repeats(repeats.clone()));
                    shown.view.repeats = repeats;
                }
            }
        }
        if reopened {
            let (number, count) = (self.page_number(&shown.page.index), self.page_count() + 1);
            let is_first = number == 0;
            if (is_first, number, count) != (shown.view.is_first, shown.view.number, shown.view.count) {
                changes.push(PageChange::Place { is_first, number, count });
                (shown.view.is_first, shown.view.number, shown.view.count) = (is_first, number, count);
            }
        }
    }

    /// The repeats in an element of the body, itself included.
    fn repeats_below(&self, id: BodyId) -> Vec<BodyId> {
        match &self.engine.def.element(id).kind {
            ElementKind::Control(_) => Vec::new(),
            // What is in a repeat is in its reads.
            ElementKind::Repeat { .. } => vec![id],
            ElementKind::Group { children, .. } => {
                children.iter().flat_map(|child| self.repeats_below(*child)).collect()
            }
        }
    }
}

fn difference(old: &QuestionView, new: &QuestionView) -> Option<PageChange> {
    if old.choices == new.choices {
        return (old != new).then(|| PageChange::Updated(new.clone()));
    }
    let same = QuestionView { choices: old.choices.clone(), ..new.clone() };
    Some(match same == *old {
        true => PageChange::Choices { path: new.path.clone(), choices: new.choices.clone() },
        false => PageChange::Updated(new.clone()),
    })
}
