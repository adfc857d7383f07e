//! The tree of an expression; references to the form's own nodes are resolved when the form is parsed.

use super::function::Function;
use crate::{
    definition::{InstanceIx, NodeId},
    text::{NameId, Text},
};
use regex::Regex;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Union,
}

impl Operator {
    /// Binding strength (XPath 1.0 §3.5); a larger number binds tighter.
    pub fn strength(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Equal | Operator::NotEqual => 3,
            Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => 4,
            Operator::Add | Operator::Subtract => 5,
            Operator::Multiply | Operator::Divide | Operator::Modulo => 6,
            Operator::Union => 8,
        }
    }
}

#[derive(Debug)]
pub(crate) enum Expr {
    Number(f64),
    Literal(Text),
    Negate(Box<Expr>),
    /// Operators of one strength, left to right: a long `a + b + c …` makes no deep tree.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    /// With the byte offset of its name.
    Call(Function, Vec<Expr>, u32),
    /// `regex()` with a constant pattern, compiled once.
    Match(Box<Expr>, Box<Regex>),
    Path(Box<Path>),
    /// A path in the primary instance without predicates: the usual `${name}`.
    Direct(Direct),
}

impl Expr {
    /// Always a text, a number or a truth.
    pub fn yields_no_nodes(&self) -> bool {
        match self {
            Expr::Direct(_) | Expr::Path(_) => false,
            Expr::Chain(_, rest) => !matches!(rest.first(), Some((Operator::Union, _))),
            Expr::Call(function, arguments, _) => match function {
                Function::Randomize | Function::IndexedRepeat | Function::Id => false,
                Function::If => arguments[1..].iter().all(Expr::yields_no_nodes),
                Function::Depend => arguments[0].yields_no_nodes(),
                _ => true,
            },
            Expr::Number(_) | Expr::Literal(_) | Expr::Negate(_) | Expr::Match(..) => true,
        }
    }
}

/// Steps from the context's repeat instance straight down to a node.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    pub target: NodeId,
    /// It starts at `current()`, not at the item of a predicate.
    pub current: bool,
    /// How many repeats (from the outermost) are bound to the context's own instances.
    pub pivot: u8,
    /// For each further repeat on the way down, its place among its parent frame's repeats.
    pub down: Box<[u16]>,
}

#[derive(Debug)]
pub(crate) struct Path {
    pub start: Start,
    pub steps: Vec<Step>,
    /// Byte offset in the expression.
    pub at: usize,
    /// For absolute paths: number of repeats bound to the context's instances.
    pub pivot: u8,
    /// For absolute paths: the context is `current()`, not the item of a predicate.
    pub current: bool,
}

#[derive(Debug)]
pub(crate) enum Start {
    Root,
    Context,
    Current,
    /// `instance('id')`; the name is kept until resolved.
    Instance(Text),
    Secondary(InstanceIx),
    Expr(Box<Expr>),
}

#[derive(Debug)]
pub(crate) struct Step {
    pub axis: Axis,
    pub test: Test,
    pub predicates: Vec<Expr>,
    pub at: usize,
}

/// The thirteen axes (XPath 1.0 §2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Axis {
    Child,
    Attribute,
    Own,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Descendant,
    DescendantOrSelf,
    Preceding,
    PrecedingSibling,
    Following,
    FollowingSibling,
    /// Always empty: an instance keeps no namespace nodes.
    Namespace,
}

impl Axis {
    pub fn find(name: &str) -> Option<Axis> {
        Some(match name {
            "child" => Axis::Child,
            "attribute" => Axis::Attribute,
            "self" => Axis::Own,
            "parent" => Axis::Parent,
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "preceding" => Axis::Preceding,
            "preceding-sibling" => Axis::PrecedingSibling,
            "following" => Axis::Following,
            "following-sibling" => Axis::FollowingSibling,
            "namespace" => Axis::Namespace,
            _ => return None,
        })
    }

    /// Positions count backwards from the context node (XPath 1.0 §2.4).
    pub fn is_reverse(self) -> bool {
        matches!(self, Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Test {
    Name(NameId),
    /// `*`: elements, or attributes on their axis.
    Star,
    /// `node()`.
    Any,
    Text,
    /// `comment()` and `processing-instruction()`: an instance keeps neither.
    Nothing,
}
