//! The body: controls, groups, repeats.

use super::{
    Builder,
    actions::is_action,
    xml::{attribute, child, is, text_of},
};
use crate::{
    answer::QuestionKind,
    appearance::{Appearance, Look},
    definition::{
        BodyId, ChoiceSource, Control, DataType, Element, ElementKind, InlineChoice, Itemset, NodeId, ROOT,
        ROOT_SCOPE, ScopeId, TextRef,
    },
    error::ParseProblem,
    parameters::{Misread, Parameters},
    parse::expressions::Pending,
    text::number_text,
};
use roxmltree::Node;
use std::sync::Arc;

const CONTROLS: [&str; 9] =
    ["input", "secret", "select1", "select", "upload", "trigger", "range", "rank", "textarea"];

/// What a control may hold beside actions; `help` and `alert` have no effect in ODK XForms.
const CONTROL_PARTS: [&str; 7] = ["label", "hint", "item", "itemset", "value", "help", "alert"];

/// What the elements inside a group or repeat are read against.
#[derive(Clone, Copy)]
struct Around {
    parent: Option<BodyId>,
    context: NodeId,
    scope: ScopeId,
}

impl<'x> Builder<'x> {
    pub(super) fn body(&mut self, body: Node<'x, 'x>) -> Vec<BodyId> {
        let around = Around { parent: None, context: ROOT, scope: ROOT_SCOPE };
        self.body_children(body, around)
    }

