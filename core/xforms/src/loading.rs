//! Instances from outside: drafts, submissions.

use crate::{
    definition::{Definition, NodeId, ROOT, ROOT_SCOPE, SecondaryBuilder, SecondaryInstance, Skeleton},
    error::{LoadError, ParseProblem},
    parse::xml,
    session::ValueNode,
    skeleton::{Reader, tag_of},
};
use roxmltree::Node;
use std::collections::HashMap;

/// Instances of one repeat under one parent: neither a typing error in a count nor a crafted instance may
/// fill the memory.
pub(crate) const MAX_INSTANCES: usize = 10_000;
/// Instances of all repeats of a form together: nested counts multiply.
pub(crate) const MAX_FRAMES: usize = 100_000;

pub(crate) struct Loaded {
    pub skeleton: Skeleton,
    /// The root's `version` attribute.
    pub version: Option<String>,
    /// By node: whether the instance has it somewhere.
    pub seen: Vec<bool>,
}

/// What nodes hold that the instance leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Blank,
    /// What they hold in a new form.
    Default,
}

/// `unknown` hears of every element that the form doesn't know.
pub(crate) fn load(
    def: &Definition,
    xml: &str,
    missing: Missing,
    unknown: &mut dyn FnMut(Node),
) -> Result<Loaded, LoadError> {
    let document = xml::read(xml).map_err(|problem| load_error(&problem))?;
    let root = document.root_element();
    check_root(def, root)?;
    let mut seen = vec![false; def.nodes.len()];
    let mut reader = Reader::new(&def.nodes, &def.scopes, &def.names);
    if missing == Missing::Default {
        reader = reader.with_defaults(&def.initial);
    }
    let skeleton = reader.read(root, ROOT_SCOPE, &mut |element, node| match node {
        Some(NodeId(node)) => seen[node as usize] = true,
        None => unknown(element),
    });
    if too_many(&skeleton) || frames(&skeleton) > MAX_FRAMES {
        return Err(LoadError::TooManyInstances);
    }
    let version = xml::attribute(root, "version").map(str::to_owned);
    Ok(Loaded { skeleton, version, seen })
}

/// The last saved instance as a list, if the form reads one.
pub(crate) fn last_saved(def: &Definition, xml: &str) -> Option<SecondaryInstance> {
    let list = def.secondary.iter().find(|list| list.is_last_saved)?;
    let document = xml::read(xml).ok()?;
    check_root(def, document.root_element()).ok()?;
    let mut copy = SecondaryBuilder::new(list.name(SecondaryInstance::DOCUMENT));
    // No expression can ask for a name that the form doesn't have.
    copy.copy(document.root_element(), SecondaryInstance::DOCUMENT, &mut |name| def.names.find(name));
    let mut last_saved = copy.finish(list.id.clone());
    last_saved.is_last_saved = true;
    Some(last_saved)
}

fn too_many(skeleton: &Skeleton) -> bool {
    skeleton.inner.iter().any(|list| list.len() > MAX_INSTANCES || list.iter().any(too_many))
}

/// With all the instances in it; depth is limited when the XML is read.
fn frames(skeleton: &Skeleton) -> usize {
    1 + skeleton.inner.iter().flatten().map(frames).sum::<usize>()
}

fn load_error(problem: &ParseProblem) -> LoadError {
    match problem.code {
        "xforms.too-deep" => LoadError::TooDeep,
        "xforms.too-large" => LoadError::TooLarge,
        // The parser's message can quote the document, so it is cut down to where it failed.
        _ => LoadError::NotXml { detail: format!("byte {}", problem.position.unwrap_or(0)) },
    }
}

fn check_root(def: &Definition, root: Node) -> Result<(), LoadError> {
    let name = root.tag_name().name();
    let id = xml::attribute(root, "id").unwrap_or(name);
    let root_tag: &str = def.names.text(def.node(ROOT).name);
    if name != root_tag || id != def.form_id {
        return Err(LoadError::OtherForm { found: id.to_owned() });
    }
    Ok(())
}

/// All of an instance, without its form.
pub(crate) fn written(xml: &str) -> Result<ValueNode, LoadError> {
    let document = xml::read(xml).map_err(|problem| load_error(&problem))?;
    Ok(value_node(document.root_element(), None))
}

fn value_node(element: Node, position: Option<u32>) -> ValueNode {
    let inside = || element.children().filter(Node::is_element);
    // By name how many there are, and how many came.
    let mut of_name: HashMap<String, (u32, u32)> = HashMap::new();
    for child in inside() {
        of_name.entry(tag_of(child, None)).or_default().0 += 1;
    }
    let mut children = Vec::new();
    for child in inside() {
        let place = of_name.get_mut(&tag_of(child, None)).filter(|(all, _)| *all > 1).map(|(_, came)| {
            *came += 1;
            *came
        });
        children.push(value_node(child, place));
    }
    let text = if children.is_empty() { xml::text_of(element) } else { String::new() };
    ValueNode {
        name: tag_of(element, None),
        value: (!text.trim().is_empty()).then_some(text),
        attributes: element.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect(),
        position,
        children,
    }
}

/// Instance paths and texts of all in an element that holds text.
pub(crate) fn leaves(element: Node) -> Vec<(String, String)> {
    let inside = element.descendants().filter(|n| n.is_element() && !n.children().any(|c| c.is_element()));
    let texts = inside.map(|leaf| (leaf, xml::text_of(leaf)));
    texts.filter(|(_, text)| !text.trim().is_empty()).map(|(leaf, text)| (path_of(leaf), text)).collect()
}

/// `/data/member[2]/name`; a first element is named without its place.
fn path_of(element: Node) -> String {
    let mut steps: Vec<String> = Vec::new();
    for step in element.ancestors().filter(Node::is_element) {
        let tag = step.tag_name();
        let place =
            1 + step.prev_siblings().skip(1).filter(|s| s.is_element() && s.tag_name() == tag).count();
        let prefix = tag.namespace().and_then(|uri| step.lookup_prefix(uri)).filter(|p| !p.is_empty());
        let name = prefix.map_or_else(|| tag.name().to_owned(), |prefix| format!("{prefix}:{}", tag.name()));
        steps.push(if place > 1 { format!("/{name}[{place}]") } else { format!("/{name}") });
    }
    steps.reverse();
    steps.concat()
}
