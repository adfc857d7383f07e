//! Entities that a finished form creates or updates (spec, Entities).

use crate::{
    definition::{Definition, Entity},
    state::{At, Frames, ROOT_FRAME},
};
use std::fmt;

/// One entity to create or update, as a submission carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct EntityAction {
    /// Instance path of the `entity` element.
    pub path: String,
    /// List name.
    pub dataset: String,
    /// A UUID, if the form keeps to the specification.
    pub id: String,
    pub create: bool,
    pub update: bool,
    pub label: Option<String>,
    /// Name and value of what is saved; empty for an answer that was not given. What isn't relevant is
    /// left out.
    pub properties: Vec<(String, String)>,
    /// The version of the entity that the form had before it.
    pub base_version: Option<String>,
    /// The version from which changes made offline have branched off, and the name of their branch.
    pub trunk_version: Option<String>,
    pub branch_id: Option<String>,
}

impl fmt::Debug for EntityAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityAction")
            .field("path", &self.path)
            .field("dataset", &self.dataset)
            .field("create", &self.create)
            .field("update", &self.update)
            .field("properties", &self.properties.len())
            .finish_non_exhaustive()
    }
}

/// In document order; those that are neither created nor updated, or not relevant, are left out.
pub(super) fn actions(def: &Definition, state: &Frames) -> Vec<EntityAction> {
    let mut actions = Vec::new();
    for entity in &def.entities {
        let frames = state.instances(def, ROOT_FRAME, def.node(entity.node).scope);
        actions.extend(
            frames
                .into_iter()
                .filter_map(|frame| action(def, state, entity, At { frame, node: entity.node })),
        );
    }
    actions
}

fn action(def: &Definition, state: &Frames, entity: &Entity, at: At) -> Option<EntityAction> {
    if !state.relevant(def, at) {
        return None;
    }
    let value = |node| {
        let at = At { frame: at.frame, node };
        state.relevant(def, at).then(|| state.value(def, at).to_string())
    };
    let attribute = |name| def.entity_attribute(entity.node, name).and_then(value).filter(|v| !v.is_empty());
    let wanted = |name| attribute(name).is_some_and(|v| matches!(v.as_str(), "1" | "true"));
    let (create, update) = (wanted("create"), wanted("update"));
    let children = &def.node(entity.node).children;
    let label = children
        .iter()
        .find(|c| !def.node(**c).is_attribute && &**def.names.text(def.node(**c).name) == "label");
    let properties = entity.properties.iter();
    (create || update).then(|| EntityAction {
        path: state.path(def, at),
        dataset: attribute("dataset").unwrap_or_default(),
        id: attribute("id").unwrap_or_default(),
        create,
        update,
        label: label.and_then(|label| value(*label)).filter(|label| !label.is_empty()),
        properties: properties.filter_map(|(name, node)| Some((name.clone(), value(*node)?))).collect(),
        base_version: attribute("baseVersion"),
        trunk_version: attribute("trunkVersion"),
        branch_id: attribute("branchId"),
    })
}
