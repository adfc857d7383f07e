//! What the survey's rows become: a tree of elements, before paths are known.

use crate::{
    fields::{Fields, Value},
    question_types::{Control, QuestionType},
    survey::Tags,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Survey,
    Group,
    Repeat,
    /// A group with a group in it for each choice of a list.
    Loop,
    Question(QuestionType),
    /// `csv-external`, `xml-external`: a list beside the form, by its file's extension.
    External(&'static str),
    Entity,
    /// An attribute of the entity, and its value.
    Attribute,
    /// The entity's label: a node with a bind.
    EntityLabel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    FirstLoad,
    InstanceLoad,
    NewRepeat,
}

impl Event {
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstLoad => "odk-instance-first-load",
            Self::InstanceLoad => "odk-instance-load",
            Self::NewRepeat => "odk-new-repeat",
        }
    }
}

/// `setvalue`, `odk:setgeopoint` or `odk:recordaudio`, done at an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub element: &'static str,
    pub event: Event,
    pub value: Option<String>,
    /// `odk:quality` of a recording.
    pub quality: Option<String>,
}

impl Action {
    pub fn new(element: &'static str, event: Event) -> Self {
        Self { element, event, value: None, quality: None }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub kind: Kind,
    pub name: String,
    /// Of the survey sheet; 0: made by the compiler.
    pub row: usize,
    /// The question type as the row names it, aliases resolved.
    pub type_name: String,
    pub label: Option<Value>,
    pub hint: Option<Value>,
    pub guidance_hint: Option<Value>,
    pub media: Fields,
    /// `None`: there is no bind at all.
    pub bind: Option<Fields>,
    /// Attributes of the element in the body.
    pub control: Fields,
    /// Attributes of the node in the instance.
    pub instance: Fields,
    pub default: Option<String>,
    pub choice_filter: Option<String>,
    pub parameters: Vec<(String, String)>,
    /// The list, file or repeat that is chosen from.
    pub itemset: Option<String>,
    /// The list of the choices sheet that is chosen from.
    pub list_name: Option<String>,
    /// The external list that is searched (`select_one_external`).
    pub query: Option<String>,
    /// Questions whose answer makes this one be computed again.
    pub trigger: Vec<String>,
    pub actions: Vec<Action>,
    /// `true`: nothing of it stands in the body.
    pub bodyless: bool,
    /// `true`: the instance has no element for it (settings: `flat`).
    pub flat: bool,
    /// The value of an entity's attribute.
    pub value: String,
    /// Tags to edit in OpenStreetMap: name and label.
    pub tags: Tags,
    pub children: Vec<Element>,
}

impl Element {
    pub fn new(kind: Kind, name: impl Into<String>, row: usize) -> Self {
        Self {
            kind,
            name: name.into(),
            row,
            type_name: String::new(),
            label: None,
            hint: None,
            guidance_hint: None,
            media: Fields::default(),
            bind: None,
            control: Fields::default(),
            instance: Fields::default(),
            default: None,
            choice_filter: None,
            parameters: Vec::new(),
            itemset: None,
            list_name: None,
            query: None,
            trigger: Vec::new(),
            actions: Vec::new(),
            bodyless: false,
            flat: false,
            value: String::new(),
            tags: Tags::default(),
            children: Vec::new(),
        }
    }

    /// A question that the compiler adds.
    pub fn question(kind: QuestionType, type_name: &str, name: impl Into<String>, row: usize) -> Self {
        let mut element = Self::new(Kind::Question(kind), name, row);
        element.type_name = type_name.to_owned();
        for (key, value) in kind.bind {
            element.bind_mut().set(key, *value);
        }
        element
    }

    /// The group `meta`, which the body never shows.
    pub fn meta(children: Vec<Element>) -> Self {
        let mut meta = Self::new(Kind::Group, "meta", 0);
        meta.bodyless = true;
        meta.children = children;
        meta
    }

    pub fn bind_mut(&mut self) -> &mut Fields {
        self.bind.get_or_insert_default()
    }

    pub fn control(&self) -> Control {
        match &self.kind {
            Kind::Question(kind) => kind.control,
            _ => Control::None,
        }
    }

    pub fn is_question(&self) -> bool {
        matches!(self.kind, Kind::Question(_))
    }

    /// Groups, repeats and the like: what may hold questions.
    pub fn is_section(&self) -> bool {
        matches!(self.kind, Kind::Survey | Kind::Group | Kind::Repeat | Kind::Loop | Kind::Entity)
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn appearance(&self) -> Option<&str> {
        self.control.text("appearance")
    }

    /// Whether its label is in `itext`: it has languages, or media.
    pub fn label_in_itext(&self) -> bool {
        matches!(self.label, Some(Value::Group(_))) || !self.media.is_empty()
    }
}
