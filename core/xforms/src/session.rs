//! A form being filled: answers, what follows from them, and where the person is.

mod actions;
mod answering;
mod counting;
mod editing;
mod engine;
mod entities;
mod evaluating;
mod finishing;
mod inspect;
mod notifying;
mod pages;
mod queue;
mod repeats;
mod requests;
mod shown;
mod starting;
mod views;

use crate::{
    definition::{BodyId, Definition, Event},
    env::{Clock, Env, Properties},
    error::{LoadError, NavigationError, SessionWarning},
    loading::{self, Missing, load},
    serialise,
    state::{At, FrameId, Frames},
    view::{ChoiceView, PageIndex},
    xpath::eval::{MAX_EFFORT, Surroundings},
};
pub use answering::Added;
use counting::PageCounts;
pub use editing::{NotCarried, NotCarriedReason};
pub(crate) use engine::Engine;
pub use entities::EntityAction;
pub use evaluating::{Evaluated, FoundNode, XPathValue};
pub use finishing::{Submission, ValueNode};
pub use inspect::NodeState;
pub use requests::Request;
use shown::Shown;
use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

/// A draft at rest: everything needed to go on later.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Saved {
    /// The whole instance as XML, irrelevant values included.
    pub instance: String,
    /// Text form of the page's index.
    pub page: String,
    pub language: Option<String>,
    /// Values stored after the snapshot, as `Changes::saved` gave them, oldest first.
    pub later: Vec<(String, Option<String>)>,
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved")
            .field("page", &self.page)
            .field("later", &self.later.len())
            .finish_non_exhaustive()
    }
}

/// One person filling one form. `Send`, not `Sync`: keep it behind a lock.
pub struct Session {
    pub(crate) engine: Engine,
    page: PageIndex,
    /// Questions whose missing answer was already asked for.
    insisted: HashSet<At>,
    /// The current page as last shown.
    shown: Option<Shown>,
    /// Choices that were shown, by control and the frame of its node.
    choices: HashMap<BodyId, HashMap<FrameId, Arc<[ChoiceView]>>>,
    page_counts: RefCell<PageCounts>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("definition", &self.engine.def)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Begins an empty form: defaults, preloads, first-load actions, calculations.
    pub fn start(def: Arc<Definition>, env: Env) -> Session {
        let skeleton = def.initial.clone();
        let mut engine = Engine::new(def, &skeleton, env);
        engine.preload_new();
        engine.recalculate_all();
        engine.dispatch(|action| action.happens(&[Event::FirstLoad, Event::Load]));
        let mut session = Session::over(engine);
        session.page = session.first_page();
        session
    }

    /// Goes on with a draft; actions and preloads of the first load don't run again.
    ///
    /// # Errors
    /// When the snapshot is no instance of this form. Later values whose path is gone are left out.
    pub fn resume(def: Arc<Definition>, env: Env, saved: &Saved) -> Result<Session, LoadError> {
        let skeleton = load(&def, &saved.instance, Missing::Default, &mut |_| {})?.skeleton;
        let language = saved.language.clone().or_else(|| env.language.clone());
        let mut engine = Engine::new(def.clone(), &skeleton, Env { language, ..env });
        for (path, value) in &saved.later {
            if let Some(at) = engine.state.find(&def, path) {
                engine.state.set_value(&def, at, value.as_deref().unwrap_or_default().into());
            }
        }
        engine.recalculate_all();
        engine.dispatch(|action| action.happens(&[Event::Load]));
        engine.forget_changes();
        let mut session = Session::over(engine);
        session.page = saved
            .page
            .parse()
            .ok()
            .filter(|page| session.page_exists(page))
            .unwrap_or_else(|| session.first_page());
        Ok(session)
    }

    fn over(mut engine: Engine) -> Session {
        engine.forget_changes();
        Session {
            engine,
            page: PageIndex::end(),
            insisted: HashSet::new(),
            shown: None,
            choices: HashMap::new(),
            page_counts: RefCell::default(),
        }
    }

