//! Resolves an expression's references against the form: what each path means here, and what it reads.

mod calls;
mod paths;
mod reach;

use super::{
    SyntaxError,
    ast::{Axis, Expr, Operator, Path, Start, Test},
    function::Function,
    parser,
};
use crate::{
    definition::{
        Body, Compiled, Dependency, InstanceIx, NodeDef, NodeId, ROOT, Scope, ScopeId, SecondaryInstance,
        named,
    },
    text::Names,
};

/// The parts of a form that must be known before its expressions are compiled.
pub(crate) struct Schema<'a> {
    pub nodes: &'a [NodeDef],
    pub scopes: &'a [Scope],
    pub secondary: &'a [SecondaryInstance],
    pub primary_id: Option<&'a str>,
    pub body: &'a Body,
}

/// Where an expression, or a part of it, stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Above the root element.
    Document,
    Node(NodeId),
    /// The text inside a node.
    Text(NodeId),
    Row(InstanceIx),
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Doubt {
    pub code: &'static str,
    pub at: usize,
    pub message: String,
}

pub(crate) struct Compiler<'a> {
    pub schema: &'a Schema<'a>,
    pub names: &'a mut Names,
    pub errors: Vec<SyntaxError>,
    pub doubts: Vec<Doubt>,
    deps: Vec<Dependency>,
    volatile: bool,
    host: NodeId,
    /// A path that matches nothing is a doubt, not an error: for expressions that somebody tries out.
    lenient: bool,
    /// Nodes are counted or named here, not read: what is inside a group doesn't matter.
    as_nodes: bool,
    /// Byte offset of the call that is resolved.
    at: usize,
}

impl<'a> Compiler<'a> {
    pub fn new(schema: &'a Schema<'a>, names: &'a mut Names) -> Self {
        Compiler {
            schema,
            names,
            errors: Vec::new(),
            doubts: Vec::new(),
            deps: Vec::new(),
            volatile: false,
            host: ROOT,
            lenient: false,
            as_nodes: false,
            at: 0,
        }
    }

    /// A path that matches nothing yields nothing, with a doubt, instead of an error.
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// `None` when there are errors, which are then in `errors`.
    pub fn compile(&mut self, source: &str, host: NodeId, place: Place) -> Option<Compiled> {
        self.host = host;
        self.deps.clear();
        self.volatile = false;
        let mut expr = match parser::parse(source, self.names) {
            Ok(expr) => expr,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        let before = self.errors.len();
        let pivot = self.depth_of(host);
        self.resolve(&mut expr, place, pivot);
        self.deps.sort_unstable();
        self.deps.dedup();
        let always = matches!(&expr, Expr::Call(Function::True, ..));
        (self.errors.len() == before).then(|| Compiled {
            source: source.trim().into(),
            expr,
            deps: std::mem::take(&mut self.deps),
            volatile: self.volatile,
            always,
        })
    }

    /// As `compile`, for nodes that are taken as they are: of a group, no value inside it is read.
    pub fn compile_nodes(&mut self, source: &str, host: NodeId, place: Place) -> Option<Compiled> {
        self.as_nodes = true;
        let compiled = self.compile(source, host, place);
        self.as_nodes = false;
        compiled
    }

    fn node(&self, id: NodeId) -> &'a NodeDef {
        &self.schema.nodes[id.0 as usize]
    }

    fn scope(&self, id: ScopeId) -> &'a Scope {
        &self.schema.scopes[id.0 as usize]
    }

    fn depth_of(&self, node: NodeId) -> u8 {
        self.scope(self.node(node).scope).depth
    }

    fn repeat_of(&self, node: NodeId) -> Option<ScopeId> {
        let scope = self.node(node).scope;
        (node != ROOT && self.scope(scope).node == node).then_some(scope)
    }

    fn is_within(&self, node: NodeId, scope: ScopeId) -> bool {
        let repeat = self.scope(scope).node;
        node >= repeat && node < self.node(repeat).end
    }

    /// Where the nodes that an expression yields stand: the place of an itemset's value and label.
    pub fn result_place(schema: &Schema, expr: &Expr) -> Place {
        match expr {
            Expr::Direct(direct) => Place::Node(direct.target),
            Expr::Call(Function::Randomize, arguments, _) => Self::result_place(schema, &arguments[0]),
            Expr::Path(path) => match &path.start {
                Start::Secondary(instance) => Place::Row(*instance),
                Start::Root => Self::walk_names(schema, path).map_or(Place::Unknown, Place::Node),
                _ => Place::Unknown,
            },
            _ => Place::Unknown,
        }
    }

    fn walk_names(schema: &Schema, path: &Path) -> Option<NodeId> {
        let node = |id: NodeId| &schema.nodes[id.0 as usize];
        path.steps.iter().skip(1).try_fold(ROOT, |at, step| match (step.axis, step.test) {
            (Axis::Child, Test::Name(name)) => named(schema.nodes, at, name).first().copied(),
            (Axis::Parent, Test::Any) => node(at).parent,
            _ => None,
        })
    }

    fn error(&mut self, code: &'static str, at: usize, message: impl Into<String>) {
        self.errors.push(SyntaxError::coded(code, at, message));
    }

    /// `limit`: how many repeats the place itself is bound to, seen from the host.
    /// Returns where the nodes that the expression yields stand; nothing if it yields no nodes.
    fn resolve(&mut self, expr: &mut Expr, place: Place, limit: u8) -> Vec<Place> {
        match expr {
            Expr::Number(_) | Expr::Literal(_) => Vec::new(),
            Expr::Direct(direct) => vec![Place::Node(direct.target)],
            Expr::Negate(inner) | Expr::Match(inner, _) => {
                self.resolve(inner, place, limit);
                Vec::new()
            }
            Expr::Chain(first, rest) => {
                let union = matches!(rest.first(), Some((Operator::Union, _)));
                let mut places = self.resolve(first, place, limit);
                for (_, expr) in rest {
                    places.extend(self.resolve(expr, place, limit));
                }
                if union { places } else { Vec::new() }
            }
            Expr::Call(function, arguments, at) => {
                let function = *function;
                let outer = std::mem::replace(&mut self.at, *at as usize);
                let places = self.call(function, arguments, place, limit);
                if function == Function::Regex {
                    self.constant_pattern(expr);
                }
                self.at = outer;
                places
            }
            Expr::Path(path) => {
                let (places, direct) = self.path(path, place, limit, false);
                if let Some(direct) = direct {
                    *expr = Expr::Direct(direct);
                }
                places
            }
        }
    }
}
