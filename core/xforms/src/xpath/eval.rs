//! Evaluation of a resolved expression over a session's state.

use super::{
    ast::{Direct, Expr, Operator},
    value::{Item, Value, bool_to_text, number_of, number_to_bool, number_to_text},
};
use crate::{
    definition::{Compiled, DataType, Definition, InstanceIx, NodeId, SecondaryInstance},
    env::{Properties, Random},
    state::{At, FrameId, Frames, Total},
    text::{NameId, Text},
};
use chrono::{DateTime, FixedOffset};
use regex::Regex;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// Nodes that expressions may visit after one answer, on one page or at one check: seconds on a slow phone.
/// Real forms stay below a hundredth of it.
pub(crate) const MAX_EFFORT: u64 = 20_000_000;
/// … and one expression.
const MAX_SHARE: u64 = 4_000_000;
/// Bytes of one text; joined texts could double at each calculation.
const MAX_TEXT: usize = 4 << 20;

/// Labels may quote labels (`jr:choice-name` in an `<output>`); a form that goes round in circles ends here.
const MAX_QUOTING: u8 = 8;

/// What stays the same during one recalculation.
pub(crate) struct Surroundings {
    pub now: DateTime<FixedOffset>,
    pub random: RefCell<Box<dyn Random>>,
    pub language: usize,
    pub vietnamese: bool,
    pub properties: Properties,
    /// Patterns that are computed, not constant.
    pub patterns: RefCell<HashMap<Text, Option<Regex>>>,
    pub quoting: Cell<u8>,
    /// What is left of `MAX_EFFORT`, for this expression and for those after it.
    pub effort: Cell<u64>,
    pub reserve: Cell<u64>,
    /// The instance of this form that was saved last, if the form asks for it.
    pub last_saved: Option<SecondaryInstance>,
}

impl Surroundings {
    /// An answer's recalculation, a page or a check begins.
    pub fn begin(&self) {
        self.effort.set(MAX_EFFORT);
        self.reserve.set(0);
    }

    /// The next expression begins, with a share of what is left: a costly one leaves enough for others.
    pub fn share(&self) {
        let left = self.effort.get() + self.reserve.get();
        self.effort.set(left.min(MAX_SHARE));
        self.reserve.set(left.saturating_sub(MAX_SHARE));
    }

    /// Nothing is left: what expressions yield now means nothing.
    pub fn is_exhausted(&self) -> bool {
        self.effort.get() == 0
    }

    pub fn spend(&self, nodes: usize) {
        self.effort.set(self.effort.get().saturating_sub(nodes as u64 + 1));
    }

    /// Whether a text of so many bytes may be made; if not, nothing is left.
    pub fn allows_text(&self, bytes: usize) -> bool {
        if bytes > MAX_TEXT {
            self.effort.set(0);
        }
        self.spend(bytes / 16);
        !self.is_exhausted()
    }

    pub fn offset(&self) -> FixedOffset {
        *self.now.offset()
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub item: Item,
    /// The node that the whole expression belongs to: `current()`.
    pub host: At,
    /// Place in the node-set and its size, inside a predicate; 0 outside.
    pub position: usize,
    pub size: usize,
}

impl Context {
    pub fn of(host: At) -> Context {
        Context { item: Item::Node(host), host, position: 0, size: 0 }
    }

    /// Inside an item of a list, for its value and label.
    pub fn in_item(item: Item, host: At) -> Context {
        Context { item, host, position: 0, size: 0 }
    }
}

impl<'a> Evaluator<'a> {
    /// A list; of the last saved instance, this session's.
    pub fn secondary(&self, instance: InstanceIx) -> &'a SecondaryInstance {
        let list = self.def.secondary(instance);
        self.around.last_saved.as_ref().filter(|_| list.is_last_saved).unwrap_or(list)
    }
}

pub(crate) struct Evaluator<'a> {
    pub def: &'a Definition,
    pub state: &'a Frames,
    pub around: &'a Surroundings,
}

impl<'a> Evaluator<'a> {
    pub fn run_text(&self, compiled: &Compiled, context: &Context) -> Text {
        self.text(&compiled.expr, context)
    }

    pub fn run_bool(&self, compiled: &Compiled, context: &Context) -> bool {
        self.bool(&compiled.expr, context)
    }

