//! Resolves an expression's references against the form: what each path means here, and what it reads.

use super::ast::{Axis, Direct, Expr, Path, Start, Step, Test};
use super::function::Function;
use super::library_pattern;
use super::{SyntaxError, parser};
use crate::definition::{
    Body, Compiled, Dependency, InstanceIx, NodeDef, NodeId, ROOT, Scope, ScopeId, SecondaryInstance, named,
};
use crate::text::{NameId, Names, Text};

/// The parts of a form that must be known before its expressions are compiled.
pub(crate) struct Schema<'a> {
    pub nodes: &'a [NodeDef],
    pub scopes: &'a [Scope],
    pub secondary: &'a [SecondaryInstance],
    pub primary_id: Option<&'a str>,
    pub body: &'a Body,
}

/// Where an expression, or a part of it, stands.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Node(NodeId),
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
}

/// Place and bound repeats while walking a path.
#[derive(Clone)]
struct Walk {
    places: Vec<Place>,
    bound: u8,
    current: bool,
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
        }
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
        let always = matches!(&expr, Expr::Call(Function::True, _));
        (self.errors.len() == before).then(|| Compiled {
            source: source.trim().into(),
            expr,
            deps: std::mem::take(&mut self.deps),
            volatile: self.volatile,
            always,
        })
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
            Expr::Call(Function::Randomize, arguments) => Self::result_place(schema, &arguments[0]),
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
    fn resolve(&mut self, expr: &mut Expr, place: Place, limit: u8) {
        match expr {
            Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) => {}
            Expr::Negate(inner) | Expr::Match(inner, _) => self.resolve(inner, place, limit),
            Expr::Chain(first, rest) => {
                self.resolve(first, place, limit);
                rest.iter_mut().for_each(|(_, e)| self.resolve(e, place, limit));
            }
            Expr::Call(function, arguments) => {
                let function = *function;
                self.call(function, arguments, place, limit);
                if function == Function::Regex {
                    self.constant_pattern(expr);
                }
            }
            Expr::Path(path) => {
                if let Some(direct) = self.path(path, place, limit, false) {
                    *expr = Expr::Direct(direct);
                }
            }
        }
    }

    fn call(&mut self, function: Function, arguments: &mut [Expr], place: Place, limit: u8) {
        self.volatile |= function.is_volatile();
        match (function, arguments) {
            (Function::Position, [argument @ Expr::Path(_)]) => {
                // `position(/data/member)` asks for the own instance.
                if let Expr::Path(path) = argument
                    && let Some(direct) = self.path(path, place, limit, true)
                {
                    *argument = Expr::Direct(direct);
                }
            }
            (Function::Position, []) => {
                let scope = self.scope(self.node(self.host).scope);
                self.deps.push(Dependency { node: scope.node, pivot: scope.depth.saturating_sub(1) });
            }
            (Function::ChoiceName, [value, node]) => {
                self.resolve(value, place, limit);
                self.choice_name(node, place, limit);
            }
            (Function::IndexedRepeat, arguments) => {
                for (i, argument) in arguments.iter_mut().enumerate() {
                    self.resolve(argument, place, limit);
                    if i == 0 || i % 2 == 1 {
                        match argument {
                            Expr::Direct(direct) => {
                                self.deps.push(Dependency { node: direct.target, pivot: 0 });
                            }
                            _ => {
                                self.error("xforms.wrong-arguments", 0, "indexed-repeat() takes plain paths")
                            }
                        }
                    }
                }
            }
            (Function::Pulldata, arguments) => {
                if let Expr::Literal(id) = &arguments[0]
                    && !self.schema.secondary.iter().any(|s| s.id == *id)
                {
                    self.error("xforms.missing-instance", 0, format!("the form has no list {id}"));
                }
                arguments.iter_mut().for_each(|a| self.resolve(a, place, limit));
            }
            (_, arguments) => arguments.iter_mut().for_each(|a| self.resolve(a, place, limit)),
        }
    }

    /// The select is named by a path in quotes: `jr:choice-name(value, '/data/sex')`.
    fn choice_name(&mut self, argument: &mut Expr, place: Place, limit: u8) {
        let parsed = match argument {
            Expr::Literal(source) => match parser::parse(source, self.names) {
                Ok(expr) => expr,
                Err(_) => {
                    self.error(
                        "xforms.wrong-arguments",
                        0,
                        "jr:choice-name() takes the path of a select in quotes",
                    );
                    return;
                }
            },
            _ => std::mem::replace(argument, Expr::Number(0.0)),
        };
        *argument = parsed;
        self.resolve(argument, place, limit);
        match argument {
            Expr::Direct(direct) if self.schema.body.control_of.contains_key(&direct.target) => {}
            Expr::Direct(direct) => {
                let path = self.node(direct.target).path.clone();
                self.error("xforms.wrong-arguments", 0, format!("{path} is not a select"));
            }
            // Unresolved: already reported.
            _ if !self.errors.is_empty() => {}
            _ => self.error(
                "xforms.wrong-arguments",
                0,
                "jr:choice-name() takes the path of a select in quotes",
            ),
        }
    }

    fn constant_pattern(&mut self, expr: &mut Expr) {
        let Expr::Call(_, arguments) = expr else { return };
        let Some(Expr::Literal(pattern)) = arguments.get(1) else { return };
        match library_pattern(pattern) {
            Ok(regex) => {
                let subject = arguments.swap_remove(0);
                *expr = Expr::Match(Box::new(subject), Box::new(regex));
            }
            Err(message) => self.error("xforms.wrong-pattern", 0, message),
        }
    }

    /// Resolves one path; a `Direct` if it is a plain way down the primary instance.
    fn path(&mut self, path: &mut Path, place: Place, limit: u8, own_instance: bool) -> Option<Direct> {
        let mut walk = self.start(path, place, limit)?;
        let mut plain = !matches!(path.start, Start::Expr(_) | Start::Secondary(_));
        let mut open = matches!(path.start, Start::Root);
        let frame_of = self.context_node(path, place);
        walk.current = matches!(path.start, Start::Current)
            || (matches!(path.start, Start::Root)
                && frame_of == Some(self.host)
                && place != Place::Node(self.host));
        path.current = walk.current;
        let last = path.steps.len().saturating_sub(1);
        for i in 0..path.steps.len() {
            // The first step of an absolute path names the root element itself.
            let names_root = i == 0 && matches!(path.start, Start::Root) && path.steps[0].axis == Axis::Child;
            let step = &mut path.steps[i];
            plain &= step.predicates.is_empty()
                && matches!(step.axis, Axis::Child | Axis::Attribute | Axis::Own | Axis::Parent)
                && (step.test != Test::Any || matches!(step.axis, Axis::Own | Axis::Parent));
            walk.places = if names_root { self.root_step(step)? } else { self.step(step, &walk.places)? };
            walk.bound = self.bound_after(&walk, step, open && (i < last || own_instance), frame_of);
            open &= step.predicates.is_empty();
            let inner = match walk.places.as_slice() {
                [one] => *one,
                _ => Place::Unknown,
            };
            let bound = if walk.current { walk.bound } else { walk.bound.min(limit) };
            step.predicates.iter_mut().for_each(|p| self.resolve(p, inner, bound));
        }
        path.pivot = walk.bound;
        self.finish(&walk, limit, plain)
    }

    fn start(&mut self, path: &mut Path, place: Place, limit: u8) -> Option<Walk> {
        let walk = |place, bound| Some(Walk { places: vec![place], bound, current: false });
        match &mut path.start {
            Start::Root => walk(Place::Node(ROOT), 0),
            Start::Context => {
                let depth = if let Place::Node(node) = place { self.depth_of(node) } else { 0 };
                walk(place, depth)
            }
            Start::Current => walk(Place::Node(self.host), self.depth_of(self.host)),
            Start::Expr(inner) => {
                let mut expr = std::mem::replace(&mut **inner, Expr::Number(0.0));
                self.resolve(&mut expr, place, limit);
                let target = match &expr {
                    Expr::Direct(direct) => Place::Node(direct.target),
                    _ => self.place_of(&expr),
                };
                **inner = expr;
                walk(target, 0)
            }
            Start::Secondary(instance) => walk(Place::Row(*instance), 0),
            Start::Instance(id) => {
                let id: Text = id.clone();
                if self.schema.primary_id == Some(&*id) {
                    path.start = Start::Root;
                    return walk(Place::Node(ROOT), 0);
                }
                let found = self.schema.secondary.iter().position(|s| s.id == id);
                let Some(found) = found else {
                    self.error("xforms.missing-instance", path.at, format!("the form has no list {id}"));
                    return None;
                };
                let instance = InstanceIx(found as u32);
                path.start = Start::Secondary(instance);
                walk(Place::Row(instance), 0)
            }
        }
    }

    fn place_of(&self, expr: &Expr) -> Place {
        match expr {
            Expr::Call(Function::Randomize, arguments) => self.place_of(&arguments[0]),
            Expr::Path(path) => match path.start {
                Start::Secondary(instance) => Place::Row(instance),
                _ => Place::Unknown,
            },
            _ => Place::Unknown,
        }
    }

    /// The node whose repeat instances an absolute path is bound to: a predicate's item if it shares
    /// a repeat with the path, else the node that the expression belongs to.
    fn context_node(&self, path: &Path, place: Place) -> Option<NodeId> {
        let Place::Node(item) = place else { return Some(self.host) };
        if !matches!(path.start, Start::Root) {
            return Some(item);
        }
        let shared = |node: NodeId| {
            let mut at = ROOT;
            let mut depth = 0;
            for step in path.steps.iter().skip(1) {
                let Test::Name(name) = step.test else { break };
                let Some(child) = named(self.schema.nodes, at, name).first() else { break };
                at = *child;
                if let Some(scope) = self.repeat_of(at) {
                    if !self.is_within(node, scope) {
                        break;
                    }
                    depth += 1;
                }
            }
            depth
        };
        Some(if shared(item) >= shared(self.host) { item } else { self.host })
    }

    fn root_step(&mut self, step: &Step) -> Option<Vec<Place>> {
        match step.test {
            Test::Name(name) if name != self.node(ROOT).name => {
                let (wanted, root) = (self.names.text(name).clone(), self.node(ROOT).tag.clone());
                let message = format!("/{wanted} matches nothing: the form's root is /{root}");
                self.error("xforms.unknown-path", step.at, message);
                None
            }
            _ => Some(vec![Place::Node(ROOT)]),
        }
    }

    fn step(&mut self, step: &Step, places: &[Place]) -> Option<Vec<Place>> {
        let mut found = Vec::new();
        for place in places {
            match place {
                Place::Unknown => found.push(Place::Unknown),
                Place::Row(instance) => {
                    if let Test::Name(name) = step.test {
                        self.check_column(*instance, name, step.at);
                    }
                    found.push(Place::Row(*instance));
                }
                Place::Node(node) => {
                    found.extend(self.reach(*node, step).into_iter().map(Place::Node));
                }
            }
        }
        found.dedup();
        if !found.is_empty() {
            return Some(found);
        }
        let from = match places {
            [Place::Node(node)] => self.node(*node).path.to_string(),
            _ => "these nodes".to_owned(),
        };
        let message = match (step.axis, step.test) {
            (Axis::Parent, _) => format!("{from} has no parent"),
            (Axis::Attribute, Test::Name(name)) => {
                format!("{from} has no attribute {}", self.names.text(name))
            }
            (_, Test::Name(name)) => format!("{from} has no {}", self.names.text(name)),
            _ => format!("nothing matches below {from}"),
        };
        self.error("xforms.unknown-path", step.at, message);
        None
    }

    fn check_column(&mut self, instance: InstanceIx, name: NameId, at: usize) {
        let list = &self.schema.secondary[instance.0 as usize];
        if !list.is_empty() && !list.has_name(name) {
            let message = format!("the list {} has no {}", list.id, self.names.text(name));
            self.doubts.push(Doubt { code: "xforms.unknown-column", at, message });
        }
    }

    fn reach(&self, node: NodeId, step: &Step) -> Vec<NodeId> {
        let tested = |id: &NodeId| match step.test {
            Test::Any => true,
            Test::Name(name) => self.node(*id).name == name,
        };
        let is_attribute = |id: &NodeId| self.node(*id).is_attribute;
        let children = || -> &'a [NodeId] {
            match step.test {
                Test::Name(name) => named(self.schema.nodes, node, name),
                Test::Any => &self.node(node).children,
            }
        };
        let subtree = || (node.0..self.node(node).end.0).map(NodeId).filter(|id| !is_attribute(id));
        match step.axis {
            Axis::Own => vec![node].into_iter().filter(tested).collect(),
            Axis::Child => children().iter().copied().filter(|c| !is_attribute(c)).collect(),
            Axis::Attribute => children().iter().copied().filter(is_attribute).collect(),
            Axis::Parent => self.node(node).parent.into_iter().filter(tested).collect(),
            Axis::Ancestor => {
                let up = std::iter::successors(self.node(node).parent, |n| self.node(*n).parent);
                up.filter(tested).collect()
            }
            Axis::Descendant => subtree().skip(1).filter(tested).collect(),
            Axis::DescendantOrSelf => subtree().filter(tested).collect(),
            Axis::PrecedingSibling | Axis::FollowingSibling => {
                let parent = self.node(node).parent.unwrap_or(ROOT);
                self.node(parent).children.iter().copied().filter(tested).collect()
            }
        }
    }

    /// How many repeats are still bound to the context's instances after a step.
    fn bound_after(&self, walk: &Walk, step: &Step, may_bind: bool, context: Option<NodeId>) -> u8 {
        let mut bound = walk.bound;
        for place in &walk.places {
            let Place::Node(node) = place else { return 0 };
            let depth = self.depth_of(*node);
            match step.axis {
                Axis::Parent | Axis::Ancestor => bound = bound.min(depth),
                Axis::PrecedingSibling | Axis::FollowingSibling if self.repeat_of(*node).is_some() => {
                    bound = bound.min(depth.saturating_sub(1));
                }
                Axis::Child if may_bind && step.predicates.is_empty() && walk.places.len() == 1 => {
                    if let (Some(scope), Some(context)) = (self.repeat_of(*node), context)
                        && depth == bound + 1
                        && self.is_within(context, scope)
                    {
                        bound = depth;
                    }
                }
                _ => {}
            }
        }
        bound
    }

    fn finish(&mut self, walk: &Walk, limit: u8, plain: bool) -> Option<Direct> {
        for place in &walk.places {
            if let Place::Node(node) = place {
                let pivot = if walk.current { walk.bound } else { walk.bound.min(limit) };
                // Reading a repeat itself means reading how many there are.
                let outer = self.depth_of(*node).saturating_sub(u8::from(self.repeat_of(*node).is_some()));
                self.deps.push(Dependency { node: *node, pivot: pivot.min(outer) });
            }
        }
        let [Place::Node(target)] = walk.places.as_slice() else { return None };
        if !plain {
            return None;
        }
        let mut down = Vec::new();
        let mut scope = self.node(*target).scope;
        while self.scope(scope).depth > walk.bound {
            down.push(self.scope(scope).place);
            scope = self.scope(scope).parent?;
        }
        down.reverse();
        Some(Direct { target: *target, current: walk.current, pivot: walk.bound, down: down.into() })
    }
}
