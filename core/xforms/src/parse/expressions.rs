//! Compiling all the form's expressions once everything that they may refer to is known.

use super::Builder;
use crate::{
    definition::{Body, Compiled, ExprId, NodeId},
    error::ParseProblem,
    xpath::{
        ast::Expr,
        compile::{Compiler, Place, Schema},
    },
};

/// An expression as it was found, compiled later.
pub(super) struct Pending {
    pub source: String,
    host: NodeId,
    /// It is read at each item of this nodeset, not at the host.
    items: Option<ExprId>,
    attribute: String,
}

impl Pending {
    pub fn at_node(source: &str, host: NodeId, attribute: &str) -> Pending {
        Pending { source: source.to_owned(), host, items: None, attribute: attribute.to_owned() }
    }

    pub fn in_items(source: &str, host: NodeId, items: ExprId, attribute: &str) -> Pending {
        Pending { source: source.to_owned(), host, items: Some(items), attribute: attribute.to_owned() }
    }
}

impl Builder<'_> {
    pub(super) fn compile(&mut self, body: &Body) {
        let schema = Schema {
            nodes: &self.nodes,
            scopes: &self.scopes,
            secondary: &self.secondary,
            primary_id: self.primary_id.as_deref(),
            body,
        };
        let mut compiler = Compiler::new(&schema, &mut self.names);
        let mut compiled: Vec<Option<Compiled>> = Vec::with_capacity(self.pending.len());
        for pending in &self.pending {
            let place = match pending.items {
                None => Place::Node(pending.host),
                Some(items) => match &compiled[items.0 as usize] {
                    Some(nodeset) => Compiler::result_place(&schema, &nodeset.expr),
                    None => Place::Unknown,
                },
            };
            compiled.push(match pending.attribute.as_str() {
                "nodeset" => compiler.compile_nodes(&pending.source, pending.host, place),
                _ => compiler.compile(&pending.source, pending.host, place),
            });
            let report = |code, at, message: String| ParseProblem {
                code,
                node: Some(schema.nodes[pending.host.0 as usize].path.to_string()),
                attribute: Some(pending.attribute.clone()),
                expression: Some(pending.source.clone()),
                position: Some(at),
                message,
            };
            self.problems.extend(compiler.errors.drain(..).map(|e| report(e.code, e.at, e.message)));
            self.warnings.extend(compiler.doubts.drain(..).map(|d| report(d.code, d.at, d.message)));
        }
        if compiled.iter().all(Option::is_some) {
            self.exprs = compiled.into_iter().flatten().collect();
        }
    }

    /// For each node, the nearest condition around it.
    pub(super) fn link_gates(&mut self) {
        for i in 0..self.nodes.len() {
            let own = self.nodes[i].bind.relevant.map(|_| NodeId(i as u32));
            // Parents come first in document order.
            let outer = self.nodes[i].parent.and_then(|p| self.nodes[p.0 as usize].gate);
            self.nodes[i].gate = own.or(outer);
        }
    }
}

pub(super) fn contains_choice_name(expr: &Expr) -> bool {
    use crate::xpath::function::Function;
    match expr {
        Expr::Call(Function::ChoiceName, ..) => true,
        Expr::Call(_, arguments, _) => arguments.iter().any(contains_choice_name),
        Expr::Negate(inner) | Expr::Match(inner, _) => contains_choice_name(inner),
        Expr::Chain(first, rest) => {
            contains_choice_name(first) || rest.iter().any(|(_, e)| contains_choice_name(e))
        }
        Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) | Expr::Path(_) => false,
    }
}
