//! What a definition tells of itself.

use super::{DataType, Definition, NodeDef, NodeId, ROOT};
use crate::error::ParseProblem;

/// What a select offers, by the nodes and values of the form: for checks outside of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// Path without positions, `/data/member/name`.
    pub path: String,
    pub data_type: DataType,
    /// It has a control in the body.
    pub is_question: bool,
    /// It has children.
    pub is_group: bool,
    /// It repeats.
    pub is_repeat: bool,
    /// The entity property that it is saved to (`entities:saveto`).
    pub save_to: Option<String>,
}

/// An entity that a submission creates or updates (spec, Entities), as the form declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityInfo {
    /// Path of the `entity` element.
    pub path: String,
    /// List name.
    pub dataset: String,
    pub creates: bool,
    pub updates: bool,
}

impl Definition {
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The root's `id`.
    pub fn form_id(&self) -> &str {
        &self.form_id
    }

    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Names of the languages as written in the form, the default first.
    pub fn languages(&self) -> Vec<&str> {
        let mut languages: Vec<&str> = self.itext.languages.iter().map(|l| l.as_ref()).collect();
        if !languages.is_empty() {
            languages[..=self.itext.default].rotate_right(1);
        }
        languages
    }

    /// What is doubtful but runs.
    pub fn warnings(&self) -> &[ParseProblem] {
        &self.warnings
    }

    /// All nodes of the primary instance, in document order; attributes are left out.
    pub fn nodes(&self) -> impl Iterator<Item = NodeInfo> + '_ {
        let ids = (0..self.nodes.len() as u32).map(NodeId);
        ids.filter(|id| !self.node(*id).is_attribute).map(|id| {
            let node = self.node(id);
            NodeInfo {
                path: node.path.to_string(),
                data_type: node.bind.data_type,
                is_question: self.body.control_of.contains_key(&id),
                is_group: node.children.iter().any(|c| !self.node(*c).is_attribute),
                is_repeat: id != ROOT && self.scope(node.scope).node == id,
                save_to: node.bind.save_to.clone(),
            }
        })
    }

    /// Entities that `meta/entity` elements declare.
    pub fn entities(&self) -> Vec<EntityInfo> {
        let is_entity = |node: &NodeDef| {
            node.tag.rsplit(':').next() == Some("entity")
                && node.parent.is_some_and(|p| self.node(p).tag.rsplit(':').next() == Some("meta"))
        };
        let attribute = |node: &NodeDef, name: &str| {
            node.children.iter().copied().find(|c| &*self.node(*c).tag == name).map(|c| self.node(c))
        };
        let entity = |node: &NodeDef| EntityInfo {
            path: node.path.to_string(),
            dataset: attribute(node, "@dataset")
                .map(|a| self.scope(a.scope).template.values[a.slot as usize].to_string())
                .unwrap_or_default(),
            creates: attribute(node, "@create").is_some(),
            updates: attribute(node, "@update").is_some(),
        };
        self.nodes.iter().filter(|n| is_entity(n)).map(entity).collect()
    }
}
