//! Instance XML to values: of the form's own instance, a saved one, a submitted one.

use roxmltree::Node;

use crate::definition::{NodeDef, NodeId, Scope, ScopeId, Skeleton, named};
use crate::parse::xml::text_of;
use crate::text::{Names, Text};

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

pub(crate) struct Reader<'a> {
    nodes: &'a [NodeDef],
    scopes: &'a [Scope],
    names: &'a Names,
}

impl<'a> Reader<'a> {
    pub fn new(nodes: &'a [NodeDef], scopes: &'a [Scope], names: &'a Names) -> Self {
        Reader { nodes, scopes, names }
    }

    /// Values of one instance of `scope`; templates are no instances. `seen` hears of every element
    /// that the form knows, and of `None` for one that it doesn't.
    pub fn read(&self, element: Node, scope: ScopeId, seen: &mut dyn FnMut(Option<NodeId>)) -> Skeleton {
        let this = &self.scopes[scope.0 as usize];
        let mut skeleton = Skeleton {
            values: vec![Text::default(); this.nodes.len()],
            inner: vec![Vec::new(); this.inner.len()],
        };
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

    fn fill(
        &self,
        element: Node,
        node: NodeId,
        scope: ScopeId,
        skeleton: &mut Skeleton,
        seen: &mut dyn FnMut(Option<NodeId>),
    ) {
        seen(Some(node));
        let def = self.node(node);
        for attribute in element.attributes() {
            if let Some(known) = self.child(node, attribute.name(), true) {
                skeleton.values[self.node(known).slot as usize] = attribute.value().into();
            }
        }
        let mut has_elements = false;
        for child in element.children().filter(Node::is_element) {
            has_elements = true;
            let Some(found) = self.child(node, child.tag_name().name(), false) else {
                seen(None);
                continue;
            };
            let inner = self.node(found).scope;
            if inner == scope {
                self.fill(child, found, scope, skeleton, seen);
            } else if child.attribute((XMLNS_JAVAROSA, "template")).is_none() {
                let place = self.scopes[inner.0 as usize].place as usize;
                let instance = self.read(child, inner, seen);
                skeleton.inner[place].push(instance);
            }
        }
        if !has_elements {
            let text = text_of(element);
            let text = if text.trim().is_empty() { "" } else { text.as_str() };
            skeleton.values[def.slot as usize] = text.into();
        }
    }
}
