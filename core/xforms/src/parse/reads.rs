//! What the view of each element of the body reads: who must be drawn again after a change.

use super::{Builder, expressions::contains_choice_name};
use crate::definition::{
    Body, BodyId, ChoiceSource, Control, Element, ElementKind, ExprId, InlineChoice, Itext, NodeId, Segment,
    Template, TextRef,
};

impl Builder<'_> {
    pub(super) fn link_reads(&self, body: &mut Body, itext: &Itext) {
        body.readers = vec![Vec::new(); self.nodes.len()];
        body.choice_readers = vec![Vec::new(); self.nodes.len()];
        body.repeat_of = vec![None; self.scopes.len()];
        for i in 0..body.elements.len() {
            let id = BodyId(i as u32);
            let element = &body.elements[i];
            let reads = match &element.kind {
                ElementKind::Control(control) => {
                    let own = self.nodes_of(&self.choice_exprs(control, itext), body);
                    own.iter().for_each(|n| body.choice_readers[n.0 as usize].push(id));
                    let reads = self.nodes_of(&self.control_exprs(body, element, control, itext), body);
                    let all = sorted(reads.into_iter().chain(own).chain([control.node]));
                    all.iter().for_each(|n| body.readers[n.0 as usize].push(id));
                    all
                }
                ElementKind::Group { .. } => self.nodes_of(&self.label_exprs(element, itext), body),
                ElementKind::Repeat { scope, .. } => {
                    body.repeat_of[scope.0 as usize].get_or_insert(id);
                    let repeat = element.context;
                    let inside = (repeat.0..self.node(repeat).end.0).map(NodeId);
                    sorted(self.nodes_of(&self.label_exprs(element, itext), body).into_iter().chain(inside))
                }
            };
            body.elements[i].reads = reads;
        }
        self.link_repeats(body);
    }

    /// Instances are named by the first answer in them, as a person reads it, or by a label.
    fn link_repeats(&self, body: &mut Body) {
        for i in (0..body.elements.len()).rev() {
            let reads = sorted(std::mem::take(&mut body.elements[i].reads));
            // Elements are numbered in document order: those inside come later, and are done.
            let mut around = body.elements[i].parent;
            while let Some(id) = around {
                let outer = &mut body.elements[id.0 as usize];
                if matches!(outer.kind, ElementKind::Repeat { .. }) {
                    outer.reads.extend(&reads);
                    break;
                }
                around = outer.parent;
            }
            body.elements[i].reads = reads;
        }
        let gates = self.scopes.iter().filter_map(|s| self.node(s.node).bind.relevant);
        body.boundary_reads = self.nodes_of(&gates.collect::<Vec<_>>(), body);
    }

    /// The nodes that expressions read, with what the filters of selects read that they quote.
    fn nodes_of(&self, exprs: &[ExprId], body: &Body) -> Vec<NodeId> {
        let deps = exprs.iter().flat_map(|e| &self.exprs[e.0 as usize].deps);
        let mut reads: Vec<NodeId> = deps.map(|d| d.node).collect();
        if exprs.iter().any(|e| contains_choice_name(&self.exprs[e.0 as usize].expr)) {
            let quoted: Vec<NodeId> = reads.clone();
            for element in quoted.iter().filter_map(|n| body.control_of.get(n)) {
                if let ElementKind::Control(control) = &body.elements[element.0 as usize].kind
                    && let ChoiceSource::Itemset(itemset) = &control.choices
                {
                    reads.extend(self.exprs[itemset.nodeset.0 as usize].deps.iter().map(|d| d.node));
                }
            }
        }
        sorted(reads)
    }

    fn control_exprs(&self, body: &Body, element: &Element, control: &Control, itext: &Itext) -> Vec<ExprId> {
        let bind = &self.node(control.node).bind;
        let mut exprs = self.label_exprs(element, itext);
        exprs.extend([bind.required, bind.constraint].into_iter().flatten());
        let texts = [&control.hint, &control.guidance, &bind.required_message, &bind.constraint_message];
        texts.into_iter().flatten().for_each(|text| text_exprs(text, itext, &mut exprs));
        // A group's readonly holds for all in it.
        let around = std::iter::successors(Some(control.node), |node| self.node(*node).parent);
        exprs.extend(around.filter_map(|node| self.node(node).bind.readonly));
        // In a field list it stands under the labels of groups and instances.
        let mut outer = element.parent.map(|id| &body.elements[id.0 as usize]);
        while let Some(group) = outer {
            exprs.extend(self.label_exprs(group, itext));
            outer = group.parent.map(|id| &body.elements[id.0 as usize]);
        }
        exprs
    }

    fn label_exprs(&self, element: &Element, itext: &Itext) -> Vec<ExprId> {
        let mut exprs = Vec::new();
        element.label.iter().for_each(|label| text_exprs(label, itext, &mut exprs));
        exprs
    }

    fn choice_exprs(&self, control: &Control, itext: &Itext) -> Vec<ExprId> {
        let mut exprs = Vec::new();
        match &control.choices {
            ChoiceSource::None => {}
            ChoiceSource::Inline(choices) => inline_exprs(choices, itext, &mut exprs),
            ChoiceSource::Itemset(itemset) => {
                inline_exprs(&itemset.fixed, itext, &mut exprs);
                exprs.extend(
                    [Some(itemset.nodeset), Some(itemset.value), itemset.label].into_iter().flatten(),
                );
            }
        }
        exprs
    }
}

fn inline_exprs(choices: &[InlineChoice], itext: &Itext, exprs: &mut Vec<ExprId>) {
    let labels = choices.iter().filter_map(|c| c.label.as_ref());
    labels.for_each(|label| text_exprs(label, itext, exprs));
}

fn text_exprs(text: &TextRef, itext: &Itext, exprs: &mut Vec<ExprId>) {
    let mut outputs = |template: &Template| {
        exprs.extend(template.0.iter().filter_map(|s| match s {
            Segment::Output(expr) => Some(*expr),
            Segment::Text(_) => None,
        }));
    };
    match text {
        TextRef::Inline(template) => outputs(template),
        TextRef::Expr(expr) => exprs.push(*expr),
        TextRef::Itext(id) => {
            for entry in itext.entries.iter().filter_map(|e| e.get(id)) {
                [&entry.text, &entry.short, &entry.guidance].into_iter().flatten().for_each(&mut outputs);
            }
        }
    }
}

fn sorted(nodes: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = nodes.into_iter().collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
