//! The end of a form: a last check of everything, and the submission.

use crate::{
    definition::{DataType, Definition, ROOT},
    error::LoadError,
    loading,
    serialise::{self, Extent},
    session::{EntityAction, Session, entities},
    state::{At, Frames, ROOT_FRAME},
    view::Problems,
};
use std::fmt;

/// A finished form.
#[derive(Clone, PartialEq)]
pub struct Submission {
    /// OpenRosa submission XML: what isn't relevant is left out.
    pub xml: String,
    pub form_id: String,
    pub version: Option<String>,
    /// `uuid:…`
    pub instance_id: Option<String>,
    pub instance_name: Option<String>,
    /// The instance that this one replaces, after [`Session::edit`].
    pub deprecated_id: Option<String>,
    /// Names of the attached files, as answered.
    pub attachments: Vec<String>,
    /// Entities to create or update.
    pub entities: Vec<EntityAction>,
    /// The same values as a tree, for mapping them to records.
    pub root: ValueNode,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("form_id", &self.form_id)
            .field("version", &self.version)
            .field("instance_id", &self.instance_id)
            .finish_non_exhaustive()
    }
}

/// A relevant element of a finished or submitted instance.
#[derive(Clone, PartialEq, Default)]
pub struct ValueNode {
    /// The name as written in the form, with its prefix if it has one.
    pub name: String,
    /// Of a leaf with a value.
    pub value: Option<String>,
    pub attributes: Vec<(String, String)>,
    /// Place of a repeat instance, from 1.
    pub position: Option<u32>,
    pub children: Vec<ValueNode>,
}

impl fmt::Debug for ValueNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValueNode")
            .field("name", &self.name)
            .field("position", &self.position)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}

impl ValueNode {
    /// All of an instance as it is written, whatever its form: each element that stands more than once in another has
    /// its place among those of its name.
    ///
    /// # Errors
    /// When the text is no XML within the bounds of a submission.
    pub fn written(xml: &str) -> Result<ValueNode, LoadError> {
        loading::written(xml)
    }

    /// The first node below along these names: `household/address/commune`.
    pub fn get(&self, path: &str) -> Option<&ValueNode> {
        path.split('/').try_fold(self, |node, name| node.children.iter().find(|c| c.name == name))
    }

    /// The value of that node.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.value.as_deref()
    }

    /// All children of that name: the instances of a repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ValueNode> + 'a {
        self.children.iter().filter(move |c| c.name == name)
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn of(def: &Definition, state: &Frames, at: At) -> Option<ValueNode> {
        if !state.relevant(def, at) {
            return None;
        }
        let node = def.node(at.node);
        let mut tree = ValueNode {
            name: node.tag.to_string(),
            position: def.repeat_of(at.node).map(|_| state.place(at.frame) as u32),
            ..ValueNode::default()
        };
        if def.is_leaf(at.node) {
            let value = state.value(def, at);
            tree.value = (!value.is_empty()).then(|| value.to_string());
        }
        for child in &node.children {
            if def.node(*child).is_attribute {
                let value = state.value(def, At { frame: at.frame, node: *child });
                tree.attributes.push((def.node(*child).tag[1..].to_owned(), value.to_string()));
                continue;
            }
            let instances = state.children_of(def, at, *child);
            tree.children.extend(instances.into_iter().filter_map(|i| ValueNode::of(def, state, i)));
        }
        Some(tree)
    }
}

impl Session {
    /// Checks every relevant question and makes the submission. The session goes on: a draft can be
    /// finished again after a correction.
    ///
    /// # Errors
    /// All problems, with the page of the first one; the session has not moved.
    pub fn finish(&mut self) -> Result<Submission, Problems> {
        self.engine.around.now = self.engine.device.clock.now();
        self.validate()?;
        self.engine.stamp_end();
        // The end of the form may be read anywhere.
        self.forget_shown();
        let def = &self.engine.def;
        let state = &self.engine.state;
        let root = At { frame: ROOT_FRAME, node: ROOT };
        let meta = |name: &str| {
            let at = self.engine.meta(name)?;
            let value = state.value(def, at);
            (!value.is_empty()).then(|| value.to_string())
        };
        let mut attachments = Vec::new();
        state.walk(def, root, &mut |at| {
            let value = state.value(def, at);
            if def.node(at.node).bind.data_type == DataType::Binary
                && !value.is_empty()
                && state.relevant(def, at)
            {
                attachments.push(value.to_string());
            }
        });
        Ok(Submission {
            xml: serialise::instance(def, state, Extent::Relevant),
            form_id: def.form_id.clone(),
            version: def.version.clone(),
            instance_id: meta("instanceID"),
            instance_name: meta("instanceName"),
            deprecated_id: self.engine.deprecated_id(),
            attachments,
            entities: entities::actions(def, state),
            root: ValueNode::of(def, state, root).unwrap_or_default(),
        })
    }

    /// Checks every relevant question, as `finish` does.
    ///
    /// # Errors
    /// All problems, with the page of the first one.
    pub fn validate(&mut self) -> Result<(), Problems> {
        self.engine.around.begin();
        let mut first_page = None;
        let mut problems = Vec::new();
        for page in self.pages() {
            for (_, at) in self.questions_of(&page) {
                if let Some(problem) = self.check(at) {
                    first_page.get_or_insert_with(|| page.index.clone());
                    self.insisted.insert(at);
                    problems.push(problem);
                }
            }
        }
        match first_page {
            None => Ok(()),
            Some(page) => {
                self.outdate_shown();
                Err(Problems { problems, page })
            }
        }
    }

    /// All relevant values now, as a tree.
    pub fn values(&self) -> ValueNode {
        ValueNode::of(&self.engine.def, &self.engine.state, self.engine.root()).unwrap_or_default()
    }
}
