//! The primary instance: its nodes, its repeats, and the values it starts with.

use super::{
    Builder,
    xml::{attribute, is},
};
use crate::{
    definition::{Bind, NodeDef, NodeId, ROOT, ROOT_SCOPE, Scope, ScopeId, Skeleton},
    error::ParseProblem,
    skeleton::{Reader, tag_of},
    text::Text,
};
use roxmltree::Node;
use std::collections::{HashMap, HashSet};

const XMLNS_XFORMS: &str = "http://www.w3.org/2002/xforms";
pub(crate) const XMLNS_JAVAROSA: &str = "http://openrosa.org/javarosa";

/// The merged shape of all elements at one path: a template and its instances may differ.
struct Shape<'x> {
    tag: String,
    children: Vec<usize>,
    is_attribute: bool,
    repeats: bool,
    elements: Vec<Node<'x, 'x>>,
}

struct Shapes<'x> {
    all: Vec<Shape<'x>>,
    /// By the shape around it and its tag.
    known: HashMap<(usize, String), usize>,
    default_namespace: Option<String>,
    /// Paths that are repeated without a repeat: reported.
    doubled: Vec<String>,
}

impl<'x> Builder<'x> {
    pub(super) fn primary_instance(&mut self, root: Node<'x, 'x>, body: Option<Node<'x, 'x>>) {
        let repeats = repeat_paths(body);
        let mut shapes = Shapes {
            all: Vec::new(),
            known: HashMap::new(),
            default_namespace: root.tag_name().namespace().map(str::to_owned),
            doubled: Vec::new(),
        };
        let top = shapes.shape(root, "", &repeats);
        self.collect_namespaces(root);
        self.scopes.push(empty_scope(ROOT, None, 0, 0));
        self.lay_out(&shapes.all, top, None, ROOT_SCOPE, "");
        for path in shapes.doubled {
            let message = "the element stands twice, but no repeat names it: the first one counts";
            self.warnings.push(ParseProblem::new("xforms.repeated-element", message).at_node(path));
        }
        let reader = Reader::new(&self.nodes, &self.scopes, &self.names);
        self.initial = reader.read(root, ROOT_SCOPE, &mut |_, _| {});
        let templates: Vec<Skeleton> =
            (0..self.scopes.len()).map(|i| self.template(&shapes.all, ScopeId(i as u32))).collect();
        for (scope, template) in self.scopes.iter_mut().zip(templates) {
            scope.template = template;
        }
    }

    fn collect_namespaces(&mut self, root: Node<'x, 'x>) {
        let default = root.tag_name().namespace();
        if let Some(uri) = default.filter(|uri| *uri != XMLNS_XFORMS) {
            self.namespaces.push((None, uri.to_owned()));
        }
        for node in root.descendants().filter(Node::is_element) {
            let attributes = node.attributes().filter_map(|a| a.namespace());
            for uri in node.tag_name().namespace().into_iter().chain(attributes) {
                let known = Some(uri) == default
                    || uri == XMLNS_JAVAROSA
                    || self.namespaces.iter().any(|(prefix, u)| prefix.is_some() && u == uri);
                if !known
                    && let Some(prefix) = node.lookup_prefix(uri).filter(|p| !p.is_empty() && *p != "xml")
                {
                    self.namespaces.push((Some(prefix.to_owned()), uri.to_owned()));
                }
            }
        }
    }

    /// Numbers the shapes in document order and gives each its scope and slot.
    fn lay_out(
        &mut self,
        shapes: &[Shape],
        shape: usize,
        parent: Option<NodeId>,
        scope: ScopeId,
        above: &str,
    ) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let this = &shapes[shape];
        let path = format!("{above}/{}", this.tag);
        let scope = if this.repeats && parent.is_some() { self.open_scope(id, scope) } else { scope };
        let slot = self.scopes[scope.0 as usize].nodes.len() as u32;
        self.scopes[scope.0 as usize].nodes.push(id);
        let name = this.tag.trim_start_matches('@').rsplit(':').next().unwrap_or(&this.tag);
        self.nodes.push(NodeDef {
            name: self.names.intern(name),
            tag: this.tag.as_str().into(),
            path: path.as_str().into(),
            parent,
            children: Vec::new(),
            by_name: Vec::new(),
            end: id,
            is_attribute: this.is_attribute,
            scope,
            slot,
            bind: Bind::default(),
            gate: None,
        });
        for child in &this.children {
            let child = self.lay_out(shapes, *child, Some(id), scope, &path);
            self.nodes[id.0 as usize].children.push(child);
        }
        let mut by_name = self.nodes[id.0 as usize].children.clone();
        // Stable: children of one name stay in document order.
        by_name.sort_by_key(|c| self.node(*c).name);
        self.nodes[id.0 as usize].by_name = by_name;
        self.nodes[id.0 as usize].end = NodeId(self.nodes.len() as u32);
        id
    }

    fn open_scope(&mut self, node: NodeId, parent: ScopeId) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let outer = &mut self.scopes[parent.0 as usize];
        let (place, depth) = (outer.inner.len() as u16, outer.depth + 1);
        outer.inner.push(id);
        self.scopes.push(empty_scope(node, Some(parent), depth, place));
        id
    }

    /// What a new instance starts with: the element marked as template, else the first one, without the
    /// instances inside of it.
    fn template(&self, shapes: &[Shape], scope: ScopeId) -> Skeleton {
        let path = &self.node(self.scopes[scope.0 as usize].node).path;
        let Some(shape) = find_shape(shapes, path) else { return Skeleton::default() };
        let elements = &shape.elements;
        let template = elements.iter().copied().find(|e| is_template(*e));
        let reader = Reader::new(&self.nodes, &self.scopes, &self.names);
        let read = |element| reader.read(element, scope, &mut |_, _| {});
        match (template, elements.first()) {
            (Some(template), _) => read(template),
            // How often something repeats inside of the first instance is data of that instance.
            (None, Some(first)) => {
                let mut skeleton = read(*first);
                skeleton.inner.iter_mut().for_each(Vec::clear);
                skeleton
            }
            (None, None) => Skeleton::default(),
        }
    }
}

