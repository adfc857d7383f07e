//! Compiling all the form's expressions once everything that they may refer to is known.

use super::Builder;
use crate::definition::{
    Body, ChoiceSource, Compiled, Control, Dependency, ElementKind, ExprId, Itext, NodeId, Segment, Template,
    TextRef,
};
use crate::error::ParseProblem;
use crate::xpath::ast::Expr;
use crate::xpath::compile::{Compiler, Place, Schema};

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
            compiled.push(compiler.compile(&pending.source, pending.host, place));
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

    /// For each control, the nodes that its appearance on a page depends on.
    pub(super) fn link_reads(&self, body: &mut Body, itext: &Itext) {
        for i in 0..body.elements.len() {
            let element = &body.elements[i];
            let ElementKind::Control(control) = &element.kind else { continue };
            let mut exprs = Vec::new();
            let mut reads = Vec::new();
            let bind = &self.node(control.node).bind;
            exprs.extend([bind.required, bind.constraint, bind.readonly].into_iter().flatten());
            let messages = [&bind.required_message, &bind.constraint_message];
            let texts = [&element.label, &control.hint, &control.guidance];
            for text in texts.into_iter().chain(messages).flatten() {
                self.text_reads(text, itext, &mut exprs);
            }
            self.choice_reads(control, itext, &mut exprs);
            exprs.iter().for_each(|e| reads.extend(self.deps(*e).iter().map(|d| d.node)));
            self.quoted_choices(&exprs, body, &mut reads);
            reads.sort_unstable();
            reads.dedup();
            if let ElementKind::Control(control) = &mut body.elements[i].kind {
                control.reads = reads;
            }
        }
    }

    fn deps(&self, expr: ExprId) -> &[Dependency] {
        &self.exprs[expr.0 as usize].deps
    }

    fn text_reads(&self, text: &TextRef, itext: &Itext, exprs: &mut Vec<ExprId>) {
        match text {
            TextRef::Inline(template) => outputs(template, exprs),
            TextRef::Expr(expr) => exprs.push(*expr),
            TextRef::Itext(id) => {
                for entry in itext.entries.iter().filter_map(|e| e.get(id)) {
                    let texts = [&entry.text, &entry.short, &entry.guidance];
                    texts.into_iter().flatten().for_each(|t| outputs(t, exprs));
                }
            }
        }
    }

    fn choice_reads(&self, control: &Control, itext: &Itext, exprs: &mut Vec<ExprId>) {
        match &control.choices {
            ChoiceSource::None => {}
            ChoiceSource::Inline(choices) => {
                choices
                    .iter()
                    .filter_map(|c| c.label.as_ref())
                    .for_each(|l| self.text_reads(l, itext, exprs));
            }
            ChoiceSource::Itemset(itemset) => {
                exprs.extend(
                    [Some(itemset.nodeset), Some(itemset.value), itemset.label].into_iter().flatten(),
                );
            }
        }
    }

    /// `jr:choice-name` reads what the quoted select's filter reads.
    fn quoted_choices(&self, exprs: &[ExprId], body: &Body, reads: &mut Vec<NodeId>) {
        let is_call = |e: &ExprId| contains_choice_name(&self.exprs[e.0 as usize].expr);
        if !exprs.iter().any(is_call) {
            return;
        }
        for element in &body.elements {
            if let ElementKind::Control(control) = &element.kind
                && let ChoiceSource::Itemset(itemset) = &control.choices
                && reads.contains(&control.node)
            {
                reads.extend(self.deps(itemset.nodeset).iter().map(|d| d.node));
            }
        }
    }
}

fn outputs(template: &Template, exprs: &mut Vec<ExprId>) {
    exprs.extend(template.0.iter().filter_map(|s| match s {
        Segment::Output(expr) => Some(*expr),
        Segment::Text(_) => None,
    }));
}

pub(super) fn contains_choice_name(expr: &Expr) -> bool {
    use crate::xpath::function::Function;
    match expr {
        Expr::Call(Function::ChoiceName, _) => true,
        Expr::Call(_, arguments) => arguments.iter().any(contains_choice_name),
        Expr::Negate(inner) | Expr::Match(inner, _) => contains_choice_name(inner),
        Expr::Chain(first, rest) => {
            contains_choice_name(first) || rest.iter().any(|(_, e)| contains_choice_name(e))
        }
        Expr::Number(_) | Expr::Literal(_) | Expr::Direct(_) | Expr::Path(_) => false,
    }
}
