//! Entities that submissions create or update (spec, Entities).

use super::{Builder, local, xml::attribute};
use crate::{
    definition::{Entity, NodeId},
    error::ParseProblem,
};
use roxmltree::Node;

/// The newest version of the entities specification that is read here; a later one must be refused
/// (spec, Versioning).
const VERSION: (u32, u32) = (2025, 1);

impl<'x> Builder<'x> {
    pub(super) fn entities(&mut self, model: Node<'x, 'x>) -> Vec<Entity> {
        if let Some(version) = attribute(model, "entities-version")
            && entities_version(version).is_none_or(|version| version > VERSION)
        {
            let message = format!("entities of version {version} can't be read: the newest known is 2025.1");
            self.problem(ParseProblem::new("xforms.entities-version", message));
        }
        let all = (0..self.nodes.len() as u32).map(NodeId);
        let found: Vec<NodeId> = all.filter(|node| self.is_entity(*node)).collect();
        let mut entities: Vec<Entity> =
            found.into_iter().map(|node| Entity { node, properties: Vec::new() }).collect();
        for entity in &entities {
            self.check_entity(entity.node);
        }
        for i in 0..self.nodes.len() {
            let node = NodeId(i as u32);
            let Some(property) = self.nodes[i].bind.save_to.clone() else { continue };
            self.check_property(node, &property);
            match self.entity_of(node, &entities) {
                Some(entity) if self.node(entities[entity].node).scope == self.node(node).scope => {
                    entities[entity].properties.push((property, node));
                }
                Some(_) => {
                    let message = "a question in a repeat is saved to an entity outside of it: \
                                   each instance would overwrite the one before";
                    self.entity_problem("xforms.misplaced-saveto", message.to_owned(), node, "saveto");
                }
                None => {
                    let message = "the value is to be saved to an entity, but none is declared around it";
                    self.entity_problem("xforms.misplaced-saveto", message.to_owned(), node, "saveto");
                }
            }
        }
        entities
    }

    fn is_entity(&self, node: NodeId) -> bool {
        let named = |node: NodeId, name: &str| local(&self.node(node).tag) == name;
        named(node, "entity") && self.node(node).parent.is_some_and(|meta| named(meta, "meta"))
    }

    /// The one declared in the nearest `meta` around the node.
    fn entity_of(&self, node: NodeId, entities: &[Entity]) -> Option<usize> {
        let container =
            |entity: &Entity| self.node(entity.node).parent.and_then(|meta| self.node(meta).parent);
        let mut around = std::iter::successors(Some(node), |n| self.node(*n).parent);
        around.find_map(|around| entities.iter().position(|e| container(e) == Some(around)))
    }

    fn check_entity(&mut self, entity: NodeId) {
        let children: Vec<String> =
            self.node(entity).children.iter().map(|c| local(&self.node(*c).tag)).collect();
        let has = |name: &str| children.iter().any(|c| c == name);
        let mut missing = Vec::new();
        missing.extend(["@dataset", "@id"].into_iter().filter(|name| !has(name)));
        if !has("@create") && !has("@update") {
            missing.push("@create or @update");
        }
        if has("@create") && !has("label") {
            missing.push("label");
        }
        if !missing.is_empty() {
            let message = format!("the entity has no {}", missing.join(", no "));
            self.entity_problem("xforms.wrong-entity", message, entity, "entity");
        }
    }

    /// Names that lists of entities need for themselves (spec, Identifying entity properties).
    fn check_property(&mut self, node: NodeId, name: &str) {
        let first = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        let is_name = first && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let reserved =
            ["name", "label"].contains(&name.to_ascii_lowercase().as_str()) || name.starts_with("__");
        if reserved || !is_name {
            let message = match reserved {
                true => format!("an entity's property can't be called {name}: the name is reserved"),
                false => format!("{name} is no name for an entity's property"),
            };
            self.entity_problem("xforms.wrong-saveto", message, node, "saveto");
        }
    }

    fn entity_problem(&mut self, code: &'static str, message: String, node: NodeId, attribute: &str) {
        let path = self.node(node).path.to_string();
        self.problem(ParseProblem::new(code, message).at_node(path).attribute(attribute));
    }
}

/// Year and release of `2025.1.0`.
fn entities_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
