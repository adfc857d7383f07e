//! Instances that a form begins with: a submission to correct, a draft of an older version of the form.

use crate::{
    definition::{BodyId, Definition, ElementKind, Event, ForeignPart, NodeId, ROOT, Skeleton},
    env::Env,
    error::LoadError,
    loading::{Missing, leaves, load},
    session::{Engine, Saved, Session},
    skeleton::DEPRECATED,
    state::{At, ROOT_FRAME},
    text::Text,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A value of a draft that the newer version of its form has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarried {
    /// Instance path in the draft.
    pub path: String,
    pub reason: NotCarriedReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCarriedReason {
    /// The form has no such node any more.
    NodeGone,
    /// The node is there, but it repeats no more: the first instance was taken.
    RepeatGone,
    /// The node has another type, which can't hold the value.
    WrongType,
    /// The value is not among the choices any more.
    ChoiceGone,
}

impl NotCarriedReason {
    pub fn code(self) -> &'static str {
        match self {
            NotCarriedReason::NodeGone => "xforms.not-carried.node-gone",
            NotCarriedReason::RepeatGone => "xforms.not-carried.repeat-gone",
            NotCarriedReason::WrongType => "xforms.not-carried.wrong-type",
            NotCarriedReason::ChoiceGone => "xforms.not-carried.choice-gone",
        }
    }
}

impl Session {
    /// Opens a submission again to correct it. It gets a new `instanceID`, and `deprecatedID` holds the one
    /// that it replaces (spec, Metadata). What the form calculates is calculated again; actions and preloads
    /// of the first load don't run. Elements and attributes that the form doesn't know stay where they are,
    /// in the draft and in the new submission.
    ///
    /// # Errors
    /// When the XML is no instance of this form.
    pub fn edit(def: Arc<Definition>, env: Env, xml: &str) -> Result<Session, LoadError> {
        let skeleton = load(&def, xml, Missing::Default, &mut |_| {})?.skeleton;
        let mut engine = Engine::new(def, &skeleton, env);
        engine.replace_instance();
        engine.use_version();
        engine.recalculate_all();
        engine.dispatch(|action| action.happens(&[Event::Load]));
        let mut session = Session::over(engine);
        session.page = session.first_page();
        Ok(session)
    }

    /// Carries a draft over to another version of its form, and tells which of its values have no place
    /// there. Nodes that are new begin as in a new form; what is calculated is calculated again.
    ///
    /// # Errors
    /// When the draft is no instance of this form.
    pub fn carry_over(
        def: Arc<Definition>,
        env: Env,
        saved: &Saved,
    ) -> Result<(Session, Vec<NotCarried>), LoadError> {
        let mut unknown = Vec::new();
        let mut loaded =
            load(&def, &saved.instance, Missing::Default, &mut |element| unknown.extend(leaves(element)))?;
        forget_foreign(&mut loaded.skeleton);
        let language = saved.language.clone().or_else(|| env.language.clone());
        let mut engine = Engine::new(def.clone(), &loaded.skeleton, Env { language, ..env });
        let mut lost = engine.store_later(&saved.later, unknown);
        engine.use_version();
        let is_new = |node: NodeId| !loaded.seen[node.0 as usize];
        engine.preload_inside(ROOT_FRAME, is_new);
        lost.extend(engine.drop_unfit());
        let chosen = engine.chosen();
        engine.recalculate_all();
        lost.extend(engine.drop_ungiven(chosen));
        engine.dispatch(|action| {
            action.happens(&[Event::Load]) || action.happens(&[Event::FirstLoad]) && is_new(action.target)
        });
        let mut session = Session::over(engine);
        session.page = session.first_page();
        Ok((session, lost))
    }
}

fn forget_foreign(skeleton: &mut Skeleton) {
    skeleton.foreign.clear();
    skeleton.inner.iter_mut().flatten().for_each(forget_foreign);
}

/// Places of one are left out: `/data/member[1]/name` and `/data/member/name` are one path.
fn plain(path: &str) -> String {
    path.replace("[1]", "")
}

fn without_places(path: &str) -> String {
    path.split('/').map(|step| step.split('[').next().unwrap_or(step)).collect::<Vec<_>>().join("/")
}

impl Engine {
    fn replace_instance(&mut self) {
        let Some(id) = self.meta("instanceID") else { return };
        let old = self.state.value(&self.def, id).clone();
        self.set(id, self.new_id());
        if old.is_empty() {
            return;
        }
        match self.meta(DEPRECATED) {
            Some(deprecated) => {
                self.set(deprecated, old);
            }
            None => {
                let def = self.def.clone();
                let Some(meta) = self.state.parent(&def, id) else { return };
                // In the namespace of the element beside it.
                let tag = def.node(id.node).tag.replace("instanceID", DEPRECATED);
                let mut xml = format!("<{tag}>");
                crate::serialise::escape(&old, false, &mut xml);
                xml.push_str(&format!("</{tag}>"));
                let (name, after) = (DEPRECATED.into(), Some(id.node));
                self.state
                    .put_foreign(meta, ForeignPart::Element { name, after, text: old, xml: xml.into() });
            }
        }
    }

    pub(super) fn deprecated_id(&self) -> Option<String> {
        if let Some(at) = self.meta(DEPRECATED) {
            let id = self.state.value(&self.def, at);
            return (!id.is_empty()).then(|| id.to_string());
        }
        let meta = self.state.parent(&self.def, self.meta("instanceID")?)?;
        self.state.foreign(meta).iter().find_map(|part| match part {
            ForeignPart::Element { name, text, .. } if **name == *DEPRECATED => Some(text.to_string()),
            _ => None,
        })
    }

    /// The instance is one of this version of the form from now on.
    fn use_version(&mut self) {
        let def = self.def.clone();
        let attributes = def.node(ROOT).children.iter().copied().filter(|c| def.node(*c).is_attribute);
        for node in attributes.filter(|c| &**def.names.text(def.node(*c).name) == "version") {
            self.set(At { frame: ROOT_FRAME, node }, def.default_value(node).into());
        }
    }

    /// Stores what was answered after the snapshot; what of it, or of the snapshot, has no node.
    fn store_later(
        &mut self,
        later: &[(String, Option<String>)],
        unknown: Vec<(String, String)>,
    ) -> Vec<NotCarried> {
        let def = self.def.clone();
        let mut last: HashMap<String, &str> = HashMap::new();
        for (path, value) in later {
            last.insert(plain(path), value.as_deref().unwrap_or_default());
        }
        let mut lost = Vec::new();
        for (path, _) in unknown {
            if last.remove(&plain(&path)).is_none_or(|value| !value.is_empty()) {
                let known =
                    self.state.find(&def, &without_places(&path)).is_some_and(|at| def.is_leaf(at.node));
                let reason = if known { NotCarriedReason::RepeatGone } else { NotCarriedReason::NodeGone };
                lost.push(NotCarried { path, reason });
            }
        }
        for (path, _) in later {
            // Taken out: each path once, with its last value.
            let Some(value) = last.remove(&plain(path)) else { continue };
            match self.state.find(&def, path).filter(|at| def.is_leaf(at.node)) {
                Some(at) => {
                    self.set(at, value.into());
                }
                None if value.is_empty() => {}
                None => lost.push(NotCarried { path: path.clone(), reason: NotCarriedReason::NodeGone }),
            }
        }
        lost
    }

    fn leaves(&self) -> Vec<At> {
        let mut leaves = Vec::new();
        self.state.walk(&self.def, self.root(), &mut |at| leaves.push(at));
        leaves.retain(|at| self.def.is_leaf(at.node));
        leaves
    }

    fn drop_unfit(&mut self) -> Vec<NotCarried> {
        let def = self.def.clone();
        let mut lost = Vec::new();
        for at in self.leaves() {
            let bind = &def.node(at.node).bind;
            let fits = bind.data_type.holds(self.state.value(&def, at), self.around.offset());
            if !fits {
                self.set(at, Text::default());
                if bind.calculate.is_none() {
                    let path = self.state.path(&def, at);
                    lost.push(NotCarried { path, reason: NotCarriedReason::WrongType });
                }
            }
        }
        lost
    }

    /// The answered selects, with their answers.
    fn chosen(&self) -> Vec<(BodyId, At, Text)> {
        let def = &self.def;
        let leaves = self.leaves().into_iter();
        let select = |at: At| {
            let id = *def.body.control_of.get(&at.node)?;
            let ElementKind::Control(control) = &def.element(id).kind else { return None };
            let value = self.state.value(def, at);
            (control.kind.has_choices() && !value.is_empty()).then(|| (id, at, value.clone()))
        };
        leaves.filter_map(select).collect()
    }

    /// Takes back answers that are not offered any more.
    fn drop_ungiven(&mut self, chosen: Vec<(BodyId, At, Text)>) -> Vec<NotCarried> {
        let def = self.def.clone();
        let mut lost = Vec::new();
        for (id, at, before) in chosen {
            let now = self.state.value(&def, at).clone();
            let ElementKind::Control(control) = &def.element(id).kind else { continue };
            let values = control.kind.values_of(&now);
            let kept: Vec<&str> =
                values.iter().copied().filter(|v| self.evaluator().offers(id, at, &[v])).collect();
            if kept.len() < values.len() {
                self.set(at, kept.join(" ").into());
            }
            let left: HashSet<&str> = kept.into_iter().collect();
            let answered = def.node(at.node).bind.calculate.is_none();
            if answered && control.kind.values_of(&before).iter().any(|v| !left.contains(v)) {
                let path = self.state.path(&def, at);
                lost.push(NotCarried { path, reason: NotCarriedReason::ChoiceGone });
            }
        }
        self.settle();
        lost
    }
}
