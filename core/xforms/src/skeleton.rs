//! Instance XML to values: of the form's own instance, a saved one, a submitted one.

use crate::{
    definition::{Foreign, ForeignPart, NodeDef, NodeId, ROOT_SCOPE, Scope, ScopeId, Skeleton, named},
    parse::xml::text_of,
    serialise,
    text::{Names, Text},
};
use roxmltree::Node;
use std::collections::HashSet;

const XMLNS_JAVAROSA: &str = "http://openrosa.org/javarosa";

/// The tag as the definition names it: the prefix stays where the namespace is another.
pub(crate) fn tag_of(element: Node, default_namespace: Option<&str>) -> String {
    let name = element.tag_name().name();
    match element.tag_name().namespace() {
        Some(uri) if Some(uri) != default_namespace => match element.lookup_prefix(uri) {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{name}"),
            _ => name.to_owned(),
        },
        _ => name.to_owned(),
    }
}

/// Hears of every element that is read, and of attributes (with their element); `None` for an element that
/// the form doesn't know, or that stands once too often.
pub(crate) type Seen<'s> = &'s mut dyn FnMut(Node, Option<NodeId>);

pub(crate) struct Reader<'a> {
    nodes: &'a [NodeDef],
    scopes: &'a [Scope],
    names: &'a Names,
    /// What nodes hold that the instance leaves out; blank without it.
    initial: Option<&'a Skeleton>,
}

impl<'a> Reader<'a> {
    pub fn new(nodes: &'a [NodeDef], scopes: &'a [Scope], names: &'a Names) -> Self {
        Reader { nodes, scopes, names, initial: None }
    }

    /// What the instance leaves out is as in a new form.
    pub fn with_defaults(self, initial: &'a Skeleton) -> Self {
        Reader { initial: Some(initial), ..self }
    }

    /// Values of one instance of `scope`; templates are no instances.
    pub fn read(&self, element: Node, scope: ScopeId, seen: Seen<'_>) -> Skeleton {
        let this = &self.scopes[scope.0 as usize];
        let values = match self.initial {
            Some(initial) if scope == ROOT_SCOPE => initial.values.clone(),
            Some(_) => this.template.values.clone(),
            None => Vec::new(),
        };
        let mut skeleton =
            Skeleton { values, inner: vec![Vec::new(); this.inner.len()], foreign: Vec::new() };
        skeleton.values.resize(this.nodes.len(), Text::default());
        self.fill(element, this.node, scope, &mut skeleton, seen);
        skeleton
    }

    fn node(&self, id: NodeId) -> &'a NodeDef {
        &self.nodes[id.0 as usize]
    }

    fn child(&self, parent: NodeId, name: &str, is_attribute: bool) -> Option<NodeId> {
        let mut found = named(self.nodes, parent, self.names.find(name)?).iter().copied();
        found.find(|c| self.node(*c).is_attribute == is_attribute)
    }

    fn fill(&self, element: Node, node: NodeId, scope: ScopeId, skeleton: &mut Skeleton, seen: Seen<'_>) {
        seen(element, Some(node));
        let def = self.node(node);
        for attribute in element.attributes().filter(|a| a.namespace() != Some(XMLNS_JAVAROSA)) {
            let known = self.child(node, attribute.name(), true);
            match known {
                Some(known) => {
                    seen(element, Some(known));
                    skeleton.values[self.node(known).slot as usize] = attribute.value().into();
                }
                None => {
                    let namespace = attribute
                        .namespace()
                        .map(|uri| (element.lookup_prefix(uri).unwrap_or_default().into(), uri.into()));
                    let (name, value) = (attribute.name().into(), attribute.value().into());
                    let part = ForeignPart::Attribute { namespace, name, value };
                    skeleton.foreign.push(Foreign { parent: node, part });
                }
            }
        }
        let mut once = HashSet::new();
        let mut has_elements = false;
        let mut after = None;
        for child in element.children().filter(Node::is_element) {
            has_elements = true;
            let named = self.child(node, child.tag_name().name(), false);
            let known = named.filter(|known| self.node(*known).scope != scope || once.insert(*known));
            let Some(known) = known else {
                if child.tag_name().name() != DEPRECATED || &**self.names.text(def.name) != "meta" {
                    seen(child, None);
                }
                let part = ForeignPart::Element {
                    name: child.tag_name().name().into(),
                    // The first of its name stays the first.
                    after: named.or(after),
                    text: child.text().unwrap_or_default().into(),
                    xml: serialise::verbatim(child).into(),
                };
                skeleton.foreign.push(Foreign { parent: node, part });
                continue;
            };
            let inner = self.node(known).scope;
            if inner == scope {
                self.fill(child, known, scope, skeleton, seen);
            } else if child.attribute((XMLNS_JAVAROSA, "template")).is_none() {
                let place = self.scopes[inner.0 as usize].place as usize;
                let instance = self.read(child, inner, seen);
                skeleton.inner[place].push(instance);
            }
            after = Some(known);
        }
        if !has_elements {
            let text = text_of(element);
            let text = if text.trim().is_empty() { "" } else { text.as_str() };
            let is_leaf = def.children.iter().all(|child| self.node(*child).is_attribute);
            if !is_leaf && !text.is_empty() {
                // A group has no text of its own: it was a question once.
                seen(element, None);
            }
            skeleton.values[def.slot as usize] = text.into();
        }
    }
}

/// The id of the submission that this one replaces: any form's `meta` may have it.
pub(crate) const DEPRECATED: &str = "deprecatedID";
