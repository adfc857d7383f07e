//! Reading XML safely: no document type, and limits before any recursion, any list or any memory feels it.

use crate::error::ParseProblem;
use roxmltree::{Document, Error, Node, ParsingOptions};

/// Elements inside elements; a form of 20 nested groups needs about 45.
pub(crate) const MAX_DEPTH: usize = 64;
/// A form of 10,000 questions in three languages has about 10 MB.
const MAX_BYTES: usize = 64 << 20;
/// Elements and texts together: 15,000 villages with ten columns are 350,000.
const MAX_NODES: u32 = 3_000_000;
/// Of one element: they are compared with each other.
const MAX_ATTRIBUTES: usize = 256;
/// Declared in the whole document: elements carry those around them along.
const MAX_NAMESPACES: usize = 1_024;

pub(crate) fn read(xml: &str) -> Result<Document<'_>, Box<ParseProblem>> {
    within_limits(xml)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|error| match error {
        Error::NodesLimitReached => {
            too_large(format!("there are more than {MAX_NODES} elements and texts"), 0)
        }
        error => {
            let message = format!("the form is not well-formed XML: {error}");
            Box::new(ParseProblem::new("xforms.not-xml", message).position(offset(xml, error.pos())))
        }
    })
}

fn too_large(message: String, position: usize) -> Box<ParseProblem> {
    Box::new(ParseProblem::new("xforms.too-large", message).position(position))
}

fn offset(xml: &str, position: roxmltree::TextPos) -> usize {
    let line = xml.split_inclusive('\n').take(position.row.saturating_sub(1) as usize);
    line.map(str::len).sum::<usize>() + position.col.saturating_sub(1) as usize
}

/// A scan over the tags alone.
fn within_limits(xml: &str) -> Result<(), Box<ParseProblem>> {
    if xml.len() > MAX_BYTES {
        return Err(too_large(format!("there are more than {} MB", MAX_BYTES >> 20), MAX_BYTES));
    }
    let bytes = xml.as_bytes();
    let (mut depth, mut namespaces) = (0usize, 0usize);
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
            let tag = Tag::at(bytes, at);
            namespaces += tag.namespaces;
            if rest.starts_with(b"</") {
                depth = depth.saturating_sub(1);
            } else if tag.end < 2 || bytes.get(tag.end - 2) != Some(&b'/') {
                depth += 1;
            }
            if depth > MAX_DEPTH {
                let message = format!("elements are nested more than {MAX_DEPTH} deep");
                return Err(Box::new(ParseProblem::new("xforms.too-deep", message).position(at)));
            }
            if tag.attributes > MAX_ATTRIBUTES {
                return Err(too_large(format!("an element has more than {MAX_ATTRIBUTES} attributes"), at));
            }
            if namespaces > MAX_NAMESPACES {
                let message = format!("there are more than {MAX_NAMESPACES} declarations of namespaces");
                return Err(too_large(message, at));
            }
            at = tag.end;
        }
    }
    Ok(())
}

struct Tag {
    /// One past its `>`.
    end: usize,
    attributes: usize,
    namespaces: usize,
}

impl Tag {
    /// Quoted values may hold a `>`.
    fn at(bytes: &[u8], at: usize) -> Tag {
        let mut tag = Tag { end: bytes.len(), attributes: 0, namespaces: 0 };
        let mut quote = None;
        for (i, byte) in bytes.iter().enumerate().skip(at) {
            match (quote, byte) {
                (None, b'"' | b'\'') => {
                    quote = Some(*byte);
                    tag.attributes += 1;
                }
                (Some(open), byte) if open == *byte => quote = None,
                (None, b'x') if bytes[i..].starts_with(b"xmlns") => tag.namespaces += 1,
                (None, b'>') => {
                    tag.end = i + 1;
                    break;
                }
                _ => {}
            }
        }
        tag
    }
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
