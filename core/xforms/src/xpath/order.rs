//! Document order (XPath 1.0 §5): node-sets hold each node once, the first of the form first.

use super::{eval::Evaluator, value::Item};
use crate::definition::InstanceIx;

/// The primary instance comes before lists, a node before what is inside it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Node and place among its repeat's instances, from the root down; a text stands behind attributes.
    Primary(Vec<(u32, u32)>),
    Secondary(InstanceIx, u32, bool),
}

impl Evaluator<'_> {
    pub(super) fn in_document_order(&self, items: &mut Vec<Item>) {
        items.sort_by_cached_key(|item| self.order(*item));
        items.dedup();
    }

    fn order(&self, item: Item) -> Place {
        let (mut at, text) = match item {
            Item::Document => return Place::Primary(Vec::new()),
            Item::Row(instance, row) => return Place::Secondary(instance, row.0, false),
            Item::RowText(instance, row) => return Place::Secondary(instance, row.0, true),
            Item::Node(at) => (Some(at), None),
            Item::Text(at) => (Some(at), Some((u32::MAX, 0))),
        };
        let mut chain: Vec<(u32, u32)> = text.into_iter().collect();
        while let Some(node) = at {
            let place = match self.def.repeat_of(node.node) {
                Some(_) => self.state.place(node.frame) as u32,
                None => 0,
            };
            chain.push((node.node.0, place));
            at = self.state.parent(self.def, node);
        }
        chain.reverse();
        Place::Primary(chain)
    }
}