    fn body_children(&mut self, element: Node<'x, 'x>, around: Around) -> Vec<BodyId> {
        let mut found = Vec::new();
        for child in element.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            match name {
                "group" => found.push(self.group(child, around)),
                "repeat" => found.extend(self.repeat(child, None, around)),
                "label" | "hint" | "value" => {}
                name if is_action(name) => self.nested_action(child, around.context),
                name if CONTROLS.contains(&name) => found.extend(self.control(child, around)),
                name => {
                    let warning =
                        ParseProblem::new("xforms.unknown-element", format!("<{name}> is left out"));
                    self.warnings.push(warning.at_node(self.node(around.context).path.to_string()));
                }
            }
        }
        found
    }

    fn push(&mut self, element: Element) -> BodyId {
        self.elements.push(element);
        BodyId(self.elements.len() as u32 - 1)
    }

    /// The node that `ref`, `nodeset` or `bind` names; an unknown one is reported.
    fn referred(&mut self, element: Node<'x, 'x>, context: NodeId) -> Option<NodeId> {
        if let Some(id) = attribute(element, "bind") {
            if let Some(node) = self.bind_ids.get(id) {
                return Some(*node);
            }
            self.problem(ParseProblem::new("xforms.unknown-path", format!("no bind has the id {id}")));
            return None;
        }
        let path = attribute(element, "ref").or_else(|| attribute(element, "nodeset"))?;
        let found = self.node_at(path, context);
        if found.is_none() {
            let message = format!("<{}> refers to a node that isn't there", element.tag_name().name());
            let problem = ParseProblem::new("xforms.unknown-path", message);
            self.problem(problem.at_node(path.trim()).attribute("ref"));
        }
        found
    }

    fn group(&mut self, element: Node<'x, 'x>, around: Around) -> BodyId {
        let node = self.referred(element, around.context);
        let inside: Vec<_> =
            element.children().filter(|n| n.is_element() && !is(*n, "label") && !is(*n, "hint")).collect();
        // A group around nothing but a repeat carries its label (spec, Repeats).
        if let [only] = inside.as_slice()
            && is(*only, "repeat")
            && let Some(repeat) = self.repeat(*only, Some(element), around)
        {
            return repeat;
        }
        let context = node.unwrap_or(around.context);
        let label = self.text_ref(element, "label", context);
        let appearance = Appearance::parse(attribute(element, "appearance").unwrap_or_default());
        let field_list = appearance.has(Look::FieldList) || appearance.has(Look::TableList);
        let intent = attribute(element, "intent").map(str::to_owned);
        if intent.is_some() {
            self.not_done(context, "another app would fill this group");
        }
        let id = self.push(Element {
            parent: around.parent,
            scope: around.scope,
            context,
            label,
            appearance,
            reads: Vec::new(),
            kind: ElementKind::Group { node, children: Vec::new(), field_list, intent },
        });
        let children = self.body_children(element, Around { parent: Some(id), context, scope: around.scope });
        if let ElementKind::Group { children: slot, .. } = &mut self.elements[id.0 as usize].kind {
            *slot = children;
        }
        id
    }

    fn repeat(
        &mut self,
        element: Node<'x, 'x>,
        group: Option<Node<'x, 'x>>,
        around: Around,
    ) -> Option<BodyId> {
        let Some(node) = self.referred(element, around.context) else {
            if attribute(element, "ref").is_none() && attribute(element, "nodeset").is_none() {
                self.problem(ParseProblem::new("xforms.wrong-repeat", "a repeat has no nodeset"));
            }
            return None;
        };
        let scope = self.node(node).scope;
        if self.scopes[scope.0 as usize].node != node || node == ROOT {
            let problem = ParseProblem::new("xforms.wrong-repeat", "the root element can't repeat");
            self.problem(problem.at_node(self.node(node).path.to_string()));
            return None;
        }
        if let Some(count) = attribute(element, "count") {
            let count = self.expr(count, node, "jr:count");
            self.scopes[scope.0 as usize].count = Some(count);
        }
        self.scopes[scope.0 as usize].fixed |=
            attribute(element, "noAddRemove").is_some_and(|v| v.contains("true"));
        let label = match group {
            Some(group) => self.text_ref(group, "label", node),
            None => self.text_ref(element, "label", node),
        };
        let words = [group.and_then(|g| attribute(g, "appearance")), attribute(element, "appearance")];
        let appearance = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let appearance = Appearance::parse(&appearance);
        let field_list = appearance.has(Look::FieldList) || appearance.has(Look::TableList);
        let id = self.push(Element {
            parent: around.parent,
            scope: around.scope,
            context: node,
            label,
            appearance,
            reads: Vec::new(),
            kind: ElementKind::Repeat { scope, children: Vec::new(), field_list },
        });
        let children = self.body_children(element, Around { parent: Some(id), context: node, scope });
        if let ElementKind::Repeat { children: slot, .. } = &mut self.elements[id.0 as usize].kind {
            *slot = children;
        }
        Some(id)
    }

    fn control(&mut self, element: Node<'x, 'x>, around: Around) -> Option<BodyId> {
        let Some(node) = self.referred(element, around.context) else {
            if attribute(element, "ref").is_none() && attribute(element, "bind").is_none() {
                let name = element.tag_name().name();
                self.problem(ParseProblem::new("xforms.unknown-path", format!("<{name}> has no ref")));
            }
            return None;
        };
        if self.node(node).scope != around.scope {
            let message = "the question stands outside of its repeat, or inside another one";
            let problem = ParseProblem::new("xforms.misplaced-control", message);
            self.problem(problem.at_node(self.node(node).path.to_string()));
            return None;
        }
        let choices = self.choices(element, node);
        let kind = self.kind(element, node);
        let label = self.text_ref(element, "label", node);
        let hint = self.text_ref(element, "hint", node);
        let guidance = match &hint {
            Some(TextRef::Itext(id)) => Some(TextRef::Itext(id.clone())),
            _ => None,
        };
        for inside in element.children().filter(Node::is_element) {
            match inside.tag_name().name() {
                name if is_action(name) => self.nested_action(inside, node),
                name if !CONTROL_PARTS.contains(&name) => {
                    let message = format!("<{name}> in a question is left out");
                    self.node_warning("xforms.unknown-element", message, node);
                }
                _ => {}
            }
        }
        let appearance = Appearance::parse(attribute(element, "appearance").unwrap_or_default());
        if appearance.has(Look::ExternalApp) || appearance.has(Look::Printer) {
            self.not_done(node, "another app would answer this question");
        }
        let control =
            Control { node, kind, hint, guidance, choices, parameters: self.parameters(element, node) };
        let id = self.push(Element {
            parent: around.parent,
            scope: around.scope,
            context: node,
            label,
            appearance,
            reads: Vec::new(),
            kind: ElementKind::Control(Box::new(control)),
        });
        // A node may have several controls in different places; the first one speaks for it.
        if self.control_of.contains_key(&node) {
            let message = "two questions ask for the same node: the first one counts";
            self.node_warning("xforms.second-control", message.to_owned(), node);
        }
        self.control_of.entry(node).or_insert(id);
        Some(id)
    }

    /// What the form asks for and no shell does: the worker answers in another way, or not at all.
    fn not_done(&mut self, node: NodeId, what: &str) {
        let message = format!("{what}; here it is answered by hand");
        let warning = ParseProblem::new("xforms.external-app", message);
        self.warnings.push(warning.at_node(self.node(node).path.to_string()));
    }

    fn parameters(&mut self, element: Node<'x, 'x>, node: NodeId) -> Arc<Parameters> {
        let attributes = element.attributes().map(|a| (a.name(), a.value()));
        let (parameters, misread) = Parameters::read(attributes, &self.node(node).bind);
        for Misread { attribute, expected } in misread {
            let message = format!("{attribute} should be {expected}: it does nothing");
            let warning = ParseProblem::new("xforms.wrong-parameter", message);
            self.warnings.push(warning.at_node(self.node(node).path.to_string()).attribute(attribute));
        }
        Arc::new(parameters)
    }

    fn kind(&mut self, element: Node<'x, 'x>, node: NodeId) -> QuestionKind {
        let bind = &self.node(node).bind;
        let data_type = bind.data_type;
        let media = attribute(element, "mediatype").unwrap_or_default();
        match element.tag_name().name() {
            "secret" => QuestionKind::Secret,
            "select1" => QuestionKind::SelectOne,
            "select" => QuestionKind::SelectMultiple,
            "rank" => QuestionKind::Rank,
            "trigger" => QuestionKind::Trigger,
            "range" => self.range(element, node, data_type),
            "upload" if media.starts_with("image/") => QuestionKind::Image,
            "upload" if media.starts_with("audio/") => QuestionKind::Audio,
            "upload" if media.starts_with("video/") => QuestionKind::Video,
            "upload" => QuestionKind::File,
            _ if attribute(element, "query").is_some() => QuestionKind::SelectOne,
            _ if data_type == DataType::String && bind.readonly.is_some_and(|e| self.is_true(e)) => {
                QuestionKind::Note
            }
            _ => QuestionKind::of_input(data_type),
        }
    }

    fn is_true(&self, expr: crate::definition::ExprId) -> bool {
        self.pending[expr.0 as usize].source.replace(' ', "") == "true()"
    }

    fn range(&mut self, element: Node<'x, 'x>, node: NodeId, data_type: DataType) -> QuestionKind {
        let mut bound = |name: &str, fallback: f64| match attribute(element, name).map(str::parse::<f64>) {
            Some(Ok(number)) if number.is_finite() => number,
            found => {
                let message = match found {
                    None => format!("a range needs {name} (taken as {})", number_text(fallback)),
                    Some(_) => format!("{name} is no number (taken as {})", number_text(fallback)),
                };
                let warning = ParseProblem::new("xforms.wrong-range", message);
                self.warnings.push(warning.at_node(self.node(node).path.to_string()).attribute(name));
                fallback
            }
        };
        QuestionKind::Range {
            start: bound("start", 0.0),
            end: bound("end", 10.0),
            step: bound("step", 1.0),
            integer: data_type == DataType::Int,
        }
    }

    fn choices(&mut self, element: Node<'x, 'x>, node: NodeId) -> ChoiceSource {
        if let Some(query) = attribute(element, "query") {
            return self.query_choices(query, node);
        }
        if let Some(searched) = self.search_choices(element, node) {
            return searched;
        }
        if let Some(itemset) = child(element, "itemset") {
            return self.itemset(itemset, node);
        }
        let items: Vec<_> = element.children().filter(|n| is(*n, "item")).collect();
        if items.is_empty() {
            let name = element.tag_name().name();
            if matches!(name, "select1" | "select" | "rank") {
                let problem = ParseProblem::new("xforms.no-choices", format!("the <{name}> has no choices"));
                self.problem(problem.at_node(self.node(node).path.to_string()));
            }
            return ChoiceSource::None;
        }
        ChoiceSource::Inline(items.into_iter().map(|item| self.inline_choice(item, node)).collect())
    }

    pub(super) fn inline_choice(&mut self, item: Node<'x, 'x>, node: NodeId) -> InlineChoice {
        InlineChoice {
            value: child(item, "value").map(text_of).unwrap_or_default().trim().into(),
            label: self.text_ref(item, "label", node),
        }
    }

    fn itemset(&mut self, itemset: Node<'x, 'x>, node: NodeId) -> ChoiceSource {
        let Some(source) = attribute(itemset, "nodeset") else {
            let problem = ParseProblem::new("xforms.wrong-itemset", "the itemset has no nodeset");
            self.problem(problem.at_node(self.node(node).path.to_string()));
            return ChoiceSource::None;
        };
        let nodeset = self.expr(source, node, "nodeset");
        let part = |name: &str| child(itemset, name).and_then(|n| attribute(n, "ref"));
        let (value, label) = (part("value"), part("label"));
        let Some(value) = value else {
            let problem = ParseProblem::new("xforms.wrong-itemset", "the itemset has no value");
            self.problem(problem.at_node(self.node(node).path.to_string()));
            return ChoiceSource::None;
        };
        let value = self.item_expr(value, node, nodeset, "value");
        let label = label.map(|label| self.item_expr(label, node, nodeset, "label"));
        ChoiceSource::Itemset(Itemset { fixed: Vec::new(), nodeset, value, label, image: None })
    }

    pub(super) fn item_expr(
        &mut self,
        source: &str,
        host: NodeId,
        nodeset: crate::definition::ExprId,
        attribute: &str,
    ) -> crate::definition::ExprId {
        self.pending.push(Pending::in_items(source, host, nodeset, attribute));
        crate::definition::ExprId(self.pending.len() as u32 - 1)
    }
}
