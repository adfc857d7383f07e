//! What a definition tells of itself.

use super::{Compiled, DataType, Definition, Entity, NodeId, ROOT, ROOT_SCOPE, ScopeId};
use crate::{
    error::ParseProblem,
    xpath::ast::{Direct, Expr, Operator},
};

/// What a select offers, by the nodes and values of the form: for checks outside of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// Path without positions, `/data/member/name`.
    pub path: String,
    pub data_type: DataType,
    /// It has a control in the body.
    pub is_question: bool,
    /// It has children.
    pub is_group: bool,
    /// It repeats.
    pub is_repeat: bool,
    /// Of a repeat whose count (`jr:count`) is an answer: the path of that answer.
    pub counted_by: Option<String>,
    /// The entity property that it is saved to (`entities:saveto`).
    pub save_to: Option<String>,
    /// Attributes of its bind in namespaces that the engine has no use for (`orx:max-pixels`, the
    /// parameters of `audit`), by their local name.
    pub attributes: Vec<(String, String)>,
}

/// An entity that a submission creates or updates (spec, Entities), as the form declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityInfo {
    /// Path of the `entity` element.
    pub path: String,
    /// List name.
    pub dataset: String,
    pub creates: bool,
    pub updates: bool,
    /// Where its id comes from, whether it is created, whether it is updated, its label.
    pub id: Calculation,
    pub create: Calculation,
    pub update: Calculation,
    pub label: Calculation,
    /// Names of the properties with the paths of the nodes that are saved to them.
    pub properties: Vec<(String, String)>,
}

/// What something is calculated from, for those who can follow a plain reference only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Calculation {
    /// It is not calculated.
    Fixed,
    /// The value of the node of this path.
    Value(String),
    /// Whether that node has a value: `${node} != ''`.
    Answered(String),
    /// Whether it has none: `${node} = ''`.
    Empty(String),
    /// Anything else, as the form says it.
    Expression(String),
}

/// What the form says of the sending of its submissions (spec, Submission Attributes).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubmissionInfo {
    /// Another address to send to.
    pub action: Option<String>,
    pub method: Option<String>,
    /// Submissions are to be encrypted with this key (`base64RsaPublicKey`).
    pub public_key: Option<String>,
    pub auto_send: Option<bool>,
    pub auto_delete: Option<bool>,
    /// All other attributes, by their local name.
    pub other: Vec<(String, String)>,
}

impl Definition {
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The root's `id`.
    pub fn form_id(&self) -> &str {
        &self.form_id
    }

    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Names of the languages as written in the form, the default first.
    pub fn languages(&self) -> Vec<&str> {
        let mut languages: Vec<&str> = self.itext.languages.iter().map(|l| l.as_ref()).collect();
        if !languages.is_empty() {
            languages[..=self.itext.default].rotate_right(1);
        }
        languages
    }

    /// What is doubtful but runs.
    pub fn warnings(&self) -> &[ParseProblem] {
        &self.warnings
    }

    /// All nodes of the primary instance, in document order; attributes are left out.
    pub fn nodes(&self) -> impl Iterator<Item = NodeInfo> + '_ {
        let ids = (0..self.nodes.len() as u32).map(NodeId);
        ids.filter(|id| !self.node(*id).is_attribute).map(|id| {
            let node = self.node(id);
            let is_repeat = id != ROOT && self.scope(node.scope).node == id;
            NodeInfo {
                path: node.path.to_string(),
                data_type: node.bind.data_type,
                is_question: self.body.control_of.contains_key(&id),
                is_group: node.children.iter().any(|c| !self.node(*c).is_attribute),
                is_repeat,
                counted_by: is_repeat.then(|| self.counted_by(node.scope)).flatten(),
                save_to: node.bind.save_to.clone(),
                attributes: node.bind.other.clone(),
            }
        })
    }

    fn counted_by(&self, scope: ScopeId) -> Option<String> {
        match &self.expr(self.scope(scope).count?).expr {
            Expr::Direct(direct) => Some(self.node(direct.target).path.to_string()),
            _ => None,
        }
    }

    /// Whether an instance of the form is begun with the one saved last (`jr://instance/last-saved`), which
    /// [`Env::last_saved`](crate::Env::last_saved) gives.
    pub fn reads_last_saved(&self) -> bool {
        self.secondary.iter().any(|list| list.is_last_saved)
    }

    /// What the form's `<submission>` says, if it has one.
    pub fn submission(&self) -> Option<&SubmissionInfo> {
        self.submission.as_ref()
    }

    /// Entities that `meta/entity` elements declare, of the form itself and of its groups and repeats.
    pub fn entities(&self) -> Vec<EntityInfo> {
        let entity = |entity: &Entity| {
            let attribute = |name: &str| self.entity_attribute(entity.node, name);
            let path = |node: &NodeId| self.node(*node).path.to_string();
            let from = |node: Option<NodeId>| node.map_or(Calculation::Fixed, |node| self.calculation(node));
            let mut children = self.node(entity.node).children.iter().copied();
            let label = children.find(|c| &**self.names.text(self.node(*c).name) == "label");
            EntityInfo {
                path: path(&entity.node),
                dataset: attribute("dataset").map(|id| self.default_value(id).to_owned()).unwrap_or_default(),
                creates: attribute("create").is_some(),
                updates: attribute("update").is_some(),
                id: from(attribute("id")),
                create: from(attribute("create")),
                update: from(attribute("update")),
                label: from(label),
                properties: entity.properties.iter().map(|(name, node)| (name.clone(), path(node))).collect(),
            }
        };
        self.entities.iter().map(entity).collect()
    }

    fn calculation(&self, node: NodeId) -> Calculation {
        let Some(calculate) = self.node(node).bind.calculate else { return Calculation::Fixed };
        let Compiled { expr, source, .. } = self.expr(calculate);
        let path = |direct: &Direct| self.node(direct.target).path.to_string();
        match expr {
            Expr::Direct(direct) => return Calculation::Value(path(direct)),
            Expr::Chain(first, rest) => match (&**first, rest.as_slice()) {
                (Expr::Direct(direct), [(Operator::NotEqual, Expr::Literal(text))]) if text.is_empty() => {
                    return Calculation::Answered(path(direct));
                }
                (Expr::Direct(direct), [(Operator::Equal, Expr::Literal(text))]) if text.is_empty() => {
                    return Calculation::Empty(path(direct));
                }
                _ => {}
            },
            _ => {}
        }
        Calculation::Expression(source.trim().to_owned())
    }

    pub(crate) fn entity_attribute(&self, entity: NodeId, name: &str) -> Option<NodeId> {
        let attributes = self.node(entity).children.iter().copied().filter(|c| self.node(*c).is_attribute);
        attributes.into_iter().find(|c| &**self.names.text(self.node(*c).name) == name)
    }

    /// What a node holds in a new instance, before anything is calculated.
    pub(crate) fn default_value(&self, id: NodeId) -> &str {
        let node = self.node(id);
        let skeleton =
            if node.scope == ROOT_SCOPE { &self.initial } else { &self.scope(node.scope).template };
        skeleton.values.get(node.slot as usize).map(|v| &**v).unwrap_or_default()
    }
}
