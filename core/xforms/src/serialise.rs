//! Instance XML as OpenRosa's servers read it.

use crate::{
    definition::{Definition, ForeignPart, NodeId, ROOT},
    state::{At, Frames, ROOT_FRAME},
};
use roxmltree::Node;
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// For a draft.
    Everything,
    /// For a submission: what isn't relevant is left out.
    Relevant,
}

pub(crate) fn instance(def: &Definition, state: &Frames, extent: Extent) -> String {
    let mut writer =
        Writer { def, state, extent, out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") };
    writer.element(At { frame: ROOT_FRAME, node: ROOT });
    writer.out
}

struct Writer<'a> {
    def: &'a Definition,
    state: &'a Frames,
    extent: Extent,
    out: String,
}

impl Writer<'_> {
    fn element(&mut self, at: At) {
        if self.extent == Extent::Relevant && !self.state.relevant(self.def, at) {
            return;
        }
        let node = self.def.node(at.node);
        self.out.push('<');
        self.out.push_str(&node.tag);
        if at.node == ROOT {
            self.namespaces();
        }
        let (attributes, children): (Vec<NodeId>, Vec<NodeId>) =
            node.children.iter().partition(|c| self.def.node(**c).is_attribute);
        for attribute in attributes {
            let at = At { frame: at.frame, node: attribute };
            let value = self.state.value(self.def, at);
            if value.is_empty() && self.extent == Extent::Relevant && !self.state.relevant(self.def, at) {
                continue;
            }
            self.attribute(&self.def.node(attribute).tag[1..], value);
        }
        self.foreign_attributes(at);
        let mut foreign: HashMap<Option<NodeId>, Vec<&str>> = HashMap::new();
        for part in self.state.foreign(at) {
            if let ForeignPart::Element { after, xml, .. } = part {
                foreign.entry(*after).or_default().push(xml);
            }
        }
        if children.is_empty() && foreign.is_empty() {
            let value = self.state.value(self.def, at);
            if value.is_empty() {
                self.out.push_str("/>");
                return;
            }
            self.out.push('>');
            escape(value, false, &mut self.out);
        } else {
            self.out.push('>');
            self.out.extend(foreign.remove(&None).into_iter().flatten());
            for child in children {
                for instance in self.state.children_of(self.def, at, child) {
                    self.element(instance);
                }
                self.out.extend(foreign.remove(&Some(child)).into_iter().flatten());
            }
        }
        self.out.push_str("</");
        self.out.push_str(&node.tag);
        self.out.push('>');
    }

    /// Prefixes that the document uses for other namespaces are changed.
    fn foreign_attributes(&mut self, at: At) {
        if self.state.foreign(at).is_empty() {
            return;
        }
        let mut declared: HashMap<String, String> = HashMap::new();
        for (prefix, uri) in &self.def.namespaces {
            declared.insert(prefix.clone().unwrap_or_default(), uri.clone());
        }
        let state = self.state;
        for part in state.foreign(at) {
            let ForeignPart::Attribute { namespace, name, value } = part else { continue };
            let Some((prefix, uri)) = namespace else {
                self.attribute(name, value);
                continue;
            };
            let mut prefix = prefix.to_string();
            while prefix.is_empty() || declared.get(&prefix).is_some_and(|known| **known != **uri) {
                prefix.push('_');
            }
            if prefix != "xml" && declared.insert(prefix.clone(), uri.to_string()).is_none() {
                self.attribute(&format!("xmlns:{prefix}"), uri);
            }
            self.attribute(&format!("{prefix}:{name}"), value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        attribute(name, value, &mut self.out);
    }

    fn namespaces(&mut self) {
        for (prefix, uri) in &self.def.namespaces {
            match prefix {
                None => self.attribute("xmlns", uri),
                Some(prefix) => self.attribute(&format!("xmlns:{prefix}"), uri),
            }
        }
    }
}

/// Characters that XML can't hold are left out: an answer must never make the whole unreadable.
pub(crate) fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' | '\t' if in_attribute => out.push_str(if c == '\n' { "&#10;" } else { "&#9;" }),
            // A bare carriage return would be read back as a line feed.
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

/// An element of another document as it stands, with the namespaces that it uses; comments are left out.
pub(crate) fn verbatim(element: Node) -> String {
    let mut out = String::new();
    let outer =
        HashMap::from([("", element.parent().and_then(|p| p.default_namespace()).unwrap_or_default())]);
    copy(element, &outer, &mut out);
    out
}

/// Depth is limited when the document is read.
fn copy<'a>(element: Node<'a, '_>, outer: &HashMap<&'a str, &'a str>, out: &mut String) {
    let mut declared = outer.clone();
    let mut declarations: Vec<(&str, &str)> = Vec::new();
    let mut named = |uri: Option<&'a str>, name: &str, is_attribute: bool| {
        let Some(uri) = uri else {
            if !is_attribute && declared.insert("", "").is_some_and(|before| !before.is_empty()) {
                declarations.push(("", ""));
            }
            return name.to_owned();
        };
        if uri == "http://www.w3.org/XML/1998/namespace" {
            return format!("xml:{name}");
        }
        let is_default = !is_attribute && element.default_namespace() == Some(uri);
        let prefix = if is_default { "" } else { element.lookup_prefix(uri).unwrap_or_default() };
        if declared.insert(prefix, uri) != Some(uri) {
            declarations.push((prefix, uri));
        }
        if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") }
    };
    let tag = named(element.tag_name().namespace(), element.tag_name().name(), false);
    let attributes: Vec<(String, &str)> =
        element.attributes().map(|a| (named(a.namespace(), a.name(), true), a.value())).collect();
    let declarations = declarations.iter().map(|(prefix, uri)| match *prefix {
        "" => ("xmlns".to_owned(), *uri),
        prefix => (format!("xmlns:{prefix}"), *uri),
    });
    out.push('<');
    out.push_str(&tag);
    for (name, value) in declarations.chain(attributes) {
        attribute(&name, value, out);
    }
    if !element.has_children() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in element.children() {
        if child.is_element() {
            copy(child, &declared, out);
        } else if child.is_text() {
            escape(child.text().unwrap_or_default(), false, out);
        }
    }
    out.push_str("</");
    out.push_str(&tag);
    out.push('>');
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, true, out);
    out.push('"');
}
