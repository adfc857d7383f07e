//! Where a step can lead, by the form's definition alone.

use super::{Compiler, Place};
use crate::{
    definition::{NodeId, ROOT, named},
    xpath::ast::{Axis, Step, Test},
};

impl Compiler<'_> {
    /// All places that a step can reach from these, each once, in document order; at least what it
    /// reaches when the form runs, as how many instances a repeat has isn't known here.
    pub(super) fn reach(&self, step: &Step, places: &[Place]) -> Vec<Place> {
        let mut found = Vec::new();
        // Subtrees inside one that was searched already.
        let mut searched = NodeId(0);
        for place in places {
            match *place {
                Place::Unknown => found.push(Place::Unknown),
                Place::Row(instance) => found.push(Place::Row(instance)),
                Place::Document => self.reach_from_document(step, &mut found),
                Place::Text(node) => self.reach_from_text(step, node, &mut found),
                Place::Node(node) => {
                    let goes_down = matches!(step.axis, Axis::Descendant | Axis::DescendantOrSelf);
                    let everywhere = matches!(step.axis, Axis::Following | Axis::Preceding);
                    if goes_down && node < searched || everywhere && searched > ROOT {
                        continue;
                    }
                    if goes_down || everywhere {
                        searched = self.node(node).end;
                    }
                    self.reach_from_node(step, node, &mut found);
                }
            }
        }
        if places.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn reach_from_document(&self, step: &Step, found: &mut Vec<Place>) {
        let below = match step.axis {
            Axis::Child => ROOT.0..ROOT.0 + 1,
            Axis::Descendant | Axis::DescendantOrSelf => ROOT.0..self.node(ROOT).end.0,
            _ => 0..0,
        };
        let itself = matches!(step.axis, Axis::Own | Axis::AncestorOrSelf | Axis::DescendantOrSelf);
        if itself && step.test == Test::Any {
            found.push(Place::Document);
        }
        let texts = step.axis != Axis::Child;
        below.for_each(|id| self.add(step, NodeId(id), texts, found));
    }

    fn reach_from_text(&self, step: &Step, node: NodeId, found: &mut Vec<Place>) {
        let itself = matches!(step.axis, Axis::Own | Axis::AncestorOrSelf | Axis::DescendantOrSelf);
        if itself && matches!(step.test, Test::Any | Test::Text) {
            found.push(Place::Text(node));
        }
        match step.axis {
            Axis::Parent => self.add(step, node, false, found),
            Axis::Ancestor | Axis::AncestorOrSelf => {
                self.reach_up(step, Some(node), found);
            }
            Axis::Following | Axis::Preceding => self.reach_everywhere(step, found),
            _ => {}
        }
    }

    fn reach_from_node(&self, step: &Step, node: NodeId, found: &mut Vec<Place>) {
        let this = self.node(node);
        match step.axis {
            Axis::Own => self.add(step, node, false, found),
            Axis::Child => {
                self.candidates(step, node).iter().for_each(|c| self.add(step, *c, false, found));
                self.add_text(step, node, found);
            }
            Axis::Attribute => {
                for child in self.candidates(step, node).iter().filter(|c| self.node(**c).is_attribute) {
                    if self.passes(step.test, *child) {
                        found.push(Place::Node(*child));
                    }
                }
            }
            Axis::Parent => self.reach_up(step, this.parent, found),
            Axis::Ancestor => self.reach_up(step, this.parent, found),
            Axis::AncestorOrSelf => self.reach_up(step, Some(node), found),
            Axis::Descendant => {
                self.add_text(step, node, found);
                (node.0 + 1..this.end.0).for_each(|id| self.add(step, NodeId(id), true, found));
            }
            Axis::DescendantOrSelf => {
                (node.0..this.end.0).for_each(|id| self.add(step, NodeId(id), true, found));
            }
            Axis::PrecedingSibling | Axis::FollowingSibling => {
                let siblings = this.parent.map(|p| self.candidates(step, p));
                siblings.into_iter().flatten().for_each(|c| self.add(step, *c, false, found));
            }
            Axis::Following | Axis::Preceding => self.reach_everywhere(step, found),
            Axis::Namespace => {}
        }
    }

    /// The children that can pass the test.
    fn candidates(&self, step: &Step, parent: NodeId) -> &[NodeId] {
        match step.test {
            Test::Name(name) => named(self.schema.nodes, parent, name),
            _ => &self.node(parent).children,
        }
    }

    /// The ancestors from `first` upwards; the parent axis takes the first only.
    fn reach_up(&self, step: &Step, first: Option<NodeId>, found: &mut Vec<Place>) {
        let only = step.axis == Axis::Parent;
        let limit = if only { 1 } else { usize::MAX };
        let chain = std::iter::successors(first, |n| self.node(*n).parent).take(limit);
        let named = chain.filter(|n| self.passes(step.test, *n)).map(Place::Node);
        let before = found.len();
        found.extend(named);
        found[before..].reverse();
        if step.test == Test::Any && (!only || first.is_none()) {
            found.insert(before, Place::Document);
        }
    }

    fn reach_everywhere(&self, step: &Step, found: &mut Vec<Place>) {
        (ROOT.0..self.node(ROOT).end.0).for_each(|id| self.add(step, NodeId(id), true, found));
    }

    /// An element that passes the test, and, where texts count, the text inside it.
    fn add(&self, step: &Step, node: NodeId, texts: bool, found: &mut Vec<Place>) {
        if self.node(node).is_attribute && step.axis != Axis::Own {
            return;
        }
        if self.passes(step.test, node) {
            found.push(Place::Node(node));
        }
        if texts {
            self.add_text(step, node, found);
        }
    }

    fn add_text(&self, step: &Step, node: NodeId, found: &mut Vec<Place>) {
        let this = self.node(node);
        let is_leaf = !this.is_attribute && this.children.iter().all(|c| self.node(*c).is_attribute);
        if is_leaf && matches!(step.test, Test::Any | Test::Text) {
            found.push(Place::Text(node));
        }
    }

    fn passes(&self, test: Test, node: NodeId) -> bool {
        match test {
            Test::Any | Test::Star => true,
            Test::Name(name) => self.node(node).name == name,
            Test::Text | Test::Nothing => false,
        }
    }
}
