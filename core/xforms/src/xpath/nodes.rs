//! Paths with predicates, over the primary instance and over lists.

use std::sync::Arc;

use super::ast::{Axis, Expr, Operator, Path, Start, Step, Test};
use super::eval::{Context, Evaluator};
use super::function::Function;
use super::value::{Item, Value};
use crate::definition::{self, InstanceIx, NodeId, ROOT, Row, SecondaryInstance};
use crate::state::{At, ROOT_FRAME};
use crate::text::NameId;

impl Evaluator<'_> {
    pub fn path(&self, path: &Path, context: &Context) -> Vec<Item> {
        let mut steps = path.steps.as_slice();
        let mut items = match &path.start {
            Start::Root => {
                // The document itself is no item: the first step names the root element.
                let Some((first, rest)) = steps.split_first() else {
                    return vec![Item::Node(At { frame: ROOT_FRAME, node: ROOT })];
                };
                let root = At { frame: ROOT_FRAME, node: ROOT };
                if first.axis == Axis::DescendantOrSelf {
                    vec![Item::Node(root)]
                } else {
                    steps = rest;
                    match first.test {
                        Test::Name(name) if name != self.def.node(ROOT).name => Vec::new(),
                        _ => self.filter(vec![Item::Node(root)], &first.predicates, context),
                    }
                }
            }
            Start::Context => vec![context.item],
            Start::Current => vec![Item::Node(context.host)],
            Start::Secondary(instance) => vec![Item::Row(*instance, SecondaryInstance::DOCUMENT)],
            // Unresolved instances don't pass the form's check.
            Start::Instance(_) => Vec::new(),
            Start::Expr(expr) => self.nodes(expr, context),
        };
        // `(…)[2]` counts over the whole set, not step by step (XPath 1.0 §3.3).
        if let Some((first, rest)) = steps.split_first()
            && first.axis == Axis::Own
            && first.test == Test::Any
            && !matches!(path.start, Start::Root)
        {
            items = self.filter(items, &first.predicates, context);
            steps = rest;
        }
        let bound = if matches!(path.start, Start::Root) { path.pivot } else { 0 };
        for step in steps {
            items = self.step(items, step, bound, path.current, context);
        }
        items.retain(|i| !matches!(i, Item::Node(at) if !self.state.relevant(self.def, *at)));
        items
    }

    fn step(&self, items: Vec<Item>, step: &Step, bound: u8, current: bool, context: &Context) -> Vec<Item> {
        let mut found = Vec::new();
        for item in items {
            if let Some(indexed) = self.indexed(item, step, context) {
                found.extend(indexed);
                continue;
            }
            let reached = match item {
                Item::Node(at) => self.reach_node(at, step, bound, current, context),
                Item::Row(instance, row) => self.reach_row(instance, row, step),
            };
            let reached = self.filter(reached, &step.predicates, context);
            match step.axis {
                // Two siblings have the same parent; other axes can't meet twice from distinct nodes here.
                Axis::Parent | Axis::Ancestor | Axis::PrecedingSibling | Axis::FollowingSibling => {
                    for item in reached {
                        if !found.contains(&item) {
                            found.push(item);
                        }
                    }
                }
                _ => found.extend(reached),
            }
        }
        found
    }

    fn reach_node(&self, at: At, step: &Step, bound: u8, current: bool, context: &Context) -> Vec<Item> {
        let named = |node: NodeId| match step.test {
            Test::Any => true,
            Test::Name(name) => self.def.node(node).name == name,
        };
        let mut found = Vec::new();
        match step.axis {
            Axis::Own => found.push(at),
            Axis::Child | Axis::Attribute => {
                let attribute = step.axis == Axis::Attribute;
                let children = match step.test {
                    Test::Any => &self.def.node(at.node).children,
                    Test::Name(name) => definition::named(&self.def.nodes, at.node, name),
                };
                for child in children {
                    if self.def.node(*child).is_attribute == attribute {
                        self.enter(at, *child, bound, current, context, &mut found);
                    }
                }
            }
            Axis::Parent => found.extend(self.state.parent(self.def, at)),
            Axis::Ancestor => {
                let mut next = self.state.parent(self.def, at);
                while let Some(parent) = next {
                    found.push(parent);
                    next = self.state.parent(self.def, parent);
                }
                found.reverse();
            }
            Axis::Descendant | Axis::DescendantOrSelf => {
                self.state.walk(self.def, at, &mut |node| found.push(node));
                found.retain(|n| !self.def.node(n.node).is_attribute);
                if step.axis == Axis::Descendant {
                    found.remove(0);
                }
            }
            Axis::PrecedingSibling | Axis::FollowingSibling => {
                if let Some(parent) = self.state.parent(self.def, at) {
                    let children = &self.def.node(parent.node).children;
                    let all: Vec<At> =
                        children.iter().flat_map(|c| self.state.children_of(self.def, parent, *c)).collect();
                    let here = all.iter().position(|n| *n == at).unwrap_or(0);
                    let range =
                        if step.axis == Axis::PrecedingSibling { 0..here } else { here + 1..all.len() };
                    found.extend_from_slice(&all[range]);
                    if step.axis == Axis::PrecedingSibling {
                        found.reverse();
                    }
                }
            }
        }
        found.retain(|n| named(n.node));
        found.into_iter().map(Item::Node).collect()
    }

    /// An absolute path inside a repeat means the own instance of that repeat (spec, A Big Deviation).
    fn enter(&self, at: At, child: NodeId, bound: u8, current: bool, context: &Context, found: &mut Vec<At>) {
        if let Some(scope) = self.def.repeat_of(child)
            && self.def.depth(scope) <= bound
        {
            let frame = self.state.outer(self.def, self.base(current, context), self.def.depth(scope));
            if self.state.frame(frame).scope == scope {
                found.push(At { frame, node: child });
                return;
            }
        }
        found.extend(self.state.children_of(self.def, at, child));
    }

    fn reach_row(&self, instance: InstanceIx, row: Row, step: &Step) -> Vec<Item> {
        let list = self.secondary(instance);
        let named = |row: &Row| match step.test {
            Test::Any => true,
            Test::Name(name) => list.name(*row) == name,
        };
        let found: Vec<Row> = match step.axis {
            Axis::Own => vec![row],
            Axis::Child => list.children(row).filter(named).collect(),
            Axis::Parent => list.parent(row).into_iter().collect(),
            Axis::Descendant | Axis::DescendantOrSelf => {
                let mut found = Vec::new();
                let mut open = vec![row];
                while let Some(next) = open.pop() {
                    found.push(next);
                    let mut children: Vec<Row> = list.children(next).collect();
                    children.reverse();
                    open.extend(children);
                }
                found.drain(..usize::from(step.axis == Axis::Descendant));
                found.into_iter().filter(named).collect()
            }
            Axis::Ancestor => std::iter::successors(list.parent(row), |r| list.parent(*r)).collect(),
            Axis::Attribute => Vec::new(),
            Axis::PrecedingSibling | Axis::FollowingSibling => {
                let all: Vec<Row> = list.parent(row).map(|p| list.children(p).collect()).unwrap_or_default();
                let here = all.iter().position(|r| *r == row).unwrap_or(0);
                let after = step.axis == Axis::FollowingSibling;
                let range = if after { (here + 1).min(all.len())..all.len() } else { 0..here };
                all[range].iter().copied().filter(named).collect()
            }
        };
        found.into_iter().map(|row| Item::Row(instance, row)).collect()
    }

    fn filter(&self, mut items: Vec<Item>, predicates: &[Expr], context: &Context) -> Vec<Item> {
        for predicate in predicates {
            let size = items.len();
            let mut position = 0;
            items.retain(|item| {
                position += 1;
                let inner = Context { item: *item, host: context.host, position, size };
                match self.value(predicate, &inner) {
                    Value::Number(number) => number == position as f64,
                    Value::Bool(value) => value,
                    other => !self.to_text(other).is_empty(),
                }
            });
        }
        items
    }

    /// `item[key = something of the form]` over a list: looked up, not scanned.
    fn indexed(&self, item: Item, step: &Step, context: &Context) -> Option<Vec<Item>> {
        let (Item::Row(instance, parent), Axis::Child, Test::Name(name)) = (item, step.axis, step.test)
        else {
            return None;
        };
        let (first, rest) = step.predicates.split_first()?;
        let (key, wanted) = lookup(first)?;
        let wanted = match self.value(wanted, context) {
            Value::Text(text) => text,
            Value::Nodes(items) if items.len() <= 1 => {
                items.first().map_or_else(Default::default, |i| self.item_text(*i))
            }
            // Numbers and several nodes compare by other rules than text.
            _ => return None,
        };
        // An empty text also equals a missing child, and dates have several spellings: both are scanned.
        if wanted.is_empty() || wanted.contains('T') && wanted.contains(':') {
            return None;
        }
        let index: Arc<_> = self.secondary(instance).index(parent, name, key);
        let rows = index.get(&wanted).cloned().unwrap_or_default();
        let items = rows.into_iter().map(|row| Item::Row(instance, row)).collect();
        Some(self.filter(items, rest, context))
    }
}

