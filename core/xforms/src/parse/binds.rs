//! `<bind>`s: types, conditions and calculations of the nodes.

use super::{
    Builder,
    xml::{attribute, is},
};
use crate::{
    definition::{DataType, NodeId, Preload, ROOT, Segment, Template, TextRef},
    error::ParseProblem,
    text::Text,
};
use roxmltree::Node;

/// The attributes that have a meaning of their own (spec, Bind Attributes).
const BIND_ATTRIBUTES: [&str; 15] = [
    "nodeset",
    "ref",
    "id",
    "type",
    "relevant",
    "required",
    "constraint",
    "readonly",
    "calculate",
    "saveIncomplete",
    "preload",
    "preloadParams",
    "requiredMsg",
    "constraintMsg",
    "saveto",
];

impl<'x> Builder<'x> {
    pub(super) fn binds(&mut self, model: Node<'x, 'x>) {
        for bind in model.children().filter(|n| is(*n, "bind")) {
            let Some(path) = attribute(bind, "nodeset").or_else(|| attribute(bind, "ref")) else {
                self.problem(ParseProblem::new("xforms.wrong-bind", "a bind has no nodeset"));
                continue;
            };
            let Some(node) = self.node_at(path, ROOT) else {
                let message = "the bind's nodeset matches no node of the primary instance";
                let problem = ParseProblem::new("xforms.unknown-path", message);
                self.problem(problem.at_node(path.trim()).attribute("nodeset"));
                continue;
            };
            if let Some(id) = attribute(bind, "id") {
                self.bind_ids.insert(id.to_owned(), node);
            }
            if !self.bound.insert(node) {
                let warning =
                    ParseProblem::new("xforms.second-bind", "the node has two binds: they are merged");
                self.warnings.push(warning.at_node(path.trim()));
            }
            self.bind(bind, node);
        }
    }

    fn bind(&mut self, bind: Node<'x, 'x>, node: NodeId) {
        if let Some(name) = attribute(bind, "type") {
            match DataType::parse(name.trim()) {
                Some(data_type) => self.nodes[node.0 as usize].bind.data_type = data_type,
                // An unknown type is a string (spec, Bind Attributes).
                None => {
                    let message = format!("there is no type {name}: it is taken as a string");
                    self.bind_warning("xforms.unknown-type", message, node, "type");
                }
            }
        }
        let conditions = ["relevant", "required", "constraint", "readonly", "calculate"].map(|name| {
            let source = attribute(bind, name).map(str::trim).filter(|s| !s.is_empty());
            source.map(|source| self.expr(source, node, name))
        });
        let messages = ["requiredMsg", "constraintMsg"]
            .map(|name| attribute(bind, name).map(|text| self.message(text, node, name)));
        let preload = self.preload(bind, node);
        let other = self.other_attributes(bind, node);
        let target = &mut self.nodes[node.0 as usize].bind;
        target.preload = preload.or(target.preload.take());
        target.other.extend(other);
        let [relevant, required, constraint, readonly, calculate] = conditions;
        target.relevant = relevant.or(target.relevant);
        target.required = required.or(target.required);
        target.constraint = constraint.or(target.constraint);
        target.readonly = readonly.or(target.readonly);
        target.calculate = calculate.or(target.calculate);
        let [required_message, constraint_message] = messages;
        target.required_message = required_message.or(target.required_message.take());
        target.constraint_message = constraint_message.or(target.constraint_message.take());
        target.save_to = attribute(bind, "saveto").map(str::to_owned).or(target.save_to.take());
        target.save_incomplete |= attribute(bind, "saveIncomplete").is_some_and(|v| v.contains("true"));
    }

    fn preload(&mut self, bind: Node<'x, 'x>, node: NodeId) -> Option<Preload> {
        let kind = attribute(bind, "preload")?;
        let params = attribute(bind, "preloadParams").unwrap_or_default();
        let preload = Preload::parse(kind, params);
        if preload.is_none() {
            let message = format!("there is no preload {kind} {params}: the node begins as it is");
            self.bind_warning("xforms.unsupported-preload", message, node, "jr:preload");
        }
        preload
    }

    /// Attributes in other namespaces are kept; one without a namespace that nobody knows is a slip.
    fn other_attributes(&mut self, bind: Node<'x, 'x>, node: NodeId) -> Vec<(String, String)> {
        let mut other = Vec::new();
        for found in bind.attributes().filter(|a| !BIND_ATTRIBUTES.contains(&a.name())) {
            match found.namespace() {
                Some(_) => other.push((found.name().to_owned(), found.value().to_owned())),
                None => {
                    let message = format!("a bind has no attribute {}: it does nothing", found.name());
                    self.bind_warning("xforms.unknown-attribute", message, node, found.name());
                }
            }
        }
        other
    }

    fn bind_warning(&mut self, code: &'static str, message: String, node: NodeId, attribute: &str) {
        let path = self.node(node).path.to_string();
        self.warnings.push(ParseProblem::new(code, message).at_node(path).attribute(attribute));
    }

    /// A message is plain text, or `jr:itext('id')`.
    fn message(&mut self, text: &str, node: NodeId, attribute: &str) -> TextRef {
        match itext_id(text) {
            Some(id) => self.itext_ref(&id, node, attribute),
            None => TextRef::Inline(Template(vec![Segment::Text(text.into())])),
        }
    }

    /// Remembers who uses the text first, and reports an id that no language has.
    pub(super) fn itext_ref(&mut self, id: &str, node: NodeId, attribute: &str) -> TextRef {
        let id: Text = id.into();
        if !self.itext_ids.contains(&id) {
            let path = self.node(node).path.to_string();
            let problem = ParseProblem::new("xforms.missing-itext", format!("no language has the text {id}"));
            self.problem(problem.at_node(path).attribute(attribute));
        }
        self.itext_context.entry(id.clone()).or_insert(node);
        TextRef::Itext(id)
    }
}

/// The id in `jr:itext('id')`.
pub(super) fn itext_id(source: &str) -> Option<String> {
    let inner = source.trim().strip_prefix("jr:itext(")?.strip_suffix(')')?.trim();
    let quoted = |q: char| inner.strip_prefix(q)?.strip_suffix(q).filter(|id| !id.contains(q));
    quoted('\'').or_else(|| quoted('"')).map(str::to_owned)
}
