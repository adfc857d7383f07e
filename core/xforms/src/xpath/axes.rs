//! What a step reaches from one node when the form runs, in the order of its axis.

use super::{
    ast::{Axis, Step, Test},
    eval::{Context, Evaluator},
    value::Item,
};
use crate::{
    definition::{self, InstanceIx, NodeId, ROOT, Row},
    state::{At, ROOT_FRAME},
};

/// For absolute paths: which repeats are bound to the context's own instances.
#[derive(Clone, Copy)]
pub(super) struct Binding<'c> {
    pub bound: u8,
    pub current: bool,
    pub context: &'c Context,
}

pub(super) const ROOT_AT: At = At { frame: ROOT_FRAME, node: ROOT };

impl Evaluator<'_> {
    /// Nodes on the axis that pass the test, those of a reverse axis nearest first.
    pub(super) fn reach(&self, item: Item, step: &Step, binding: Binding) -> Vec<Item> {
        let mut found = Vec::new();
        let keep = |item: Item, found: &mut Vec<Item>| {
            if self.passes(step, item) {
                found.push(item);
            }
        };
        match step.axis {
            Axis::Own => keep(item, &mut found),
            Axis::Child => match (item, step.test) {
                (Item::Node(at), Test::Name(name)) => {
                    let named = definition::named(&self.def.nodes, at.node, name);
                    let elements = named.iter().filter(|c| !self.def.node(**c).is_attribute);
                    elements.for_each(|c| self.enter(at, *c, binding, &mut |child| found.push(child)));
                }
                _ => self.children(item, binding, &mut |child| keep(child, &mut found)),
            },
            Axis::Attribute => self.attributes(item, &mut |child| keep(child, &mut found)),
            Axis::Parent => self.parent(item).into_iter().for_each(|parent| keep(parent, &mut found)),
            Axis::Ancestor | Axis::AncestorOrSelf => {
                let first = if step.axis == Axis::Ancestor { self.parent(item) } else { Some(item) };
                let chain = std::iter::successors(first, |i| self.parent(*i));
                chain.for_each(|ancestor| keep(ancestor, &mut found));
            }
            Axis::Descendant => self.descend(item, &mut |node| {
                if node != item {
                    keep(node, &mut found);
                }
            }),
            Axis::DescendantOrSelf => self.descend(item, &mut |node| keep(node, &mut found)),
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let (before, after) = self.siblings(item);
                match step.axis {
                    Axis::FollowingSibling => after.into_iter().for_each(|i| keep(i, &mut found)),
                    _ => before.into_iter().rev().for_each(|i| keep(i, &mut found)),
                }
            }
            Axis::Following | Axis::Preceding => {
                let chain = std::iter::successors(Some(item), |i| self.parent(*i));
                for level in chain {
                    let (before, after) = self.siblings(level);
                    if step.axis == Axis::Following {
                        after.into_iter().for_each(|i| self.descend(i, &mut |node| keep(node, &mut found)));
                    } else {
                        let start = found.len();
                        before.into_iter().for_each(|i| self.descend(i, &mut |node| keep(node, &mut found)));
                        found[start..].reverse();
                    }
                }
            }
            Axis::Namespace => {}
        }
        found
    }

    fn passes(&self, step: &Step, item: Item) -> bool {
        match step.test {
            Test::Any => true,
            Test::Name(name) => self.name_of(item) == Some(name),
            Test::Star if step.axis == Axis::Attribute => true,
            Test::Star => match item {
                Item::Node(at) => !self.def.node(at.node).is_attribute,
                Item::Row(instance, row) => {
                    let list = self.secondary(instance);
                    list.parent(row).is_some() && !list.is_attribute(row)
                }
                _ => false,
            },
            Test::Text => matches!(item, Item::Text(_) | Item::RowText(..)),
            Test::Nothing => false,
        }
    }

    pub(super) fn parent(&self, item: Item) -> Option<Item> {
        match item {
            Item::Document => None,
            Item::Node(at) if at.node == ROOT => Some(Item::Document),
            Item::Node(at) => self.state.parent(self.def, at).map(Item::Node),
            Item::Text(at) => Some(Item::Node(at)),
            Item::Row(instance, row) => {
                self.secondary(instance).parent(row).map(|row| Item::Row(instance, row))
            }
            Item::RowText(instance, row) => Some(Item::Row(instance, row)),
        }
    }

    fn children(&self, item: Item, binding: Binding, visit: &mut dyn FnMut(Item)) {
        match item {
            Item::Document => visit(Item::Node(ROOT_AT)),
            Item::Node(at) => {
                let mut leaf = !self.def.node(at.node).is_attribute;
                for child in &self.def.node(at.node).children {
                    if !self.def.node(*child).is_attribute {
                        leaf = false;
                        self.enter(at, *child, binding, visit);
                    }
                }
                if leaf && !self.state.value(self.def, at).is_empty() {
                    visit(Item::Text(at));
                }
            }
            Item::Row(instance, row) => self.row_children(instance, row, visit),
            Item::Text(_) | Item::RowText(..) => {}
        }
    }

    fn row_children(&self, instance: InstanceIx, row: Row, visit: &mut dyn FnMut(Item)) {
        let list = self.secondary(instance);
        let mut leaf = !list.is_attribute(row);
        for child in list.children(row) {
            leaf = false;
            visit(Item::Row(instance, child));
        }
        if leaf && !list.text(row).is_empty() {
            visit(Item::RowText(instance, row));
        }
    }

    /// An absolute path inside a repeat means the own instance of that repeat (spec, A Big Deviation).
    fn enter(&self, at: At, child: NodeId, binding: Binding, visit: &mut dyn FnMut(Item)) {
        let Some(scope) = self.def.repeat_of(child) else {
            visit(Item::Node(At { frame: at.frame, node: child }));
            return;
        };
        let depth = self.def.depth(scope);
        if depth <= binding.bound {
            let own = self.state.outer(self.def, self.base(binding.current, binding.context), depth);
            if self.state.frame(own).scope == scope {
                visit(Item::Node(At { frame: own, node: child }));
                return;
            }
        }
        let frames = &self.state.frame(at.frame).inner[self.def.scope(scope).place as usize];
        frames.iter().for_each(|frame| visit(Item::Node(At { frame: *frame, node: child })));
    }

    fn attributes(&self, item: Item, visit: &mut dyn FnMut(Item)) {
        match item {
            Item::Node(at) => {
                let children = self.def.node(at.node).children.iter();
                children
                    .filter(|c| self.def.node(**c).is_attribute)
                    .for_each(|c| visit(Item::Node(At { frame: at.frame, node: *c })));
            }
            Item::Row(instance, row) => {
                let attributes = self.secondary(instance).attributes(row);
                attributes.for_each(|row| visit(Item::Row(instance, row)));
            }
            _ => {}
        }
    }

    /// The node and all below it but attributes, in document order.
    fn descend(&self, item: Item, visit: &mut dyn FnMut(Item)) {
        visit(item);
        let all = Binding { bound: 0, current: false, context: &Context::of(ROOT_AT) };
        let mut open = Vec::new();
        self.children(item, all, &mut |child| open.push(child));
        open.reverse();
        while let Some(next) = open.pop() {
            self.around.spend(1);
            if self.around.is_exhausted() {
                return;
            }
            visit(next);
            let start = open.len();
            self.children(next, all, &mut |child| open.push(child));
            open[start..].reverse();
        }
    }

    /// All texts inside, in document order.
    pub(super) fn inner_text(&self, item: Item) -> String {
        let mut text = String::new();
        self.descend(item, &mut |node| match node {
            Item::Text(at) if self.state.relevant(self.def, at) => {
                text.push_str(self.state.value(self.def, at))
            }
            Item::RowText(instance, row) => text.push_str(self.secondary(instance).text(row)),
            _ => {}
        });
        // What is too long for a text is none; the caller's value means nothing then.
        if self.around.allows_text(text.len()) { text } else { String::new() }
    }

    /// Siblings before and after, in document order; attributes have none.
    fn siblings(&self, item: Item) -> (Vec<Item>, Vec<Item>) {
        let is_attribute = match item {
            Item::Node(at) => self.def.node(at.node).is_attribute,
            Item::Row(instance, row) => self.secondary(instance).is_attribute(row),
            _ => false,
        };
        let Some(parent) = self.parent(item).filter(|_| !is_attribute) else {
            return (Vec::new(), Vec::new());
        };
        let all = Binding { bound: 0, current: false, context: &Context::of(ROOT_AT) };
        let (mut before, mut after, mut passed) = (Vec::new(), Vec::new(), false);
        self.children(parent, all, &mut |child| {
            if child == item {
                passed = true;
            } else if passed {
                after.push(child);
            } else {
                before.push(child);
            }
        });
        (before, after)
    }
}
