//! Instance XML as OpenRosa's servers read it.

use crate::definition::{Definition, NodeId, ROOT};
use crate::state::{At, ROOT_FRAME, State};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// For a draft.
    Everything,
    /// For a submission: what isn't relevant is left out.
    Relevant,
}

pub(crate) fn instance(def: &Definition, state: &State, extent: Extent) -> String {
    let mut writer =
        Writer { def, state, extent, out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") };
    writer.element(At { frame: ROOT_FRAME, node: ROOT });
    writer.out
}

struct Writer<'a> {
    def: &'a Definition,
    state: &'a State,
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
        if children.is_empty() {
            let value = self.state.value(self.def, at);
            if value.is_empty() {
                self.out.push_str("/>");
                return;
            }
            self.out.push('>');
            escape(value, false, &mut self.out);
        } else {
            self.out.push('>');
            for child in children {
                for instance in self.state.children_of(self.def, at, child) {
                    self.element(instance);
                }
            }
        }
        self.out.push_str("</");
        self.out.push_str(&node.tag);
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(value, true, &mut self.out);
        self.out.push('"');
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
fn escape(text: &str, in_attribute: bool, out: &mut String) {
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