fn empty_scope(node: NodeId, parent: Option<ScopeId>, depth: u8, place: u16) -> Scope {
    Scope {
        node,
        parent,
        depth,
        place,
        nodes: Vec::new(),
        inner: Vec::new(),
        template: Skeleton::default(),
        count: None,
        fixed: false,
    }
}

pub(crate) fn is_template(element: Node) -> bool {
    element.attribute((XMLNS_JAVAROSA, "template")).is_some() || element.attribute("jr:template").is_some()
}

fn find_shape<'a, 'x>(shapes: &'a [Shape<'x>], path: &Text) -> Option<&'a Shape<'x>> {
    let mut steps = path.split('/').skip(2);
    let found =
        steps.try_fold(0, |at, step| shapes[at].children.iter().copied().find(|c| shapes[*c].tag == step));
    found.map(|i| &shapes[i])
}

/// Nodesets of all repeats of the body.
fn repeat_paths(body: Option<Node>) -> HashSet<String> {
    let repeats = body.into_iter().flat_map(|b| b.descendants()).filter(|n| is(*n, "repeat"));
    repeats
        .filter_map(|r| attribute(r, "nodeset").or_else(|| attribute(r, "ref")))
        .map(|p| p.trim().to_owned())
        .collect()
}

impl<'x> Shapes<'x> {
    fn shape(&mut self, element: Node<'x, 'x>, above: &str, repeats: &HashSet<String>) -> usize {
        let tag = tag_of(element, self.default_namespace.as_deref());
        let path = format!("{above}/{tag}");
        let id = self.all.len();
        self.all.push(Shape {
            tag,
            children: Vec::new(),
            is_attribute: false,
            repeats: repeats.contains(&path) || is_template(element),
            elements: Vec::new(),
        });
        self.merge(id, element, &path, repeats);
        id
    }

    fn merge(&mut self, id: usize, element: Node<'x, 'x>, path: &str, repeats: &HashSet<String>) {
        self.all[id].elements.push(element);
        for attribute in element.attributes().filter(|a| a.namespace() != Some(XMLNS_JAVAROSA)) {
            let prefix = attribute.namespace().and_then(|uri| element.lookup_prefix(uri));
            let tag = match prefix {
                Some(prefix) if !prefix.is_empty() => format!("@{prefix}:{}", attribute.name()),
                _ => format!("@{}", attribute.name()),
            };
            if !self.known.contains_key(&(id, tag.clone())) {
                self.known.insert((id, tag.clone()), self.all.len());
                self.all.push(Shape {
                    tag,
                    children: Vec::new(),
                    is_attribute: true,
                    repeats: false,
                    elements: Vec::new(),
                });
                let child = self.all.len() - 1;
                self.all[id].children.push(child);
            }
        }
        for child in element.children().filter(Node::is_element) {
            let tag = tag_of(child, self.default_namespace.as_deref());
            match self.known.get(&(id, tag.clone())).copied() {
                None => {
                    let shape = self.shape(child, path, repeats);
                    self.known.insert((id, tag), shape);
                    self.all[id].children.push(shape);
                }
                Some(known) => {
                    // Elements of one parent come one after the other.
                    let before = self.all[known].elements.last();
                    let repeated_here = before.is_some_and(|e| e.parent() == child.parent());
                    self.all[known].repeats |= is_template(child);
                    let path = format!("{path}/{tag}");
                    if repeated_here && !self.all[known].repeats {
                        self.doubled.push(path.clone());
                    }
                    self.merge(known, child, &path, repeats);
                }
            }
        }
    }
}
