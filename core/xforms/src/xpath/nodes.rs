//! Paths with predicates, over the primary instance and over lists.

use super::{
    ast::{Axis, Expr, Operator, Path, Start, Step, Test},
    axes::Binding,
    eval::{Context, Evaluator},
    function::Function,
    value::{Item, Value},
};
use crate::{definition::SecondaryInstance, text::NameId};

impl Evaluator<'_> {
    /// Each node once, in document order.
    pub fn path(&self, path: &Path, context: &Context) -> Vec<Item> {
        let mut steps = path.steps.as_slice();
        let mut items = match &path.start {
            Start::Root => vec![Item::Document],
            Start::Context => vec![context.item],
            Start::Current => vec![Item::Node(context.host)],
            Start::Secondary(instance) => vec![Item::Row(*instance, SecondaryInstance::DOCUMENT)],
            // Unresolved instances don't pass the form's check.
            Start::Instance(_) => Vec::new(),
            Start::Expr(expr) => self.nodes(expr, context),
        };
        // `(…)[2]` counts over the whole set, not step by step (XPath 1.0 §3.3).
        if let Some((first, rest)) = steps.split_first()
            && matches!(path.start, Start::Expr(_))
            && first.axis == Axis::Own
            && first.test == Test::Any
        {
            items = self.filter(items, &first.predicates, context);
            steps = rest;
        }
        let bound = if matches!(path.start, Start::Root) { path.pivot } else { 0 };
        let binding = Binding { bound, current: path.current, context };
        // No node of the set is inside another one: children of theirs are in order then.
        let mut apart = !matches!(path.start, Start::Expr(_)) || items.len() <= 1;
        for step in steps {
            items = self.step(items, step, binding, &mut apart);
        }
        items.retain(|item| self.is_relevant(*item));
        items
    }

    /// The text of a list's column at one of its rows, where the path is no more than that.
    pub fn column(&self, path: &Path, context: &Context) -> Option<&str> {
        let (Item::Row(instance, row), Start::Context, [step]) =
            (context.item, &path.start, path.steps.as_slice())
        else {
            return None;
        };
        let (Axis::Child, Test::Name(name), []) = (step.axis, step.test, step.predicates.as_slice()) else {
            return None;
        };
        let list = self.secondary(instance);
        let Some(cell) = list.child(row, name) else { return Some("") };
        list.children(cell).next().is_none().then(|| list.text(cell))
    }

    fn step(&self, items: Vec<Item>, step: &Step, binding: Binding, apart: &mut bool) -> Vec<Item> {
        let single = items.len() <= 1;
        let mut found = Vec::new();
        let mut crowded = if may_meet(step.axis) && !single { 1 << 16 } else { usize::MAX };
        for item in items {
            if self.around.is_exhausted() {
                return Vec::new();
            }
            if let Some(indexed) = self.indexed(item, step, binding.context) {
                self.around.spend(indexed.len());
                found.extend(indexed);
                continue;
            }
            let reached = self.reach(item, step, binding);
            self.around.spend(reached.len());
            let mut reached = self.filter(reached, &step.predicates, binding.context);
            if step.axis.is_reverse() {
                reached.reverse();
            }
            found.extend(reached);
            // Nodes that were reached many times are kept once, however many times.
            if found.len() > crowded {
                self.in_document_order(&mut found);
                crowded = crowded.max(found.len() * 2);
            }
        }
        let ordered = match step.axis {
            Axis::Own | Axis::Attribute => true,
            Axis::Child | Axis::Descendant | Axis::DescendantOrSelf => single || *apart,
            _ => single,
        };
        if !ordered {
            self.in_document_order(&mut found);
        }
        *apart = found.len() <= 1
            || match step.axis {
                Axis::Own | Axis::Child | Axis::Attribute => *apart,
                Axis::FollowingSibling | Axis::PrecedingSibling => single,
                _ => false,
            };
        found
    }

    fn filter(&self, mut items: Vec<Item>, predicates: &[Expr], context: &Context) -> Vec<Item> {
        for predicate in predicates {
            let size = items.len();
            let mut position = 0;
            self.around.spend(size);
            items.retain(|item| {
                if self.around.is_exhausted() {
                    return false;
                }
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

    /// `item[key = something of the form]` over a list, alone or joined by `and`: looked up, not scanned.
    fn indexed(&self, item: Item, step: &Step, context: &Context) -> Option<Vec<Item>> {
        let (Item::Row(instance, parent), Axis::Child, Test::Name(name)) = (item, step.axis, step.test)
        else {
            return None;
        };
        let first = step.predicates.first()?;
        let (key, wanted) = lookup(first)?;
        let wanted = match self.value(wanted, context) {
            Value::Text(text) => text,
            Value::Nodes(items) if items.len() <= 1 => {
                items.first().map_or_else(Default::default, |i| self.item_text(*i))
            }
            // Numbers and several nodes compare by other rules than text.
            _ => return None,
        };
        // Dates have several spellings: they are scanned.
        if wanted.contains('T') && wanted.contains(':') {
            return None;
        }
        let index = self.secondary(instance).index(parent, name, key)?;
        let rows = index.get(&wanted).map(Vec::as_slice).unwrap_or_default();
        let items = rows.iter().map(|row| Item::Row(instance, *row)).collect();
        // What is joined to the lookup is left to filter by.
        let looked_up = usize::from(!is_conjunction(first));
        Some(self.filter(items, &step.predicates[looked_up..], context))
    }
}

fn is_conjunction(predicate: &Expr) -> bool {
    matches!(predicate, Expr::Chain(_, rest) if matches!(rest.as_slice(), [(Operator::And, _), ..]))
}

/// The child that a predicate compares, and with what.
/// Whether an axis can lead from two nodes to the same one.
fn may_meet(axis: Axis) -> bool {
    !matches!(axis, Axis::Own | Axis::Attribute | Axis::Child)
}

fn lookup(predicate: &Expr) -> Option<(NameId, &Expr)> {
    let Expr::Chain(left, rest) = predicate else { return None };
    if is_conjunction(predicate) {
        // Places are counted over all rows, so none may be left out before.
        let mut parts = std::iter::once(&**left).chain(rest.iter().map(|(_, part)| part));
        return if reads_place(predicate) { None } else { parts.find_map(lookup) };
    }
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

/// Whether an expression asks where its context stands among others.
fn reads_place(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) => false,
        Expr::Negate(inner) | Expr::Match(inner, _) => reads_place(inner),
        Expr::Chain(first, rest) => reads_place(first) || rest.iter().any(|(_, e)| reads_place(e)),
        Expr::Call(Function::Position | Function::Last, ..) => true,
        Expr::Call(_, arguments, _) => arguments.iter().any(reads_place),
        // Predicates of a path count their own places.
        Expr::Path(path) => matches!(&path.start, Start::Expr(inner) if reads_place(inner)),
    }
}

/// Whether an expression in a list's predicate depends on the row at hand.
fn reads_item(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) => false,
        Expr::Negate(inner) => reads_item(inner),
        Expr::Chain(first, rest) => reads_item(first) || rest.iter().any(|(_, e)| reads_item(e)),
        Expr::Match(subject, _) => reads_item(subject),
        Expr::Call(function, arguments, _) => {
            let needs_argument = matches!(
                function,
                Function::String
                    | Function::Number
                    | Function::NormalizeSpace
                    | Function::StringLength
                    | Function::Name
                    | Function::LocalName
                    | Function::NamespaceUri
            );
            matches!(function, Function::Position | Function::Last | Function::Lang)
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