    /// A snapshot to go on from, without `later` values.
    pub fn saved(&self) -> Saved {
        let language = self.engine.def.itext.languages.get(self.engine.around.language);
        Saved {
            instance: serialise::instance(
                &self.engine.def,
                &self.engine.state,
                serialise::Extent::Everything,
            ),
            page: self.page.to_string(),
            language: language.map(|l| l.to_string()),
            later: Vec::new(),
        }
    }

    pub fn definition(&self) -> &Arc<Definition> {
        &self.engine.def
    }

    /// The language in use, as the form names it.
    pub fn language(&self) -> Option<&str> {
        self.engine.def.itext.languages.get(self.engine.around.language).map(|l| &**l)
    }

    /// Shows the form in another of its languages; draw the page again.
    ///
    /// # Errors
    /// When the form doesn't have it.
    pub fn set_language(&mut self, language: &str) -> Result<(), NavigationError> {
        let found = find_language(&self.engine.def, language)
            .ok_or_else(|| NavigationError::NoSuchLanguage { language: language.to_owned() })?;
        self.engine.use_language(found);
        self.forget_shown();
        Ok(())
    }

    /// The stored text at an instance path, whether relevant or not.
    pub fn value(&self, path: &str) -> Option<&str> {
        let at = self.engine.state.find(&self.engine.def, path)?;
        let text = self.engine.state.value(&self.engine.def, at);
        (!text.is_empty()).then_some(text)
    }

    /// Whether the node instance takes part: its own condition and those around it hold.
    pub fn is_relevant(&self, path: &str) -> bool {
        let found = self.engine.state.find(&self.engine.def, path);
        found.is_some_and(|at| self.engine.state.relevant(&self.engine.def, at))
    }

    /// What had to be left undone so far; nothing, in a form that is well made.
    pub fn warnings(&self) -> Vec<SessionWarning> {
        self.engine.warnings.iter().cloned().collect()
    }

    /// How many bind expressions have been evaluated so far.
    pub fn evaluations(&self) -> u64 {
        self.engine.evaluations
    }
}

/// By the form's name for it, or by the code in brackets: `vi` finds `Tiếng Việt (vi)`.
pub(crate) fn find_language(def: &Definition, wanted: &str) -> Option<usize> {
    let languages = &def.itext.languages;
    let code = format!("({wanted})");
    languages
        .iter()
        .position(|l| &**l == wanted)
        .or_else(|| languages.iter().position(|l| l.ends_with(&code)))
}

pub(crate) fn is_vietnamese(language: Option<&str>) -> bool {
    language.is_some_and(|l| l == "vi" || l.ends_with("(vi)") || l.starts_with("vi-"))
}

impl Engine {
    pub(crate) fn new(def: Arc<Definition>, skeleton: &crate::definition::Skeleton, env: Env) -> Engine {
        let Env { clock, random, language, properties, last_saved } = env;
        let wanted = language.as_deref().and_then(|l| find_language(&def, l));
        let language = wanted.unwrap_or(def.itext.default);
        let around = Surroundings {
            now: clock.now(),
            random: RefCell::new(random),
            language,
            vietnamese: is_vietnamese(def.itext.languages.get(language).map(|l| &**l)),
            properties: properties.clone(),
            patterns: RefCell::default(),
            quoting: Cell::new(0),
            effort: Cell::new(MAX_EFFORT),
            reserve: Cell::new(0),
            last_saved: last_saved.as_deref().and_then(|xml| loading::last_saved(&def, xml)),
        };
        let state = Frames::new(&def, skeleton);
        Engine::assemble(def, state, around, clock, properties)
    }

    pub(crate) fn use_language(&mut self, language: usize) {
        self.around.language = language;
        self.around.vietnamese = is_vietnamese(self.def.itext.languages.get(language).map(|l| &**l));
    }
}

/// Kept beside the surroundings: only read between recalculations.
pub(crate) struct Device {
    pub clock: Arc<dyn Clock>,
    pub properties: Properties,
}
