//! A form that begins with what is known already.

use crate::{
    definition::{Definition, ROOT},
    env::Env,
    loading::MAX_INSTANCES,
    session::{Engine, Session},
    state::{At, ROOT_FRAME, split_place},
};
use std::sync::Arc;

impl Session {
    /// Begins a form as [`Session::start`] does, then stores these values (instance path, stored text) and
    /// calculates what follows from them. A repeat grows as far as a path needs it, whether it is relevant
    /// already or not. A path that the form doesn't have, and a node that the form calculates, is left out:
    /// what is known may come from another version of the form.
    pub fn start_with(def: Arc<Definition>, env: Env, values: &[(String, String)]) -> Session {
        let mut session = Session::start(def, env);
        session.engine.prefill(values);
        session.engine.forget_changes();
        session.page = session.first_page();
        session
    }
}

impl Engine {
    fn prefill(&mut self, values: &[(String, String)]) {
        let def = self.def.clone();
        for (path, _) in values {
            self.grow_towards(path);
        }
        // Actions of new instances come before the values, so that they don't overwrite them.
        self.settle();
        // A value may be the count of a repeat that others are in: those wait for it.
        let mut waiting: Vec<_> = values.iter().collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(path, value)| {
                let Some(at) = self.state.find(&def, path) else { return true };
                if def.is_leaf(at.node) && def.node(at.node).bind.calculate.is_none() {
                    self.set(at, value.as_str().into());
                }
                false
            });
            self.settle();
            if waiting.is_empty() || waiting.len() == before {
                return;
            }
        }
    }

    /// Adds the instances that a path names and the form lets a person add.
    fn grow_towards(&mut self, path: &str) -> Option<()> {
        let def = self.def.clone();
        let mut steps = path.strip_prefix('/')?.split('/');
        let mut at = At { frame: ROOT_FRAME, node: ROOT };
        if *def.node(ROOT).tag != *steps.next()? {
            return None;
        }
        for step in steps {
            let (tag, place) = split_place(step)?;
            let child = def.child(at.node, tag)?;
            if let Some(scope) = def.repeat_of(child) {
                let repeat = def.scope(scope);
                if place > MAX_INSTANCES {
                    return None;
                }
                while repeat.count.is_none()
                    && !repeat.fixed
                    && self.state.frame(at.frame).inner[repeat.place as usize].len() < place
                {
                    self.grow(scope, at.frame);
                }
            }
            at = self.state.children_of(&def, at, child).nth(place.checked_sub(1)?)?;
        }
        Some(())
    }
}
