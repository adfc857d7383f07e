//! A node's children by name: looked up, however many there are.

use super::{Definition, NodeDef, NodeId};
use crate::text::{NameId, Names};

/// The children and attributes of a node with this local name, in document order.
pub(crate) fn named(nodes: &[NodeDef], parent: NodeId, name: NameId) -> &[NodeId] {
    let name_of = |id: &NodeId| nodes[id.0 as usize].name;
    let by_name = &nodes[parent.0 as usize].by_name;
    let rest = &by_name[by_name.partition_point(|c| name_of(c) < name)..];
    &rest[..rest.partition_point(|c| name_of(c) == name)]
}

/// The first child with this tag, or the first attribute if the tag begins with `@`; prefixes don't count.
pub(crate) fn child_like(nodes: &[NodeDef], names: &Names, parent: NodeId, tag: &str) -> Option<NodeId> {
    let (is_attribute, tag) = tag.strip_prefix('@').map_or((false, tag), |name| (true, name));
    let name = names.find(tag.rsplit(':').next().unwrap_or(tag))?;
    let mut found = named(nodes, parent, name).iter().copied();
    found.find(|c| nodes[c.0 as usize].is_attribute == is_attribute)
}

impl Definition {
    /// The child whose tag is written so, with its prefix.
    pub(crate) fn child(&self, parent: NodeId, tag: &str) -> Option<NodeId> {
        let name = tag.strip_prefix('@').unwrap_or(tag);
        let name = self.names.find(name.rsplit(':').next().unwrap_or(name))?;
        named(&self.nodes, parent, name).iter().copied().find(|c| &*self.node(*c).tag == tag)
    }
}