fn lookup(predicate: &Expr) -> Option<(NameId, &Expr)> {
    let Expr::Chain(left, rest) = predicate else { return None };
    let [(Operator::Equal, right)] = rest.as_slice() else { return None };
    let key = |expr: &Expr| match expr {
        Expr::Path(path) => match (&path.start, path.steps.as_slice()) {
            (Start::Context, [Step { axis: Axis::Child, test: Test::Name(name), predicates, .. }])
                if predicates.is_empty() =>
            {
                Some(*name)
            }
            _ => None,
        },
        _ => None,
    };
    match (key(left), key(right)) {
        (Some(name), None) if !reads_item(right) => Some((name, right)),
        (None, Some(name)) if !reads_item(left) => Some((name, left)),
        _ => None,
    }
}

/// Whether an expression in a list's predicate depends on the row at hand.
fn reads_item(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) => false,
        Expr::Negate(inner) => reads_item(inner),
        Expr::Chain(first, rest) => reads_item(first) || rest.iter().any(|(_, e)| reads_item(e)),
        Expr::Match(subject, _) => reads_item(subject),
        Expr::Call(function, arguments) => {
            let needs_argument = matches!(
                function,
                Function::String | Function::Number | Function::NormalizeSpace | Function::StringLength
            );
            matches!(function, Function::Position | Function::Last | Function::Name | Function::LocalName)
                || (needs_argument && arguments.is_empty())
                || function.is_volatile()
                || arguments.iter().any(reads_item)
        }
        Expr::Path(path) => match &path.start {
            Start::Context => true,
            Start::Expr(inner) => reads_item(inner),
            _ => false,
        },
    }
}
