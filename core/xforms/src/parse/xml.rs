//! Reading XML safely: no document type, no deep nesting, before any recursion sees it.

use roxmltree::{Document, Node, ParsingOptions};

use crate::error::ParseProblem;

/// Elements inside elements; a form of 20 nested groups needs about 45.
pub(crate) const MAX_DEPTH: usize = 64;

pub(crate) fn read(xml: &str) -> Result<Document<'_>, Box<ParseProblem>> {
    if let Some(position) = too_deep(xml) {
        let message = format!("elements are nested more than {MAX_DEPTH} deep");
        return Err(Box::new(ParseProblem::new("xforms.too-deep", message).position(position)));
    }
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|error| {
        let message = format!("the form is not well-formed XML: {error}");
        Box::new(ParseProblem::new("xforms.not-xml", message).position(offset(xml, error.pos())))
    })
}

fn offset(xml: &str, position: roxmltree::TextPos) -> usize {
    let line = xml.split_inclusive('\n').take(position.row.saturating_sub(1) as usize);
    line.map(str::len).sum::<usize>() + position.col.saturating_sub(1) as usize
}

/// Where the nesting goes past the limit: a scan over the tags alone.
fn too_deep(xml: &str) -> Option<usize> {
    let bytes = xml.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'<') {
        at += found;
        let rest = &xml.as_bytes()[at..];
        let skip = |end: &str| xml[at..].find(end).map_or(xml.len(), |i| at + i + end.len());
        if rest.starts_with(b"<!--") {
            at = skip("-->");
        } else if rest.starts_with(b"<![CDATA[") {
            at = skip("]]>");
        } else if rest.starts_with(b"<?") || rest.starts_with(b"<!") {
            at = skip(">");
        } else {
            let end = tag_end(bytes, at);
            if rest.starts_with(b"</") {
                depth = depth.saturating_sub(1);
            } else if end < 2 || bytes.get(end - 2) != Some(&b'/') {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            at = end;
        }
    }
    None
}

/// One past the `>` that closes the tag at `at`; quoted values may hold a `>`.
fn tag_end(bytes: &[u8], at: usize) -> usize {
    let mut quote = None;
    for (i, byte) in bytes.iter().enumerate().skip(at) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'>') => return i + 1,
            _ => {}
        }
    }
    bytes.len()
}

pub(crate) fn is(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| is(*n, name))
}

/// An attribute by its local name, in whatever namespace; one without a namespace comes first.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let named = || node.attributes().filter(|a| a.name() == name);
    named().find(|a| a.namespace().is_none()).or_else(|| named().next()).map(|a| a.value())
}

/// All the text inside, in order.
pub(crate) fn text_of(node: Node) -> String {
    node.descendants().filter(|n| n.is_text()).filter_map(|n| n.text()).collect()
}