    pub fn value(&self, expr: &Expr, context: &Context) -> Value {
        match expr {
            Expr::Number(number) => Value::Number(*number),
            Expr::Literal(text) => Value::Text(text.clone()),
            Expr::Negate(inner) => Value::Number(-self.number(inner, context)),
            Expr::Chain(first, rest) => self.chain(first, rest, context),
            Expr::Call(function, arguments, _) => self.call(*function, arguments, context),
            Expr::Match(subject, pattern) => Value::Bool(pattern.is_match(&self.text(subject, context))),
            Expr::Path(path) => Value::Nodes(self.path(path, context)),
            Expr::Direct(direct) => Value::Nodes(self.direct(direct, context)),
        }
    }

    pub fn text(&self, expr: &Expr, context: &Context) -> Text {
        match expr {
            Expr::Literal(text) => text.clone(),
            Expr::Direct(direct) => match self.single(direct, context) {
                Some(at) => self.node_text(at),
                None => {
                    self.direct(direct, context).first().map_or_else(Text::default, |i| self.item_text(*i))
                }
            },
            Expr::Path(path) => match self.column(path, context) {
                Some(text) => text.into(),
                None => self.to_text(Value::Nodes(self.path(path, context))),
            },
            _ => self.to_text(self.value(expr, context)),
        }
    }

    pub fn number(&self, expr: &Expr, context: &Context) -> f64 {
        match expr {
            Expr::Number(number) => *number,
            Expr::Direct(direct) => match self.single(direct, context) {
                Some(at) if self.state.relevant(self.def, at) => {
                    number_of(self.state.value(self.def, at), self.around.offset())
                }
                Some(_) => f64::NAN,
                None => self.to_number(self.value(expr, context)),
            },
            _ => self.to_number(self.value(expr, context)),
        }
    }

    pub fn bool(&self, expr: &Expr, context: &Context) -> bool {
        self.to_bool(self.value(expr, context))
    }

    pub(super) fn to_bool(&self, value: Value) -> bool {
        match value {
            Value::Bool(value) => value,
            Value::Number(number) => number_to_bool(number),
            Value::Text(text) => !text.is_empty(),
            // A node counts by its value, not by being there: ODK asks "was it answered?".
            Value::Nodes(items) => match items.as_slice() {
                [] => false,
                [one] => self.item_bool(*one),
                _ => true,
            },
        }
    }

    /// A typed value is converted as its type: false and 0 don't hold; of a text only the blank one.
    fn item_bool(&self, item: Item) -> bool {
        let data_type = match item {
            Item::Node(at) | Item::Text(at) => self.def.node(at.node).bind.data_type,
            Item::Document | Item::Row(..) | Item::RowText(..) => DataType::String,
        };
        self.with_text(item, |text| match data_type {
            DataType::Boolean => matches!(text, "true" | "1"),
            DataType::Int | DataType::Decimal => number_to_bool(number_of(text, self.around.offset())),
            _ => !text.is_empty(),
        })
    }

    pub fn to_text(&self, value: Value) -> Text {
        match value {
            Value::Bool(value) => bool_to_text(value),
            Value::Number(number) => number_to_text(number),
            Value::Text(text) => text,
            Value::Nodes(items) => items.first().map_or_else(Text::default, |i| self.item_text(*i)),
        }
    }

    pub fn to_number(&self, value: Value) -> f64 {
        match value {
            Value::Bool(value) => f64::from(u8::from(value)),
            Value::Number(number) => number,
            Value::Text(text) => number_of(&text, self.around.offset()),
            Value::Nodes(items) => items.first().map_or(f64::NAN, |i| self.item_number(*i)),
        }
    }

    pub fn item_text(&self, item: Item) -> Text {
        match item {
            Item::Node(at) | Item::Text(at) => self.node_text(at),
            _ => self.with_text(item, |text| text.into()),
        }
    }

    pub fn item_number(&self, item: Item) -> f64 {
        self.with_text(item, |text| number_of(text, self.around.offset()))
    }

    /// An irrelevant node reads as empty (spec, relevant); a group as all texts inside it (XPath 1.0 §5.2).
    fn node_text(&self, at: At) -> Text {
        if !self.state.relevant(self.def, at) {
            return Text::default();
        }
        let own = self.state.value(self.def, at);
        if own.is_empty() && !self.def.node(at.node).children.is_empty() {
            return self.inner_text(Item::Node(at)).into();
        }
        own.clone()
    }

