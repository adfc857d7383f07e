//! From a form's XML to a `Definition`, collecting every problem on the way.

mod actions;
mod binds;
mod body;
mod checks;
mod entities;
mod expressions;
mod external;
mod geojson;
mod graph;
mod itext;
mod lists;
mod nodes;
mod reads;
pub(crate) mod xml;

use crate::{
    definition::{
        Action, Body, Compiled, Definition, Element, ExprId, Graph, Itext, NodeDef, NodeId, Scope,
        SecondaryInstance, Skeleton, SubmissionInfo, child_like,
    },
    error::{ParseErrors, ParseProblem},
    text::{Names, Text},
};
use expressions::Pending;
use roxmltree::Node;
use rustc_hash::FxHashMap;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use xml::{attribute, child, is};

/// Media by file name: what `jr://file/…` and `jr://file-csv/…` refer to.
pub type MediaSource<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

impl Definition {
    /// Parses a form that needs no attached lists.
    ///
    /// # Errors
    /// All problems of the form at once.
    pub fn parse(xml: &str) -> Result<Arc<Definition>, ParseErrors> {
        Definition::parse_with(xml, &|_| None)
    }

    /// Parses a form with its attached lists.
    ///
    /// # Errors
    /// All problems of the form at once; a list that `media` doesn't have is one.
    pub fn parse_with(xml: &str, media: MediaSource<'_>) -> Result<Arc<Definition>, ParseErrors> {
        let document =
            xml::read(xml).map_err(|problem| ParseErrors { problems: vec![*problem], warnings: vec![] })?;
        let mut builder = Builder::default();
        let parsed = builder.document(document.root_element(), media);
        match parsed {
            Some(definition) if builder.problems.is_empty() => Ok(Arc::new(definition)),
            _ => Err(ParseErrors { problems: builder.problems, warnings: builder.warnings }),
        }
    }
}

#[derive(Default)]
struct Builder<'x> {
    names: Names,
    problems: Vec<ParseProblem>,
    warnings: Vec<ParseProblem>,
    nodes: Vec<NodeDef>,
    scopes: Vec<Scope>,
    initial: Skeleton,
    namespaces: Vec<(Option<String>, String)>,
    primary_id: Option<String>,
    secondary: Vec<SecondaryInstance>,
    pending: Vec<Pending>,
    exprs: Vec<Compiled>,
    elements: Vec<Element>,
    control_of: FxHashMap<NodeId, crate::definition::BodyId>,
    bind_ids: HashMap<String, NodeId>,
    bound: HashSet<NodeId>,
    actions: Vec<Action>,
    /// Where each itext id is used first: its outputs are read from there.
    itext_context: HashMap<Text, NodeId>,
    itext_ids: HashSet<Text>,
    itext_xml: Option<Node<'x, 'x>>,
}

impl<'x> Builder<'x> {
    fn problem(&mut self, problem: ParseProblem) {
        self.problems.push(problem);
    }

    fn document(&mut self, root: Node<'x, 'x>, media: MediaSource<'_>) -> Option<Definition> {
        let Some(head) = child(root, "head") else {
            self.problem(ParseProblem::new("xforms.no-model", "the form has no head with a model"));
            return None;
        };
        let Some(model) = child(head, "model") else {
            self.problem(ParseProblem::new("xforms.no-model", "the form has no model"));
            return None;
        };
        let body = child(root, "body");
        if body.is_none() {
            self.problem(ParseProblem::new("xforms.no-body", "the form has no body"));
        }
        let instances: Vec<_> = model.children().filter(|n| is(*n, "instance")).collect();
        let Some((primary, lists)) = instances.split_first() else {
            self.problem(ParseProblem::new("xforms.no-instance", "the model has no primary instance"));
            return None;
        };
        let primary_root = primary.children().find(Node::is_element);
        let Some(primary_root) = primary_root else {
            self.problem(ParseProblem::new("xforms.no-instance", "the primary instance is empty"));
            return None;
        };
        self.primary_id = attribute(*primary, "id").map(str::to_owned);
        self.itext_xml = child(model, "itext");
        self.collect_itext_ids();
        self.primary_instance(primary_root, body);
        for list in lists {
            self.list(*list, primary_root, media);
        }
        if let Some(body) = body {
            self.external_lists(body, media);
        }
        self.binds(model);
        let entities = self.entities(model);
        self.check_model(model);
        self.check_defaults();
        self.check_calculations();
        let roots = body.map(|b| self.body(b)).unwrap_or_default();
        self.model_actions(model);
        self.check_actions();
        let itext = self.itext();
        let mut definition = self.assemble(head, primary_root, roots, itext);
        definition.entities = entities;
        definition.submission = child(model, "submission").map(submission);
        if self.problems.is_empty() {
            definition.warnings.extend(checks::doubtful_choices(&definition));
        }
        Some(definition)
    }

