//! The form as a flat tree: every element with its parent and its path.

use crate::{
    Problem,
    choices::Choices,
    element::{Element, Kind},
    problem::Report,
    settings::Settings,
};
use std::collections::HashMap;

/// All paths together, in bytes: deep nests of long names multiply.
const MAX_PATHS: usize = 64 * 1024 * 1024;

pub(crate) type Id = usize;

pub(crate) struct Node {
    /// Its `children` are moved to `children` below.
    pub element: Element,
    pub parent: Option<Id>,
    pub children: Vec<Id>,
    /// `/data/group/question`.
    pub path: String,
    /// The nearest repeat that it is in.
    pub repeat: Option<Id>,
    pub depth: usize,
}

/// Node 0 is the survey; the others follow in the order of the document.
pub(crate) struct Form {
    pub nodes: Vec<Node>,
    pub settings: Settings,
    pub choices: Choices,
    /// Sections and questions by name. `None`: several have it.
    names: HashMap<String, Option<Id>>,
    /// What is computed again when a question's answer changes: target and expression, by the question's name.
    pub set_values: HashMap<String, Vec<(String, String)>>,
    pub set_geopoints: HashMap<String, Vec<(String, String)>>,
    /// `None`: the form has no entities.
    pub entity_version: Option<&'static str>,
}

impl Form {
    pub fn new(root: Element, settings: Settings, choices: Choices, report: &mut Report) -> Self {
        let mut form = Self {
            nodes: Vec::new(),
            settings,
            choices,
            names: HashMap::new(),
            set_values: HashMap::new(),
            set_geopoints: HashMap::new(),
            entity_version: None,
        };
        let mut budget = MAX_PATHS;
        form.add(root, None, &mut budget);
        if budget == 0 {
            report
                .push(Problem::error("xlsform.too-large", "groups are nested too deep, with names too long"));
        }
        form
    }

    fn add(&mut self, mut element: Element, parent: Option<Id>, budget: &mut usize) {
        let id = self.nodes.len();
        let children = std::mem::take(&mut element.children);
        let (path, repeat, depth) = match parent {
            Some(parent) => {
                let above = &self.nodes[parent];
                let repeat = if above.element.kind == Kind::Repeat { Some(parent) } else { above.repeat };
                let at = if element.kind == Kind::Attribute { "@" } else { "" };
                let path = if element.flat {
                    above.path.clone()
                } else {
                    format!("{}/{at}{}", above.path, element.name)
                };
                (path, repeat, above.depth + 1)
            }
            None => (format!("/{}", element.name), None, 0),
        };
        *budget = budget.saturating_sub(path.len());
        if *budget == 0 {
            return;
        }
        if element.is_question() || element.is_section() {
            self.names.entry(element.name.clone()).and_modify(|known| *known = None).or_insert(Some(id));
        }
        self.remember_triggers(&element);
        self.nodes.push(Node { element, parent, children: Vec::new(), path, repeat, depth });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(id);
        }
        for child in children {
            self.add(child, Some(id), budget);
        }
    }

    fn remember_triggers(&mut self, element: &Element) {
        if !element.is_question() {
            return;
        }
        let calculation = element.bind.as_ref().and_then(|bind| bind.text("calculate")).unwrap_or_default();
        let by_trigger = if element.type_name == "background-geopoint" {
            &mut self.set_geopoints
        } else {
            &mut self.set_values
        };
        for trigger in &element.trigger {
            let targets = by_trigger.entry(trigger.clone()).or_default();
            targets.push((element.name.clone(), calculation.to_owned()));
        }
    }

    /// `Err(true)`: several elements have the name; `Err(false)`: none has.
    pub fn by_name(&self, name: &str) -> Result<Id, bool> {
        match self.names.get(name) {
            Some(Some(id)) => Ok(*id),
            Some(None) => Err(true),
            None => Err(false),
        }
    }

    pub fn element(&self, id: Id) -> &Element {
        &self.nodes[id].element
    }

    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.nodes[id].parent, |id| self.nodes[*id].parent)
    }
}