    pub fn with_text<R>(&self, item: Item, read: impl FnOnce(&str) -> R) -> R {
        match item {
            Item::Node(at) | Item::Text(at) => {
                let own = self.state.value(self.def, at);
                if !self.state.relevant(self.def, at) {
                    read("")
                } else if own.is_empty() && !self.def.node(at.node).children.is_empty() {
                    read(&self.inner_text(item))
                } else {
                    read(own)
                }
            }
            Item::Row(instance, row) => {
                let list = self.secondary(instance);
                let own = list.text(row);
                if own.is_empty() && list.children(row).next().is_some() {
                    read(&self.inner_text(item))
                } else {
                    read(own)
                }
            }
            Item::RowText(instance, row) => read(self.secondary(instance).text(row)),
            Item::Document => read(&self.inner_text(item)),
        }
    }

    pub fn is_relevant(&self, item: Item) -> bool {
        match item {
            Item::Node(at) | Item::Text(at) => self.state.relevant(self.def, at),
            _ => true,
        }
    }

    pub fn name_of(&self, item: Item) -> Option<NameId> {
        match item {
            Item::Node(at) => Some(self.def.node(at.node).name),
            Item::Row(instance, row) => {
                let list = self.secondary(instance);
                list.parent(row).map(|_| list.name(row))
            }
            _ => None,
        }
    }

    /// The frame that paths of the primary instance start from.
    pub fn base(&self, current: bool, context: &Context) -> FrameId {
        match context.item {
            Item::Node(at) | Item::Text(at) if !current => at.frame,
            _ => context.host.frame,
        }
    }

    /// The one node of a path that enters no further repeat.
    pub fn single(&self, direct: &Direct, context: &Context) -> Option<At> {
        direct.down.is_empty().then(|| At {
            frame: self.state.outer(self.def, self.base(direct.current, context), direct.pivot),
            node: direct.target,
        })
    }

    pub fn direct(&self, direct: &Direct, context: &Context) -> Vec<Item> {
        let frame = self.state.outer(self.def, self.base(direct.current, context), direct.pivot);
        let mut frames = vec![frame];
        for place in &direct.down {
            let lists = frames.iter().flat_map(|f| &self.state.frame(*f).inner[*place as usize]);
            frames = lists.copied().collect();
        }
        self.around.spend(frames.len());
        if self.around.is_exhausted() {
            return Vec::new();
        }
        let nodes = frames.into_iter().map(|frame| At { frame, node: direct.target });
        nodes.filter(|at| self.state.relevant(self.def, *at)).map(Item::Node).collect()
    }

    /// Of a path straight into one repeat: its last node's total over the instances.
    pub fn total(&self, expr: &Expr, context: &Context) -> Option<(NodeId, Total)> {
        let Expr::Direct(direct) = expr else { return None };
        let [list] = *direct.down else { return None };
        let frame = self.state.outer(self.def, self.base(direct.current, context), direct.pivot);
        self.around.spend(1);
        Some((direct.target, self.state.total(self.def, frame, list as usize, direct.target)))
    }

    fn chain(&self, first: &Expr, rest: &[(Operator, Expr)], context: &Context) -> Value {
        match rest {
            [(Operator::Or, _), ..] => {
                Value::Bool(self.bool(first, context) || rest.iter().any(|(_, e)| self.bool(e, context)))
            }
            [(Operator::And, _), ..] => {
                Value::Bool(self.bool(first, context) && rest.iter().all(|(_, e)| self.bool(e, context)))
            }
            [(Operator::Union, _), ..] => {
                let mut items = self.nodes(first, context);
                rest.iter().for_each(|(_, expr)| items.extend(self.nodes(expr, context)));
                self.in_document_order(&mut items);
                Value::Nodes(items)
            }
            [(operator, _), ..] if operator.strength() >= Operator::Add.strength() => {
                let start = self.number(first, context);
                Value::Number(rest.iter().fold(start, |left, (operator, expr)| {
                    arithmetic(*operator, left, self.number(expr, context))
                }))
            }
            _ => {
                let start = self.value(first, context);
                rest.iter().fold(start, |left, (operator, expr)| {
                    Value::Bool(self.compare(*operator, left, self.value(expr, context)))
                })
            }
        }
    }

    pub fn nodes(&self, expr: &Expr, context: &Context) -> Vec<Item> {
        match self.value(expr, context) {
            Value::Nodes(items) => items,
            _ => Vec::new(),
        }
    }

    /// Runs `read` unless labels quote one another endlessly.
    pub fn quoting<R: Default>(&self, read: impl FnOnce() -> R) -> R {
        let depth = self.around.quoting.get();
        if depth >= MAX_QUOTING {
            return R::default();
        }
        self.around.quoting.set(depth + 1);
        let result = read();
        self.around.quoting.set(depth);
        result
    }
}

fn arithmetic(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    }
}
