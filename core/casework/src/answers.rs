//! A finished form as it was answered, question by question.

use crate::Fact;
use chrono::{DateTime, NaiveDate};
use rulebook::{Lang, date, date_time};
use std::collections::HashMap;
use xforms::{DataType, Definition, LoadError, NodeInfo, ValueNode};

/// Answers that stand together: of a group, or of one instance of a repeat.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// Labels of the groups around them, outermost first; empty at the top of the form.
    pub title: String,
    /// Never empty. `field` is the question's path.
    pub answers: Vec<Fact>,
}

/// What a submission's XML says, in the form's order and words; without the form (that version is not here) in the names
/// of the XML.
///
/// # Errors
/// When the text is no XML within the bounds of a submission.
pub fn answers(form: Option<&Definition>, xml: &str, lang: Lang) -> Result<Vec<Answered>, LoadError> {
    let root = ValueNode::written(xml)?;
    let nodes = form.into_iter().flat_map(Definition::nodes).map(|node| (node.path.clone(), node)).collect();
    let mut reading = Reading { form, nodes, lang, groups: Vec::new() };
    let path = format!("/{}", root.name);
    root.children.iter().for_each(|child| reading.read(child, &root, &path, ""));
    Ok(reading.groups)
}

struct Reading<'f> {
    form: Option<&'f Definition>,
    nodes: HashMap<String, NodeInfo>,
    lang: Lang,
    groups: Vec<Answered>,
}

impl Reading<'_> {
    fn read(&mut self, node: &ValueNode, parent: &ValueNode, around: &str, title: &str) {
        let path = format!("{around}/{}", node.name);
        match &node.value {
            Some(value) => {
                let path = self.confirmed(node, parent, around).unwrap_or(path);
                let Some(label) = self.asked(node, &path) else { return };
                let value = self.said(&path, value);
                self.add(title, Fact { field: path, label, value });
            }
            // About the submission, not of it.
            None if path.ends_with("meta") => {}
            None => {
                let title = self.title(node, &path, title);
                node.children.iter().for_each(|child| self.read(child, node, &path, &title));
            }
        }
    }

    fn add(&mut self, title: &str, answer: Fact) {
        match self.groups.last_mut().filter(|group| group.title == title) {
            Some(group) => group.answers.push(answer),
            None => self.groups.push(Answered { title: title.to_owned(), answers: vec![answer] }),
        }
    }

    /// The question that was passed over, as what is known still holds: the form says so in its name with `_now`.
    fn confirmed(&self, node: &ValueNode, parent: &ValueNode, around: &str) -> Option<String> {
        let name = node.name.strip_suffix("_now").filter(|name| !holds(parent, name))?;
        let (within, last) = (format!("{around}/"), format!("/{name}"));
        let questions = self.nodes.values().filter(|info| info.is_question);
        let mut paths = questions.map(|info| &info.path);
        paths.find(|path| path.starts_with(&within) && path.ends_with(&last)).cloned()
    }

    /// What is asked there; `None` where nobody answers: what the form calculates.
    fn asked(&self, node: &ValueNode, path: &str) -> Option<String> {
        let Some(form) = self.form else { return Some(node.name.clone()) };
        match self.nodes.get(path) {
            Some(info) if !info.is_question => None,
            _ => Some(form.question_label(path, self.lang.code()).unwrap_or_else(|| node.name.clone())),
        }
    }

    fn title(&self, node: &ValueNode, path: &str, around: &str) -> String {
        let label = match self.form {
            Some(form) => form.group_label(path, self.lang.code()).unwrap_or_default(),
            None => node.name.clone(),
        };
        let place = node.position.map(|place| place.to_string()).unwrap_or_default();
        let own = [label, place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        [around, &own].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn said(&self, path: &str, stored: &str) -> String {
        let choice = |value: &str| self.form?.choice_label(path, value, self.lang.code());
        if let Some(label) = choice(stored) {
            return label;
        }
        let several: Option<Vec<String>> = stored.split_whitespace().map(choice).collect();
        if let Some(labels) = several.filter(|labels| !labels.is_empty()) {
            return labels.join(", ");
        }
        let shown = match self.nodes.get(path).map(|node| node.data_type) {
            Some(DataType::Date) => stored.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()).map(date),
            Some(DataType::DateTime) => DateTime::parse_from_rfc3339(stored).ok().map(|at| date_time(&at)),
            Some(DataType::Decimal) => Some(self.lang.pick(stored.replace('.', ","), stored.to_owned())),
            Some(DataType::Binary) => Some(self.lang.pick("(tệp đính kèm)", "(attached file)").to_owned()),
            Some(DataType::Geopoint) => point(stored),
            _ => None,
        };
        shown.unwrap_or_else(|| stored.to_owned())
    }
}

/// An answer to a question of this name is in there.
fn holds(node: &ValueNode, name: &str) -> bool {
    node.children.iter().any(|child| child.name == name && child.value.is_some() || holds(child, name))
}

/// `22.396400, 103.470100`.
fn point(stored: &str) -> Option<String> {
    let mut numbers = stored.split_whitespace().map(|number| number.parse::<f64>().ok());
    let (latitude, longitude) = (numbers.next()??, numbers.next()??);
    Some(format!("{latitude:.6}, {longitude:.6}"))
}