    fn assemble(
        &mut self,
        head: Node<'x, 'x>,
        primary: Node<'x, 'x>,
        roots: Vec<crate::definition::BodyId>,
        itext: Itext,
    ) -> Definition {
        let mut body = Body {
            elements: std::mem::take(&mut self.elements),
            roots,
            control_of: std::mem::take(&mut self.control_of),
            repeat_of: Vec::new(),
            readers: Vec::new(),
            choice_readers: Vec::new(),
            boundary_reads: Vec::new(),
        };
        self.compile(&body);
        self.link_gates();
        // Expressions that failed left gaps: the graph and what controls read need all of them.
        let graph = if self.exprs.len() == self.pending.len() {
            self.link_reads(&mut body, &itext);
            self.graph(&body)
        } else {
            Graph::default()
        };
        let title = child(head, "title").and_then(|t| t.text()).unwrap_or_default().trim().to_owned();
        Definition {
            title,
            form_id: attribute(primary, "id").unwrap_or_else(|| primary.tag_name().name()).to_owned(),
            version: attribute(primary, "version").map(str::to_owned),
            namespaces: std::mem::take(&mut self.namespaces),
            names: std::mem::take(&mut self.names),
            nodes: std::mem::take(&mut self.nodes),
            scopes: std::mem::take(&mut self.scopes),
            initial: std::mem::take(&mut self.initial),
            exprs: std::mem::take(&mut self.exprs),
            body,
            itext,
            secondary: std::mem::take(&mut self.secondary),
            actions: std::mem::take(&mut self.actions),
            graph,
            entities: Vec::new(),
            submission: None,
            warnings: std::mem::take(&mut self.warnings),
        }
    }

    fn node(&self, id: NodeId) -> &NodeDef {
        &self.nodes[id.0 as usize]
    }

    /// The node with this absolute path (`/data/group/q`, `/data/meta/entity/@id`), or one that is
    /// relative to `context`.
    fn node_at(&self, path: &str, context: NodeId) -> Option<NodeId> {
        let path = path.trim();
        let (mut at, rest) = match path.strip_prefix('/') {
            Some(rest) => {
                let (root, rest) = rest.split_once('/').unwrap_or((rest, ""));
                if local(root) != local(&self.node(crate::definition::ROOT).tag) {
                    return None;
                }
                (crate::definition::ROOT, rest)
            }
            None => (context, path),
        };
        for step in rest.split('/').map(str::trim).filter(|s| !s.is_empty() && *s != ".") {
            if step == ".." {
                at = self.node(at).parent?;
                continue;
            }
            at = child_like(&self.nodes, &self.names, at, step)?;
        }
        Some(at)
    }

    fn expr(&mut self, source: &str, host: NodeId, attribute: &str) -> ExprId {
        self.pending.push(Pending::at_node(source, host, attribute));
        ExprId(self.pending.len() as u32 - 1)
    }
}

fn submission(element: Node) -> SubmissionInfo {
    let mut info = SubmissionInfo::default();
    for attribute in element.attributes() {
        let value = attribute.value().to_owned();
        let flag = Some(matches!(value.trim(), "true" | "true()" | "1"));
        match attribute.name() {
            "action" => info.action = Some(value),
            "method" => info.method = Some(value),
            "base64RsaPublicKey" => info.public_key = Some(value),
            "auto-send" => info.auto_send = flag,
            "auto-delete" => info.auto_delete = flag,
            name => info.other.push((name.to_owned(), value)),
        }
    }
    info
}

/// A tag without its prefix; an attribute keeps its `@`.
fn local(tag: &str) -> String {
    let (at, name) = tag.strip_prefix('@').map_or(("", tag), |name| ("@", name));
    format!("{at}{}", name.rsplit(':').next().unwrap_or(name))
}
