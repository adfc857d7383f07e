//! Writes XML.

use std::borrow::Cow;

/// Elements are opened and closed by the caller, in order.
pub(crate) struct Xml {
    out: String,
    /// A start tag is not closed yet: attributes may follow.
    in_tag: bool,
}

impl Xml {
    pub fn new() -> Self {
        Self { out: String::from("<?xml version=\"1.0\"?>"), in_tag: false }
    }

    pub fn len(&self) -> usize {
        self.out.len()
    }

    pub fn finish(self) -> String {
        self.out
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }

    pub fn start(&mut self, name: &str) {
        self.close_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.in_tag = true;
    }

    pub fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_into(&mut self.out, value, true);
        self.out.push('"');
    }

    pub fn text(&mut self, text: &str) {
        self.close_tag();
        escape_into(&mut self.out, text, false);
    }

    /// XML already.
    pub fn raw(&mut self, xml: &str) {
        self.close_tag();
        self.out.push_str(xml);
    }

    pub fn end(&mut self, name: &str) {
        if self.in_tag {
            self.out.push_str("/>");
            self.in_tag = false;
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name);
        for (key, value) in attributes {
            self.attribute(key, value);
        }
        self.end(name);
    }

    pub fn element(&mut self, name: &str, text: &str) {
        self.start(name);
        if !text.is_empty() {
            self.text(text);
        }
        self.end(name);
    }
}

fn escape_into(out: &mut String, text: &str, attribute: bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| matches!(b, b'&' | b'<' | b'>' | b'"')) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'&' => out.push_str("&amp;"),
            b'<' => out.push_str("&lt;"),
            b'>' => out.push_str("&gt;"),
            _ if attribute => out.push_str("&quot;"),
            _ => out.push('"'),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

pub(crate) fn escape(text: &str, attribute: bool) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    escape_into(&mut out, text, attribute);
    Cow::Owned(out)
}
